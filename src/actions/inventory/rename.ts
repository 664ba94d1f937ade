/** Gives an agency a new name from a day on. */
import { renameAgency } from "../../inventory/edit/agency-changes.ts";
import { findAgency } from "../../inventory/lookup.ts";
import { type PlannedChange, planChange } from "./change.ts";
import { checkedDay } from "./open.ts";

export interface RenameOptions {
  agency: string;
  name: string;
  nameEn?: string | undefined;
  on: string;
}

export async function planRename(directory: string, options: RenameOptions): Promise<PlannedChange> {
  const on = checkedDay("--on", options.on);
  return planChange(directory, (draft, inventory) => {
    const agency = findAgency(inventory, options.agency);
    renameAgency(draft, agency, { name: options.name, nameEn: options.nameEn, on });
    const lost = agency.nameEn !== undefined && options.nameEn === undefined;
    return lost ? [`the English name "${agency.nameEn}" is taken out; give the new one with --name-en`] : [];
  });
}
