/** Maintenance windows: when they hold, in the province's time zone, and whom they cover. */
import type { Inventory, Maintenance } from "../inventory/model.ts";
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
  if (now < from) return false;
  if (window.repeat === "none") return now < until;
  const length = until - from;
  if (window.repeat === "monthly") return isOpenMonthly(from, length, now);
  const period = window.repeat === "daily" ? DAY_MS : 7 * DAY_MS;
  return (now - from) % period < length;
}

function isOpenMonthly(from: number, length: number, now: number): boolean {
  const start = new Date(from);
  const here = new Date(now);
  for (const back of [0, 1]) {
    const begin = Date.UTC(
      here.getUTCFullYear(),
      here.getUTCMonth() - back,
      start.getUTCDate(),
      start.getUTCHours(),
      start.getUTCMinutes(),
    );
    if (
      new Date(begin).getUTCDate() === start.getUTCDate() &&
      begin >= from &&
      now >= begin &&
      now < begin + length
    )
      return true;
  }
  return false;
}

/** A wall-clock time as if it were UTC: differences and remainders of such numbers are wall-clock ones. */
export function wallClockMs(text: string): number {
  return Date.parse(`${text.length === 10 ? `${text}T00:00` : text.replace(" ", "T")}Z`);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A moment as the wall clock of a time zone shows it, as if it were UTC. */
export function localMs(atMs: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(timeZone, formatter);
  }
  const part: Record<string, string> = {};
  for (const { type, value } of formatter.formatToParts(atMs)) part[type] = value;
  return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`);
}

/** The moment at which a time zone's clock shows `wallMs` (written as if it were UTC); the second look settles changes of the clocks. */
export function fromWallClock(wallMs: number, timeZone: string): number {
  const guess = wallMs - (localMs(wallMs, timeZone) - wallMs);
  return guess - (localMs(guess, timeZone) - wallMs);
}
