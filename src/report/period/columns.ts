/** Columns of the reports on a period. Times are whole seconds in machine formats. */
import type { Tally } from "../../health/tally.ts";
import { numberColumn, rounded } from "../columns.ts";
import type { WordKey } from "../messages/messages.ts";
import type { Speech } from "../sentence.ts";
import type { CellValue, TableColumn } from "../table-view.ts";

type Options = { dropOrder?: number };

/** A length of time in seconds; nothing for none, since most rows have none. */
export function lengthColumn(speech: Speech, key: string, word: WordKey, options: Options = {}): TableColumn {
  return numberColumn(
    speech,
    key,
    word,
    (seconds) =>
      seconds === 0 ? "–" : `${seconds < 0 ? "−" : ""}${speech.format.duration(Math.abs(seconds))}`,
    options,
  );
}

export function countColumn(speech: Speech, key: string, word: WordKey, options: Options = {}): TableColumn {
  return numberColumn(
    speech,
    key,
    word,
    (count) => (count > 0 ? speech.format.integer(count) : "–"),
    options,
  );
}

export function percentColumn(
  speech: Speech,
  key: string,
  word: WordKey,
  options: Options & { digits?: number } = {},
): TableColumn {
  const { digits = 1, ...rest } = options;
  return numberColumn(speech, key, word, (value) => speech.format.percent(value, digits), rest);
}

/** A difference in percentage points, with its sign. */
export function changeColumn(speech: Speech, key: string, options: Options = {}): TableColumn {
  const write = (value: number) =>
    value === 0 ? "±0" : `${value > 0 ? "+" : "−"}${speech.format.decimal(Math.abs(value), 3)}`;
  return numberColumn(speech, key, "change", write, options);
}

/** Words of a table of the language for a column of codes. */
export function wordsOf(table: Readonly<Record<string, string>>): (value: CellValue) => string {
  return (value) => (value === undefined || value === null ? "" : (table[String(value)] ?? String(value)));
}

/** What a tally gives to a row. */
export function tallyCells(tally: Tally, isMeasurable: boolean) {
  return {
    availabilityPercent: isMeasurable ? rounded(tally.availabilityPercent, 4) : undefined,
    coveragePercent: rounded(tally.coveragePercent),
    outages: tally.outages.length,
    downSeconds: Math.round(tally.downMs / 1000),
    plannedSeconds: Math.round(tally.plannedMs / 1000),
    unknownSeconds: Math.round(tally.unknownMs / 1000),
  };
}
