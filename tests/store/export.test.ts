/** `pdc store export` and `check`: what comes out is what is kept. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { checkPresentation, checkStore } from "../../src/actions/store/check.ts";
import { exportStore } from "../../src/actions/store/export.ts";
import { ratesBetween } from "../../src/samples/rates.ts";
import { openStore } from "../../src/store/open-store.ts";
import { makeInterface, makeSample } from "../samples/make-sample.ts";
import { fleet, fleetBeginMs } from "./fleet.ts";
import { temporaryDirectory } from "./place.ts";

const nowMs = fleetBeginMs + 5 * 3_600_000;

function filled(): { stateDirectory: string; values: number } {
  const stateDirectory = temporaryDirectory();
  const store = openStore(join(stateDirectory, "samples.db"), { mode: "write" });
  const { samples } = fleet({ devices: 2, polls: 60 * 5 });
  store.append(samples);
  for (const _ of store.compaction({ rate: ratesBetween, nowMs }));
  store.close();
  // Three values of each answered poll, one row for each that was not.
  const values = samples.reduce((sum, { outcome }) => sum + (outcome === "complete" ? 3 : 1), 0);
  return { stateDirectory, values };
}

async function csv(options: Parameters<typeof exportStore>[0]): Promise<{ lines: string[]; rows: number }> {
  const output = new PassThrough();
  const [{ rows }, all] = await Promise.all([
    exportStore({ ...options, output }).finally(() => output.end()),
    text(output),
  ]);
  return { lines: all.split("\r\n").slice(1, -1), rows };
}

test("samples as CSV: one line per value, packed or not, of the asked devices and time", async () => {
  const { stateDirectory, values } = filled();
  const base = { stateDirectory, what: "samples", format: "csv", nowMs, output: new PassThrough() } as const;
  const all = await csv(base);
  expect(all.rows).toBe(values);
  expect(all.lines).toHaveLength(values);
  const some = await csv({ ...base, device: ["router-1"], from: "2h" });
  expect(some.lines.length).toBeGreaterThan(300);
  expect(some.lines.every((line) => line.includes("router-1"))).toBe(true);
  const store = openStore(join(stateDirectory, "samples.db"), { mode: "read" });
  const [first] = store.range({ fromMs: 0, toMs: nowMs });
  store.close();
  const octets = first!.components[0]!.measurements.inOctets!.value;
  expect(all.lines[0]).toBe(
    `${new Date(first!.atMs).toISOString()},router-0,complete,interface,Gi0/1,inOctets,counter64,octets,${Number(octets)},${octets},`,
  );
});

test("text of devices is safe to open in a spreadsheet", async () => {
  const stateDirectory = temporaryDirectory();
  const store = openStore(join(stateDirectory, "samples.db"), { mode: "write" });
  const value = { kind: "gauge", value: -1 } as const;
  store.append([makeSample(0, { components: [makeInterface({ x: value }, { key: "=cmd|' /C calc'!A0" })] })]);
  store.close();
  const { lines } = await csv({ stateDirectory, what: "samples", format: "csv", output: new PassThrough() });
  expect(lines[0]).toContain(",'=cmd");
  expect(lines[0]).toContain(",-1,");
});

test("rollups as Parquet: the numbers that the store gives", async () => {
  const { stateDirectory } = filled();
  const file = join(stateDirectory, "out.parquet");
  const { rows } = await exportStore({
    stateDirectory,
    what: "5m",
    format: "parquet",
    file,
    nowMs,
    output: new PassThrough(),
  });
  const read = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
  expect(read).toHaveLength(rows);
  const store = openStore(join(stateDirectory, "samples.db"), { mode: "read" });
  const expected = [...store.rollups.series({ stepSeconds: 300, fromMs: 0, toMs: nowMs })].flatMap((series) =>
    [...series.atMs.keys()].map((at) => ({
      time: new Date(series.atMs[at]!),
      device: series.device,
      class: series.class,
      key: series.key,
      measurement: series.measurement,
      unit: series.unit,
      is_rate: series.isRate,
      min: series.min[at],
      mean: series.mean[at],
      max: series.max[at],
      count: series.count[at],
    })),
  );
  store.close();
  expect(read).toEqual(expected);
});

test("samples as Parquet keep counters exact", async () => {
  const { stateDirectory, values } = filled();
  const file = join(stateDirectory, "out.parquet");
  await exportStore({
    stateDirectory,
    what: "samples",
    format: "parquet",
    file,
    nowMs,
    output: new PassThrough(),
  });
  const read = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
  expect(read).toHaveLength(values);
  const counters = read.filter(({ kind }) => kind === "counter64");
  expect(counters.length).toBeGreaterThan(500);
  for (const { counter, value } of counters) expect(Number(counter)).toBe(value);
  expect(typeof counters[0]!.counter).toBe("bigint");
});

test("what cannot be exported is refused before a file is made", async () => {
  const { stateDirectory } = filled();
  const base = { stateDirectory, what: "samples", format: "csv", nowMs, output: new PassThrough() } as const;
  await expect(exportStore({ ...base, format: "parquet" })).rejects.toMatchObject({ exitCode: 2 });
  await expect(exportStore({ ...base, from: "yesterday" })).rejects.toMatchObject({ exitCode: 2 });
  await expect(exportStore({ ...base, from: "1h", to: "2h" })).rejects.toMatchObject({ exitCode: 2 });
  expect(() => readFileSync(join(stateDirectory, "out.parquet"))).toThrow();
});

test("a check says what it read, and 27 with each damaged part", () => {
  const { stateDirectory } = filled();
  const whole = checkPresentation(checkStore({ stateDirectory }));
  expect(whole.exitCode).toBeUndefined();
  expect(whole.text).toContain("600 samples");
  const database = new DatabaseSync(join(stateDirectory, "samples.db"));
  database.exec("UPDATE packed_hour SET body = zeroblob(9) WHERE id = (SELECT min(id) FROM packed_hour)");
  database.close();
  const broken = checkPresentation(checkStore({ stateDirectory }));
  expect(broken).toMatchObject({ exitCode: 27, errors: [{ code: "damaged" }] });
  expect(broken.views[0]?.rows).toEqual([
    {
      part: "packed hour",
      of: "router-0",
      at: new Date(fleetBeginMs).toISOString(),
      why: expect.stringContaining("CRC"),
    },
  ]);
});
