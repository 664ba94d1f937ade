/** Incidents from one health snapshot to the next: deterministic, resumable, touching nothing but what it returns. */
import { dateAt } from "../../inventory/agencies.ts";
import type { Inventory } from "../../inventory/model.ts";
import { type AgencyTree, agencyTree } from "../../topology/agencies.ts";
import type { HealthSnapshot } from "../types.ts";
import { affectedBy, cutOffIn, joined } from "./affected.ts";
import { type AttributionInput, causeOf, type PowerSign, powerSigns } from "./attribution.ts";
import { IncidentBook } from "./book.ts";
import { advanceClock } from "./clock.ts";
import { type Finding, findingsOf, partsOf } from "./findings.ts";
import { isMeasured } from "./measured.ts";
import { joinNearerCauses } from "./nearer-cause.ts";
import { type Observation, observationsOf } from "./observations.ts";
import { defaultRules } from "./rules.ts";
import type { IncidentState } from "./state.ts";
import { isFlapping, isQuiet, seenBad, seenGood, type Track } from "./track.ts";
import type { Incident, IncidentEvent, IncidentRules } from "./types.ts";

/** A device with every port at fault needs not all of them told. */
const MOST_REASONS = 12;

export interface AdvanceContext {
  inventory: Inventory;
  rules?: Partial<IncidentRules>;
  /** Last gasps and the like that came in by other ways than polling. */
  hints?: readonly PowerSign[];
  /**
   * Of a snapshot before its turn: the devices that were polled on a hint; the others were not asked again. Outages begin
   * and end by it; what needs several snapshots in a row waits for those in turn.
   */
  early?: ReadonlySet<string> | undefined;
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
  const step = advanceClock(previous?.clock, nowMs, { isEarly: context.early !== undefined });
  const run = new Step(previous, snapshot, step.atMs, context);
  const { book } = run;
  if (step.backMs !== undefined)
    book.events.push({ kind: "clock-step", atMs: step.atMs, backMs: step.backMs });
  if (step.noGap) book.takeGapBack(step.noGap);
  if (step.gap) book.noteGap(step.gap);
  run.follow();
  // The history decides by the real time what is late.
  const observations = observationsOf(snapshot, nowMs, step.holdMs);
  return { state: run.state(step.state), events: book.events, observations };
}

/** What is found in a snapshot leads to what is written into the book. */
class Step {
  readonly book: IncidentBook;
  readonly #snapshot: HealthSnapshot;
  readonly #atMs: number;
  readonly #inventory: Inventory;
  readonly #rules: IncidentRules;
  readonly #power: Map<string, PowerSign>;
  readonly #evidence: AttributionInput;
  readonly #findings: Map<string, Finding>;
  readonly #early: ReadonlySet<string> | undefined;
  #tree: AgencyTree | undefined;

