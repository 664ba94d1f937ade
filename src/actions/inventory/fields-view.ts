/** One object as a table of its fields. */
import type { CellValue, TableView } from "../../report/table-view.ts";

/** Fields without a value are left out. */
export function fieldsView(fields: Readonly<Record<string, CellValue>>, title?: string): TableView {
  return {
    ...(title !== undefined && { title }),
    columns: [
      { key: "field", header: "FIELD", dropOrder: 0 },
      { key: "value", header: "VALUE", dropOrder: 0 },
    ],
    rows: Object.entries(fields).flatMap(([field, value]) =>
      value === undefined || value === "" ? [] : [{ field, value }],
    ),
  };
}

/** A nested object as flat fields: "a.device", "interfaces.0.name"; lists of texts are joined. */
export function flatFields(value: unknown, prefix = ""): Record<string, CellValue> {
  if (Array.isArray(value) && value.every((one) => typeof one !== "object"))
    return value.length === 0 ? {} : { [prefix]: value.join(", ") };
  if (typeof value !== "object" || value === null)
    return value === undefined ? {} : { [prefix]: value as CellValue };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) =>
      flatFields(inner, prefix === "" ? key : `${prefix}.${key}`),
    ),
  );
}
