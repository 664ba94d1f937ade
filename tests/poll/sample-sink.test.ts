import { expect, test } from "vitest";
import { SampleSink } from "../../src/actions/poll/sample-sink.ts";
import { MemorySampleStore } from "../../src/store/memory-store.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { makeSample } from "../samples/make-sample.ts";

test("samples are committed in batches while a cycle runs, and the rest at its end", () => {
  const store = new MemorySampleStore();
  const sink = new SampleSink(store);
  for (let number = 0; number < 300; number += 1) sink.add(makeSample(0, { device: `device-${number}` }));
  expect(store.status().samples).toBe(256);
  expect(sink.finish()).toEqual({ kept: 300, lost: 0 });
  expect(store.status().samples).toBe(300);
  expect(sink.finish()).toEqual({ kept: 0, lost: 0 });
});

test("a few samples do not wait for the end of the cycle either", async () => {
  const store = new MemorySampleStore();
  new SampleSink(store).add(makeSample(0));
  await expect.poll(() => store.status().samples).toBe(1);
});

test("a full disk costs the samples of its time, is told once, and ends with the trouble", () => {
  const store = new MemorySampleStore();
  let isFull = true;
  const append = store.append.bind(store);
  store.append = (samples) => {
    if (isFull) throw new StoreError("disk-full", "samples.db", "the disk is full", "free some space");
    append(samples);
  };
  const sink = new SampleSink(store);
  sink.add(makeSample(0));
  expect(sink.finish()).toEqual({
    kept: 0,
    lost: 1,
    failure: { code: "disk-full", message: "the disk is full", fix: "free some space", exitCode: 21 },
  });
  isFull = false;
  sink.add(makeSample(60));
  expect(sink.finish()).toEqual({ kept: 1, lost: 0 });
});

test("a mistake of ours is not taken for a trouble of the disk", () => {
  const store = new MemorySampleStore();
  store.append = () => {
    throw new RangeError("a sample without a time");
  };
  const sink = new SampleSink(store);
  sink.add(makeSample(0));
  expect(() => sink.finish()).toThrow(RangeError);
});
