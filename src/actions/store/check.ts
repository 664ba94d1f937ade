/** `pdc store check`: reads everything that is kept and recomputes every CRC and digest. */
import type { TableView } from "../../report/table-view.ts";
import type { CheckReport } from "../../store/check.ts";
import { defaultStorePath } from "../../store/default-path.ts";
import { openStore } from "../../store/open-store.ts";

const INTEGRITY = 27;

export interface CheckResult extends CheckReport {
  path: string;
}

/** @throws StoreError: `damaged` (27) when not even its structure can be read */
export function checkStore(options: { store?: string | undefined; stateDirectory: string }): CheckResult {
  const path = options.store ?? defaultStorePath(options.stateDirectory);
  const store = openStore(path, { mode: "read" });
  try {
    return { path, ...store.check() };
  } finally {
    store.close();
  }
}

/** As a command hands it over: exit code 27 with each damaged part named. */
export function checkPresentation(result: CheckResult) {
  const { checked, damaged, damages, path } = result;
  const number = (value: number) => value.toLocaleString("en-US");
  const counted = `${number(checked.samples)} samples, ${number(checked.rollups)} rollups, ${number(checked.states)} states, ${number(checked.documents)} revisions of documents`;
  return {
    schema: "pdc.store.check/1",
    data: result,
    text: `${path}: ${counted}: ${damages === 0 ? "all whole" : `${number(damages)} damaged`}`,
    views: damages === 0 ? [] : [damageView(damaged)],
    ...(damages > 0 && {
      exitCode: INTEGRITY,
      errors: [
        {
          code: "damaged",
          target: path,
          message: `${number(damages)} damaged records; reports pass them over`,
          fix: "restore the store from a backup taken before, or go on without them; look at the disk's health",
        },
      ],
    }),
  };
}

function damageView(damaged: CheckReport["damaged"]): TableView {
  return {
    columns: [
      { key: "part", header: "PART" },
      { key: "of", header: "OF", dropOrder: 0 },
      { key: "at", header: "AT" },
      { key: "why", header: "WHY", dropOrder: 1 },
    ],
    rows: damaged.map(({ part, of, atMs, why }) => ({
      part,
      of,
      at: atMs === undefined ? "-" : new Date(atMs).toISOString(),
      why,
    })),
  };
}
