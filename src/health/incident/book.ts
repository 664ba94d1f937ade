/**
 * What one step writes down: incidents that are opened, changed, merged and closed, the tracks they hang on, and what is
 * told of them. It knows how an incident is kept, not what it is begun or ended by; that is `engine.ts`.
 */
import { plannedPeriods } from "../maintenance-periods.ts";
import { mergedPeriods } from "../timeline.ts";
import type { HealthSnapshot } from "../types.ts";
import { type AttributionInput, causeOf } from "./attribution.ts";
import { changesBetween } from "./changes.ts";
import type { Finding } from "./findings.ts";
import { absorbed, newIncident, revised } from "./incident.ts";
import type { IncidentState } from "./state.ts";
import { isForgettable, type Track } from "./track.ts";
import type { Incident, IncidentEvent, RevisionReason } from "./types.ts";

export class IncidentBook {
  readonly events: IncidentEvent[] = [];
  /** Finding → how it has come and gone. */
  readonly tracks: Map<string, Track>;
  readonly #incidents: Map<string, Incident>;
  readonly #recent: Map<string, readonly Incident[]>;
  readonly #before: ReadonlyMap<string, Incident>;
  readonly #opened = new Set<string>();
  /** Of `recent`; made when it is asked for first. */
  #endedIds: Set<string> | undefined;
  readonly #snapshot: HealthSnapshot;
  readonly #evidence: AttributionInput;
  readonly #atMs: number;

  /** `evidence`: what causes are attributed by. */
  constructor(previous: IncidentState | undefined, snapshot: HealthSnapshot, evidence: AttributionInput) {
    this.tracks = new Map(previous?.tracks);
    this.#before = previous?.incidents ?? new Map();
    this.#incidents = new Map(previous?.incidents);
    this.#recent = new Map(previous?.recent);
    this.#snapshot = snapshot;
    this.#evidence = evidence;
    this.#atMs = evidence.atMs;
  }

