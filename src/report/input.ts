import { MaintenancePlan } from "../health/maintenance-periods.ts";
import type { HealthSnapshot, State, SubjectState } from "../health/types.ts";
import { dateAt } from "../inventory/agencies.ts";
import type { Inventory } from "../inventory/model.ts";
import type { RatedSample } from "../samples/types.ts";
import { type AgencyTree, agencyTree } from "../topology/agencies.ts";
import type { Topology } from "../topology/types.ts";
import { type ReportFilter, type Scope, scopeOf } from "./filter.ts";
import type { Language } from "./format.ts";
import { speechFor } from "./languages.ts";
import type { PeriodFacts } from "./period/facts.ts";
import type { Speech } from "./sentence.ts";
import type { PeriodSeries } from "./series.ts";

/** Everything a report is made from. */
export interface ReportInput {
  inventory: Inventory;
  topology: Topology;
  /** States at `health.atMs`: now, or the end of the period. */
  health: HealthSnapshot;
  /** The samples the states come from; newest values are shown from them. */
  samples: ReadonlyMap<string, readonly RatedSample[]>;
  language: Language;
  /** With a period: availability and traffic of it. */
  period?: PeriodSeries;
  /** Without one: the latest traffic, for small charts only. */
  recent?: PeriodSeries;
  /** What the reports on a period are made from. */
  facts?: PeriodFacts;
  filter?: ReportFilter;
  /** When the report is made, ms since the epoch; the data may be older. */
  madeAtMs: number;
}

/** A report input with what every builder needs of it. */
export interface Prepared extends ReportInput {
  speech: Speech;
  tree: AgencyTree;
  scope: Scope;
  wantsState(state: State): boolean;
  /** The planned parts of a period of something. */
  planned: MaintenancePlan["periods"];
  agencyOfDevice(device: string): string | undefined;
}

/** Settles language, the tree of agencies of that day, and the scope. */
export function prepare(input: ReportInput): Prepared {
  const { inventory, topology, health, language, filter = {} } = input;
  const tree = agencyTree(inventory, dateAt(inventory, health.atMs));
  const states = new Set(filter.states ?? []);
  const plan = new MaintenancePlan(inventory);
  return {
    ...input,
    tree,
    speech: speechFor(inventory, language, health.atMs),
    scope: scopeOf(inventory, topology, tree, filter, input.facts),
    planned: (...asked) => plan.periods(...asked),
    wantsState: (state) => states.size === 0 || states.has(state),
    agencyOfDevice: (device) => tree.agencyOfSite.get(inventory.devices.get(device)?.site ?? ""),
  };
}

/** A state that stands for "nothing is known" where the snapshot has none. */
export function stateIn(states: ReadonlyMap<string, SubjectState>, id: string): State {
  return states.get(id)?.state ?? "unknown";
}
