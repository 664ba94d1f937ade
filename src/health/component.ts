/** States of the parts of a device that are no interfaces: processors, sensors, power, disks, peers, tunnels. */
import type { Component } from "../samples/types.ts";
import { limitReason } from "./component-limit.ts";
import { stateReason, upsOnBatterySeconds } from "./component-state.ts";
import { type ReasonCode, sortReasons } from "./reasons.ts";
import type { Thresholds } from "./thresholds.ts";
import type { Reason, State } from "./types.ts";

export interface ComponentVerdict {
  state: State;
  reasons: readonly Reason[];
  /** The code of a limit that its value does not exceed, and has not left by the margin either. */
  near?: string;
}

const NO_FAULT: ComponentVerdict = { state: "up", reasons: [] };
const UNKNOWN: ComponentVerdict = { state: "unknown", reasons: [] };

/** Critical reasons of these codes mean that the part does not work; a hot or full one still does. */
const DOWN_CODES: ReadonlySet<string> = new Set([
  "component-state",
  "bgp-peer-down",
  "ospf-neighbor-down",
  "vpn-tunnel-down",
  "sdwan-link-down",
] satisfies ReasonCode[]);

/**
 * Judges one part: the states its MIB names (their severity is the profile's), and its main value against the limits
 * of the device or profile, else the default limits. A part that only has states of unknown meaning is unknown.
 */
export function componentVerdict(
  device: string,
  component: Component,
  thresholds: Thresholds,
): ComponentVerdict {
  const reasons: Reason[] = [];
  let isKnown = false;
  for (const name in component.measurements) {
    const measurement = component.measurements[name]!;
    isKnown ||= measurement.severity !== "unknown";
    if (measurement.kind !== "state") continue;
    const why = stateReason(device, component, name, measurement);
    if (why) reasons.push(why);
  }
  const limited = limitReason(device, component, thresholds);
  const near = limited && "near" in limited ? limited.near : undefined;
  if (limited && !("near" in limited)) reasons.push(limited);
  if (component.class === "ups") {
    const onBattery = upsOnBatterySeconds(device, component);
    if (onBattery) reasons.push(onBattery);
  }
  if (reasons.length === 0 && near === undefined) return isKnown ? NO_FAULT : UNKNOWN;
  const verdict: ComponentVerdict = { state: stateOf(reasons), reasons: sortReasons(reasons) };
  if (near !== undefined) verdict.near = near;
  return verdict;
}

function stateOf(reasons: readonly Reason[]): State {
  if (reasons.some(({ severity, code }) => severity === "critical" && DOWN_CODES.has(code))) return "down";
  return reasons.some(({ severity }) => severity !== "info") ? "degraded" : "up";
}
