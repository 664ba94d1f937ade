/** The long store: how small samples and rollups become, and how fast a month is read. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ratesBetween } from "../../src/samples/rates.ts";
import type { Component, DeviceSample, Measurement } from "../../src/samples/types.ts";
import { Components, componentName } from "../../src/store/components.ts";
import { openStore } from "../../src/store/open-store.ts";
import { level, rollupKey, stepsOf } from "../../src/store/rollup-key.ts";
import { emptySteps, writeRollup } from "../../src/store/rollup-record.ts";
import { keySeed } from "../../src/store/sample-key.ts";
import { createTerms } from "../../src/store/terms.ts";
import type { Figure } from "./figure.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Whole day, UTC. */
const beginMs = Date.UTC(2026, 8, 1);

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A switch of 24 ports polled every minute, 270 values: traffic wanders from minute to minute as real traffic does (no
 * two intervals alike), a third of the ports idle, errors now and then, temperature and load noisy.
 */
class Switch {
  readonly #device: string;
  readonly #random: () => number;
  readonly #ports: {
    load: number;
    in: number;
    out: number;
    inPackets: number;
    outPackets: number;
    errors: number;
  }[];
  #minute = 0;
  #clockMs = 5000;

  constructor(number: number) {
    this.#device = `switch-${number}`;
    this.#random = seeded(number + 1);
    this.#ports = Array.from({ length: 24 }, (_, port) => ({
      load: port % 3 === 0 ? 0 : 10 ** (3 + 4 * this.#random()),
      in: Math.floor(this.#random() * 1e13),
      out: Math.floor(this.#random() * 1e13),
      inPackets: Math.floor(this.#random() * 1e10),
      outPackets: Math.floor(this.#random() * 1e10),
      errors: 0,
    }));
  }

  next(): DeviceSample {
    const random = this.#random;
    const state: Measurement = { kind: "state", value: 1, word: "up", severity: "ok" };
    const counter = (value: number, unit: string): Measurement => ({
      kind: "counter64",
      value: BigInt(value),
      unit,
    });
    const gauge = (value: number, unit: string): Measurement => ({ kind: "gauge", value, unit });
    const components: Component[] = this.#ports.map((port, at) => {
      port.load *= 0.8 + 0.4 * random() + (port.load < 1e3 ? 0.1 : 0);
      port.in += Math.round(port.load * 60 * (0.7 + 0.6 * random()));
      port.out += Math.round(port.load * 20 * (0.7 + 0.6 * random()));
      port.inPackets += Math.round((port.load * 60) / (500 + 300 * random()));
      port.outPackets += Math.round((port.load * 20) / (500 + 300 * random()));
      if (random() < 0.001) port.errors += 1;
      return {
        class: "interface",
        key: `Gi0/${at}`,
        label: `Gi0/${at}`,
        index: String(10_100 + at),
        attributes: { alias: `room ${at}`, type: 6 },
        measurements: {
          operStatus: state,
          adminStatus: state,
          speedBitsPerSecond: gauge(1e9, "bits-per-second"),
          inOctets: counter(port.in, "octets"),
          outOctets: counter(port.out, "octets"),
          inUcastPackets: counter(port.inPackets, "packets"),
          outUcastPackets: counter(port.outPackets, "packets"),
          inErrors: { kind: "counter32", value: port.errors, unit: "packets" },
          outErrors: { kind: "counter32", value: 0, unit: "packets" },
          inDiscards: { kind: "counter32", value: 0, unit: "packets" },
          discontinuityTicks: gauge(0, "ticks"),
        },
      };
    });
    const part = (
      componentClass: Component["class"],
      measurements: Component["measurements"],
    ): Component => ({
      class: componentClass,
      key: "1",
      label: "1",
      index: "1",
      attributes: {},
      measurements,
    });
    components.push(
      part("processor", { busyPercent: gauge(Math.floor(100 * random()), "percent") }),
      part("memory", { usedPercent: gauge(Math.floor(400 + 20 * random()) / 10, "percent") }),
      part("temperature", { value: gauge(40 + Math.floor(4 * random()), "celsius"), status: state }),
      part("fan", { value: gauge(5000 + Math.floor(100 * random()), "rpm"), status: state }),
    );
    const jitterMs = Math.floor(40_000 * random()) / 1000;
    const rtt = () => Math.floor(500 + 2000 * random()) / 1000;
    const atMs = beginMs + this.#minute * 60_000 + Math.floor(jitterMs);
    this.#minute += 1;
    this.#clockMs = 5000 + this.#minute * 60_000 + jitterMs;
    return {
      device: this.#device,
      atMs,
      monotonicMs: this.#clockMs,
      pollerEpoch: "bench",
      durationMs: Math.floor(20_000 + 10_000 * random()) / 1000,
      outcome: "complete",
      incarnation: { sysUpTimeTicks: 1_000_000 + Math.floor(this.#clockMs / 10) },
      reachability: {
        method: "icmp",
        sent: 3,
        received: 3,
        rttMs: { min: rtt(), mean: rtt() + 2, max: rtt() + 4 },
        jitterMs: rtt(),
      },
      system: { family: "cisco-ios" },
      components,
      incomplete: [],
      absent: {},
    };
  }
}

function octetsOf(path: string, table: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(
      database.prepare("SELECT sum(pgsize) AS octets FROM dbstat WHERE name = ?").get(table)?.octets,
    );
  } finally {
    database.close();
  }
}

