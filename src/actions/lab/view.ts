/** A lab as the rows people read. */
import type { LabStatus } from "../../lab/province/control.ts";
import type { TableView } from "../../report/table-view.ts";

export function labView(status: LabStatus): TableView {
  const rows: [string, string | number][] = [
    ["directory", status.directory],
    ["inventory", status.inventoryDirectory],
    ["process", status.processId],
    ["started", new Date(status.startedAtMs).toISOString()],
    ["devices", status.devices],
    ["not played", status.missing.length],
    ["faults", status.faults.join(", ") || "none"],
    ["requests answered", status.counters.answered],
  ];
  return {
    columns: [
      { key: "what", header: "LAB", dropOrder: 0 },
      { key: "value", header: "", dropOrder: 0 },
    ],
    rows: rows.map(([what, value]) => ({ what, value })),
    notes: [`Poll it with: pdc poll --inventory ${status.inventoryDirectory}`],
  };
}
