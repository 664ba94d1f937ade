/** Incidents from one health snapshot to the next: deterministic, resumable, touching nothing but what it returns. */
import { dateAt } from "../../inventory/agencies.ts";
import type { Inventory } from "../../inventory/model.ts";
import { type AgencyTree, agencyTree } from "../../topology/agencies.ts";
import { plannedPeriods } from "../maintenance-periods.ts";
import { mergedPeriods } from "../timeline.ts";
import type { HealthSnapshot } from "../types.ts";
import { affectedBy, cutOffIn, joined } from "./affected.ts";
import { causeOf, type PowerSign, powerSigns } from "./attribution.ts";
import { changesBetween } from "./changes.ts";
import { advanceClock } from "./clock.ts";
import { type Finding, findingKey, findingsOf, partsOf } from "./findings.ts";
import { absorbed, newIncident, revised } from "./incident.ts";
import { isMeasured } from "./measured.ts";
import { type Observation, observationsOf } from "./observations.ts";
import { defaultRules } from "./rules.ts";
import type { IncidentState } from "./state.ts";
import { isFlapping, isForgettable, isQuiet, seenBad, seenGood, type Track } from "./track.ts";
import type { Incident, IncidentEvent, IncidentRules } from "./types.ts";

/** A device with every port at fault needs not all of them told. */
const MOST_REASONS = 12;

export interface AdvanceContext {
  inventory: Inventory;
  rules?: Partial<IncidentRules>;
  /** Last gasps and the like that came in by other ways than polling. */
  hints?: readonly PowerSign[];
  /**
   * A snapshot before its turn: some devices were polled on a hint, the others were not asked again. Outages begin and
   * end by it; what needs several snapshots in a row waits for those in turn.
   */
  isEarly?: boolean | undefined;
}

export interface Advanced {
  state: IncidentState;
  events: IncidentEvent[];
  /** The states of this snapshot, for the history. */
  observations: Observation[];
}

/**
 * One step. `previous` is what the step before returned (undefined: the first, or nothing is remembered). The result
 * depends on nothing else; the order of maps does not matter. The rules are in this room's README.
 */
export function advance(
  previous: IncidentState | undefined,
  snapshot: HealthSnapshot,
  nowMs: number,
  context: AdvanceContext,
): Advanced {
  const step = advanceClock(previous?.clock, nowMs, { isEarly: context.isEarly ?? false });
  const run = new Step(previous, snapshot, step.atMs, context);
  if (step.backMs !== undefined)
    run.events.push({ kind: "clock-step", atMs: step.atMs, backMs: step.backMs });
  if (step.gap) run.wasGap(step.gap);
  run.follow();
  // The history decides by the real time what is late.
  const observations = observationsOf(snapshot, nowMs, step.holdMs);
  return { state: run.state(step.state), events: run.events, observations };
}

class Step {
  readonly events: IncidentEvent[] = [];
  readonly #snapshot: HealthSnapshot;
  readonly #atMs: number;
  readonly #inventory: Inventory;
  readonly #rules: IncidentRules;
  readonly #tracks: Map<string, Track>;
  readonly #before: ReadonlyMap<string, Incident>;
  readonly #incidents: Map<string, Incident>;
  readonly #recent: Map<string, readonly Incident[]>;
  readonly #power: Map<string, PowerSign>;
  readonly #findings: Map<string, Finding>;
  readonly #opened = new Set<string>();
  readonly #isEarly: boolean;
  #tree: AgencyTree | undefined;

  constructor(
    previous: IncidentState | undefined,
    snapshot: HealthSnapshot,
    atMs: number,
    { inventory, rules, hints = [], isEarly = false }: AdvanceContext,
  ) {
    this.#isEarly = isEarly;
    this.#snapshot = snapshot;
    this.#atMs = atMs;
    this.#inventory = inventory;
    this.#rules = { ...defaultRules, ...rules };
    this.#tracks = new Map(previous?.tracks);
    this.#before = previous?.incidents ?? new Map();
    this.#incidents = new Map(previous?.incidents);
    this.#recent = new Map(previous?.recent);
    const keepMs = 2 * this.#rules.powerWindowMs;
    this.#power = powerSigns(previous?.power ?? new Map(), snapshot, inventory, hints, { atMs, keepMs });
    this.#findings = findingsOf(snapshot);
  }

