/** `pdc store export`: samples or rollups for other programs, as CSV or Parquet, however many there are. */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { loadInventory } from "../../inventory/load.ts";
import { csvField } from "../../report/encode.ts";
import { defaultStorePath } from "../../store/default-path.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/types.ts";
import { UsageError } from "../inventory/open.ts";
import { momentOf } from "../report/period.ts";
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
  /** For the province's time zone; without one, that of this machine. */
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
  nowMs?: number;
}

/** @returns rows written. @throws StoreError, UsageError (2) */
export async function exportStore(options: StoreExportOptions): Promise<{ rows: number }> {
  const { format, what, file } = options;
  if (format === "parquet" && file === undefined)
    throw new UsageError("--output parquet: Parquet is not text", "name a file with --file");
  const query = { ...(await periodOf(options)), ...(options.device && { devices: options.device }) };
  const store = openStore(options.store ?? defaultStorePath(options.stateDirectory), { mode: "read" });
  try {
    const { columns, rows } = tableOf(store, what, query);
    let count = 0;
    const counted = function* () {
      for (const row of rows) {
        count += 1;
        yield row;
      }
    };
    if (file === undefined)
      await pipeline(Readable.from(csvChunks(columns, counted())), options.output, { end: false });
    else
      await whole(file, (path) =>
        format === "parquet"
          ? writeParquet(path, columns, counted())
          : pipeline(Readable.from(csvChunks(columns, counted())), createWriteStream(path, { flags: "wx" })),
      );
    return { rows: count };
  } finally {
    store.close();
  }
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

/** CSV in pieces of some hundred rows: RFC 4180, safe to open in a spreadsheet. */
function* csvChunks(columns: readonly ExportColumn[], rows: Iterable<ExportRow>): Generator<string> {
  let text = `${columns.map(({ name }) => name).join(",")}\r\n`;
  for (const row of rows) {
    text += `${row.map(csvField).join(",")}\r\n`;
    if (text.length < 65536) continue;
    yield text;
    text = "";
  }
  yield text;
}

/** The file whole or not at all. */
async function whole(file: string, write: (path: string) => Promise<void>): Promise<void> {
  const path = `${resolve(file)}.${process.pid}.part`;
  try {
    await write(path);
    await rename(path, file);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function periodOf({ from, to, nowMs = Date.now(), ...options }: StoreExportOptions) {
  const { inventoryDirectory, cacheDirectory } = options;
  const inventory =
    inventoryDirectory === undefined
      ? undefined
      : await loadInventory(inventoryDirectory, { ...(cacheDirectory && { cacheDirectory }) });
  const timeZone = inventory?.province.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const moment = (flag: "from" | "to", text: string) => momentOf(text, flag, nowMs, timeZone);
  const fromMs = from === undefined ? 0 : moment("from", from);
  const toMs = to === undefined ? nowMs + 1 : moment("to", to);
  if (fromMs >= toMs)
    throw new UsageError(`--from ${from} is not before ${to === undefined ? "now" : `--to ${to}`}`);
  return { fromMs, toMs };
}
