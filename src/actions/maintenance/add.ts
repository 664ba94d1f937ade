/**
 * `pdc maintenance add`: a window in the inventory. It goes there and not into the store because it decides what counts
 * as planned: a closed month names the revision of the inventory, and whoever reads the files sees who agreed to what.
 */

import { findAgency, findDevice, findLink, findSite } from "../../inventory/lookup.ts";
import type { Inventory, Maintenance } from "../../inventory/model.ts";
import { localMs, wallClockMs } from "../../inventory/wall-clock.ts";
import { type PlannedChange, planChange } from "../inventory/change.ts";
import { UsageError } from "../inventory/open.ts";

const FILE = "maintenance/maintenance.yaml";
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export interface AddMaintenanceOptions {
  id?: string | undefined;
  reason: string;
  /** "2026-11-24T22:00", or "now". */
  from: string;
  /** "2026-11-25T02:00", or a length: "4h". */
  until: string;
  repeat?: Maintenance["repeat"] | undefined;
  repeatUntil?: string | undefined;
  agency?: readonly string[] | undefined;
  site?: readonly string[] | undefined;
  device?: readonly string[] | undefined;
  link?: readonly string[] | undefined;
  nowMs?: number;
}

/** @throws UsageError, LookupError (2), InventoryError (22) */
export function planMaintenance(directory: string, options: AddMaintenanceOptions): Promise<PlannedChange> {
  return planChange(directory, (draft, inventory) => {
    const window = windowOf(inventory, options);
    draft.append("maintenance", FILE, [window]);
    const { timeZone } = inventory.province;
    const isPast = wallClockMs(window.from) < localMs(options.nowMs ?? Date.now(), timeZone) - UNIT_MS.h!;
    return isPast
      ? ["it begins in the past: what was an outage there becomes planned in reports that are not closed"]
      : [];
  });
}

function windowOf(
  inventory: Inventory,
  options: AddMaintenanceOptions,
): Partial<Maintenance> & { id: string; from: string } {
  const nowLocalMs = localMs(options.nowMs ?? Date.now(), inventory.province.timeZone);
  const from = options.from === "now" ? localText(nowLocalMs) : checkedTime("--from", options.from);
  const length = /^(\d{1,4})([mhd])$/.exec(options.until);
  const until = length
    ? localText(wallClockMs(from) + Number(length[1]) * UNIT_MS[length[2]!]!)
    : checkedTime("--until", options.until);
  if (wallClockMs(until) <= wallClockMs(from))
    throw new UsageError(`--until ${until} is not after --from ${from}`);
  if (options.reason.trim() === "")
    throw new UsageError("--reason is empty", "say why: it stands in reports");
  const covers = {
    agencies: (options.agency ?? []).map((text) => findAgency(inventory, text).id),
    sites: (options.site ?? []).map((id) => findSite(inventory, id).id),
    devices: (options.device ?? []).map((id) => findDevice(inventory, id).id),
    links: (options.link ?? []).map((id) => findLink(inventory, id).id),
  };
  const named = Object.entries(covers).filter(([, ids]) => ids.length > 0);
  const first = named[0]?.[1][0];
  if (first === undefined)
    throw new UsageError(
      "a window must cover something",
      "name it with --agency, --site, --device or --link",
    );
  const id = options.id ?? freeId(inventory, `${first}-${from.slice(0, 10)}`);
  if (inventory.maintenance.has(id))
    throw new UsageError(`there is a window "${id}" already`, "give another --id");
  return {
    id,
    reason: options.reason,
    ...Object.fromEntries(named),
    from,
    until,
    ...(options.repeat && options.repeat !== "none" && { repeat: options.repeat }),
    ...(options.repeatUntil && { repeatUntil: options.repeatUntil }),
  };
}

function checkedTime(flag: string, text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})$/.exec(text);
  const wallMs = match ? wallClockMs(`${match[1]}T${match[2]}`) : Number.NaN;
  if (!match || Number.isNaN(wallMs) || localText(wallMs) !== `${match[1]}T${match[2]}`)
    throw new UsageError(
      `${flag} ${text}: not a time`,
      "write it as 2026-11-24T22:00, by the province's clock",
    );
  return `${match[1]}T${match[2]}`;
}

function localText(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 16);
}

function freeId(inventory: Inventory, wanted: string): string {
  const stem = wanted.slice(0, 58);
  for (let number = 1; ; number++) {
    const id = number === 1 ? stem : `${stem}-${number}`;
    if (!inventory.maintenance.has(id)) return id;
  }
}
