/** Packed hours and columns: every sample and value comes back exactly, or is named as damaged. */
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, MalformedRecordError } from "../../src/store/bytes.ts";
import { type ColumnValue, readColumn, writeColumn } from "../../src/store/column.ts";
import { LayoutInterner, layoutOf } from "../../src/store/layout.ts";
import { HOUR_MS, HourPacker, openHour } from "../../src/store/packed-hour.ts";
import { migrationFrom } from "../../src/store/schema.ts";
import { fromSignificant, toSignificant } from "../../src/store/significant.ts";
import { createTerms } from "../../src/store/terms.ts";
import { anySample } from "../samples/any-sample.ts";

function roundTrip(values: readonly ColumnValue[]): ColumnValue[] {
  const writer = new ByteWriter();
  writeColumn(writer, values);
  const reader = new ByteReader(writer.bytes());
  const read = readColumn(reader, values.length);
  expect(reader.isAtEnd).toBe(true);
  return read;
}

describe("columns", () => {
  const anyColumn = fc.oneof(
    fc.array(fc.integer(), { minLength: 1 }),
    fc.array(fc.maxSafeInteger(), { minLength: 1 }),
    fc.array(
      fc.integer().map((n) => n / 1000),
      { minLength: 1 },
    ),
    fc.array(fc.double(), { minLength: 1 }),
    fc.array(fc.bigInt(0n, 2n ** 64n - 1n), { minLength: 1 }),
    fc.array(
      fc.nat(1000).map((n) => 2n ** 63n + BigInt(n)),
      { minLength: 1 },
    ),
    fc.array(fc.string(), { minLength: 1 }),
    fc.array(fc.oneof(fc.integer(), fc.bigInt(-(2n ** 65n), 2n ** 65n), fc.string(), fc.constant(-0)), {
      minLength: 1,
    }),
  );
  test("come back exactly, whatever they hold", () => {
    fc.assert(
      fc.property(anyColumn, (values) => {
        expect(roundTrip(values)).toEqual(values);
      }),
      { numRuns: 1000 },
    );
  });

  test("of counters that grow evenly take little", () => {
    const writer = new ByteWriter();
    writeColumn(
      writer,
      Array.from({ length: 60 }, (_, at) => 10n ** 15n + BigInt(at) * 75_000_000n),
    );
    expect(writer.bytes().length).toBeLessThan(80);
  });
});

describe("packed hours", () => {
  const hour = 490_000;
  function store() {
    const database = new DatabaseSync(":memory:");
    database.exec(migrationFrom(0));
    return createTerms(database);
  }

  test("give back any samples as they were, and nothing when a bit flipped", () => {
    const terms = store();
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(anySample(), fc.nat(HOUR_MS - 1)), {
          selector: ([, offset]) => offset,
          minLength: 1,
          maxLength: 8,
        }),
        fc.nat(),
        (given, flip) => {
          const samples = given
            .map(([sample, offset]) => ({ ...sample, atMs: hour * HOUR_MS + offset }))
            .sort((a, b) => a.atMs - b.atMs);
          const layouts = samples.map((sample) => layoutOf(sample, new LayoutInterner()));
          const packer = new HourPacker(hour, terms);
          for (const [at, sample] of samples.entries()) packer.add(sample, at, layouts[at]!);
          const body = packer.pack(7);
          const open = (octets: Uint8Array, seed: number) =>
            openHour(octets, { device: "device", hour, seed, terms, layout: (id) => layouts[id]! });
          const opened = open(body, 7);
          const read = opened.timesMs.map((_, at) => opened.sample(at));
          expect(read).toEqual(samples);
          expect(() => open(body, 8)).toThrow(MalformedRecordError);
          body[flip % body.length]! ^= 1 << (flip % 8);
          expect(() => open(body, 7)).toThrow(MalformedRecordError);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("five significant digits", () => {
  test("are within 0.005 %, in order, and exact for what has no more", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e25, max: 1e25, noNaN: true }), (value) => {
        const read = fromSignificant(toSignificant(value));
        if (Math.abs(value) < 1e-25) expect(Math.abs(read)).toBeLessThan(1e-24);
        else expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.abs(value) * 5.0001e-5);
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(
        fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        (a, b) => {
          if (a <= b) expect(toSignificant(a)).toBeLessThanOrEqual(toSignificant(b));
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: -99999, max: 99999 }),
        fc.integer({ min: 0, max: 6 }),
        (digits, decimals) => {
          const value = digits / 10 ** decimals;
          expect(fromSignificant(toSignificant(value))).toBe(value === 0 ? 0 : value);
        },
      ),
    );
  });
});
