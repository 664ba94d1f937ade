/** Maintenance windows as periods of time: what of an interval was planned. */
import { dateAt } from "../inventory/agencies.ts";
import type { Inventory, Maintenance } from "../inventory/model.ts";
import { fromWallClock, localMs, wallClockMs } from "../inventory/wall-clock.ts";
import { type AgencyTree, agencyTree, withDescendants } from "../topology/agencies.ts";
import { beginnings } from "./maintenance.ts";
import { mergedPeriods, type Period } from "./timeline.ts";
import type { SubjectKind } from "./types.ts";

const DAY_MS = 86_400_000;

/** The openings of one window that touch [fromMs, toMs), clipped to it, in order. */
export function windowPeriods(window: Maintenance, fromMs: number, toMs: number, timeZone: string): Period[] {
  const begin = wallClockMs(window.from);
  const lengthMs = wallClockMs(window.until) - begin;
  if (!(lengthMs > 0)) return [];
  const periods: Period[] = [];
  // A day more on both sides: clocks may change in between.
  for (const wallMs of beginnings(
    window,
    localMs(fromMs, timeZone) - lengthMs - DAY_MS,
    localMs(toMs, timeZone) + DAY_MS,
  )) {
    const from = Math.max(fromMs, fromWallClock(wallMs, timeZone));
    const to = Math.min(toMs, fromWallClock(wallMs + lengthMs, timeZone));
    if (from < to) periods.push({ fromMs: from, toMs: to });
  }
  return mergedPeriods(periods);
}

/** Which windows cover which subjects, by "kind/id". The tree of agencies is that of `on`. */
export class MaintenancePlan {
  readonly #inventory: Inventory;
  readonly #tree: AgencyTree;
  readonly #extra: readonly Maintenance[];

  constructor(inventory: Inventory, on: string, extra: readonly Maintenance[] = []) {
    this.#inventory = inventory;
    this.#tree = agencyTree(inventory, on);
    this.#extra = extra;
  }

  /** The planned parts of [fromMs, toMs) of a subject, in order, never overlapping. */
  periods(subject: { kind: SubjectKind; id: string }, fromMs: number, toMs: number): Period[] {
    const { timeZone } = this.#inventory.province;
    const periods: Period[] = [];
    for (const window of [...this.#inventory.maintenance.values(), ...this.#extra]) {
      if (this.#covers(window, subject)) periods.push(...windowPeriods(window, fromMs, toMs, timeZone));
    }
    return mergedPeriods(periods);
  }

  #covers(window: Maintenance, { kind, id }: { kind: SubjectKind; id: string }): boolean {
    switch (kind) {
      case "agency":
        return window.agencies.some((agency) => withDescendants(this.#tree, agency).has(id));
      case "site": {
        const agency = this.#tree.agencyOfSite.get(id);
        return (
          window.sites.includes(id) ||
          (agency !== undefined && this.#covers(window, { kind: "agency", id: agency }))
        );
      }
      case "device": {
        const site = this.#inventory.devices.get(id)?.site;
        return (
          window.devices.includes(id) ||
          (site !== undefined && this.#covers(window, { kind: "site", id: site }))
        );
      }
      case "link": {
        const link = this.#inventory.links.get(id);
        return (
          window.links.includes(id) ||
          (link !== undefined &&
            [link.a.device, link.b.device].some((device) =>
              this.#covers(window, { kind: "device", id: device }),
            ))
        );
      }
      default:
        return this.#covers(window, { kind: "device", id: id.split("/")[0] ?? "" });
    }
  }
}

/** The planned parts of one subject's interval, by the agencies of its beginning. */
export function plannedPeriods(
  inventory: Inventory,
  subject: { kind: SubjectKind; id: string },
  fromMs: number,
  toMs: number,
): Period[] {
  if (inventory.maintenance.size === 0) return [];
  return new MaintenancePlan(inventory, dateAt(inventory, fromMs)).periods(subject, fromMs, toMs);
}
