/** `pdc store export`: samples or rollups for other programs, as CSV or Parquet, however many there are. */
import { createWriteStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as breathe } from "node:timers/promises";
import { loadInventory } from "../../inventory/load.ts";
import { findDevice, findName } from "../../inventory/lookup.ts";
import type { Inventory } from "../../inventory/model.ts";
import { csvField } from "../../report/encode.ts";
import { defaultStorePath } from "../../store/default-path.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/types.ts";
import { UsageError } from "../inventory/open.ts";
import { momentOf } from "../report/period.ts";
import { throughPart } from "../write-whole.ts";
import { writeParquet } from "./export-parquet.ts";
import {
  type ExportColumn,
  type ExportRow,
  rollupColumns,
  rollupRows,
  sampleColumns,
  sampleRows,
} from "./export-rows.ts";

export interface StoreExportOptions {
  store?: string | undefined;
  stateDirectory: string;
  /** For the province's time zone, and for who its devices are; without one, the time zone of this machine. */
  inventoryDirectory?: string | undefined;
  cacheDirectory?: string;
  what: "samples" | "5m" | "1h";
  format: "csv" | "parquet";
  from?: string | undefined;
  to?: string | undefined;
  device?: readonly string[] | undefined;
  /** Without one, to `output`; Parquet needs one. */
  file?: string | undefined;
  output: NodeJS.WritableStream;
  signal?: AbortSignal;
  nowMs?: number;
}

/** @returns rows written. @throws StoreError, UsageError, LookupError (2); AbortError: then there is no file */
export async function exportStore(options: StoreExportOptions): Promise<{ rows: number }> {
  const { format, what, file, signal } = options;
  if (format === "parquet" && file === undefined)
    throw new UsageError("--output parquet: Parquet is not text", "name a file with --file");
  const inventory = await inventoryOf(options);
  const period = periodOf(options, inventory);
  const store = openStore(options.store ?? defaultStorePath(options.stateDirectory), { mode: "read" });
  try {
    const devices = options.device?.map((name) => deviceOf(name, store, inventory));
    const { columns, rows } = tableOf(store, what, { ...period, ...(devices && { devices }) });
    let count = 0;
    const counted = function* () {
      for (const row of rows) {
        signal?.throwIfAborted();
        count += 1;
        yield row;
      }
    };
    if (file === undefined)
      await pipeline(Readable.from(csvChunks(columns, counted())), options.output, {
        end: false,
        ...(signal && { signal }),
      });
    else
      await whole(file, (path, flags) =>
        format === "parquet"
          ? writeParquet(path, columns, counted())
          : pipeline(Readable.from(csvChunks(columns, counted())), createWriteStream(path, { flags }), {
              ...(signal && { signal }),
            }),
      );
    return { rows: count };
  } finally {
    store.close();
  }
}

/** One of the inventory, by id or address, or one that was polled once and is in the inventory no more. @throws LookupError */
function deviceOf(name: string, store: Store, inventory: Inventory | undefined): string {
  const untilMs = Number.POSITIVE_INFINITY;
  if (store.last(1, { devices: [name], untilMs }).size > 0) return name;
  if (inventory) return findDevice(inventory, name).id;
  return findName("device", name, store.last(1, { untilMs }).keys());
}

function tableOf(
  store: Store,
  what: StoreExportOptions["what"],
  query: { fromMs: number; toMs: number; devices?: readonly string[] },
): { columns: readonly ExportColumn[]; rows: Iterable<ExportRow> } {
  if (what === "samples") return { columns: sampleColumns, rows: sampleRows(store.range(query)) };
  const stepSeconds = what === "5m" ? 300 : 3600;
  return { columns: rollupColumns, rows: rollupRows(store.rollups.series({ ...query, stepSeconds })) };
}

/** CSV in pieces of some hundred rows: RFC 4180, safe to open in a spreadsheet. Between them a Ctrl-C is heard. */
async function* csvChunks(
  columns: readonly ExportColumn[],
  rows: Iterable<ExportRow>,
): AsyncGenerator<string> {
  let text = `${columns.map(({ name }) => name).join(",")}\r\n`;
  for (const row of rows) {
    text += `${row.map(csvField).join(",")}\r\n`;
    if (text.length < 65536) continue;
    yield text;
    text = "";
    await breathe();
  }
  yield text;
}

/**
 * The file whole or not at all, however large it is. What a symbolic link names is replaced, not the link; into a
 * device or a pipe (`/dev/null`) is written.
 */
async function whole(file: string, write: (path: string, flags: "w" | "wx") => Promise<void>): Promise<void> {
  const status = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });
  if (status && !status.isFile()) return write(file, "w");
  await throughPart(status ? await realpath(file) : resolve(file), (part) => write(part, "wx"));
}

async function inventoryOf({ inventoryDirectory, cacheDirectory }: StoreExportOptions) {
  if (inventoryDirectory === undefined) return undefined;
  return loadInventory(inventoryDirectory, { ...(cacheDirectory && { cacheDirectory }) });
}

function periodOf({ from, to, nowMs = Date.now() }: StoreExportOptions, inventory: Inventory | undefined) {
  const timeZone = inventory?.province.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const moment = (flag: "from" | "to", text: string) => momentOf(text, flag, nowMs, timeZone);
  const fromMs = from === undefined ? 0 : moment("from", from);
  const toMs = to === undefined ? nowMs + 1 : moment("to", to);
  if (fromMs >= toMs)
    throw new UsageError(`--from ${from} is not before ${to === undefined ? "now" : `--to ${to}`}`);
  return { fromMs, toMs };
}
