/** `pdc maintenance end`: a window that is open ends now; one that recurs does not come again. */

import { LookupError } from "../../inventory/lookup.ts";
import { nearest } from "../../inventory/near-match.ts";
import { localMs, wallClockMs } from "../../inventory/wall-clock.ts";
import { type PlannedChange, planChange } from "../inventory/change.ts";
import { UsageError } from "../inventory/open.ts";

const DAY_MS = 86_400_000;

/** @throws UsageError, LookupError (2), InventoryError (22) */
export function planMaintenanceEnd(
  directory: string,
  options: { id: string; nowMs?: number },
): Promise<PlannedChange> {
  return planChange(directory, (draft, inventory) => {
    const window = inventory.maintenance.get(options.id);
    if (!window) {
      const match = nearest(options.id, inventory.maintenance.keys());
      const fix = match === undefined ? "`pdc maintenance list` lists them" : `did you mean "${match}"?`;
      throw new LookupError("unknown-window", `there is no window "${options.id}"`, fix);
    }
    const nowLocalMs = localMs(options.nowMs ?? Date.now(), inventory.province.timeZone);
    if (window.repeat !== "none") {
      // What has begun today goes on to its own end.
      const day = new Date(nowLocalMs + DAY_MS).toISOString().slice(0, 10);
      draft.edit("maintenance", window.id, (item) => item.set("repeatUntil", day, "repeat"));
      return [`it does not begin again from ${day} on`];
    }
    if (wallClockMs(window.until) <= nowLocalMs)
      throw new UsageError(`"${window.id}" ended already, at ${window.until}`);
    if (wallClockMs(window.from) >= nowLocalMs)
      throw new UsageError(`"${window.id}" has not begun yet`, "take it out of the inventory's file instead");
    draft.edit("maintenance", window.id, (item) =>
      item.set("until", new Date(nowLocalMs).toISOString().slice(0, 16)),
    );
    return [];
  });
}
