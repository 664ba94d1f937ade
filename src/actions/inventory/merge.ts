/** Merges agencies into one that is there or that the merger makes. */
import { mergeAgencies } from "../../inventory/edit/agency-changes.ts";
import { findAgencies, findAgency } from "../../inventory/lookup.ts";
import { type PlannedChange, planChange } from "./change.ts";
import { checkedDay } from "./open.ts";

export interface MergeOptions {
  sources: readonly string[];
  into: string;
  on: string;
  name?: string | undefined;
  nameEn?: string | undefined;
  code?: string | undefined;
}

export async function planMerge(directory: string, options: MergeOptions): Promise<PlannedChange> {
  const on = checkedDay("--on", options.on);
  return planChange(directory, (draft, inventory) => {
    const sources = [...new Set(options.sources)].map((text) => findAgency(inventory, text));
    const isNew = findAgencies(inventory, options.into).length === 0;
    const into = isNew ? { id: options.into } : findAgency(inventory, options.into);
    const { name, nameEn, code } = options;
    mergeAgencies(draft, inventory, { sources, into, on, name, nameEn, code });
    return isNew ? [`"${into.id}" is a new agency from ${on}`] : [];
  });
}
