/** A small fleet whose truth is known: rates drawn from a seed, counters that follow from them, a restart, a silence. */
import type { DeviceSample, Measurement } from "../../src/samples/types.ts";
import { counter64, makeInterface } from "../samples/make-sample.ts";

/** Whole hour, UTC. */
export const fleetBeginMs = Date.UTC(2026, 9, 1);
export const PERIOD_MS = 60_000;

export interface Truth {
  samples: DeviceSample[];
  /** Octets per second between sample n - 1 and n of a device; undefined: a gap. */
  rates: Map<string, (number | undefined)[]>;
  busy: Map<string, (number | undefined)[]>;
}

/** Numbers from 0 to 1 that are the same on every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Polled every minute, each device with a phase of its own, so that intervals straddle the steps of rollups. Every
 * 97th poll is not answered, every 211th comes after a restart.
 */
export function fleet({
  devices,
  polls,
  seed = 1,
}: {
  devices: number;
  polls: number;
  seed?: number;
}): Truth {
  const random = seeded(seed);
  const truth: Truth = { samples: [], rates: new Map(), busy: new Map() };
  for (let number = 0; number < devices; number += 1) {
    const device = `router-${number}`;
    const phaseMs = Math.floor(random() * PERIOD_MS);
    let octets = BigInt(Math.floor(random() * 1e12));
    let bootMs = fleetBeginMs - 86_400_000;
    let hasGap = true;
    const rates: (number | undefined)[] = [];
    const busy: (number | undefined)[] = [];
    for (let poll = 0; poll < polls; poll += 1) {
      const atMs = fleetBeginMs + poll * PERIOD_MS + phaseMs;
      const perSecond = Math.floor(random() * 1e7);
      const isSilent = poll % 97 === 96;
      const hasRestarted = poll % 211 === 210;
      octets = hasRestarted ? 0n : octets + BigInt(perSecond) * 60n;
      if (hasRestarted) bootMs = atMs - 20_000;
      const percent = Math.floor(random() * 1000) / 10;
      rates.push(hasGap || isSilent || hasRestarted ? undefined : perSecond);
      busy.push(isSilent ? undefined : percent);
      hasGap = isSilent;
      truth.samples.push(sampleAt(device, atMs, isSilent, bootMs, octets, percent));
    }
    truth.rates.set(device, rates);
    truth.busy.set(device, busy);
  }
  return truth;
}

function sampleAt(
  device: string,
  atMs: number,
  isSilent: boolean,
  bootMs: number,
  octets: bigint,
  percent: number,
): DeviceSample {
  const gauge = (value: number, unit: string): Measurement => ({ kind: "gauge", value, unit });
  return {
    device,
    atMs,
    monotonicMs: atMs - fleetBeginMs + 5000,
    pollerEpoch: "epoch",
    durationMs: 12.5,
    outcome: isSilent ? "no-answer" : "complete",
    ...(isSilent && { error: { code: "timeout", message: "no answer" } }),
    incarnation: isSilent ? {} : { sysUpTimeTicks: Math.floor((atMs - bootMs) / 10) },
    reachability: {
      method: "icmp",
      sent: 4,
      received: isSilent ? 0 : 4,
      ...(!isSilent && { rttMs: { min: 1, mean: 2, max: 4 } }),
    },
    components: isSilent
      ? []
      : [
          makeInterface({
            inOctets: counter64(octets),
            operStatus: { kind: "state", value: 1, word: "up", severity: "ok" },
          }),
          {
            class: "processor",
            key: "1",
            label: "CPU",
            index: "1",
            attributes: {},
            measurements: { busyPercent: gauge(percent, "percent") },
          },
        ],
    incomplete: [],
    absent: {},
  };
}

/** Cycles of five devices that ended just now, ten seconds apart: what a receiver takes as new. */
export function recentFleet(beginMs: number, cycles = 60): DeviceSample[][] {
  const devices = 5;
  const { samples } = fleet({ devices, polls: cycles, seed: 3 });
  return Array.from({ length: cycles }, (_, cycle) =>
    Array.from({ length: devices }, (_, device) => {
      const sample = samples[device * cycles + cycle]!;
      return { ...sample, atMs: beginMs + cycle * 10_000 + device };
    }),
  );
}
