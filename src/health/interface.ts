/** States of interfaces (IF-MIB, EtherLike-MIB): what the two status objects mean, and what the counters say. */
import type { Component, ComponentRates } from "../samples/types.ts";
import { reason, sortReasons } from "./reasons.ts";
import { gradeAbove, type Thresholds } from "./thresholds.ts";
import type { Reason, State } from "./types.ts";

/** What an interface is there for: an end of a link, a port the inventory lists, one it says to ignore, or any other. */
export type Expectation = "link-end" | "expected" | "ignored" | "none";

/** The state of an interface with its reasons, before it has an id. */
export interface InterfaceVerdict {
  state: State;
  reasons: readonly Reason[];
  /** Late collisions or half duplex: what a link compares its two ends by. */
  duplex?: "half" | "full";
}

const NO_FAULT: InterfaceVerdict = { state: "up", reasons: [] };

/**
 * ifOperStatus `down` and `lowerLayerDown` are faults, and only while ifAdminStatus is `up`; `dormant` waits for an
 * event and `notPresent` has its module out: no faults (RFC 2863, ifOperStatus). Somebody's shutting an interface
 * that the inventory expects up is a fault of its own.
 */
export function interfaceVerdict(
  device: string,
  component: Component,
  rates: ComponentRates["rates"] | undefined,
  intervalSeconds: number | undefined,
  expectation: Expectation,
  thresholds: Thresholds,
): InterfaceVerdict {
  const name = component.key;
  const admin = component.measurements.adminStatus?.word ?? "up";
  const oper = component.measurements.operStatus?.word;
  const evidence = {
    device,
    class: "interface",
    key: name,
    measurement: "operStatus",
    ...(oper && { value: oper }),
  };
  const isExpected = expectation === "link-end" || expectation === "expected";
  if (admin === "down") {
    return {
      state: isExpected ? "down" : "unknown",
      reasons: [reason("admin-down", isExpected ? "warning" : "info", { interface: name }, evidence)],
    };
  }
  switch (oper) {
    case "down":
    case "lowerLayerDown":
      return {
        state: "down",
        reasons: [
          reason(
            "interface-down",
            isExpected ? "critical" : "info",
            { interface: name, word: oper },
            evidence,
          ),
        ],
      };
    case "notPresent":
      return {
        state: "unknown",
        reasons: [reason("not-present", isExpected ? "warning" : "info", { interface: name }, evidence)],
      };
    case "dormant":
      return { state: "up", reasons: [reason("dormant", "info", { interface: name }, evidence)] };
    case undefined:
    case "up":
      break;
    default:
      return {
        state: "unknown",
        reasons: [reason("oper-status-other", "info", { interface: name, word: oper }, evidence)],
      };
  }
  const duplexWord = component.measurements.duplexStatus?.word;
  const duplex =
    duplexWord === "halfDuplex" || duplexWord === "half"
      ? "half"
      : duplexWord === "fullDuplex" || duplexWord === "full"
        ? "full"
        : undefined;
  const reasons = qualityReasons(device, component, rates, intervalSeconds, duplex, expectation, thresholds);
  if (oper === undefined) return { state: "unknown", reasons, ...(duplex && { duplex }) };
  if (reasons.length === 0 && !duplex) return NO_FAULT;
  const state = reasons.some(({ severity }) => severity !== "info") ? "degraded" : "up";
  return { state, reasons: sortReasons(reasons), ...(duplex && { duplex }) };
}

