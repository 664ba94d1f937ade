/** Compaction that is killed, that finds the disk full, and whose work is damaged afterwards. */
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { ratesBetween } from "../../src/samples/rates.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { StoreError } from "../../src/store/store-error.ts";
import type { Store } from "../../src/store/types.ts";
import { fleet, fleetBeginMs } from "./fleet.ts";
import { opened, temporaryDirectory } from "./place.ts";

const compactor = resolve(import.meta.dirname, "compactor.ts");
const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
const HOUR_MS = 3_600_000;
const nowMs = fleetBeginMs + 30 * HOUR_MS;

function storeFile(samples: readonly DeviceSample[], directory = temporaryDirectory()): string {
  const path = join(directory, "samples.db");
  const store = openStore(path, { mode: "write" });
  for (let from = 0; from < samples.length; from += 500) store.append(samples.slice(from, from + 500));
  store.close();
  return path;
}

function rollupsOf(store: Store) {
  const range = { fromMs: fleetBeginMs, toMs: nowMs };
  return ([300, 3600] as const).flatMap((stepSeconds) => [
    ...store.rollups.series({ stepSeconds, ...range }),
  ]);
}

function finish(store: Store): void {
  for (const _ of store.compaction({ rate: ratesBetween, nowMs }));
}

/** Runs the compactor and kills it when it has said so many lines. @returns whether it was still at work. */
function killAfter(path: string, lines: number): Promise<boolean> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [compactor, path, String(nowMs)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString().split("\n").length - 1;
      if (said >= lines) child.kill("SIGKILL");
    });
    child.on("error", fail);
    child.on("exit", (_, signal) => done(signal === "SIGKILL"));
  });
}

/** These read the whole store again and again, and machines are slow at times. */
const patient = { timeout: 180_000 };

test(
  "kill -9 at any step: every sample is there, and what is finished later is what would have been",
  patient,
  async () => {
    const { samples } = fleet({ devices: 3, polls: 60 * 30 });
    const path = storeFile(samples);
    const undisturbed = join(temporaryDirectory(), "samples.db");
    copyFileSync(path, undisturbed);
    const whole = opened(undisturbed, { mode: "write" });
    finish(whole);
    const truth = [...whole.range(everything)];
    expect(truth).toHaveLength(samples.length);
    let kills = 0;
    for (const lines of [1, 2, 5, 11, 20, 31]) {
      if (await killAfter(path, lines)) kills += 1;
      const reader = openStore(path, { mode: "read" });
      expect([...reader.range(everything)]).toEqual(truth);
      expect(reader.check().damages).toBe(0);
      reader.close();
    }
    expect(kills).toBeGreaterThan(2);
    const store = opened(path, { mode: "write" });
    finish(store);
    expect(rollupsOf(store)).toEqual(rollupsOf(whole));
    expect(store.status().samples).toBe(samples.length);
  },
);

const isRoot = process.getuid?.() === 0;
test.skipIf(!isRoot)(
  "a full disk stops it whole, and it goes on when there is room (needs root)",
  patient,
  () => {
    const disk = join(temporaryDirectory(), "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", disk]);
    onTestFinished(() => void execFileSync("umount", ["-l", disk]));
    const { samples } = fleet({ devices: 3, polls: 60 * 30 });
    const path = storeFile(samples, disk);
    const store = opened(path, { mode: "write" });
    const truth = [...store.range(everything)];
    const ballast = join(disk, "ballast");
    const free = Number(
      execFileSync("df", ["--output=avail", "-B1", disk], { encoding: "utf8" }).split("\n")[1],
    );
    writeFileSync(ballast, Buffer.alloc(free - 32 * 1024));
    // A little more room each time: it runs full in another place of its work.
    let refusals = 0;
    for (let roomKilobytes = 32; roomKilobytes < 160; roomKilobytes += 16) {
      truncateSync(ballast, Math.max(0, free - roomKilobytes * 1024));
      try {
        finish(store);
      } catch (error) {
        expect(error).toMatchObject({ code: "disk-full", exitCode: 21 });
        refusals += 1;
      }
      expect([...store.range(everything)]).toEqual(truth);
    }
    expect(refusals).toBeGreaterThan(0);
    expect(store.status().samples).toBe(truth.length);
    rmSync(ballast);
    finish(store);
    expect([...store.range(everything)]).toEqual(truth);
    expect(store.rollups.completeUntilMs()).toBe(fleetBeginMs + 29 * HOUR_MS);
    expect(store.check().damages).toBe(0);
  },
);

