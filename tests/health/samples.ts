import { ratedSeries } from "../../src/samples/rates.ts";
import type {
  Component,
  ComponentClass,
  DeviceSample,
  Measurement,
  RatedSample,
} from "../../src/samples/types.ts";

/** The moment the tests of health happen: 24 November 2026, 08:00 in the province. */
export const NOW = Date.UTC(2026, 10, 24, 1, 0, 0);
/** Seconds between two samples of a series. */
export const INTERVAL = 60;

const state = (word: string, severity?: Measurement["severity"]): Measurement => ({
  kind: "state",
  value: 1,
  word,
  ...(severity && { severity }),
});
const gauge = (value: number, unit?: string): Measurement => ({
  kind: "gauge",
  value,
  ...(unit && { unit }),
});
const counter = (value: number, unit = "packets"): Measurement => ({
  kind: "counter64",
  value: BigInt(Math.round(value)),
  unit,
});
export const measurement = { state, gauge, counter };

/** A part of a device; the key is the label. */
export function part(
  componentClass: ComponentClass,
  key: string,
  measurements: Record<string, Measurement>,
  attributes: Component["attributes"] = {},
): Component {
  return { class: componentClass, key, label: key, index: "1", attributes, measurements };
}

export interface Port {
  oper?: string;
  admin?: string;
  duplex?: string;
  mbps?: number;
  /** Totals of counters at this sample. */
  counters?: Record<string, number>;
}

/** An interface that is up at 1 Gbit/s unless said otherwise. */
export function port(
  name: string,
  { oper = "up", admin = "up", duplex, mbps = 1000, counters = {} }: Port = {},
): Component {
  return part("interface", name, {
    adminStatus: state(admin),
    operStatus: state(oper),
    ...(duplex && { duplexStatus: state(duplex) }),
    speedBitsPerSecond: gauge(mbps * 1e6, "bits-per-second"),
    ...Object.fromEntries(
      Object.entries(counters).map(([name, value]) => [
        name,
        counter(value, name.endsWith("Octets") ? "octets" : "packets"),
      ]),
    ),
  });
}

/** One sample; complete, with an uptime that runs, unless said otherwise. */
export function sample(device: string, atMs: number, rest: Partial<DeviceSample> = {}): DeviceSample {
  return {
    device,
    atMs,
    monotonicMs: atMs,
    pollerEpoch: "test",
    durationMs: 20,
    outcome: "complete",
    incarnation: { sysUpTimeTicks: Math.round((atMs - Date.UTC(2026, 9, 1)) / 10) },
    components: [],
    incomplete: [],
    absent: {},
    ...rest,
  };
}

/** Nothing came back. */
export function silent(device: string, atMs = NOW): DeviceSample {
  return sample(device, atMs, {
    outcome: "no-answer",
    error: { code: "timeout", message: "no answer within 6 s" },
    incarnation: {},
    reachability: { method: "snmp", sent: 3, received: 0 },
  });
}

/** Samples of several devices, rated per device in time order. */
export function rated(...samples: DeviceSample[]): Map<string, RatedSample[]> {
  const byDevice = Map.groupBy(samples, ({ device }) => device);
  return new Map(
    [...byDevice].map(([device, list]) => [
      device,
      [...ratedSeries(list.toSorted((x, y) => x.atMs - y.atMs))],
    ]),
  );
}

/** Two samples one interval apart, the parts made from the seconds since the first. */
export function pair(
  device: string,
  partsAt: (seconds: number) => Component[],
  rest: Partial<DeviceSample> = {},
): DeviceSample[] {
  return [0, INTERVAL].map((seconds) =>
    sample(device, NOW - (INTERVAL - seconds) * 1000, { ...rest, components: partsAt(seconds) }),
  );
}
