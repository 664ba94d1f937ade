import { evaluate } from "../../../src/health/evaluate.ts";
import { type AdvanceContext, advance } from "../../../src/health/incident/engine.ts";
import type { Observation } from "../../../src/health/incident/observations.ts";
import {
  type IncidentState,
  readIncidentState,
  writeIncidentState,
} from "../../../src/health/incident/state.ts";
import type { Incident, IncidentEvent } from "../../../src/health/incident/types.ts";
import type { Inventory } from "../../../src/inventory/model.ts";
import { ratedSeries } from "../../../src/samples/rates.ts";
import type { DeviceSample } from "../../../src/samples/types.ts";
import { buildTopology } from "../../../src/topology/build.ts";
import { NOW } from "../samples.ts";

const MINUTE = 60_000;

/** Runs real samples through health and the engine, cycle by cycle, the state written down and read in between. */
export class Run {
  readonly events: IncidentEvent[] = [];
  readonly observations: Observation[] = [];
  readonly #inventory: Inventory;
  readonly #context: Omit<AdvanceContext, "inventory">;
  readonly #samples = new Map<string, DeviceSample[]>();
  #written: string | undefined;

  constructor(inventory: Inventory, context: Omit<AdvanceContext, "inventory"> = {}) {
    this.#inventory = inventory;
    this.#context = context;
  }

  /** One cycle `minute` minutes after the beginning; gives the events of it. */
  cycle(
    minute: number,
    samples: (atMs: number) => DeviceSample[],
    context: Partial<AdvanceContext> = {},
  ): IncidentEvent[] {
    const nowMs = NOW + minute * MINUTE;
    for (const sample of samples(nowMs)) {
      const list = this.#samples.get(sample.device) ?? [];
      list.push(sample);
      this.#samples.set(sample.device, list.slice(-4));
    }
    const health = evaluate({
      inventory: this.#inventory,
      topology: buildTopology(this.#inventory),
      samples: new Map([...this.#samples].map(([device, list]) => [device, [...ratedSeries(list)]])),
      nowMs,
    });
    const before = this.#written === undefined ? undefined : readIncidentState(JSON.parse(this.#written));
    const { state, events, observations } = advance(before, health, nowMs, {
      inventory: this.#inventory,
      ...this.#context,
      ...context,
    });
    this.#written = JSON.stringify(writeIncidentState(state));
    this.events.push(...events);
    this.observations.push(...observations);
    return events;
  }

  get state(): IncidentState {
    return readIncidentState(JSON.parse(this.#written ?? "{}"))!;
  }

  /** Newest form of every incident told of, merged ones left out. */
  get incidents(): Incident[] {
    const all = new Map<string, Incident>();
    for (const event of this.events) if ("incident" in event) all.set(event.incident.id, event.incident);
    for (const incident of this.state.incidents.values()) all.set(incident.id, incident);
    return [...all.values()].filter(({ mergedInto }) => mergedInto === undefined);
  }
}

/** What happened, shortly: "opened link/trunk outage". */
export function told(events: readonly IncidentEvent[]): string[] {
  return events.map((event) =>
    "incident" in event
      ? `${event.kind} ${event.incident.subject.kind}/${event.incident.subject.id} ${event.incident.code}`
      : event.kind,
  );
}
