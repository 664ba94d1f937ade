/** What the newest sample of a device says about the device itself: does it answer, can it be measured. */
import { compareIncarnations, intervalSeconds, isSameEpoch } from "../samples/incarnation.ts";
import type { DeviceSample, RatedSample } from "../samples/types.ts";
import { reason } from "./reasons.ts";
import type { Thresholds } from "./thresholds.ts";
import type { Reason } from "./types.ts";

/**
 * `answering`: something came back, so the way to it is open. `silent`: asked, and nothing came back.
 * `unmeasured`: not asked, or too long ago.
 */
export type Standing = "answering" | "silent" | "unmeasured";

/** A device before what is above it is considered. */
export interface DeviceStanding {
  standing: Standing;
  /** The newest sample, when it is fresh and holds measurements (complete or partial). */
  measured?: RatedSample;
  reasons: Reason[];
  /** Why it cannot be measured although it may answer: then its state is unknown, or degraded for a silent agent. */
  cannotMeasure?: "unknown" | "degraded";
  sinceMs?: number;
}

/** Judges one device by its samples (oldest first). */
export function standingOf(
  samples: readonly RatedSample[] | undefined,
  nowMs: number,
  thresholds: Thresholds,
): DeviceStanding {
  const newest = samples?.at(-1);
  if (!samples || !newest) return unmeasured(reason("never-polled", "info"));
  const { sample } = newest;
  const ageMs = nowMs - sample.atMs;
  const intervalMs = (newest.intervalSeconds ?? 0) * 1000;
  if (ageMs > Math.max(thresholds.staleAfterMs, 3 * intervalMs)) {
    return {
      ...unmeasured(reason("stale", "warning", { ageSeconds: Math.round(ageMs / 1000) })),
      sinceMs: sample.atMs,
    };
  }
  const message = sample.error?.message ?? "";
  switch (sample.outcome) {
    case "complete":
    case "partial": {
      const reasons: Reason[] = [];
      if (sample.outcome === "partial")
        reasons.push(reason("partial", "info", { classes: sample.incomplete.join(", ") }));
      const rebootMs = lastReboot(samples, nowMs - thresholds.rebootWindowMs);
      if (rebootMs !== undefined)
        reasons.push(reason("rebooted", "warning", { atMs: rebootMs }, evidence(sample)));
      const sinceMs = trailingSince(samples, hasAnswer);
      return { standing: "answering", measured: newest, reasons, ...(sinceMs !== undefined && { sinceMs }) };
    }
    case "no-answer":
      return noAnswer(samples, sample);
    case "refused":
    case "unauthenticated":
    case "invalid": {
      const code = sample.outcome === "invalid" ? "invalid-answer" : sample.outcome;
      return {
        standing: "answering",
        reasons: [reason(code, "warning", { message }, evidence(sample))],
        cannotMeasure: "unknown",
        sinceMs: runStart(samples, ({ outcome }) => outcome === sample.outcome),
      };
    }
    case "unresolved":
      return unmeasured(reason("unresolved", "warning", { message }, evidence(sample)));
    case "skipped":
      return unmeasured(reason("skipped", "info", { message }));
  }
}

function unmeasured(why: Reason): DeviceStanding {
  return { standing: "unmeasured", reasons: [why], cannotMeasure: "unknown" };
}

function noAnswer(samples: readonly RatedSample[], sample: DeviceSample): DeviceStanding {
  const probes = sample.reachability;
  const method = probes?.method ?? "snmp";
  const sinceMs = runStart(samples, ({ outcome }) => outcome === "no-answer");
  if (probes && probes.method !== "snmp" && probes.received > 0) {
    const values = { method, received: probes.received, sent: probes.sent };
    return {
      standing: "answering",
      reasons: [reason("agent-silent", "warning", values, evidence(sample))],
      cannotMeasure: "degraded",
      sinceMs,
    };
  }
  return {
    standing: "silent",
    reasons: [reason("no-answer", "critical", { method, sent: probes?.sent ?? 1 }, evidence(sample))],
    sinceMs,
  };
}

/** When the device last restarted after `fromMs`, as far as two samples show it. */
function lastReboot(samples: readonly RatedSample[], fromMs: number): number | undefined {
  for (let at = samples.length - 1; at > 0; at--) {
    const current = samples[at]!.sample;
    if (current.atMs < fromMs) return undefined;
    if (!hasAnswer(current)) continue;
    // Across the silence of a restart: compare with the last sample that had clocks.
    let before = at - 1;
    while (before >= 0 && !hasAnswer(samples[before]!.sample)) before--;
    const previous = samples[before]?.sample;
    if (!previous) return undefined;
    const seconds = intervalSeconds(previous, current);
    if (seconds <= 0) continue;
    const verdict = compareIncarnations(
      previous.incarnation,
      current.incarnation,
      seconds,
      isSameEpoch(previous, current),
    );
    if (verdict === "reboot") return current.atMs;
  }
  return undefined;
}

/** Start of the unbroken run of samples at the end for which `holds`. */
function runStart(samples: readonly RatedSample[], holds: (sample: DeviceSample) => boolean): number {
  let startMs = samples.at(-1)!.sample.atMs;
  for (let at = samples.length - 1; at >= 0 && holds(samples[at]!.sample); at--)
    startMs = samples[at]!.sample.atMs;
  return startMs;
}

/** As `runStart`, but only when the samples show the state before it too. */
function trailingSince(
  samples: readonly RatedSample[],
  holds: (sample: DeviceSample) => boolean,
): number | undefined {
  const startMs = runStart(samples, holds);
  return startMs === samples[0]!.sample.atMs ? undefined : startMs;
}

function hasAnswer(sample: DeviceSample): boolean {
  return sample.outcome === "complete" || sample.outcome === "partial";
}

function evidence(sample: DeviceSample): NonNullable<Reason["evidence"]> {
  return { device: sample.device, measurement: "outcome", value: sample.outcome, atMs: sample.atMs };
}
