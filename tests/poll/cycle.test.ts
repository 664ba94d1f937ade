import { describe, expect, test } from "vitest";
import type { Device } from "../../src/inventory/model.ts";
import { systemClock } from "../../src/poll/clock.ts";
import { type CycleOptions, runCycle } from "../../src/poll/cycle.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { makeInterface, makeSample } from "../samples/make-sample.ts";
import { makeDevice } from "./make-device.ts";

const devices = (count: number) =>
  Array.from({ length: count }, (_, number) => makeDevice(`device-${number}`));
const never = () => new Promise<never>(() => {});
const answered = (device: Device): DeviceSample =>
  makeSample(0, {
    device: device.id,
    components: [makeInterface({ a: { kind: "gauge", value: 1 }, b: { kind: "gauge", value: 2 } })],
  });

/** Runs a cycle whose devices behave as `poll` says; tells the samples and who was given up. */
async function cycleOf(
  targets: Device[],
  poll: (device: Device, onRead: () => void) => Promise<DeviceSample>,
  options: Partial<CycleOptions> = {},
) {
  const samples: DeviceSample[] = [];
  const givenUp: string[] = [];
  const summary = await runCycle(targets, {
    poller: { poll, giveUp: ({ id }) => givenUp.push(id), wasSilent: () => false },
    onSample: (sample) => samples.push(sample),
    deadlineMs: 20_000,
    clock: systemClock,
    pollerEpoch: "epoch",
    ...options,
  });
  return { samples, givenUp, summary };
}

test("every device gives one sample, and the summary counts them", async () => {
  const { samples, summary } = await cycleOf(devices(40), async (device) =>
    device.id === "device-3"
      ? {
          ...answered(device),
          outcome: "no-answer",
          components: [],
          error: { code: "timeout", message: "no answer" },
        }
      : answered(device),
  );
  expect(samples).toHaveLength(40);
  expect(summary).toMatchObject({
    devices: 40,
    outcomes: { complete: 39, "no-answer": 1 },
    values: 78,
    errors: { timeout: 1 },
    isStopped: false,
  });
});

test("silent devices hold up nobody, however many they are", async () => {
  const targets = devices(60);
  const isSilent = ({ id }: Device) => Number(id.split("-")[1]) < 30;
  const order: string[] = [];
  const slow = Promise.withResolvers<void>();
  const { summary } = await cycleOf(
    targets,
    async (device) => {
      if (isSilent(device)) await slow.promise;
      return answered(device);
    },
    {
      inFlight: 4,
      slowAfterMs: 20,
      onSample: (sample) => {
        order.push(sample.device);
        if (order.length === 30) slow.resolve();
      },
    },
  );
  expect(summary.outcomes).toEqual({ complete: 60 });
  expect(order.slice(0, 30).every((id) => Number(id.split("-")[1]) >= 30)).toBe(true);
});

test("those that were silent the last time take no place of the others", async () => {
  const order: string[] = [];
  const silent = Promise.withResolvers<void>();
  const isSilent = ({ id }: Device) => Number(id.split("-")[1]) < 20;
  const poll = async (device: Device) => {
    if (isSilent(device)) await silent.promise;
    return answered(device);
  };
  await cycleOf(devices(40), poll, {
    inFlight: 1,
    slowAfterMs: 60_000,
    poller: { poll, giveUp: () => {}, wasSilent: isSilent },
    onSample: ({ device }) => {
      order.push(device);
      if (order.length === 20) silent.resolve();
    },
  });
  expect(order).toHaveLength(40);
  expect(order.slice(0, 20).every((id) => Number(id.split("-")[1]) >= 20)).toBe(true);
});

test("no more devices are read at once than allowed", async () => {
  let running = 0;
  let most = 0;
  await cycleOf(
    devices(50),
    async (device) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      return answered(device);
    },
    { inFlight: 5 },
  );
  expect(most).toBe(5);
});

test("a device that is read gives its place on while it is probed", async () => {
  let reading = 0;
  let mostReading = 0;
  let polling = 0;
  let mostPolling = 0;
  await cycleOf(
    devices(30),
    async (device, onRead) => {
      polling += 1;
      reading += 1;
      mostReading = Math.max(mostReading, reading);
      mostPolling = Math.max(mostPolling, polling);
      await new Promise((resolve) => setTimeout(resolve, 1));
      reading -= 1;
      onRead();
      await new Promise((resolve) => setTimeout(resolve, 30));
      polling -= 1;
      return answered(device);
    },
    { inFlight: 3 },
  );
  expect(mostReading).toBe(3);
  expect(mostPolling).toBeGreaterThan(3);
});

describe("when the time is up", () => {
  test("what is not done is recorded as skipped, with the reason", async () => {
    const { samples, givenUp, summary } = await cycleOf(
      devices(5),
      (device) => (device.id === "device-0" ? Promise.resolve(answered(device)) : never()),
      { deadlineMs: 50, inFlight: 3 },
    );
    expect(summary.outcomes).toEqual({ complete: 1, skipped: 4 });
    expect(summary.errors).toEqual({ deadline: 3, "deadline-not-begun": 1 });
    expect(givenUp).toEqual(["device-1", "device-2", "device-3"]);
    expect(samples.find(({ device }) => device === "device-4")?.error?.message).toContain(
      "its turn had not come",
    );
  });
});

describe("when it is stopped", () => {
  test("it ends at once, keeps what was read and invents nothing for the rest", async () => {
    const stop = new AbortController();
    const kept: string[] = [];
    const { givenUp, summary } = await cycleOf(
      devices(5),
      (device) => (device.id === "device-0" ? Promise.resolve(answered(device)) : never()),
      {
        signal: stop.signal,
        inFlight: 3,
        onSample: ({ device }) => {
          kept.push(device);
          stop.abort();
        },
      },
    );
    expect(kept).toEqual(["device-0"]);
    expect(givenUp.length).toBeGreaterThan(0);
    expect(summary.isStopped).toBe(true);
  });

  test("before it began it does nothing", async () => {
    const { samples, summary } = await cycleOf(devices(3), never, { signal: AbortSignal.abort() });
    expect(samples).toEqual([]);
    expect(summary.isStopped).toBe(true);
  });
});

test("a cycle without devices is done", async () => {
  expect((await cycleOf([], never)).summary).toMatchObject({ devices: 0, values: 0, outcomes: {} });
});