  /** Those that run, as they are now: what is done to one while they are gone through is not seen. */
  get running(): readonly Incident[] {
    return [...this.#incidents.values()];
  }

  /** Ended within the window of flapping. */
  get recent(): readonly Incident[] {
    return [...this.#recent.values()].flat();
  }

  /** The incident that runs on a track. */
  of(track: Track | undefined): Incident | undefined {
    return track?.incident === undefined ? undefined : this.#incidents.get(track.incident);
  }

  /** Whether it began in this very step: nobody was told of it yet. */
  isNew(incident: Incident): boolean {
    return this.#opened.has(incident.id);
  }

  open(finding: Finding, sinceMs: number): Incident {
    const made = newIncident(finding, sinceMs);
    const incident = { ...made, id: this.#freeId(made.id) };
    this.#incidents.set(incident.id, incident);
    this.#opened.add(incident.id);
    return incident;
  }

  /** While time stands still, the same may begin at one moment twice: each is told under an id of its own. */
  #freeId(id: string): string {
    this.#endedIds ??= new Set(this.recent.map((incident) => incident.id));
    let free = id;
    for (let number = 2; this.#incidents.has(free) || this.#endedIds.has(free); number += 1)
      free = `${id}-${number}`;
    return free;
  }

  put(incident: Incident): void {
    this.#incidents.set(incident.id, incident);
  }

  /** As if it had never been; for one that began in this step and goes on under an older identity. */
  forget(incident: Incident): void {
    this.#incidents.delete(incident.id);
  }

  /** The whole with `part` in it; the part is a part of it from now on. */
  absorb(
    whole: Incident,
    part: Incident,
    { reason, told }: { reason: RevisionReason; told: "merged" | "flapping" },
  ): Incident {
    const grown = absorbed(whole, part, reason, this.#atMs);
    const merged = revised(
      { ...part, endMs: part.endMs ?? this.#atMs },
      { mergedInto: grown.id },
      told,
      this.#atMs,
    );
    this.#incidents.delete(part.id);
    if (!this.isNew(part))
      this.events.push({ kind: "merged", atMs: this.#atMs, incident: merged, into: grown.id });
    return grown;
  }

  /** The same with everything that was on a track within the window: what came and went is one. */
  absorbRecent(key: string, whole: Incident): Incident {
    let grown = whole;
    for (const part of this.#recent.get(key) ?? [])
      grown = this.absorb(grown, part, { reason: "flapping", told: "flapping" });
    this.#recent.delete(key);
    return grown;
  }

  /** Ends what runs on a track, with the cause that the evidence shows by then. */
  close(key: string, track: Track, endMs: number): void {
    const incident = this.of(track);
    if (!incident) return;
    const { incident: _gone, ...rest } = track;
    this.tracks.set(key, rest);
    this.#incidents.delete(incident.id);
    const cause = causeOf(incident, this.#evidence, incident.kind !== "restart");
    const ended: Incident = { ...incident, endMs: Math.max(endMs, incident.startMs) };
    const { inventory } = this.#evidence;
    const planned = plannedPeriods(inventory, ended.subject, ended.startMs, ended.endMs!);
    const closed = {
      ...(cause.kind === ended.cause.kind
        ? { ...ended, cause }
        : revised(ended, { cause }, "evidence", this.#atMs)),
      planned,
      unknown: ended.unknown.filter(({ fromMs }) => fromMs < ended.endMs!),
    };
    this.#recent.set(key, [...(this.#recent.get(key) ?? []), closed]);
    this.#endedIds?.add(closed.id);
    if (this.isNew(incident))
      this.#tellOpened(incident.kind === "restart" ? { ...incident, cause } : incident);
    this.events.push({ kind: "closed", atMs: this.#atMs, incident: closed });
  }

  /** A poller that was down: time that is unknown, in every incident that runs. */
  noteGap(gap: { fromMs: number; toMs: number }): void {
    this.events.push({ kind: "gap", atMs: this.#atMs, ...gap });
    for (const incident of this.running)
      this.put({ ...incident, unknown: mergedPeriods([...incident.unknown, gap]) });
  }

  /** The clock had jumped over it, and it is lived through after all. */
  takeGapBack({ fromMs, toMs }: { fromMs: number; toMs: number }): void {
    for (const incident of this.running) {
      const before = incident.unknown.filter((period) => period.fromMs < fromMs);
      const unknown = before.map((period) => (period.toMs === toMs ? { ...period, toMs: fromMs } : period));
      this.put({ ...incident, unknown });
    }
  }

  /** Tells what was opened, and what changed in those that were there before. */
  tell(): void {
    for (const incident of this.#incidents.values()) {
      if (this.isNew(incident)) {
        this.#tellOpened(incident);
        continue;
      }
      const before = this.#before.get(incident.id);
      const what = before ? changesBetween(before, incident) : [];
      if (what.length > 0) this.events.push({ kind: "changed", atMs: this.#atMs, incident, what });
    }
  }

  /** What the next step goes on from; what ended before `flapFromMs` is forgotten. */
  state(clock: IncidentState["clock"], flapFromMs: number, power: IncidentState["power"]): IncidentState {
    for (const [key, track] of this.tracks) if (isForgettable(track)) this.tracks.delete(key);
    for (const [key, list] of this.#recent) {
      const kept = list.filter(({ endMs }) => endMs !== undefined && endMs >= flapFromMs);
      if (kept.length === 0) this.#recent.delete(key);
      else if (kept.length < list.length) this.#recent.set(key, kept);
    }
    return { clock, tracks: this.tracks, incidents: this.#incidents, recent: this.#recent, power };
  }

  #tellOpened(incident: Incident): void {
    const { kind, id } = incident.subject;
    const states = kind === "device" ? this.#snapshot.devices : this.#snapshot.links;
    const inMaintenance = states.get(id)?.inMaintenance ?? false;
    this.events.push({ kind: "opened", atMs: this.#atMs, incident, inMaintenance });
  }
}
