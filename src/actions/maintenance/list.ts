/** `pdc maintenance list`: windows with when they are open next. */
import { isOpen } from "../../health/maintenance.ts";
import { windowPeriods } from "../../health/maintenance-periods.ts";
import { createFormat } from "../../report/format.ts";
import type { CellValue, TableView } from "../../report/table-view.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";

/** How far ahead the next opening is looked for. */
const AHEAD_MS = 366 * 86_400_000;

/** Those that are open first, then by when they open next. @throws InventoryError */
export async function listMaintenance(
  place: InventoryPlace,
  options: { all?: boolean; nowMs?: number } = {},
): Promise<{ rows: Record<string, CellValue>[]; view: TableView }> {
  const { inventory } = await openInventory(place);
  const { timeZone } = inventory.province;
  const nowMs = options.nowMs ?? Date.now();
  const rows = [...inventory.maintenance.values()]
    .map((window) => {
      const next = windowPeriods(window, nowMs, nowMs + AHEAD_MS, timeZone)[0];
      const isNow = isOpen(window, nowMs, timeZone);
      const covers = [...window.agencies, ...window.sites, ...window.devices, ...window.links];
      return {
        id: window.id,
        state: isNow ? "open" : next ? "coming" : "over",
        next: next && new Date(next.fromMs).toISOString(),
        nextEnd: next && new Date(next.toMs).toISOString(),
        repeat: window.repeat,
        covers: covers.join(", "),
        reason: window.reason,
      };
    })
    .filter(({ state }) => options.all || state !== "over")
    .sort((x, y) => (x.next ?? "9").localeCompare(y.next ?? "9"));
  const format = createFormat("en", timeZone);
  const time = (value: CellValue) => (value ? format.dateTime(Date.parse(String(value))) : "");
  return {
    rows,
    view: {
      columns: [
        { key: "id", header: "WINDOW", dropOrder: 0 },
        { key: "state", header: "STATE", dropOrder: 0 },
        { key: "next", header: "FROM", dropOrder: 1, format: time },
        { key: "nextEnd", header: "UNTIL", dropOrder: 1, format: time },
        { key: "repeat", header: "REPEATS", dropOrder: 3 },
        { key: "covers", header: "COVERS", dropOrder: 2 },
        { key: "reason", header: "REASON", dropOrder: 4 },
      ],
      rows,
      empty: "No window is open or coming.",
    },
  };
}
