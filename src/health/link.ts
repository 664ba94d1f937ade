/** States of links: what both ends prove, what their devices allow us to know, and how well the link does. */
import type { Link, LinkEnd } from "../inventory/model.ts";
import type { DeviceSample, RatedSample } from "../samples/types.ts";
import {
  type EndStatus,
  endStatus,
  findInterface,
  provesDown,
  type SeenInterface,
  traffic,
} from "./link-evidence.ts";
import { hasFault, reason, sortReasons } from "./reasons.ts";
import { gradeAbove, isNearAbove, type Thresholds } from "./thresholds.ts";
import type { LinkMeasures, Reason, State, SubjectState } from "./types.ts";

/** One end of a link with all that is known of it. */
export interface LinkSide {
  device: string;
  interface: string;
  /** The newest sample, when it is fresh and holds measurements. */
  measured: Pick<DeviceSample, "atMs" | "incomplete"> | undefined;
  seen: SeenInterface | undefined;
  /** Of the samples of the device, for loss and RTT (oldest first). */
  probes: readonly Pick<DeviceSample, "atMs" | "reachability">[];
}

/** An end by what was measured and judged of its device; holds nothing of the samples that is not the link's. */
export function linkSide(
  { device, interface: name }: LinkEnd,
  measured: RatedSample | undefined,
  interfaces: ReadonlyMap<string, SeenInterface> | undefined,
  samples: readonly RatedSample[] = [],
): LinkSide {
  return {
    device,
    interface: name,
    measured: measured && { atMs: measured.sample.atMs, incomplete: measured.sample.incomplete },
    seen: findInterface(interfaces, { device, interface: name }),
    probes: samples.map(({ sample: { atMs, reachability } }) => ({
      atMs,
      ...(reachability && { reachability }),
    })),
  };
}

/** What a link is judged by besides its own two ends. */
export interface LinkContext {
  stateOfDevice(device: string): SubjectState | undefined;
  /** What cuts a device off that is silent or was not measured. */
  causeOf(device: string): SubjectState["because"];
  /** Asked and nothing came back, from it or through it. */
  isSilent(device: string): boolean;
  /** Whether the center's probes of the agency travel over this link. */
  carriesProbes: boolean;
  nowMs: number;
  thresholds: Thresholds;
}

export interface LinkVerdict {
  state: State;
  reasons: readonly Reason[];
  measures: LinkMeasures;
  because?: SubjectState["because"];
  /** Codes of limits that are not exceeded, and not left by the margin. */
  near?: string[];
}

/** Whether the interfaces alone prove a link down, before anything else is known; what suppression starts from. */
export function isProvenDown(a: LinkSide, b: LinkSide): boolean {
  return provesDown(endStatus(a.seen, a.measured)) || provesDown(endStatus(b.seen, b.measured));
}

/**
 * A link is down only when an interface at one of its ends says so. An agency's end that does not answer leaves it
 * unknown; an upper device that is dead or cut off makes it unreachable, even while the agency's end is up and
 * answers over another way.
 */
export function linkVerdict(link: Link, a: LinkSide, b: LinkSide, context: LinkContext): LinkVerdict {
  const ends: [LinkSide, EndStatus][] = [a, b].map((side) => [side, endStatus(side.seen, side.measured)]);
  const measures = traffic(link, a.seen, b.seen);
  const dead = ends.filter(([, status]) => provesDown(status));
  if (dead.length > 0)
    return { state: "down", reasons: dead.map(([side, status]) => endReason(side, status)), measures: {} };

  const reasons: Reason[] = [];
  for (const [side, status] of ends) {
    const where = { device: side.device, interface: side.interface };
    if (status === "standby") reasons.push(reason("link-standby", "info", where));
    if (status === "missing")
      reasons.push(reason("interface-missing", "info", { interface: `${side.device} ${side.interface}` }));
  }
  const known = ends.filter(([, status]) => status === "up" || status === "standby");
  if (known.length === 0) return { ...unknownLink(a, b, reasons, context), measures };
  if (known.length === 1 && !known.some(([side]) => side === a)) {
    const cut = cutOffAbove(a, reasons, context);
    if (cut) return { ...cut, measures };
  }
  if (known.length === 1 && context.isSilent(b.device)) {
    const silent = reason("far-end-silent", "warning", { device: b.device });
    return { state: "unknown", reasons: sortReasons([...reasons, silent]), measures };
  }
  if (known.length === 1 && reasons.length === 0) {
    const other = known[0]![0] === a ? b : a;
    reasons.push(reason("link-end-unmeasured", "info", { device: other.device, interface: other.interface }));
  }
  reasons.push(...qualityReasons(link, a, b, measures, context));
  const near = nearLimits(link, measures, context.thresholds);
  return {
    state: hasFault(reasons) ? "degraded" : "up",
    reasons: sortReasons(reasons),
    measures,
    ...(near.length > 0 && { near }),
  };
}

function nearLimits(link: Link, measures: LinkMeasures, thresholds: Thresholds): string[] {
  const near: string[] = [];
  const busiest = Math.max(measures.inUtilisationPercent ?? 0, measures.outUtilisationPercent ?? 0);
  if (isNearAbove(busiest, thresholds.linkUtilisationPercent.warning)) near.push("link-utilisation");
  if (isNearAbove(measures.lossPercent ?? 0, link.slo?.lossPercent ?? thresholds.lossPercent))
    near.push("loss-high");
  if (isNearAbove(measures.rttMs ?? 0, link.slo?.rttMs)) near.push("rtt-high");
  return near;
}