  state(clock: IncidentState["clock"]): IncidentState {
    for (const [key, track] of this.#tracks) if (isForgettable(track)) this.#tracks.delete(key);
    const fromMs = this.#atMs - this.#rules.flapWindowMs;
    for (const [key, list] of this.#recent) {
      const kept = list.filter(({ endMs }) => endMs !== undefined && endMs >= fromMs);
      if (kept.length === 0) this.#recent.delete(key);
      else if (kept.length < list.length) this.#recent.set(key, kept);
    }
    return {
      clock,
      tracks: this.#tracks,
      incidents: this.#incidents,
      recent: this.#recent,
      power: this.#power,
    };
  }

  /** A poller that was down: time that is unknown, in every incident that runs. */
  wasGap(gap: { fromMs: number; toMs: number }): void {
    this.events.push({ kind: "gap", atMs: this.#atMs, ...gap });
    for (const incident of [...this.#incidents.values()])
      this.#incidents.set(incident.id, { ...incident, unknown: mergedPeriods([...incident.unknown, gap]) });
  }

  follow(): void {
    for (const [key, track] of [...this.#tracks]) if (!this.#findings.has(key)) this.#notFound(key, track);
    for (const finding of this.#findings.values()) this.#bad(finding);
    this.#reroot();
    const cutOff = cutOffIn(this.#snapshot);
    for (const incident of [...this.#incidents.values()]) this.#refresh(incident, cutOff);
    this.#tell();
  }

  #bad(finding: Finding): void {
    const { key, kind } = finding;
    if (kind === "fault" && this.#isEarly) return;
    if (kind === "restart") {
      this.#restarted(finding);
      return;
    }
    const { track, turn } = seenBad(this.#tracks.get(key), kind, this.#atMs, this.#rules);
    const next = { ...track };
    this.#tracks.set(key, next);
    if (turn === "raised" && next.incident === undefined) {
      const incident = newIncident(finding, track.badSinceMs);
      next.incident = incident.id;
      this.#incidents.set(incident.id, incident);
      this.#opened.add(incident.id);
    }
    const incident = next.incident === undefined ? undefined : this.#incidents.get(next.incident);
    if (!incident) return;
    const severity = finding.severity;
    this.#incidents.set(incident.id, {
      ...incident,
      severity,
      reasons: finding.reasons.slice(0, MOST_REASONS),
      lastSeenMs: this.#atMs,
    });
    if (turn === "raised") this.#noteFlapping(key, next);
  }

  /** A restart is over as soon as it is seen, though its reason stays for a while. One that an outage explains is that outage's. */
  #restarted(finding: Finding): void {
    const rebootMs = Number(finding.reasons[0]?.values.atMs);
    const known = this.#tracks.get(finding.key);
    if (known && known.badSinceMs >= rebootMs) return;
    const track: Track = {
      isBad: true,
      bad: 1,
      good: 0,
      badSinceMs: rebootMs,
      goodSinceMs: 0,
      changesMs: [],
    };
    this.#tracks.set(finding.key, track);
    const device = finding.subject.id;
    const explains = ({ kind, startMs, subject, affected }: Incident) =>
      kind === "outage" &&
      startMs <= rebootMs &&
      (subject.id === device ||
        affected.devices.includes(device) ||
        this.#inventory.links.get(subject.id)?.b.device === device);
    if ([...this.#incidents.values(), ...[...this.#recent.values()].flat()].some(explains)) return;
    const incident = newIncident(finding, rebootMs);
    this.#incidents.set(incident.id, incident);
    this.#opened.add(incident.id);
    this.#close(finding.key, { ...track, incident: incident.id }, rebootMs);
  }

  /** Not among the findings: gone, or only not measured. */
  #notFound(key: string, track: Track): void {
    const incident = track.incident === undefined ? undefined : this.#incidents.get(track.incident);
    const [kind, id, code] = partsOf(key);
    const subject = (kind === "device" ? this.#snapshot.devices : this.#snapshot.links).get(id);
    if (subject === undefined) {
      // Left the inventory, or its link ended: nothing will be measured any more.
      if (incident) this.#close(key, track, this.#atMs);
      this.#tracks.delete(key);
      return;
    }
    if (!isMeasured(subject, code)) return;
    const kindOf = code === "outage" ? "outage" : code === "restart" ? "restart" : "fault";
    if (kindOf === "fault" && this.#isEarly) return;
    const { track: next, turn } = seenGood(track, kindOf, this.#atMs, this.#rules);
    this.#tracks.set(key, next);
    if (turn === "cleared") this.#noteFlapping(key, next);
    if (!incident || next.isBad) return;
    if (!isFlapping(next, this.#rules) && !incident.flapping) this.#close(key, next, next.goodSinceMs);
    else if (isQuiet(next, this.#atMs, this.#rules))
      this.#close(key, next, next.changesMs.at(-1) ?? next.goodSinceMs);
  }

  /** From the n-th change within the window on, what came and went is one incident. */
  #noteFlapping(key: string, track: Track): void {
    const incident = this.#incidents.get(track.incident ?? "");
    if (!incident || !isFlapping(track, this.#rules)) return;
    const sinceMs = incident.flapping?.sinceMs ?? track.changesMs[0]!;
    const changes = (incident.flapping?.changes ?? track.changesMs.length - 1) + 1;
    let whole: Incident = { ...incident, flapping: { changes, sinceMs, lastMs: track.changesMs.at(-1)! } };
    for (const part of this.#recent.get(key) ?? []) {
      whole = absorbed(whole, part, "flapping", this.#atMs);
      this.#merge(part, whole.id, "flapping");
    }
    this.#recent.delete(key);
    this.#incidents.set(whole.id, whole);
  }

  /**
   * A silent device that turns out to be cut off by something nearer to the center: its incident becomes that one's.
   * The older identity stays, since people know it.
   */
  #reroot(): void {
    const parts = new Map<string, { key: string; incident: Incident }[]>();
    for (const [key, track] of this.#tracks) {
      const incident = this.#incidents.get(track.incident ?? "");
      if (incident?.kind !== "outage" || !track.isBad) continue;
      const { kind, id } = incident.subject;
      const because = (kind === "device" ? this.#snapshot.devices : this.#snapshot.links).get(id)?.because;
      if (!because) continue;
      const causeKey = findingKey(because, "outage");
      const list = parts.get(causeKey) ?? [];
      list.push({ key, incident });
      parts.set(causeKey, list);
    }
    for (const [causeKey, list] of parts) {
      const cause = this.#tracks.get(causeKey);
      const found = this.#incidents.get(cause?.incident ?? "");
      if (!cause || !found) continue;
      list.sort(({ incident: x }, { incident: y }) => x.startMs - y.startMs || (x.id < y.id ? -1 : 1));
      let whole = found;
      if (this.#opened.has(found.id)) {
        const eldest = list.shift()!;
        whole = revised(
          { ...eldest.incident, severity: found.severity, reasons: found.reasons, lastSeenMs: this.#atMs },
          { subject: found.subject, cause: { kind: "unknown", evidence: [] } },
          "nearer-cause",
          this.#atMs,
        );
        this.#incidents.delete(found.id);
        this.#tracks.set(causeKey, { ...cause, incident: whole.id });
        this.#tracks.delete(eldest.key);
      }
      for (const { key, incident } of list) {
        whole = absorbed(whole, incident, "nearer-cause", this.#atMs);
        this.#merge(incident, whole.id, "merged");
        this.#tracks.delete(key);
      }
      this.#incidents.set(whole.id, whole);
    }
  }

  #merge(part: Incident, into: string, reason: "merged" | "flapping"): void {
    const merged = revised(
      { ...part, endMs: part.endMs ?? this.#atMs },
      { mergedInto: into },
      reason,
      this.#atMs,
    );
    this.#incidents.delete(part.id);
    // What began in this very step was told to nobody.
    if (!this.#opened.has(part.id))
      this.events.push({ kind: "merged", atMs: this.#atMs, incident: merged, into });
  }

  #close(key: string, track: Track, endMs: number): void {
    const incident = this.#incidents.get(track.incident ?? "");
    if (!incident) return;
    const { incident: _gone, ...rest } = track;
    this.#tracks.set(key, rest);
    this.#incidents.delete(incident.id);
    const cause = causeOf(incident, this.#attribution(), incident.kind !== "restart");
    const ended: Incident = { ...incident, endMs: Math.max(endMs, incident.startMs) };
    const planned = plannedPeriods(this.#inventory, ended.subject, ended.startMs, ended.endMs!);
    const closed = {
      ...(cause.kind === ended.cause.kind
        ? { ...ended, cause }
        : revised(ended, { cause }, "evidence", this.#atMs)),
      planned,
      unknown: ended.unknown.filter(({ fromMs }) => fromMs < ended.endMs!),
    };
    this.#recent.set(key, [...(this.#recent.get(key) ?? []), closed]);
    if (this.#opened.has(incident.id))
      this.#tellOpened(incident.kind === "restart" ? { ...incident, cause } : incident);
    this.events.push({ kind: "closed", atMs: this.#atMs, incident: closed });
  }

  /** Cause, impact and what is affected, as this snapshot shows them. */
  #refresh(incident: Incident, cutOff: ReturnType<typeof cutOffIn>): void {
    const isSeen = incident.lastSeenMs === this.#atMs;
    if (!isSeen) return;
    const cause = causeOf(incident, this.#attribution(), false);
    let next = { ...incident, cause };
    if (incident.kind === "outage") {
      this.#tree ??= agencyTree(this.#inventory, dateAt(this.#inventory, this.#atMs));
      const found = affectedBy(incident.subject, this.#snapshot, cutOff, this.#inventory, this.#tree);
      const severity =
        incident.subject.kind === "link" && found.impact !== "cut-off" ? "warning" : "critical";
      next = { ...next, severity, impact: found.impact, affected: joined(incident.affected, found.affected) };
    }
    this.#incidents.set(next.id, next);
  }

  #tell(): void {
    for (const incident of this.#incidents.values()) {
      if (this.#opened.has(incident.id)) {
        this.#tellOpened(incident);
        continue;
      }
      const before = this.#before.get(incident.id);
      const what = before ? changesBetween(before, incident) : [];
      if (what.length > 0) this.events.push({ kind: "changed", atMs: this.#atMs, incident, what });
    }
  }

  #tellOpened(incident: Incident): void {
    const { kind, id } = incident.subject;
    const states = kind === "device" ? this.#snapshot.devices : this.#snapshot.links;
    const inMaintenance = states.get(id)?.inMaintenance ?? false;
    this.events.push({ kind: "opened", atMs: this.#atMs, incident, inMaintenance });
  }

  #attribution() {
    const { powerWindowMs } = this.#rules;
    return {
      inventory: this.#inventory,
      snapshot: this.#snapshot,
      power: this.#power,
      powerWindowMs,
      atMs: this.#atMs,
    };
  }
}
