/** How fast samples are written and read back, and how many octets a value takes on disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Component, DeviceSample, Measurement } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { Figure } from "./figure.ts";

const DEVICES = 5000;
const CYCLES = 6;
const INTERFACES = 8;

/** 90 values: eight interfaces of eleven, a processor and a memory. */
function sampleOf(device: number, cycle: number, startMs: number): DeviceSample {
  const seconds = cycle * 60;
  const counter = (value: number): Measurement => ({
    kind: "counter64",
    value: BigInt(value),
    unit: "octets",
  });
  const packets = (value: number): Measurement => ({
    kind: "counter32",
    value: value % 2 ** 32,
    unit: "packets",
  });
  const state: Measurement = { kind: "state", value: 1, word: "up", severity: "ok" };
  const components: Component[] = [];
  for (let port = 1; port <= INTERFACES; port += 1) {
    const traffic = device * 7_919_000_000 + port * 104_729_000 + seconds * 1_250_000;
    components.push({
      class: "interface",
      key: `Gi0/${port}`,
      label: `Gi0/${port}`,
      index: String(10_100 + port),
      attributes: { alias: `circuit ${device}-${port}`, type: 6, mac: `02:00:00:00:${device >> 8}:${port}` },
      measurements: {
        operStatus: state,
        adminStatus: state,
        speedBitsPerSecond: { kind: "gauge", value: 1_000_000_000, unit: "bits-per-second" },
        inOctets: counter(traffic),
        outOctets: counter(Math.round(traffic / 3)),
        inUcastPackets: counter(Math.round(traffic / 700)),
        outUcastPackets: counter(Math.round(traffic / 900)),
        inErrors: packets(port * 3),
        outErrors: packets(0),
        inDiscards: packets(device),
        discontinuityTicks: { kind: "gauge", value: 0, unit: "ticks" },
      },
    });
  }
  components.push(
    {
      class: "processor",
      key: "1",
      label: "CPU",
      index: "1",
      attributes: {},
      measurements: { busyPercent: { kind: "gauge", value: (device + cycle * 7) % 100, unit: "percent" } },
    },
    {
      class: "memory",
      key: "1",
      label: "RAM",
      index: "1",
      attributes: {},
      measurements: {
        usedPercent: { kind: "gauge", value: ((device * 31 + cycle) % 1000) / 10, unit: "percent" },
      },
    },
  );
  return {
    device: `router-${device}`,
    atMs: startMs + seconds * 1000 + (device % 5000),
    monotonicMs: 10_000 + seconds * 1000 + (device % 5000),
    pollerEpoch: "bench",
    durationMs: 12.25,
    outcome: "complete",
    incarnation: { sysUpTimeTicks: 1_000_000 + device * 100 + seconds * 100 },
    reachability: {
      method: "snmp",
      sent: 3,
      received: 3,
      rttMs: { min: 0.8, mean: 1.2, max: 1.9 },
      jitterMs: 0.3,
    },
    system: { family: "cisco-ios", sysName: `router-${device}` },
    components,
    incomplete: [],
    absent: {},
  };
}

export async function run(): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), "pdc-bench-store-"));
  const store = openStore(join(directory, "samples.db"), { mode: "write" });
  const startMs = Date.UTC(2026, 0, 1);
  try {
    let values = 0;
    let spentMs = 0;
    let firstCycleMs = 0;
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      for (let from = 0; from < DEVICES; from += 500) {
        const samples = Array.from({ length: 500 }, (_, position) =>
          sampleOf(from + position, cycle, startMs),
        );
        const began = performance.now();
        store.append(samples);
        const took = performance.now() - began;
        if (cycle === 0) firstCycleMs += took;
        else spentMs += took;
        values += samples.reduce(
          (sum, { components }) =>
            sum + components.reduce((count, { measurements }) => count + Object.keys(measurements).length, 0),
          0,
        );
      }
    }
    const perCycle = values / CYCLES;
    const { sizeOctets } = store.status();
    const readBegan = performance.now();
    const latest = store.last(2, { untilMs: startMs + CYCLES * 60_000 });
    const readMs = performance.now() - readBegan;
    return [
      {
        name: "store: values appended per second (layouts known)",
        value: (perCycle * (CYCLES - 1)) / (spentMs / 1000),
        unit: "values/s",
        target: ">= 200000",
      },
      {
        name: "store: values appended per second (first cycle)",
        value: perCycle / (firstCycleMs / 1000),
        unit: "values/s",
      },
      {
        name: "store: octets on disk per value, before compaction",
        value: sizeOctets / values,
        unit: "octets",
      },
      { name: `store: last two samples of ${latest.size} devices`, value: readMs, unit: "ms" },
    ];
  } finally {
    store.close();
    rmSync(directory, { recursive: true });
  }
}
