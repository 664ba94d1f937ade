/** A table as data: what every list and report section is before it becomes text, CSV, JSON or HTML. */

export type CellValue = string | number | bigint | boolean | null | undefined;

export interface TableColumn {
  /** JSON and CSV name, camelCase with its unit ("inUtilisationPercent"). */
  key: string;
  /** What a person reads, in the language of the output. */
  header: string;
  align?: "left" | "right";
  /** Narrow terminals drop columns with the highest number first; 0 is never dropped (default 1). */
  dropOrder?: number;
  /** On a narrow terminal other columns are dropped before this one is cut below so many characters (default 24). */
  leastWidth?: number;
  /** How a cell reads for people (thousands, dates, "↑ 12.3 Mbit/s"); machine formats take the raw value. */
  format?: (value: CellValue) => string;
  /** Draw the cell in the colour of a state word. The word itself is always shown. */
  isState?: boolean;
}

export interface TableView {
  title?: string;
  columns: readonly TableColumn[];
  rows: readonly Readonly<Record<string, CellValue>>[];
  /** Sentences under the table. */
  notes?: readonly string[];
  /** What to say when there are no rows. */
  empty?: string;
}
