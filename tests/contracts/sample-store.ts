/** The contract of a sample store. Every implementation runs it; `open` gives a new, empty one. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DeviceSample, Measurement } from "../../src/samples/types.ts";
import type { SampleStore } from "../../src/store/types.ts";
import { anySample } from "../samples/any-sample.ts";
import { counter64, makeInterface, makeSample } from "../samples/make-sample.ts";

export function sampleStoreContract(
  name: string,
  open: () => { store: SampleStore; dispose: () => void },
): void {
  describe(`sample store: ${name}`, () => {
    let opened: ReturnType<typeof open>;
    let store: SampleStore;
    beforeEach(() => {
      opened = open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    const at = (seconds: number) => makeSample(seconds).atMs;
    const everything = { fromMs: 0, toMs: at(10_000_000) };
    const all = (query = everything) => [...store.range(query)];
    const times = (samples: readonly DeviceSample[] | undefined) => samples?.map(({ atMs }) => atMs);

    test("is empty at first", () => {
      expect(all()).toEqual([]);
      expect(store.last(2).size).toBe(0);
      expect(store.status()).toMatchObject({ devices: 0, samples: 0 });
      expect(store.status().oldestMs).toBeUndefined();
    });

    test("gives back any sample as it was", () => {
      fc.assert(
        fc.property(fc.array(anySample(), { maxLength: 5 }), (samples) => {
          const distinct = samples.map((sample, position) => ({ ...sample, device: `device-${position}` }));
          store.append(distinct);
          const found = new Map(store.last(1, { untilMs: Number.MAX_SAFE_INTEGER }));
          for (const sample of distinct) {
            const [latest] =
              store.last(1, { devices: [sample.device], untilMs: sample.atMs }).get(sample.device) ?? [];
            expect(latest).toEqual(sample);
          }
          expect(found.size).toBeGreaterThanOrEqual(distinct.length);
        }),
        { numRuns: 100 },
      );
    });

    test("keeps Counter64 exact at its ends", () => {
      const values = [
        0n,
        1n,
        2n ** 32n,
        2n ** 49n - 1n,
        2n ** 49n,
        2n ** 53n + 1n,
        2n ** 63n,
        2n ** 64n - 1n,
      ];
      const measurements = Object.fromEntries(
        values.map((value, position) => [`counter${position}`, counter64(value)]),
      );
      store.append([makeSample(0, { components: [makeInterface(measurements)] })]);
      expect(Object.values(all()[0]?.components[0]?.measurements ?? {}).map(({ value }) => value)).toEqual(
        values,
      );
    });

    test("gives the newest of each device, oldest first, at or before a moment", () => {
      for (const device of ["b", "a"])
        for (const seconds of [0, 60, 120, 900, 100_000]) store.append([makeSample(seconds, { device })]);
      const until = { untilMs: at(950) };
      expect([...store.last(2, until).keys()].sort()).toEqual(["a", "b"]);
      expect(times(store.last(2, until).get("a"))).toEqual([at(120), at(900)]);
      expect(times(store.last(10, until).get("b"))).toHaveLength(4);
      expect(times(store.last(2, { untilMs: at(900) }).get("a"))).toEqual([at(120), at(900)]);
      expect(times(store.last(2, { untilMs: at(200_000) }).get("a"))).toEqual([at(900), at(100_000)]);
      expect(store.last(2, { untilMs: at(-1) }).size).toBe(0);
      expect([...store.last(1, { devices: ["b", "nobody"], untilMs: at(950) }).keys()]).toEqual(["b"]);
      expect(store.last(0, until).size).toBe(0);
    });

    test("gives a range from inclusive to exclusive, device after device, in time order", () => {
      const samples = ["b", "a"].flatMap((device) =>
        [0, 299, 300, 601, 9999].map((seconds) => makeSample(seconds, { device })),
      );
      store.append(samples);
      expect(all().map(({ device, atMs }) => [device, atMs])).toEqual(
        ["a", "b"].flatMap((device) => [0, 299, 300, 601, 9999].map((seconds) => [device, at(seconds)])),
      );
      expect(times(all({ fromMs: at(299), toMs: at(601) }).filter(({ device }) => device === "a"))).toEqual([
        at(299),
        at(300),
      ]);
      expect([...store.range({ ...everything, devices: ["b"] })].every(({ device }) => device === "b")).toBe(
        true,
      );
      expect([...store.range({ ...everything, devices: ["nobody"] })]).toEqual([]);
      expect(all({ fromMs: at(300), toMs: at(300) })).toEqual([]);
    });

    test("takes samples in any order, and late ones", () => {
      for (const seconds of [600, 0, 1200, 300]) store.append([makeSample(seconds)]);
      expect(times(all())).toEqual([0, 300, 600, 1200].map(at));
      expect(times(store.last(3, { untilMs: at(1200) }).get("router-1"))).toEqual([300, 600, 1200].map(at));
    });

    test("replaces a sample of the same device and moment", () => {
      const gauge = (value: number): Measurement => ({ kind: "gauge", value });
      const sample = (value: number) => makeSample(0, { components: [makeInterface({ x: gauge(value) })] });
      store.append([sample(1)]);
      store.append([sample(2)]);
      expect(all().map(({ components }) => components[0]?.measurements.x?.value)).toEqual([2]);
      expect(store.status().samples).toBe(1);
    });

    test("counts what it holds", () => {
      store.append([makeSample(0), makeSample(60), makeSample(60, { device: "other" })]);
      expect(store.status()).toMatchObject({
        devices: 2,
        samples: 3,
        oldestMs: at(0),
        newestMs: at(60),
        damagedRecords: 0,
      });
    });

    test("lets a reader go on while it writes", () => {
      store.append([makeSample(0), makeSample(600)]);
      const reader = store.range(everything)[Symbol.iterator]();
      expect(reader.next().value?.atMs).toBe(at(0));
      store.append([makeSample(1200)]);
      expect(reader.next().value?.atMs).toBe(at(600));
    });
  });
}
