/** Maintenance windows as periods of time: what of an interval was planned. */
import { dateAt } from "../inventory/agencies.ts";
import { treeChanges } from "../inventory/existence.ts";
import type { Inventory, Maintenance } from "../inventory/model.ts";
import { fromWallClock, localMs, wallClockMs } from "../inventory/wall-clock.ts";
import { type AgencyTree, agencyTree, withDescendants } from "../topology/agencies.ts";
import { beginnings } from "./maintenance.ts";
import { mergedPeriods, type Period } from "./timeline.ts";
import type { SubjectKind } from "./types.ts";

const DAY_MS = 86_400_000;
/** Incidents have an interval of their own each; what is remembered stays small. */
const MOST_OPENINGS = 500;

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

/** Which windows cover which subjects, and when; what an agency has below it is looked up for the day a window opens. */
export class MaintenancePlan {
  readonly #inventory: Inventory;
  /** Moments at which the tree of agencies changes, in order. */
  readonly #changesMs: readonly number[];
  /** By the change before. */
  readonly #trees = new Map<number, AgencyTree>();
  /** Openings of windows by window and interval: a report asks for one interval of thousands of subjects. */
  readonly #openings = new Map<string, readonly Period[]>();
  readonly #below = new Map<AgencyTree, Map<string, ReadonlySet<string>>>();

  constructor(inventory: Inventory) {
    this.#inventory = inventory;
    const { timeZone } = inventory.province;
    this.#changesMs = treeChanges(inventory).map((day) => fromWallClock(wallClockMs(day), timeZone));
  }

  /** The planned parts of [fromMs, toMs) of a subject, in order, never overlapping. */
  periods(subject: { kind: SubjectKind; id: string }, fromMs: number, toMs: number): Period[] {
    const periods: Period[] = [];
    for (const window of this.#inventory.maintenance.values()) {
      // Most windows have nothing to do with most subjects, and what is named by itself is covered on any day.
      if (window.agencies.length === 0) {
        if (this.#covers(window, subject, undefined)) periods.push(...this.#openingsOf(window, fromMs, toMs));
        continue;
      }
      for (const period of this.#openingsOf(window, fromMs, toMs))
        if (this.#covers(window, subject, this.#treeAt(period.fromMs))) periods.push(period);
    }
    return mergedPeriods(periods);
  }

  #openingsOf(window: Maintenance, fromMs: number, toMs: number): readonly Period[] {
    const key = `${window.id}/${fromMs}/${toMs}`;
    let openings = this.#openings.get(key);
    if (!openings) {
      openings = windowPeriods(window, fromMs, toMs, this.#inventory.province.timeZone);
      if (this.#openings.size >= MOST_OPENINGS) this.#openings.clear();
      this.#openings.set(key, openings);
    }
    return openings;
  }

  #treeAt(atMs: number): AgencyTree {
    const change = this.#changesMs.findLastIndex((changeMs) => changeMs <= atMs);
    let tree = this.#trees.get(change);
    if (!tree) {
      tree = agencyTree(this.#inventory, dateAt(this.#inventory, atMs));
      this.#trees.set(change, tree);
      this.#below.set(tree, new Map());
    }
    return tree;
  }

  #belowOf(tree: AgencyTree, agency: string): ReadonlySet<string> {
    const known = this.#below.get(tree);
    let below = known?.get(agency);
    if (!below) {
      below = withDescendants(tree, agency);
      known?.set(agency, below);
    }
    return below;
  }

  /** `tree`: of the day it opens; undefined: of no matter, since the window names no agency. */
  #covers(
    window: Maintenance,
    { kind, id }: { kind: SubjectKind; id: string },
    tree: AgencyTree | undefined,
  ): boolean {
    switch (kind) {
      case "agency":
        return tree !== undefined && window.agencies.some((agency) => this.#belowOf(tree, agency).has(id));
      case "site": {
        const agency = tree?.agencyOfSite.get(id);
        return (
          window.sites.includes(id) ||
          (agency !== undefined && this.#covers(window, { kind: "agency", id: agency }, tree))
        );
      }
      case "device": {
        const site = this.#inventory.devices.get(id)?.site;
        return (
          window.devices.includes(id) ||
          (site !== undefined && this.#covers(window, { kind: "site", id: site }, tree))
        );
      }
      case "link": {
        const link = this.#inventory.links.get(id);
        return (
          window.links.includes(id) ||
          (link !== undefined &&
            [link.a.device, link.b.device].some((device) =>
              this.#covers(window, { kind: "device", id: device }, tree),
            ))
        );
      }
      default:
        return this.#covers(window, { kind: "device", id: id.split("/")[0] ?? "" }, tree);
    }
  }
}

/** The planned parts of one subject's interval. */
export function plannedPeriods(
  inventory: Inventory,
  subject: { kind: SubjectKind; id: string },
  fromMs: number,
  toMs: number,
): Period[] {
  if (inventory.maintenance.size === 0) return [];
  return new MaintenancePlan(inventory).periods(subject, fromMs, toMs);
}
