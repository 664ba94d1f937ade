/** Whether two samples of a device belong to one incarnation of it, by the clocks the device itself keeps. */
import type { DeviceSample, Incarnation } from "./types.ts";

/** TimeTicks are hundredths of a second in 32 bits (RFC 2578 7.1.8): they wrap after 497.1 days. */
const TICKS_PER_SECOND = 100;
const TICKS_WRAP = 2 ** 32;
/** Agents' clocks drift and answer late: this much disagreement with ours says nothing. */
const TOLERANCE_SECONDS = 10;
const TOLERANCE_SHARE = 0.05;
/** A device whose clock jumped ahead this far is another one at the same address (a failover, a replacement). */
const AHEAD_SECONDS = 3600;
const AHEAD_INTERVALS = 20;

export type IncarnationVerdict = "same" | "reboot" | "clock-disagrees";

/**
 * Seconds between the beginnings of two polls: by the poller's monotonic clock when one process made both, by wall
 * time otherwise. Zero and negative values mean that the clock was set back between two processes.
 */
export function intervalSeconds(previous: DeviceSample, current: DeviceSample): number {
  return isSameEpoch(previous, current)
    ? (current.monotonicMs - previous.monotonicMs) / 1000
    : (current.atMs - previous.atMs) / 1000;
}

/** Whether one poller process, with one monotonic clock, made both samples. */
export function isSameEpoch(previous: DeviceSample, current: DeviceSample): boolean {
  return previous.pollerEpoch === current.pollerEpoch;
}

/**
 * Compares the clocks of two samples `seconds` apart. `reboot`: the device, its agent, or the whole box was
 * replaced in between, so counters started again. `clock-disagrees`: only when `ourClockIsTrusted` is false (two
 * poller processes, wall time): the device's uptime advanced by another amount than our wall clock did, so no
 * interval is known.
 */
export function compareIncarnations(
  previous: Incarnation,
  current: Incarnation,
  seconds: number,
  ourClockIsTrusted: boolean,
): IncarnationVerdict {
  // Boots only rise, by one per restart (RFC 3414 2.2.1); falling means that the device forgot them: also a restart.
  if (differ(previous.engineBoots, current.engineBoots)) return "reboot";
  const uptimes: [number | undefined, number | undefined, number][] = [
    [previous.sysUpTimeTicks, current.sysUpTimeTicks, TICKS_PER_SECOND],
    [previous.hostUpTimeTicks, current.hostUpTimeTicks, TICKS_PER_SECOND],
    [previous.engineTimeSeconds, current.engineTimeSeconds, 1],
  ];
  let disagrees = false;
  for (const [before, after, perSecond] of uptimes) {
    if (before === undefined || after === undefined) continue;
    const verdict = compareClock(before, after, perSecond, seconds);
    if (verdict === "reboot") return "reboot";
    disagrees ||= verdict === "disagrees";
  }
  return disagrees && !ourClockIsTrusted ? "clock-disagrees" : "same";
}

function differ(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

/**
 * One clock that counts up from the start of something. A wrap and a restart both make it fall; they differ in what
 * the old value plus the elapsed time comes to (around 2^32 ticks, or far below).
 */
function compareClock(
  before: number,
  after: number,
  perSecond: number,
  seconds: number,
): "runs" | "reboot" | "disagrees" {
  const tolerance = Math.max(TOLERANCE_SECONDS, seconds * TOLERANCE_SHARE);
  const beforeSeconds = before / perSecond;
  const afterSeconds = after / perSecond;
  // A clock that stands still (a played recording, a broken agent) says nothing; a small one may be a restart loop.
  if (after === before && (after === 0 || afterSeconds > seconds + tolerance)) return "runs";
  const wrapSeconds = TICKS_WRAP / TICKS_PER_SECOND;
  const expected = beforeSeconds + Math.max(0, seconds);
  const hasFallen = after < before;
  const mayHaveWrapped = hasFallen && expected >= wrapSeconds - tolerance;
  const ahead = afterSeconds + (mayHaveWrapped ? wrapSeconds : 0) - expected;
  if (hasFallen && (!mayHaveWrapped || Math.abs(ahead) > tolerance)) return "reboot";
  // Restarted twice in a row: the clock rose, yet says that it started after our previous poll.
  if (ahead < -tolerance && afterSeconds <= seconds + tolerance) return "reboot";
  if (ahead > Math.max(AHEAD_SECONDS, seconds * AHEAD_INTERVALS)) return "reboot";
  return Math.abs(ahead) > tolerance ? "disagrees" : "runs";
}
