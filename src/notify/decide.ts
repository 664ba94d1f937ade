/**
 * What is to be told now. Pure: it compares what runs with what was told, so it does not matter how often it is asked,
 * nor whether the process that asks is still the same.
 */
import { rulesFor } from "./match.ts";
import { isQuiet } from "./quiet-hours.ts";
import type { AlertConfig, AlertRule, AlertState, AlertSubject, Notice, Telling } from "./types.ts";

export interface DecideInput {
  config: AlertConfig;
  state: AlertState;
  /** Every running incident. */
  running: readonly AlertSubject[];
  /** Those that ended or were merged and of which `state` still knows; see `endedOf`. */
  ended: readonly AlertSubject[];
  nowMs: number;
  timeZone: string;
}

export interface Decision {
  tellings: Telling[];
  /** By channel, the worst first. */
  notices: Map<string, Notice[]>;
}

const severityOrder = { critical: 0, warning: 1 } as const;

/** Incidents of which something is remembered and that do not run any more: their ends are to be looked up. */
export function endedOf(state: AlertState, running: readonly AlertSubject[]): string[] {
  const alive = new Set(running.map(({ incident }) => incident.id));
  return [...new Set(state.tellings.map(({ incident }) => incident))].filter((id) => !alive.has(id));
}

export function decide({ config, state, running, ended, nowMs, timeZone }: DecideInput): Decision {
  const known = new Map(state.tellings.map((telling) => [keyOf(telling), telling]));
  const tellings = new Map<string, Telling>();
  const notices = new Map<string, Notice[]>();
  const rules = new Map(config.rules.map((rule) => [rule.id, rule]));
  const channels = new Map(config.channels.map((channel) => [channel.id, channel]));
  const tell = (channel: string, notice: Notice) =>
    notices.set(channel, [...(notices.get(channel) ?? []), notice]);
  const isOpen = (channel: string) => {
    const madeMs = state.channels[channel]?.lastMadeMs ?? Number.NEGATIVE_INFINITY;
    // A clock that was set back does not silence a channel.
    return nowMs - madeMs >= (channels.get(channel)?.groupMs ?? 0) || nowMs < madeMs;
  };
  const isHeld = (rule: AlertRule | undefined, channel: string, { incident }: AlertSubject) =>
    !isOpen(channel) ||
    (!rule?.quietHours?.except.includes(incident.severity) && isQuiet(rule?.quietHours, nowMs, timeZone));

  for (const subject of ended) {
    const { incident } = subject;
    for (const telling of state.tellings.filter((one) => one.incident === incident.id)) {
      const { channel, rule: ruleId, toldMs } = telling;
      if (!channels.has(channel)) continue;
      if (incident.mergedInto !== undefined) {
        // Told as a part, told as a whole: the other is not news.
        const into = { ...telling, incident: incident.mergedInto };
        if (toldMs !== undefined && !known.has(keyOf(into))) known.set(keyOf(into), into);
        continue;
      }
      const rule = rules.get(ruleId);
      const kind = toldMs !== undefined ? "closed" : "passed";
      if (kind === "closed" && rule?.resolved === false) continue;
      if (kind === "passed" && (!rule || !wasDue(telling, rule, subject) || subject.acknowledged)) continue;
      if (isHeld(rule, channel, subject)) tellings.set(keyOf(telling), telling);
      else tell(channel, noticeOf(kind, ruleId, subject));
    }
  }

  for (const subject of running) {
    const { incident } = subject;
    for (const [channel, rule] of rulesFor(config.rules, subject)) {
      if (!channels.has(channel)) continue;
      const fresh: Telling = {
        channel,
        incident: incident.id,
        rule: rule.id,
        sinceMs: nowMs,
        severity: incident.severity,
      };
      const telling = { ...(known.get(keyOf(fresh)) ?? fresh), rule: rule.id };
      const kind = kindFor(telling, rule, subject, nowMs);
      if (kind === undefined || isHeld(rule, channel, subject)) {
        tellings.set(keyOf(telling), telling);
        continue;
      }
      tell(channel, noticeOf(kind, rule.id, subject));
      tellings.set(keyOf(telling), { ...telling, toldMs: nowMs, severity: incident.severity });
    }
    // What was told under a rule that does not match any more is remembered until it ends.
    for (const telling of known.values())
      if (telling.incident === incident.id && channels.has(telling.channel) && !tellings.has(keyOf(telling)))
        if (telling.toldMs !== undefined) tellings.set(keyOf(telling), telling);
  }
  for (const list of notices.values()) list.sort(byWeight);
  return { tellings: [...tellings.values()], notices };
}

function kindFor(
  telling: Telling,
  rule: AlertRule,
  { incident, acknowledged, inMaintenance }: AlertSubject,
  nowMs: number,
): Notice["kind"] | undefined {
  if (acknowledged || inMaintenance) return undefined;
  if (telling.toldMs === undefined)
    return nowMs - telling.sinceMs >= rule.delayMs || nowMs - incident.startMs >= rule.delayMs
      ? "opened"
      : undefined;
  if (severityOrder[incident.severity] < severityOrder[telling.severity]) return "worse";
  if (rule.repeatMs !== undefined && nowMs - telling.toldMs >= rule.repeatMs) return "still";
  return undefined;
}

/** It lasted longer than the rule waits, so it would have been told had it been allowed. */
function wasDue(telling: Telling, rule: AlertRule, { incident, inMaintenance }: AlertSubject): boolean {
  const endMs = incident.endMs ?? incident.lastSeenMs;
  return !inMaintenance && endMs - Math.min(telling.sinceMs, incident.startMs) >= rule.delayMs;
}

function noticeOf(kind: Notice["kind"], rule: string, { incident, cause }: AlertSubject): Notice {
  return { kind, rule, incident, cause };
}

const kindOrder: readonly Notice["kind"][] = ["worse", "opened", "still", "passed", "closed"];

function byWeight(a: Notice, b: Notice): number {
  return (
    kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind) ||
    severityOrder[a.incident.severity] - severityOrder[b.incident.severity] ||
    weightOf(b) - weightOf(a) ||
    a.incident.startMs - b.incident.startMs
  );
}

function weightOf({ incident: { affected } }: Notice): number {
  return affected.agencies.length + affected.sites.length + affected.devices.length;
}

function keyOf({ channel, incident }: Pick<Telling, "channel" | "incident">): string {
  return `${channel}\u0000${incident}`;
}
