/** Device samples for tests: a router with one interface, and whatever a test changes of it. */
import type { Component, DeviceSample, Measurement } from "../../src/samples/types.ts";

export function counter64(value: bigint, unit = "octets"): Measurement {
  return { kind: "counter64", value, unit };
}

export function counter32(value: number, unit = "octets"): Measurement {
  return { kind: "counter32", value, unit };
}

export function makeInterface(
  measurements: Record<string, Measurement>,
  rest: Partial<Component> = {},
): Component {
  return {
    class: "interface",
    key: "Gi0/1",
    label: "Gi0/1",
    index: "1",
    attributes: {},
    measurements,
    ...rest,
  };
}

export function makeSample(atSeconds: number, rest: Partial<DeviceSample> = {}): DeviceSample {
  return {
    device: "router-1",
    atMs: 1_760_000_000_000 + Math.round(atSeconds * 1000),
    monotonicMs: 5000 + atSeconds * 1000,
    pollerEpoch: "epoch-1",
    durationMs: 12.5,
    outcome: "complete",
    incarnation: { sysUpTimeTicks: 8_640_000 + Math.round(atSeconds * 100) },
    components: [],
    incomplete: [],
    absent: {},
    ...rest,
  };
}