function endReason(side: LinkSide, status: EndStatus): Reason {
  const where = { device: side.device, interface: side.interface };
  const word = side.seen?.component.measurements.operStatus?.word ?? "down";
  const evidence = {
    device: side.device,
    class: "interface",
    key: side.seen?.component.key ?? side.interface,
    measurement: status === "shut" ? "adminStatus" : "operStatus",
    value: word,
    ...(side.measured && { atMs: side.measured.atMs }),
  };
  if (status === "shut") return reason("link-end-shut", "critical", where, evidence);
  if (status === "not-present") return reason("link-end-not-present", "critical", where, evidence);
  return reason("link-end-down", "critical", { ...where, word }, evidence);
}

function unknownLink(
  a: LinkSide,
  b: LinkSide,
  reasons: readonly Reason[],
  context: LinkContext,
): Omit<LinkVerdict, "measures"> {
  const cut = cutOffAbove(a, reasons, context);
  if (cut) return cut;
  const lower = context.stateOfDevice(b.device);
  if (lower?.state === "down")
    return {
      state: "unknown",
      reasons: sortReasons([reason("far-end-silent", "warning", { device: b.device }), ...reasons]),
    };
  return { state: "unknown", reasons: sortReasons([reason("no-evidence", "info"), ...reasons]) };
}

/** A link whose upper device is cut off or dead carries nothing to the center, whatever its lower end shows. */
function cutOffAbove(
  a: LinkSide,
  reasons: readonly Reason[],
  { stateOfDevice, causeOf }: LinkContext,
): Omit<LinkVerdict, "measures"> | undefined {
  const upper = stateOfDevice(a.device);
  const because = upper?.state === "down" ? ({ kind: "device", id: a.device } as const) : causeOf(a.device);
  if (!because) return undefined;
  const why = reason("unreachable-because", "warning", { kind: because.kind, id: because.id });
  return { state: "unreachable", reasons: [why, ...reasons], because };
}

function qualityReasons(
  link: Link,
  a: LinkSide,
  b: LinkSide,
  measures: LinkMeasures,
  context: LinkContext,
): Reason[] {
  const { thresholds } = context;
  const reasons: Reason[] = [];
  for (const [direction, percent] of [
    ["in", measures.inUtilisationPercent],
    ["out", measures.outUtilisationPercent],
  ] as const) {
    const grade = percent === undefined ? undefined : gradeAbove(percent, thresholds.linkUtilisationPercent);
    if (grade)
      reasons.push(
        reason("link-utilisation", grade, {
          percent: percent!,
          limit: thresholds.linkUtilisationPercent[grade],
          direction,
        }),
      );
  }
  for (const side of [a, b]) {
    for (const found of side.seen?.verdict.reasons ?? []) {
      if (found.severity === "info") continue;
      if (found.code === "interface-errors") {
        const values = {
          device: side.device,
          interface: side.interface,
          percent: Number(found.values.percent),
        };
        reasons.push(reason("link-errors", found.severity, values, found.evidence));
      } else if (found.code !== "interface-utilisation") reasons.push(found);
    }
  }
  const duplex = [a.seen?.verdict.duplex, b.seen?.verdict.duplex];
  if (duplex.includes("half") && duplex.includes("full")) {
    const [half, full] = duplex[0] === "half" ? [a, b] : [b, a];
    reasons.push(
      reason("link-duplex-mismatch", "warning", { halfDevice: half.device, fullDevice: full.device }),
    );
  }
  if (context.carriesProbes) reasons.push(...probeReasons(link, b, measures, context));
  return reasons;
}

/**
 * Loss, RTT and jitter of the agency's end, as the center's probes see them over the samples that are fresh. Only the
 * link the probes travel over is judged. A cycle without any answer is an outage, not loss.
 */
function probeReasons(
  link: Link,
  b: LinkSide,
  measures: LinkMeasures,
  { nowMs, thresholds }: LinkContext,
): Reason[] {
  const reasons: Reason[] = [];
  let sent = 0;
  let received = 0;
  for (const { atMs, reachability: probes } of b.probes) {
    if (!probes || probes.received === 0 || nowMs - atMs > thresholds.staleAfterMs) continue;
    sent += probes.sent;
    received += probes.received;
  }
  const newest = b.probes.at(-1)?.reachability;
  if (sent > 0) measures.lossPercent = ((sent - Math.min(received, sent)) / sent) * 100;
  if (newest?.rttMs) measures.rttMs = newest.rttMs.mean;
  if (newest?.jitterMs !== undefined) measures.jitterMs = newest.jitterMs;
  const lossLimit = link.slo?.lossPercent ?? thresholds.lossPercent;
  if (
    measures.lossPercent !== undefined &&
    sent >= thresholds.leastProbes &&
    measures.lossPercent > lossLimit
  ) {
    reasons.push(reason("loss-high", "warning", { percent: measures.lossPercent, limit: lossLimit }));
  }
  const rttLimit = link.slo?.rttMs;
  if (measures.rttMs !== undefined && rttLimit !== undefined && measures.rttMs > rttLimit) {
    reasons.push(reason("rtt-high", "warning", { rttMs: measures.rttMs, limit: rttLimit }));
  }
  return reasons;
}
