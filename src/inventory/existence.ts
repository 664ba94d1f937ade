/** When something of the inventory existed, by the days it names: a circuit that another replaced, a merged agency. */
import { successorAt } from "./agencies.ts";
import type { Inventory } from "./model.ts";
import { fromWallClock, localMs, wallClockMs } from "./wall-clock.ts";

/** A time, half-open, ms since the epoch. */
export interface Existence {
  fromMs: number;
  toMs: number;
}

/**
 * The part of [fromMs, toMs) in which a link or an agency existed; undefined: none of it. Whatever has no days of its
 * own existed throughout.
 */
export function existenceIn(
  inventory: Inventory,
  { kind, id }: { kind: string; id: string },
  { fromMs, toMs }: Existence,
): Existence | undefined {
  const { from, until } =
    kind === "link" ? linkDays(inventory, id) : kind === "agency" ? agencyDays(inventory, id) : {};
  const { timeZone } = inventory.province;
  const beginOf = (day: string) => fromWallClock(wallClockMs(day), timeZone);
  const begin = from === undefined ? fromMs : Math.max(fromMs, beginOf(from));
  const end = until === undefined ? toMs : Math.min(toMs, beginOf(until));
  return begin < end ? { fromMs: begin, toMs: end } : undefined;
}

type Days = { from?: string | undefined; until?: string | undefined };

function linkDays(inventory: Inventory, id: string): Days {
  const link = inventory.links.get(id);
  return { from: link?.validFrom, until: link?.validUntil };
}

/** One that was merged ends where the other takes it over. */
function agencyDays(inventory: Inventory, id: string): Days {
  const agency = inventory.agencies.get(id);
  const ends = [agency?.validUntil, agency?.mergedInto?.on].filter((day) => day !== undefined).sort();
  return { from: agency?.validFrom, until: ends[0] };
}

/** Days on which the tree of agencies changes, in order: parents, names of sites' owners, beginnings, ends, mergers. */
export function treeChanges(inventory: Inventory): string[] {
  const days = new Set<string | undefined>();
  for (const { validFrom, validUntil, mergedInto, parents } of inventory.agencies.values()) {
    days.add(validFrom).add(validUntil).add(mergedInto?.on);
    for (const { from, until } of parents) days.add(from).add(until);
  }
  for (const { formerAgencies } of inventory.sites.values())
    for (const { until } of formerAgencies) days.add(until);
  return [...days].filter((day) => day !== undefined).sort();
}

/** Agencies of [fromMs, toMs) that had ended by its last day, with who took them over (themselves: nobody). */
export function endedAgencies(inventory: Inventory, { fromMs, toMs }: Existence): Map<string, string> {
  const lastDay = new Date(localMs(toMs - 1, inventory.province.timeZone)).toISOString().slice(0, 10);
  const ended = new Map<string, string>();
  for (const id of inventory.agencies.keys()) {
    const life = existenceIn(inventory, { kind: "agency", id }, { fromMs, toMs });
    if (life && life.toMs < toMs) ended.set(id, successorAt(inventory, id, lastDay));
  }
  return ended;
}
