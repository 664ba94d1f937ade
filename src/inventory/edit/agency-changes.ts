/**
 * What a reform does to agencies, as changes of a draft: merging, a new name, a new code. Nothing is forgotten:
 * an agency that ends stays with its dates, and former names and codes are kept with the day they ended.
 */
import { parentAt } from "../agencies.ts";
import type { Agency, Inventory } from "../model.ts";
import type { InventoryDraft } from "./draft.ts";
import type { EditableItem } from "./yaml-items.ts";

/** A change that cannot be made as it was asked for (exit code 2). */
export class AgencyChangeError extends Error {
  readonly code = "impossible-change";
  readonly exitCode = 2;
  readonly fix: string | undefined;
  constructor(message: string, fix?: string) {
    super(message);
    this.fix = fix;
  }
}

export interface Merger {
  sources: readonly Agency[];
  /** An existing agency, or the id of a new one, which then needs a name. */
  into: Agency | { id: string };
  /** First day of the merged agency, "2025-07-01". */
  on: string;
  name?: string | undefined;
  nameEn?: string | undefined;
  code?: string | undefined;
}

/** Ends the sources on that day; their sites, subordinate agencies, systems and open windows go to the target. */
export function mergeAgencies(draft: InventoryDraft, inventory: Inventory, merger: Merger): void {
  const { sources, on } = merger;
  const target = inventory.agencies.get(merger.into.id);
  for (const source of sources) {
    if (source.id === merger.into.id)
      throw new AgencyChangeError(`"${source.id}" cannot be merged into itself`);
    if (source.validUntil !== undefined)
      throw new AgencyChangeError(`"${source.id}" has ended already, on ${source.validUntil}`);
    if (source.validFrom !== undefined && source.validFrom >= on)
      throw new AgencyChangeError(`"${source.id}" only begins on ${source.validFrom}`);
  }
  if (target === undefined) createTarget(draft, sources[0]!, merger);
  else {
    if (target.validUntil !== undefined)
      throw new AgencyChangeError(`"${target.id}" has ended, on ${target.validUntil}`);
    if (merger.name !== undefined)
      renameAgency(draft, target, { name: merger.name, nameEn: merger.nameEn, on });
    if (merger.code !== undefined) renumberAgency(draft, target, { code: merger.code, on });
  }
  for (const source of sources) {
    draft.edit("agencies", source.id, (item) => {
      item.set("validUntil", on);
      item.set("mergedInto", { agency: merger.into.id, on });
    });
    moveWhatBelongsTo(draft, inventory, source.id, merger.into.id, on);
  }
}

function createTarget(draft: InventoryDraft, first: Agency, merger: Merger): void {
  if (merger.name === undefined) {
    throw new AgencyChangeError(
      `there is no agency "${merger.into.id}"`,
      "to make it new by the merger, give it a --name",
    );
  }
  const parent = parentAt(first, merger.on);
  const created = {
    id: merger.into.id,
    code: merger.code,
    name: merger.name,
    nameEn: merger.nameEn,
    kind: first.kind,
    communeKind: first.communeKind,
    parents: parent === undefined ? undefined : [{ agency: parent, from: merger.on }],
    validFrom: merger.on,
  };
  draft.append("agencies", draft.fileOf("agencies", first.id)!, [created]);
}

function moveWhatBelongsTo(
  draft: InventoryDraft,
  inventory: Inventory,
  from: string,
  to: string,
  on: string,
): void {
  for (const site of inventory.sites.values()) {
    if (site.agency !== from) continue;
    draft.edit("sites", site.id, (item) => {
      item.set("agency", to);
      item.set("formerAgencies", [...listOf(item, "formerAgencies"), { agency: from, until: on }], "agency");
    });
  }
  for (const agency of inventory.agencies.values()) {
    if (!agency.parents.some((parent) => parent.agency === from && (parent.until ?? "9999") > on)) continue;
    draft.edit("agencies", agency.id, (item) => {
      const parents = (item.get("parents") as Agency["parents"]).flatMap((parent) => {
        if (parent.agency !== from || (parent.until ?? "9999") <= on) return [parent];
        const after = {
          agency: to,
          from: parent.from !== undefined && parent.from > on ? parent.from : on,
          ...(parent.until !== undefined && { until: parent.until }),
        };
        const before = parent.from === undefined || parent.from < on ? [{ ...parent, until: on }] : [];
        return [...before, after];
      });
      item.set("parents", parents);
    });
  }
  for (const system of inventory.systems.values()) {
    if (system.owner === from) draft.edit("systems", system.id, (item) => item.set("owner", to));
  }
  for (const window of inventory.maintenance.values()) {
    if (!window.agencies.includes(from) || (window.until < on && window.repeat === "none")) continue;
    const agencies = [...new Set(window.agencies.map((id) => (id === from ? to : id)))];
    draft.edit("maintenance", window.id, (item) => item.set("agencies", agencies));
  }
}

/** A new name from that day on; the old one is kept with the day it ended. */
export function renameAgency(
  draft: InventoryDraft,
  agency: Agency,
  change: { name: string; nameEn?: string | undefined; on: string },
): void {
  if (change.name === agency.name) throw new AgencyChangeError(`"${agency.id}" has that name already`);
  draft.edit("agencies", agency.id, (item) => {
    item.set("name", change.name);
    // The English name of the old name would be wrong beside the new one.
    item.set("nameEn", change.nameEn, "name");
    item.set("formerNames", [...listOf(item, "formerNames"), { name: agency.name, until: change.on }]);
  });
}

/** A new code from that day on; the old one is kept with the day it ended. */
export function renumberAgency(
  draft: InventoryDraft,
  agency: Agency,
  change: { code: string; on: string },
): void {
  if (change.code === agency.code) throw new AgencyChangeError(`"${agency.id}" has that code already`);
  draft.edit("agencies", agency.id, (item) => {
    item.set("code", change.code, "id");
    if (agency.code !== undefined)
      item.set("formerCodes", [...listOf(item, "formerCodes"), { code: agency.code, until: change.on }]);
  });
}

function listOf(item: EditableItem, key: string): object[] {
  return (item.get(key) as object[] | undefined) ?? [];
}
