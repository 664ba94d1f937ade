/** Bits that flip on a disk: what was stored comes back as it was, or is named as damaged; never as something else. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { keySeed } from "../../src/store/sample-key.ts";
import type { DamagedRecord } from "../../src/store/sample-reader.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { counter64, makeInterface, makeSample } from "../samples/make-sample.ts";
import { opened, temporaryDirectory } from "./place.ts";

const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

function samples(): DeviceSample[] {
  return ["a", "b", "c"].flatMap((device) =>
    Array.from({ length: 20 }, (_, cycle) =>
      makeSample(cycle * 60, {
        device,
        components: [
          makeInterface({
            inOctets: counter64(10n ** 15n + BigInt(cycle)),
            state: { kind: "state", value: 1, word: "up", severity: "ok" },
          }),
        ],
      }),
    ),
  );
}

function storeOf(stored: readonly DeviceSample[]): string {
  const path = join(temporaryDirectory(), "samples.db");
  const store = openStore(path, { mode: "write" });
  store.append(stored);
  store.close();
  return path;
}

test("a flipped bit in one record is found, named, and the others are still read", () => {
  const stored = samples();
  const path = storeOf(stored);
  const database = new DatabaseSync(path);
  const { id, body } = database
    .prepare("SELECT CAST(id AS TEXT) AS id, body FROM sample LIMIT 1 OFFSET 7")
    .get() as { id: string; body: Uint8Array };
  for (let bit = 0; bit < body.length * 8; bit += 1) {
    const flipped = Buffer.from(body);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    database.prepare("UPDATE sample SET body = ? WHERE id = CAST(? AS INTEGER)").run(flipped, id);
    const damage: DamagedRecord[] = [];
    const store = openStore(path, { mode: "read", onDamage: (record) => damage.push(record) });
    expect([...store.range(everything)]).toHaveLength(stored.length - 1);
    expect(damage).toEqual([{ device: "a", atMs: expect.any(Number), why: expect.stringContaining("CRC") }]);
    expect(store.status().damagedRecords).toBe(1);
    store.close();
  }
  database.close();
});

test("a record in another's place is found", () => {
  const path = storeOf(samples());
  const database = new DatabaseSync(path);
  database.exec(
    `UPDATE sample SET body = (SELECT body FROM sample LIMIT 1) WHERE id = (SELECT id FROM sample LIMIT 1 OFFSET 3)`,
  );
  database.close();
  const damage: DamagedRecord[] = [];
  expect([
    ...opened(path, { mode: "read", onDamage: (record) => damage.push(record) }).range(everything),
  ]).toHaveLength(59);
  expect(damage).toHaveLength(1);
});

test("a damaged layout costs its own samples only", () => {
  const stored = [...samples(), makeSample(0, { device: "d" })];
  const path = storeOf(stored);
  const database = new DatabaseSync(path);
  database.exec("UPDATE layout SET body = zeroblob(40) WHERE id = 1");
  database.close();
  const damage: DamagedRecord[] = [];
  expect([
    ...opened(path, { mode: "read", onDamage: (record) => damage.push(record) }).range(everything),
  ]).toEqual([makeSample(0, { device: "d" })]);
  expect(damage).toHaveLength(60);
});

test("a file that says another format of SQLite is told as damaged", () => {
  const path = storeOf(samples());
  const octets = readFileSync(path);
  // "Schema format number" of the file's header (sqlite.org/fileformat2.html, 1.3), 1 to 4.
  octets[47] = 0x44;
  const strange = join(temporaryDirectory(), "strange.db");
  writeFileSync(strange, octets);
  expect(() => openStore(strange, { mode: "read" })).toThrow(
    expect.objectContaining({ code: "damaged", exitCode: 27 }),
  );
});

test("a key that a damaged page made negative is the key of no sample", () => {
  expect(keySeed("a", -1n)).not.toBe(keySeed("a", 1n));
});

test("one bit anywhere in the file: the truth, or an error, never another sample", () => {
  const stored = samples();
  const whole = storeOf(stored);
  const octets = readFileSync(whole);
  const truth = new Map(stored.map((sample) => [`${sample.device}@${sample.atMs}`, sample]));
  const path = join(temporaryDirectory(), "flipped.db");
  let readInFull = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: octets.length * 8 - 1 }), (bit) => {
      const flipped = Buffer.from(octets);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      writeFileSync(path, flipped);
      const found: DeviceSample[] = [];
      try {
        const store = openStore(path, { mode: "read" });
        try {
          for (const sample of store.range(everything)) found.push(sample);
        } finally {
          store.close();
        }
        readInFull += 1;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
      for (const sample of found) expect(sample).toEqual(truth.get(`${sample.device}@${sample.atMs}`));
    }),
    { numRuns: 500 },
  );
  expect(readInFull).toBeGreaterThan(0);
});
