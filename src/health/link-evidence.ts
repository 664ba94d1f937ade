/** What the two ends of a link say about it. */
import { committedBitsPerSecond } from "../inventory/equipment.ts";
import type { Link, LinkEnd } from "../inventory/model.ts";
import type { Component, ComponentRates, DeviceSample } from "../samples/types.ts";
import type { InterfaceVerdict } from "./interface.ts";
import { perSecond, speedOf, sum } from "./interface.ts";
import type { LinkMeasures } from "./types.ts";

/** An interface of the newest sample with its judgement. */
export interface SeenInterface {
  component: Component;
  rates: ComponentRates["rates"] | undefined;
  verdict: InterfaceVerdict;
}

/**
 * One end: `up`, `standby` (dormant), a fault, or nothing known of it. `missing`: the device was walked completely
 * and has no such interface.
 */
export type EndStatus = "up" | "standby" | "down" | "shut" | "not-present" | "missing" | "unknown";

export function endStatus(
  seen: SeenInterface | undefined,
  measured: Pick<DeviceSample, "incomplete"> | undefined,
): EndStatus {
  if (!seen) return measured && !measured.incomplete.includes("interface") ? "missing" : "unknown";
  const code = seen.verdict.reasons[0]?.code;
  if (code === "admin-down") return "shut";
  if (code === "not-present") return "not-present";
  if (code === "dormant") return "standby";
  if (seen.verdict.state === "down") return "down";
  return seen.verdict.state === "unknown" ? "unknown" : "up";
}

/** Whether an end proves that the link cannot carry anything. */
export function provesDown(status: EndStatus): boolean {
  return status === "down" || status === "shut" || status === "not-present";
}

/**
 * What the link carries, seen from `a` (in = from the agency to the center), whichever end's counters are there:
 * the center's first, since its ports are polled when the far end cannot be.
 */
export function traffic(
  link: Link,
  a: SeenInterface | undefined,
  b: SeenInterface | undefined,
): LinkMeasures {
  const atA = a?.rates && octetRates(a.rates);
  const atB = atA ? undefined : b?.rates && octetRates(b.rates);
  const measures: LinkMeasures = {};
  const [inRate, outRate] = atA ?? (atB ? [atB[1], atB[0]] : []);
  if (atA || atB) measures.measuredAt = atA ? "a" : "b";
  const capacity = capacityOf(link, a?.component, b?.component);
  if (inRate !== undefined) {
    measures.inBitsPerSecond = inRate * 8;
    if (capacity.in !== undefined)
      measures.inUtilisationPercent = (measures.inBitsPerSecond / capacity.in) * 100;
  }
  if (outRate !== undefined) {
    measures.outBitsPerSecond = outRate * 8;
    if (capacity.out !== undefined)
      measures.outUtilisationPercent = (measures.outBitsPerSecond / capacity.out) * 100;
  }
  const rates = measures.measuredAt === "b" ? b?.rates : a?.rates;
  const errors = rates && sum(rates, ["inErrors", "outErrors"]);
  const discards = rates && sum(rates, ["inDiscards", "outDiscards"]);
  if (errors !== undefined) measures.errorsPerSecond = errors;
  if (discards !== undefined) measures.discardsPerSecond = discards;
  return measures;
}

/** Octets in and out per second at one end; undefined when neither is known. */
function octetRates(rates: ComponentRates["rates"]): [number | undefined, number | undefined] | undefined {
  const inRate = perSecond(rates.inOctets);
  const outRate = perSecond(rates.outOctets);
  return inRate === undefined && outRate === undefined ? undefined : [inRate, outRate];
}

/** Bits per second the link is paid for, else the slower of its two ports: ifSpeed of the port says little of a circuit. */
export function capacityOf(link: Link, a?: Component, b?: Component): { in?: number; out?: number } {
  const committed = committedBitsPerSecond(link);
  if (committed) return committed;
  const speeds = [a && speedOf(a), b && speedOf(b)].filter((speed) => speed !== undefined);
  return speeds.length === 0 ? {} : { in: Math.min(...speeds), out: Math.min(...speeds) };
}

/** The component of a link's end: by ifName, else by what else the device calls the port. */
export function findInterface<T extends { component: Component }>(
  interfaces: ReadonlyMap<string, T> | undefined,
  end: LinkEnd,
): T | undefined {
  if (!interfaces) return undefined;
  const exact = interfaces.get(end.interface);
  if (exact) return exact;
  const wanted = end.interface.toLowerCase();
  for (const seen of interfaces.values()) {
    const { key, label, attributes } = seen.component;
    if (key.toLowerCase() === wanted || label.toLowerCase() === wanted) return seen;
    if (String(attributes.description ?? "").toLowerCase() === wanted) return seen;
  }
  return undefined;
}
