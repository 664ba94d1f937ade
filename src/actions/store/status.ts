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

export function storeStatusViews({ outbox = [], ...status }: StoreStatus): TableView[] {
  const number = (value: unknown) => Number(value).toLocaleString("en-US");
  const time = (value: unknown) =>
    typeof value === "number" && value > 0 ? new Date(value).toISOString() : "-";
  const store: TableView = {
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
      { key: "rolledUpUntilMs", header: "ROLLED UP TO", dropOrder: 5, format: time },
      { key: "lateSamples", header: "LATE", align: "right", dropOrder: 6, format: number },
      { key: "documents", header: "DOCUMENTS", align: "right", dropOrder: 7, format: number },
    ],
    rows: [{ ...status }],
  };
  if (outbox.length === 0) return [store];
  const waiting: TableView = {
    columns: [
      { key: "destination", header: "REMOTE WRITE", dropOrder: 0 },
      { key: "waiting", header: "WAITING", align: "right", format: number },
      { key: "sent", header: "SENT", align: "right", format: number },
      { key: "dropped", header: "DROPPED", align: "right", format: number },
    ],
    rows: outbox.map((one) => ({ ...one })),
  };
  return [store, waiting];
}
