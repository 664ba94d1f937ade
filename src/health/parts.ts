/** The interfaces and components of one measured device, judged. */
import type { Component, RatedSample } from "../samples/types.ts";
import { componentVerdict } from "./component.ts";
import { type Expectation, interfaceVerdict } from "./interface.ts";
import { findInterface, type SeenInterface } from "./link-evidence.ts";
import { reason } from "./reasons.ts";
import type { Thresholds } from "./thresholds.ts";
import type { Reason, SubjectState } from "./types.ts";

/** What the parts of a device give to the snapshot and to the device itself. */
export interface DeviceParts {
  /** By component key. */
  interfaces: ReadonlyMap<string, SeenInterface>;
  /** Reasons of the parts that concern the whole device. */
  reasons: Reason[];
  /** Codes of limits that a value is still near to. */
  near: string[];
}

/** Faults of a link's end are the link's; its device only mentions them. */
const LINK_MATTERS: ReadonlySet<string> = new Set(["interface-down", "admin-down", "not-present"]);

/**
 * Judges every part of the newest sample and writes their states into the two maps, ids "device/class/key".
 * `expectations`: what the inventory says of ports, by the name it uses.
 */
export function judgeParts(
  device: string,
  samples: readonly RatedSample[],
  measured: RatedSample,
  expectations: ReadonlyMap<string, Expectation> | undefined,
  thresholds: Thresholds,
  into: { interfaces: Map<string, SubjectState>; components: Map<string, SubjectState> },
): DeviceParts {
  const { sample, intervalSeconds } = measured;
  const expected = expectations && resolve(measured, expectations);
  const interfaces = new Map<string, SeenInterface>();
  const reasons: Reason[] = [];
  const near: string[] = [];
  const ratesOf = ratesInOrder(measured);
  for (const component of sample.components) {
    const rates = ratesOf(component.class, component.key);
    const id = `${device}/${component.class}/${component.key}`;
    if (component.class !== "interface") {
      // Neighbours and inventory have no state to be in.
      if (!hasMeasurements(component)) continue;
      const verdict = componentVerdict(device, component, thresholds);
      into.components.set(id, { kind: "component", id, state: verdict.state, reasons: verdict.reasons });
      if (verdict.reasons.length > 0) reasons.push(...verdict.reasons);
      if (verdict.near !== undefined) near.push(verdict.near);
      continue;
    }
    const expectation = expected?.byKey.get(component.key) ?? "none";
    const verdict = interfaceVerdict(device, component, rates, intervalSeconds, expectation, thresholds);
    interfaces.set(component.key, { component, rates, verdict });
    const { state, reasons: why } = verdict;
    const isWatched = expectation === "expected" || expectation === "link-end";
    const sinceMs = state === "down" && isWatched ? downSince(samples, component.key) : undefined;
    const subject: SubjectState = { kind: "interface", id, state, reasons: why };
    if (sinceMs !== undefined) subject.sinceMs = sinceMs;
    into.interfaces.set(id, subject);
    for (const found of why) {
      if (found.severity === "info") continue;
      const isLinks = expectation === "link-end" && LINK_MATTERS.has(found.code);
      reasons.push(isLinks ? { ...found, severity: "info" } : found);
    }
  }
  if (expected && !sample.incomplete.includes("interface")) {
    for (const name of expected.missing) {
      const why = reason(
        "interface-missing",
        "warning",
        { interface: name },
        { device, class: "interface", key: name },
      );
      reasons.push(why);
      const id = `${device}/interface/${name}`;
      into.interfaces.set(id, { kind: "interface", id, state: "unknown", reasons: [why] });
    }
  }
  return { interfaces, reasons, near };
}

function hasMeasurements({ measurements }: Component): boolean {
  for (const _name in measurements) return true;
  return false;
}

/** The names of the inventory as the keys of the sample; `missing`: watched ports the device does not have. */
function resolve(measured: RatedSample, expectations: ReadonlyMap<string, Expectation>) {
  const ports = new Map(
    measured.sample.components
      .filter((component) => component.class === "interface")
      .map((component) => [component.key, { component }]),
  );
  const byKey = new Map<string, Expectation>();
  const missing: string[] = [];
  for (const [name, expectation] of expectations) {
    const found = findInterface(ports, { device: measured.sample.device, interface: name });
    if (found) byKey.set(found.component.key, expectation);
    else if (expectation !== "ignored") missing.push(name);
  }
  return { byKey, missing };
}

/** Rates come in the order of the components that have counters, so one step finds the next; a map serves the rest. */
function ratesInOrder({ rates }: RatedSample) {
  let next = 0;
  let byId: Map<string, RatedSample["rates"][number]> | undefined;
  return (componentClass: string, key: string) => {
    const here = rates[next];
    if (here && here.class === componentClass && here.key === key) {
      next++;
      return here.rates;
    }
    if (here === undefined && byId === undefined) return undefined;
    byId ??= new Map(rates.map((entry) => [`${entry.class}/${entry.key}`, entry]));
    return byId.get(`${componentClass}/${key}`)?.rates;
  };
}

/** Since when an interface has been down, as far back as the samples show it. */
function downSince(samples: readonly RatedSample[], key: string): number | undefined {
  let sinceMs: number | undefined;
  for (let at = samples.length - 1; at >= 0; at--) {
    const { sample } = samples[at]!;
    const port = sample.components.find(
      (component) => component.class === "interface" && component.key === key,
    );
    const oper = port?.measurements.operStatus?.word;
    const isShut = port?.measurements.adminStatus?.word === "down";
    if (!port || !(oper === "down" || oper === "lowerLayerDown" || isShut)) break;
    sinceMs = sample.atMs;
  }
  return sinceMs;
}

/**
 * Since when the samples show a part's fault without a break, the part judged again in each; a restart since it
 * happened. Undefined for faults that are not of a part.
 */
export function faultSince(
  worst: Reason,
  samples: readonly RatedSample[],
  thresholds: Thresholds,
): number | undefined {
  if (worst.code === "rebooted") return Number(worst.values.atMs);
  const { class: componentClass, key, device } = worst.evidence ?? {};
  if (!componentClass || key === undefined || device === undefined) return undefined;
  let sinceMs: number | undefined;
  for (let at = samples.length - 1; at >= 0; at--) {
    const { sample, rates, intervalSeconds } = samples[at]!;
    const part = sample.components.find(
      (component) => component.class === componentClass && component.key === key,
    );
    if (!part) break;
    const partRates = rates.find((entry) => entry.class === componentClass && entry.key === key)?.rates;
    const { reasons } =
      componentClass === "interface"
        ? interfaceVerdict(device, part, partRates, intervalSeconds, "expected", thresholds)
        : componentVerdict(device, part, thresholds);
    if (!reasons.some(({ code }) => code === worst.code)) break;
    sinceMs = sample.atMs;
  }
  return sinceMs;
}