function compaction(path: string): Figure[] {
  const devices = 40;
  const hours = 26;
  const store = openStore(path, { mode: "write" });
  let values = 0;
  const switches = Array.from({ length: devices }, (_, number) => new Switch(number));
  for (let minute = 0; minute < hours * 60; minute += 1) {
    const samples = switches.map((one) => one.next());
    for (const { components } of samples)
      for (const { measurements } of components) values += Object.keys(measurements).length;
    store.append(samples);
  }
  const nowMs = beginMs + hours * HOUR_MS + HOUR_MS;
  const longest = { ms: 0 };
  const began = performance.now();
  const steps = store.compaction({ rate: ratesBetween, nowMs })[Symbol.iterator]();
  for (;;) {
    const stepBegan = performance.now();
    if (steps.next().done) break;
    longest.ms = Math.max(longest.ms, performance.now() - stepBegan);
  }
  const tookMs = performance.now() - began;
  store.close();
  const packed = octetsOf(path, "packed_hour");
  const rollups = octetsOf(path, "rollup");
  return [
    {
      name: "store: octets per sample value after compaction",
      value: packed / values,
      unit: "octets",
      target: "<= 2.5",
    },
    { name: "store: octets of rollups per sample value", value: rollups / values, unit: "octets" },
    { name: "store: values compacted per second", value: values / (tookMs / 1000), unit: "values/s" },
    { name: "store: longest step of the compaction", value: longest.ms, unit: "ms" },
  ];
}

const LINKS = 2000;
const DAYS = 31;

/** A month of 5-minute rollups of both ends' traffic, written as the compaction leaves them. */
function fillRollups(path: string): void {
  openStore(path, { mode: "write" }).close();
  const database = new DatabaseSync(path);
  const components = new Components(database);
  const terms = createTerms(database);
  const random = seeded(7);
  const names = [
    "inOctets",
    "outOctets",
    "inErrors",
    "outErrors",
    "inDiscards",
    "outDiscards",
    "inUcastPackets",
    "outUcastPackets",
  ];
  database.exec("BEGIN");
  const ids = names.map((measurement) =>
    terms.idOf(JSON.stringify({ measurement, unit: "octets", isRate: true })),
  );
  const put = database.prepare("INSERT INTO rollup VALUES (?, ?)");
  const rows = Array.from({ length: LINKS }, (_, link) => {
    const device = `router-${link}`;
    const { lastInsertRowid } = database
      .prepare("INSERT INTO device (name, samples, oldest_ms, newest_ms) VALUES (?, 1, ?, ?)")
      .run(device, beginMs, beginMs + DAYS * DAY_MS);
    return {
      device,
      class: "interface",
      key: "wan0",
      id: components.idOf(Number(lastInsertRowid), "interface", "wan0"),
    };
  });
  for (let day = 0; day < DAYS; day += 1) {
    for (const component of rows) {
      const measurements = new Map(
        ids.map((term, at) => {
          const steps = emptySteps(stepsOf[level.dayOf5Minutes]);
          const load = at < 2 ? 1e6 : at < 6 ? 0 : 1e3;
          for (let step = 0; step < steps.count.length; step += 1) {
            const mean = load * (0.5 + random());
            steps.count[step] = 6;
            steps.mean[step] = mean;
            steps.min[step] = mean * 0.8;
            steps.max[step] = mean * 1.3;
          }
          return [term, steps];
        }),
      );
      const hour = beginMs / HOUR_MS + day * 24;
      const id = rollupKey(level.dayOf5Minutes, hour, component.id);
      put.run(id, writeRollup(measurements, keySeed(componentName(component), id)));
    }
  }
  for (const name of ["packed-until-hour", "merged-until-hour"])
    database.prepare("INSERT INTO progress VALUES (?, ?)").run(name, beginMs / HOUR_MS + DAYS * 24);
  database.exec("COMMIT");
  database.close();
}

