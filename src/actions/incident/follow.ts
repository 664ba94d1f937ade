/** After each cycle of the poller: health, then incidents, then both into the store. */

import type { PowerSign } from "../../health/incident/attribution.ts";
import { advance } from "../../health/incident/engine.ts";
import type { Observation } from "../../health/incident/observations.ts";
import { resumed } from "../../health/incident/resume.ts";
import { type IncidentState, readIncidentState, writeIncidentState } from "../../health/incident/state.ts";
import type { Incident, IncidentEvent } from "../../health/incident/types.ts";
import type { HealthSnapshot } from "../../health/types.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { Store } from "../../store/types.ts";
import { healthOfNow } from "../report/province-health.ts";
import { readEngineFile, writeEngineFile } from "./engine-file.ts";
import { INCIDENT } from "./recorded.ts";

export interface FollowedCycle {
  health: HealthSnapshot;
  events: readonly IncidentEvent[];
  /** States that came too late to be recorded. */
  late: number;
}

/** One step: the store, the inventory as it is, the moment, and what is seen. */
export interface FollowContext {
  store: Store;
  inventory: Inventory;
  nowMs: number;
  health: HealthSnapshot;
  /** Last gasps and the like. */
  hints?: readonly PowerSign[];
  /** Between two cycles: the devices that were polled on a hint since the last time. */
  early?: ReadonlySet<string> | undefined;
}

/** Follows the incidents of one store, cycle by cycle. */
export class IncidentFollower {
  readonly #statePath: string | undefined;
  #state: IncidentState | undefined;

  /** `statePath`: where it remembers between processes; undefined: nowhere. */
  constructor(statePath?: string) {
    this.#statePath = statePath;
  }

  /** Judges what the store holds at `nowMs`, and records it. @throws StoreError; the next step makes up for it. */
  follow(context: Omit<FollowContext, "health">): FollowedCycle {
    const health = healthOfNow(context.inventory, context.store, context.nowMs);
    return this.record({ ...context, health });
  }

  /**
   * Moves the incidents on by a snapshot, and records states, incidents and their revisions in one transaction.
   * @throws StoreError; then nothing of this step is kept.
   */
  record({ store, inventory, nowMs, health, hints, early }: FollowContext): FollowedCycle {
    const before = this.#state ?? this.#resume(store, nowMs);
    const { state, events, observations } = advance(before, health, nowMs, {
      inventory,
      ...(hints && { hints }),
      early,
    });
    const { late } = store.transaction(() => {
      const seen = early ? changed(store, observations) : observations;
      const result = store.history.record(seen, { nowMs });
      for (const event of events) if ("incident" in event) append(store, event.incident, nowMs);
      return result;
    });
    this.#state = state;
    if (this.#statePath !== undefined) writeEngineFile(this.#statePath, writeIncidentState(state));
    return { health, events, late };
  }

  /** What runs is what the journal says runs; flapping and what is not confirmed yet come from the file. */
  #resume(store: Store, nowMs: number): IncidentState | undefined {
    const written = this.#statePath === undefined ? undefined : readEngineFile(this.#statePath);
    const remembered = readIncidentState(written);
    const running = store.journal.find<Incident>({ kind: INCIDENT, openOnly: true }).map(({ body }) => body);
    if (remembered === undefined && running.length === 0) return undefined;
    const lastMs = Math.max(0, ...running.map(({ lastSeenMs }) => lastSeenMs));
    return resumed(remembered, running, Math.min(nowMs, lastMs));
  }
}

/** Of a step before its turn only what is new: what was not asked again stands as long as its own cycle says. */
function changed(store: Store, observations: readonly Observation[]): Observation[] {
  const current = store.history.current();
  return observations.filter(({ subject, state, detail }) => {
    const known = current.get(subject);
    return known?.state !== state || known.detail !== detail;
  });
}

function append(store: Store, incident: Incident, nowMs: number): void {
  const { id, subject, startMs, endMs } = incident;
  store.journal.append({
    kind: INCIDENT,
    id,
    subject: `${subject.kind}/${subject.id}`,
    openedMs: startMs,
    ...(endMs !== undefined && { closedMs: endMs }),
    body: incident,
    writtenMs: nowMs,
  });
}
