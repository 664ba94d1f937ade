/** Maintenance windows: when they hold, in the province's time zone, and whom they cover. */
import type { Inventory, Maintenance } from "../inventory/model.ts";
import { fromWallClock, localMs, wallClockMs } from "../inventory/wall-clock.ts";
import { type AgencyTree, withDescendants } from "../topology/agencies.ts";

const DAY_MS = 86_400_000;

/** What is covered at one moment. Maintenance marks; it never changes what was measured. */
export interface MaintenanceCover {
  agencies: ReadonlySet<string>;
  sites: ReadonlySet<string>;
  devices: ReadonlySet<string>;
  links: ReadonlySet<string>;
}

/** Everything under maintenance at `nowMs`: agencies cover those below them, sites cover devices, both cover the links that end there. */
export function maintenanceAt(inventory: Inventory, tree: AgencyTree, nowMs: number): MaintenanceCover {
  const agencies = new Set<string>();
  const sites = new Set<string>();
  const devices = new Set<string>();
  const links = new Set<string>();
  for (const window of inventory.maintenance.values()) {
    if (!isOpen(window, nowMs, inventory.province.timeZone)) continue;
    for (const agency of window.agencies) {
      for (const below of withDescendants(tree, agency)) agencies.add(below);
    }
    for (const site of window.sites) sites.add(site);
    for (const device of window.devices) devices.add(device);
    for (const link of window.links) links.add(link);
  }
  if (agencies.size + sites.size + devices.size + links.size === 0)
    return { agencies, sites, devices, links };
  for (const site of inventory.sites.values()) {
    if (agencies.has(tree.agencyOfSite.get(site.id) ?? site.agency)) sites.add(site.id);
  }
  for (const device of inventory.devices.values()) if (sites.has(device.site)) devices.add(device.id);
  for (const link of inventory.links.values()) {
    if (devices.has(link.a.device) || devices.has(link.b.device)) links.add(link.id);
  }
  return { agencies, sites, devices, links };
}

/**
 * Whether a window is open. Windows are wall-clock times of the province ("2026-11-24T22:00"), so a recurring one
 * keeps its hour through a change of the clocks; `until` is exclusive. A monthly one falls on the day of the month
 * of `from`; months without that day are left out.
 */
export function isOpen(window: Maintenance, nowMs: number, timeZone: string): boolean {
  const from = wallClockMs(window.from);
  const until = wallClockMs(window.until);
  if (Number.isNaN(from) || Number.isNaN(until) || until <= from) return false;
  const now = localMs(nowMs, timeZone);
  // A day more on both sides: clocks may have changed since it began.
  for (const begin of beginnings(window, now - (until - from) - DAY_MS, now + DAY_MS)) {
    if (fromWallClock(begin, timeZone) <= nowMs && nowMs < fromWallClock(begin + until - from, timeZone))
      return true;
  }
  return false;
}

/** Wall-clock moments in (after, to] at which a window opens, in order. */
export function* beginnings(window: Maintenance, after: number, to: number): Generator<number> {
  const first = wallClockMs(window.from);
  const last = window.repeatUntil === undefined ? to : Math.min(to, wallClockMs(window.repeatUntil) - 1);
  if (window.repeat === "none") {
    if (first > after && first <= to) yield first;
    return;
  }
  if (window.repeat === "monthly") {
    yield* monthlyBeginnings(first, Math.max(after, first - 1), last);
    return;
  }
  const periodMs = window.repeat === "daily" ? DAY_MS : 7 * DAY_MS;
  const skipped = Math.max(0, Math.floor((after - first) / periodMs) + 1);
  for (let begin = first + skipped * periodMs; begin <= last; begin += periodMs) yield begin;
}

function* monthlyBeginnings(first: number, after: number, last: number): Generator<number> {
  const start = new Date(first);
  const at = new Date(Math.max(first, after));
  for (let month = 0; ; month++) {
    const begin = Date.UTC(
      at.getUTCFullYear(),
      at.getUTCMonth() + month,
      start.getUTCDate(),
      start.getUTCHours(),
      start.getUTCMinutes(),
    );
    if (begin > last && month > 0) return;
    // Months without that day are left out.
    if (begin > after && begin <= last && new Date(begin).getUTCDate() === start.getUTCDate()) yield begin;
  }
}