function reading(path: string): Figure[] {
  fillRollups(path);
  const store = openStore(path, { mode: "read" });
  const began = performance.now();
  let points = 0;
  for (const { mean } of store.rollups.series({
    stepSeconds: 300,
    fromMs: beginMs,
    toMs: beginMs + DAYS * DAY_MS,
    components: Array.from({ length: LINKS }, (_, link) => ({
      device: `router-${link}`,
      class: "interface",
      key: "wan0",
    })),
    measurements: ["inOctets", "outOctets"],
  }))
    points += mean.length;
  const tookMs = performance.now() - began;
  store.close();
  if (points !== LINKS * 2 * DAYS * 288) throw new Error(`${points} points were read`);
  return [
    { name: "store: a month of 5-minute rollups of 2,000 links, in and out", value: tookMs, unit: "ms" },
    {
      name: "store: octets of a rollup row on disk, per step and measurement",
      value: octetsOf(path, "rollup") / (LINKS * DAYS * 288 * 8),
      unit: "octets",
    },
  ];
}

/** 13 months of states of 4,000 subjects, some 200 changes each; every cycle extends all of them. */
function states(path: string): Figure[] {
  const SUBJECTS = 4000;
  const CHANGES = 200;
  const subjects = Array.from({ length: SUBJECTS }, (_, at) => (at % 2 ? `link/l-${at}` : `device/d-${at}`));
  const store = openStore(path, { mode: "write" });
  const spanMs = Math.floor((397 * DAY_MS) / CHANGES / 1000) * 1000;
  for (let change = 0; change < CHANGES; change += 1) {
    const atMs = beginMs - 366 * DAY_MS + change * spanMs;
    const state = change % 2 ? "down" : "up";
    store.history.record(
      subjects.map((subject) => ({ subject, state, atMs, holdMs: spanMs })),
      { nowMs: atMs },
    );
  }
  const atMs = beginMs + 31 * DAY_MS;
  const cycles = 10;
  const cycleBegan = performance.now();
  for (let cycle = 0; cycle < cycles; cycle += 1)
    store.history.record(
      subjects.map((subject) => ({ subject, state: "up", atMs: atMs + cycle * 60_000, holdMs: 120_000 })),
      { nowMs: atMs + cycle * 60_000 },
    );
  const cycleMs = (performance.now() - cycleBegan) / cycles;
  store.close();
  const reader = openStore(path, { mode: "read" });
  const began = performance.now();
  const found = reader.history.spans({ fromMs: beginMs, toMs: beginMs + 30 * DAY_MS });
  const tookMs = performance.now() - began;
  reader.close();
  if (found.size !== SUBJECTS) throw new Error(`${found.size} subjects were found`);
  return [
    {
      name: "store: a month of states of 4,000 subjects, of 13 months",
      value: tookMs,
      unit: "ms",
      target: "<= 2000",
    },
    { name: "store: states of 4,000 subjects recorded after a cycle", value: cycleMs, unit: "ms" },
  ];
}

export async function run(): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), "pdc-bench-long-"));
  try {
    return [
      ...compaction(join(directory, "compaction.db")),
      ...reading(join(directory, "rollups.db")),
      ...states(join(directory, "states.db")),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}
