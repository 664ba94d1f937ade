/** Gives agencies new codes from a day on: one, or many from a table of old and new codes. */
import { renumberAgency } from "../../inventory/edit/agency-changes.ts";
import { findAgency } from "../../inventory/lookup.ts";
import { type PlannedChange, planChange } from "./change.ts";
import { checkedDay } from "./open.ts";

export interface RenumberOptions {
  /** Agency → new code. */
  codes: readonly { agency: string; code: string }[];
  on: string;
}

export async function planRenumber(directory: string, options: RenumberOptions): Promise<PlannedChange> {
  const on = checkedDay("--on", options.on);
  return planChange(directory, (draft, inventory) => {
    for (const { agency, code } of options.codes)
      renumberAgency(draft, findAgency(inventory, agency), { code, on });
    return [];
  });
}
