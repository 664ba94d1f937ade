/** Columns that several tables have: each formats the raw value for people and leaves it raw for machines. */
import type { State } from "../health/types.ts";
import type { WordKey } from "./messages/messages.ts";
import type { Speech } from "./sentence.ts";
import type { CellValue, TableColumn } from "./table-view.ts";

type Options = { dropOrder?: number; header?: string };

/** Text as it is. */
export function textColumn(speech: Speech, key: string, word: WordKey, options: Options = {}): TableColumn {
  return { key, header: speech.word(word), ...options };
}

/** Why a state is: the last thing a narrow terminal may lose. */
export function whyColumn(speech: Speech): TableColumn {
  return { key: "why", header: speech.word("why"), dropOrder: 0, leastWidth: 60 };
}

/** A state word in the report's language; machines get the English code. */
export function stateColumn(speech: Speech, key = "state"): TableColumn {
  return {
    key,
    header: speech.word("state"),
    isState: true,
    dropOrder: 0,
    format: (value) => speech.messages.states[value as State] ?? String(value ?? ""),
  };
}

/** A number; "–" where it is not known, which is never zero. */
export function numberColumn(
  speech: Speech,
  key: string,
  word: WordKey,
  write: (value: number) => string,
  options: Options = {},
): TableColumn {
  return { key, header: speech.word(word), align: "right", format: known(write), ...options };
}

/** A moment, ms since the epoch in machine formats as ISO 8601 text. */
export function timeColumn(speech: Speech, key: string, word: WordKey, options: Options = {}): TableColumn {
  return {
    key,
    header: speech.word(word),
    format: (value) =>
      value === undefined || value === null || value === ""
        ? ""
        : speech.format.dateTime(Date.parse(String(value))),
    ...options,
  };
}

/** What a time column holds. */
export function isoTime(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
}

function known(write: (value: number) => string): (value: CellValue) => string {
  return (value) => (typeof value === "number" && Number.isFinite(value) ? write(value) : "–");
}

/** A number without digits nobody measured, for machine formats. */
export function rounded(value: number | undefined, digits = 2): number | undefined {
  if (value === undefined || !Number.isFinite(value)) return undefined;
  const unit = 10 ** digits;
  return Math.round(value * unit) / unit;
}
