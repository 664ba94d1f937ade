/** A store of an older schema: read as it is, brought up to date by the first writer, nothing lost. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { ratesBetween } from "../../src/samples/rates.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { counter64, makeInterface, makeSample } from "../samples/make-sample.ts";
import { opened, temporaryDirectory } from "./place.ts";

const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

/** Written by the pdc of schema 1. */
function oldStore(): string {
  const path = join(temporaryDirectory(), "samples.db");
  const fixture = resolve(import.meta.dirname, "../fixtures/store/schema-1.db.gz");
  writeFileSync(path, gunzipSync(readFileSync(fixture)));
  chmodSync(path, 0o600);
  return path;
}

/** What that pdc was given: 90 polls of two routers, the eighth of each unanswered. */
function whatWasWritten(): DeviceSample[] {
  return ["router-1", "router-2"].flatMap((device) =>
    Array.from({ length: 90 }, (_, poll) => {
      const isSilent = poll === 7;
      return makeSample(poll * 60, {
        device,
        outcome: isSilent ? "no-answer" : "complete",
        ...(isSilent && { error: { code: "timeout", message: "no answer" } }),
        reachability: {
          method: "icmp",
          sent: 3,
          received: isSilent ? 0 : 3,
          ...(!isSilent && { rttMs: { min: 1, mean: 1.25, max: 2 } }),
        },
        components: isSilent
          ? []
          : [
              makeInterface({
                inOctets: counter64(10n ** 15n + BigInt(poll) * 75_000_000n),
                operStatus: { kind: "state", value: 1, word: "up", severity: "ok" },
              }),
            ],
      });
    }),
  );
}

function versionOf(path: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare("PRAGMA user_version").get()?.user_version;
  } finally {
    database.close();
  }
}

test("is read without being touched, its newer parts empty", () => {
  const path = oldStore();
  const before = readFileSync(path);
  const store = openStore(path, { mode: "read" });
  expect([...store.range(everything)]).toEqual(whatWasWritten());
  expect(store.last(2, { untilMs: Number.MAX_SAFE_INTEGER }).size).toBe(2);
  expect(store.history.spans(everything).size).toBe(0);
  expect(store.journal.find({ kind: "incident" })).toEqual([]);
  expect([...store.rollups.series({ stepSeconds: 300, ...everything })]).toEqual([]);
  expect(store.status()).toMatchObject({ samples: 180, documents: 0 });
  expect(store.check()).toMatchObject({ damages: 0, checked: { samples: 180 } });
  store.close();
  expect(readFileSync(path).equals(before)).toBe(true);
});

test.each(["write", "annotate"] as const)("is brought up to date by the first to %s", (mode) => {
  const path = oldStore();
  expect(versionOf(path)).toBe(1);
  openStore(path, { mode }).close();
  expect(versionOf(path)).toBe(2);
  const store = opened(path, { mode: "write" });
  const written = whatWasWritten();
  expect([...store.range(everything)]).toEqual(written);
  for (const _ of store.compaction({ rate: ratesBetween, nowMs: written[89]!.atMs + 7_200_000 }));
  expect([...store.range(everything)]).toEqual(written);
  const [rates] = store.rollups.series({ stepSeconds: 300, ...everything, measurements: ["inOctets"] });
  expect(rates?.mean[0]).toBe(1_250_000);
  expect(store.check().damages).toBe(0);
});

test("annotating beside an older poller says what to do", () => {
  const path = oldStore();
  // Another process of the old pdc would hold the lock; here it is one of ours on the old file.
  const lock = new DatabaseSync(`${path}.lock`);
  lock.exec("BEGIN EXCLUSIVE");
  try {
    expect(() => openStore(path, { mode: "annotate" })).toThrow(
      expect.objectContaining({ code: "locked", exitCode: 25 }),
    );
  } finally {
    lock.close();
  }
  expect(versionOf(path)).toBe(1);
});
