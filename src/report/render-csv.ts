/** CSV of a table: header of keys, raw values, safe to open in a spreadsheet. */
import { csvField } from "./encode.ts";
import type { TableView } from "./table-view.ts";

/** RFC 4180, UTF-8; lines end with CRLF. Several views are separated by an empty line. */
export function renderCsv(views: readonly TableView[]): string {
  return views
    .map(({ columns, rows }) =>
      [
        columns.map(({ key }) => csvField(key)),
        ...rows.map((row) => columns.map(({ key }) => csvField(row[key]))),
      ]
        .map((fields) => `${fields.join(",")}\r\n`)
        .join(""),
    )
    .join("\r\n");
}
