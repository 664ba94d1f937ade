/** `pdc store status`: what a store holds. */
import type { TableView } from "../../report/table-view.ts";
import { defaultStorePath } from "../../store/default-path.ts";
import { openStore } from "../../store/open-store.ts";
import type { StoreStatus } from "../../store/types.ts";

/** @throws StoreError */
export function storeStatus(options: { store?: string | undefined; stateDirectory: string }): StoreStatus {
  const store = openStore(options.store ?? defaultStorePath(options.stateDirectory), { mode: "read" });
  try {
    return store.status();
  } finally {
    store.close();
  }
}

export function storeStatusView({ outbox, ...status }: StoreStatus): TableView {
  const number = (value: unknown) => Number(value).toLocaleString("en-US");
  const time = (value: unknown) => (typeof value === "number" ? new Date(value).toISOString() : "-");
  return {
    columns: [
      { key: "path", header: "STORE", dropOrder: 0 },
      { key: "devices", header: "DEVICES", align: "right", format: number },
      { key: "samples", header: "SAMPLES", align: "right", format: number },
      {
        key: "sizeOctets",
        header: "SIZE (MB)",
        align: "right",
        format: (value) => number(Math.round(Number(value) / 1e5) / 10),
      },
      { key: "oldestMs", header: "OLDEST", dropOrder: 2, format: time },
      { key: "newestMs", header: "NEWEST", dropOrder: 1, format: time },
    ],
    rows: [{ ...status }],
  };
}