  constructor(
    previous: IncidentState | undefined,
    snapshot: HealthSnapshot,
    atMs: number,
    { inventory, rules, hints = [], early }: AdvanceContext,
  ) {
    this.#early = early;
    this.#snapshot = snapshot;
    this.#atMs = atMs;
    this.#inventory = inventory;
    this.#rules = { ...defaultRules, ...rules };
    const { powerWindowMs } = this.#rules;
    this.#power = powerSigns(previous?.power ?? new Map(), snapshot, inventory, hints, {
      atMs,
      keepMs: 2 * powerWindowMs,
    });
    this.#evidence = { inventory, snapshot, power: this.#power, powerWindowMs, atMs };
    this.book = new IncidentBook(previous, snapshot, this.#evidence);
    this.#findings = findingsOf(snapshot);
  }

  state(clock: IncidentState["clock"]): IncidentState {
    return this.book.state(clock, this.#atMs - this.#rules.flapWindowMs, this.#power);
  }

  follow(): void {
    const { book } = this;
    for (const [key, track] of [...book.tracks]) if (!this.#findings.has(key)) this.#notFound(key, track);
    for (const finding of this.#findings.values()) this.#found(finding);
    joinNearerCauses(book, this.#snapshot, this.#atMs);
    const cutOff = cutOffIn(this.#snapshot);
    for (const incident of book.running) this.#refresh(incident, cutOff);
    book.tell();
  }

  #found(finding: Finding): void {
    const { key, kind, severity } = finding;
    const { book } = this;
    if (kind === "fault" && this.#early) return;
    if (kind === "restart") {
      this.#restarted(finding);
      return;
    }
    const known = book.tracks.get(key);
    if (!book.of(known) && this.#isOldSilence(finding)) return;
    const { track, turn } = seenBad(known, kind, this.#atMs, this.#rules);
    const next = { ...track };
    book.tracks.set(key, next);
    if (turn === "raised" && next.incident === undefined)
      next.incident = book.open(finding, track.badSinceMs).id;
    const incident = book.of(next);
    if (!incident) return;
    const reasons = finding.reasons.slice(0, MOST_REASONS);
    book.put({ ...incident, severity, reasons, lastSeenMs: this.#atMs });
    if (turn === "raised") this.#noteFlapping(key, next);
  }

  /**
   * Silent when it was asked last, in the cycle before: that the way to it is open now, as another device shows that was
   * polled on a hint, is no news of it. Its own next poll tells whether it is down or was only cut off.
   */
  #isOldSilence({ kind, subject }: Finding): boolean {
    return kind === "outage" && subject.kind === "device" && this.#early?.has(subject.id) === false;
  }

  /** A restart is over as soon as it is seen, though its reason stays for a while. One that an outage explains is that outage's. */
  #restarted(finding: Finding): void {
    const { book } = this;
    const rebootMs = Number(finding.reasons[0]?.values.atMs);
    const known = book.tracks.get(finding.key);
    if (known && known.badSinceMs >= rebootMs) return;
    const track: Track = {
      isBad: true,
      bad: 1,
      good: 0,
      badSinceMs: rebootMs,
      goodSinceMs: 0,
      changesMs: [],
    };
    book.tracks.set(finding.key, track);
    const device = finding.subject.id;
    const explains = ({ kind, startMs, subject, affected }: Incident) =>
      kind === "outage" &&
      startMs <= rebootMs &&
      (subject.id === device ||
        affected.devices.includes(device) ||
        this.#inventory.links.get(subject.id)?.b.device === device);
    if ([...book.running, ...book.recent].some(explains)) return;
    const incident = book.open(finding, rebootMs);
    book.close(finding.key, { ...track, incident: incident.id }, rebootMs);
  }

  /** Not among the findings: gone, or only not measured. */
  #notFound(key: string, track: Track): void {
    const { book } = this;
    const incident = book.of(track);
    const [kind, id, code] = partsOf(key);
    const subject = (kind === "device" ? this.#snapshot.devices : this.#snapshot.links).get(id);
    if (subject === undefined) {
      // Left the inventory, or its link ended: nothing will be measured any more.
      if (incident) book.close(key, track, this.#atMs);
      book.tracks.delete(key);
      return;
    }
    if (!isMeasured(subject, code)) return;
    const kindOf = code === "outage" ? "outage" : code === "restart" ? "restart" : "fault";
    if (kindOf === "fault" && this.#early) return;
    const { track: next, turn } = seenGood(track, kindOf, this.#atMs, this.#rules);
    book.tracks.set(key, next);
    if (turn === "cleared") this.#noteFlapping(key, next);
    if (!incident || next.isBad) return;
    if (!isFlapping(next, this.#rules) && !incident.flapping) book.close(key, next, next.goodSinceMs);
    else if (isQuiet(next, this.#atMs, this.#rules))
      book.close(key, next, next.changesMs.at(-1) ?? next.goodSinceMs);
  }

  /** From the n-th change within the window on, what came and went is one incident. */
  #noteFlapping(key: string, track: Track): void {
    const incident = this.book.of(track);
    if (!incident || !isFlapping(track, this.#rules)) return;
    const sinceMs = incident.flapping?.sinceMs ?? track.changesMs[0]!;
    const changes = (incident.flapping?.changes ?? track.changesMs.length - 1) + 1;
    const flapping = { changes, sinceMs, lastMs: track.changesMs.at(-1)! };
    this.book.put(this.book.absorbRecent(key, { ...incident, flapping }));
  }

  /** Cause, impact and what is affected, as this snapshot shows them. */
  #refresh(incident: Incident, cutOff: ReturnType<typeof cutOffIn>): void {
    const isSeen = incident.lastSeenMs === this.#atMs;
    if (!isSeen) return;
    const cause = causeOf(incident, this.#evidence, false);
    let next = { ...incident, cause };
    if (incident.kind === "outage") {
      this.#tree ??= agencyTree(this.#inventory, dateAt(this.#inventory, this.#atMs));
      const found = affectedBy(incident.subject, this.#snapshot, cutOff, this.#inventory, this.#tree);
      const severity =
        incident.subject.kind === "link" && found.impact !== "cut-off" ? "warning" : "critical";
      next = { ...next, severity, impact: found.impact, affected: joined(incident.affected, found.affected) };
    }
    this.book.put(next);
  }
}
