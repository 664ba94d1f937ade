/** The dictionary of words that recur in records: state words with their severity, classes, poller epochs. */
import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Measurement } from "../samples/types.ts";
import { MalformedRecordError } from "./bytes.ts";

type StateWord = Pick<Measurement, "word" | "severity">;

export interface Terms {
  /** Number of a text, given to it now when it has none. */
  idOf(text: string): number;
  idOfState(word: string | undefined, severity: Measurement["severity"]): number;
  /** @throws MalformedRecordError when there is no such number. */
  text(id: number): string;
  state(id: number): StateWord;
  /** Forgets what was read or given; after a transaction that was rolled back. */
  forget(): void;
}

/** Terms in the table `term`; every one is read once. */
export function createTerms(database: DatabaseSync): Terms {
  const ids = new Map<string, number>();
  const stateIds = new Map<string | undefined, Map<string | undefined, number>>();
  const texts = new Map<number, string>();
  const states = new Map<number, StateWord>();
  const insert = database.prepare("INSERT INTO term (text, crc) VALUES (?, ?)");
  const selectId = database.prepare("SELECT id FROM term WHERE text = ?");
  const selectText = database.prepare("SELECT text, crc FROM term WHERE id = ?");

  function idOf(text: string): number {
    return remembered(ids, text, () => {
      const known = selectId.get(text)?.id;
      return Number(known ?? insert.run(text, crc32(text)).lastInsertRowid);
    });
  }

  function text(id: number): string {
    return remembered(texts, id, () => {
      const found = selectText.get(id);
      if (typeof found?.text !== "string") throw new MalformedRecordError(`the store has no term ${id}`);
      if (crc32(found.text) !== found.crc) throw new MalformedRecordError(`term ${id} is damaged`);
      return found.text;
    });
  }

  return {
    idOf,
    idOfState: (word, severity) =>
      remembered(
        remembered(stateIds, word, () => new Map()),
        severity,
        () => idOf(JSON.stringify({ severity, word })),
      ),
    text,
    state: (id) => remembered(states, id, () => JSON.parse(text(id)) as StateWord),
    forget() {
      for (const map of [ids, stateIds, texts, states]) map.clear();
    },
  };
}

function remembered<Key, Value>(map: Map<Key, Value>, key: Key, find: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const found = find();
  map.set(key, found);
  return found;
}
