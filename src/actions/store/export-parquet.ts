/** Rows into a Parquet file, a row group at a time, so that memory stays small. */
import { setImmediate as breathe } from "node:timers/promises";
import { fileWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { ExportColumn, ExportRow } from "./export-rows.ts";

const ROW_GROUP = 100_000;

/** Makes the file anew. */
export async function writeParquet(
  path: string,
  columns: readonly ExportColumn[],
  rows: Iterable<ExportRow>,
): Promise<void> {
  const columnData = columns.map(({ name, type }) => ({ name, type, data: [] as unknown[] }));
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: schemaFromColumnData({ columnData }),
    createdBy: "pdc",
  });
  let waiting = 0;
  const flush = async () => {
    if (waiting === 0) return;
    await writer.write({ columnData, rowGroupSize: ROW_GROUP });
    for (const column of columnData) column.data = [];
    waiting = 0;
    await breathe();
  };
  for (const row of rows) {
    for (const [at, { type }] of columns.entries()) {
      const value = row[at];
      columnData[at]!.data.push(type === "TIMESTAMP" ? new Date(String(value)) : value);
    }
    waiting += 1;
    if (waiting === ROW_GROUP) await flush();
  }
  await flush();
  await writer.finish();
}