describe("damage to what was compacted", () => {
  function compacted(): { path: string; truth: DeviceSample[] } {
    const { samples } = fleet({ devices: 2, polls: 60 * 3 });
    const path = storeFile(samples);
    const store = openStore(path, { mode: "write" });
    finish(store);
    const truth = [...store.range(everything)];
    store.close();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA journal_mode = DELETE");
    database.close();
    return { path, truth };
  }

  test("a packed hour costs its own samples, a rollup itself; both are named by the check", () => {
    const { path, truth } = compacted();
    const database = new DatabaseSync(path);
    database.exec(`UPDATE packed_hour SET body = zeroblob(40) WHERE id = (SELECT min(id) FROM packed_hour);
      UPDATE rollup SET body = zeroblob(40) WHERE id = (SELECT min(id) FROM rollup)`);
    database.close();
    const store = opened(path, { mode: "read" });
    expect([...store.range(everything)]).toEqual(
      truth.filter(({ device, atMs }) => device !== "router-0" || atMs >= fleetBeginMs + HOUR_MS),
    );
    expect(rollupsOf(store).length).toBeGreaterThan(0);
    expect(store.check()).toMatchObject({
      damages: 2,
      damaged: [
        { part: "packed hour", of: "router-0", atMs: fleetBeginMs, why: expect.stringContaining("CRC") },
        { part: "rollup", of: expect.stringContaining("router-0/"), atMs: fleetBeginMs },
      ],
    });
  });

  test(
    "one bit anywhere in the file: the truth, or an error, never another sample or rollup",
    patient,
    () => {
      const { path: whole, truth } = compacted();
      const octets = readFileSync(whole);
      const samples = new Map(truth.map((sample) => [`${sample.device}@${sample.atMs}`, sample]));
      const before = opened(whole, { mode: "read" });
      const points = new Set(rollupsOf(before).flatMap(pointsOf));
      const path = join(temporaryDirectory(), "flipped.db");
      let readInFull = 0;
      fc.assert(
        fc.property(fc.integer({ min: 0, max: octets.length * 8 - 1 }), (bit) => {
          const flipped = Buffer.from(octets);
          flipped[bit >> 3]! ^= 1 << (bit & 7);
          writeFileSync(path, flipped);
          const found: DeviceSample[] = [];
          const rolled: string[] = [];
          try {
            const store = openStore(path, { mode: "read" });
            try {
              for (const sample of store.range(everything)) found.push(sample);
              rolled.push(...rollupsOf(store).flatMap(pointsOf));
              store.check();
            } finally {
              store.close();
            }
            readInFull += 1;
          } catch (error) {
            if (!(error instanceof StoreError)) throw error;
          }
          for (const sample of found) expect(sample).toEqual(samples.get(`${sample.device}@${sample.atMs}`));
          // Rollups of an hour may be missing from a wider step, but none of 5 minutes is another.
          for (const point of rolled) if (point.startsWith("300 ")) expect(points).toContain(point);
        }),
        { numRuns: 60 },
      );
      expect(readInFull).toBeGreaterThan(0);
    },
  );
});

function pointsOf(series: ReturnType<typeof rollupsOf>[number]): string[] {
  const { device, class: componentClass, key, measurement, atMs, min, mean, max, count } = series;
  const name = [device, componentClass, key, measurement].join("/");
  const step = atMs.length > 1 && atMs[1]! - atMs[0]! >= HOUR_MS ? 3600 : 300;
  return [...atMs.keys()].map(
    (at) => `${step} ${name} ${atMs[at]} ${min[at]} ${mean[at]} ${max[at]} ${count[at]}`,
  );
}
