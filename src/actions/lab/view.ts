/** A lab as the rows people read. */
import type { ControlPlaneStatus } from "../../lab/control-plane/control.ts";
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
  return viewOf("LAB", rows, `Poll it with: pdc poll --inventory ${status.inventoryDirectory}`);
}

export function controlPlaneView(status: ControlPlaneStatus): TableView {
  const rows: [string, string | number][] = [
    ["directory", status.directory],
    ["kubeconfig", status.kubeconfigPath],
    ["server", status.server],
    ["Kubernetes", status.kubernetesVersion],
    ["nodes", status.nodes],
    ["process", status.processId],
    ["started", new Date(status.startedAtMs).toISOString()],
  ];
  const note = `Look at it with: ${status.kubectlPath} --kubeconfig ${status.kubeconfigPath} get nodes`;
  return viewOf("CONTROL PLANE", rows, note);
}

function viewOf(
  header: string,
  rows: readonly (readonly [string, string | number])[],
  note: string,
): TableView {
  return {
    columns: [
      { key: "what", header, dropOrder: 0 },
      { key: "value", header: "", dropOrder: 0 },
    ],
    rows: rows.map(([what, value]) => ({ what, value })),
    notes: [note],
  };
}