function qualityReasons(
  device: string,
  component: Component,
  rates: ComponentRates["rates"] | undefined,
  intervalSeconds: number | undefined,
  duplex: "half" | "full" | undefined,
  expectation: Expectation,
  thresholds: Thresholds,
): Reason[] {
  const reasons: Reason[] = [];
  const name = component.key;
  const speed = speedOf(component);
  const evidence = (measurement: string) => ({ device, class: "interface", key: name, measurement });
  const isIgnored = expectation === "ignored";
  const late = perSecond(rates?.lateCollisions) ?? 0;
  const fcs = perSecond(rates?.fcsErrors) ?? 0;
  // dot3StatsLateCollisions does not count in full duplex (EtherLike-MIB): with frames cut short besides, or on a port
  // known to be half duplex, the other end sends out of turn, because it thinks the line full duplex.
  const isMismatch = late > 0 && (fcs > 0 || duplex === "half");
  if (isMismatch) {
    const values = { interface: name, lateCollisions: late, fcsErrors: fcs };
    reasons.push(
      reason("duplex-mismatch", isIgnored ? "info" : "warning", values, evidence("lateCollisions")),
    );
  }
  if (duplex === "half") {
    // 10 Mbit/s ports of old hubs are half duplex by nature.
    const isTold = isIgnored || isMismatch || (speed !== undefined && speed <= 10e6);
    reasons.push(
      reason("half-duplex", isTold ? "info" : "warning", { interface: name }, evidence("duplexStatus")),
    );
  }
  if (!rates || intervalSeconds === undefined) return reasons;
  const packets = sum(rates, PACKETS);
  pushShare("interface-errors", sum(rates, ["inErrors", "outErrors"]), thresholds.errorPercent);
  pushShare("interface-discards", sum(rates, ["inDiscards", "outDiscards"]), thresholds.discardPercent);
  if (speed !== undefined && speed > 0) {
    const [received, sent] = [perSecond(rates.inOctets) ?? 0, perSecond(rates.outOctets) ?? 0];
    // Half duplex: both directions share the line.
    const used = 8 * (duplex === "half" ? received + sent : Math.max(received, sent));
    const percent = (used / speed) * 100;
    const grade = gradeAbove(percent, thresholds.interfaceUtilisationPercent);
    if (grade) {
      // A busy access port is its user's affair; a link is judged against its committed rate, by the link.
      const severity = expectation === "expected" ? grade : "info";
      const values = { interface: name, percent, limit: thresholds.interfaceUtilisationPercent[grade] };
      reasons.push(reason("interface-utilisation", severity, values, evidence("inOctets")));
    }
  }
  return reasons;

  function pushShare(
    code: "interface-errors" | "interface-discards",
    rate: number | undefined,
    limit: { warning: number; critical: number },
  ): void {
    if (
      rate === undefined ||
      intervalSeconds === undefined ||
      rate * intervalSeconds < thresholds.leastErrors
    )
      return;
    const measurement = code === "interface-errors" ? "inErrors" : "inDiscards";
    if (packets === undefined) {
      if (code === "interface-errors" && rate >= thresholds.errorsPerSecond) {
        const values = { interface: name, perSecond: rate };
        reasons.push(
          reason("interface-errors-rate", isIgnored ? "info" : "warning", values, evidence(measurement)),
        );
      }
      return;
    }
    // ifInErrors and ifInDiscards are not part of the packets delivered (RFC 2863 section 6).
    const percent = (rate / (packets + rate)) * 100;
    const grade = gradeAbove(percent, limit);
    if (!grade) return;
    const values = { interface: name, percent, perSecond: rate };
    // Errors of a duplex mismatch are its symptom.
    const isTold = isIgnored || (isMismatch && code === "interface-errors");
    reasons.push(reason(code, isTold ? "info" : grade, values, evidence(measurement)));
  }
}

const PACKETS = [
  "inUcastPackets",
  "outUcastPackets",
  "inMulticastPackets",
  "outMulticastPackets",
  "inBroadcastPackets",
  "outBroadcastPackets",
] as const;

/** Nominal speed in bit/s, when the device says one. */
export function speedOf(component: Component): number | undefined {
  const value = component.measurements.speedBitsPerSecond?.value ?? component.attributes.speedBitsPerSecond;
  const speed = value === undefined ? 0 : Number(value);
  return speed > 0 ? speed : undefined;
}

/** A rate as a number; undefined where it is a gap or was not measured. */
export function perSecond(rate: ComponentRates["rates"][string] | undefined): number | undefined {
  return rate && "perSecond" in rate ? rate.perSecond : undefined;
}

/** Sum of those rates that are known; undefined when none is. */
export function sum(rates: ComponentRates["rates"], names: readonly string[]): number | undefined {
  let total: number | undefined;
  for (const name of names) {
    const value = perSecond(rates[name]);
    if (value !== undefined) total = (total ?? 0) + value;
  }
  return total;
}
