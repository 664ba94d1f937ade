/** From the store to the facts of a period: states, incidents and, where a report needs them, loads and last answers. */

import { agenciesOfSeveral } from "../../health/agency-union.ts";
import { MaintenancePlan } from "../../health/maintenance-periods.ts";
import type { Timeline } from "../../health/timeline.ts";
import type { State } from "../../health/types.ts";
import { existenceIn } from "../../inventory/existence.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { PeriodFacts, StatesOfPeriod } from "../../report/period/facts.ts";
import type { StateSpan } from "../../store/history-types.ts";
import type { ReadableStore } from "../../store/types.ts";
import { provinceIncidents } from "../incident/recorded.ts";
import { type Period, periodBefore } from "./period.ts";

/** Kinds of subjects whose states the reports on a period count or draw. */
const PREFIXES = ["link/", "agency/", "site/"] as const;
const COMPARED = ["link/", "agency/"] as const;
/** What several pollers say of an agency is made of its sites. */
const COMPARED_OF_SEVERAL = [...COMPARED, "site/"] as const;

/** Facts without loads and last answers; the spans too, since the states at the end come from them. */
export function factsOfPeriod(
  store: ReadableStore,
  inventory: Inventory,
  period: Period,
  { isCompared }: { isCompared: boolean },
): { facts: PeriodFacts; spans: Map<string, StateSpan[]> } {
  const spans = spansOf(store, inventory, PREFIXES, period);
  const now = statesOf(inventory, spans, period);
  const { fromMs, toMs } = period;
  const incidents = provinceIncidents(store, inventory, { fromMs, toMs }).map(({ one }) => {
    const { incident } = one;
    if (incident.endMs !== undefined) return one;
    // What runs has no planned part written yet.
    const planned = now.plan.periods(incident.subject, incident.startMs, period.toMs);
    return { ...one, incident: { ...incident, planned } };
  });
  const before = periodBefore(period, inventory.province.timeZone);
  const compared = store.parts ? COMPARED_OF_SEVERAL : COMPARED;
  const beforeSpans = isCompared
    ? spansOf(store, inventory, compared, before)
    : new Map<string, StateSpan[]>();
  return {
    spans,
    facts: {
      ...now,
      incidents,
      ...(beforeSpans.size > 0 && { before: statesOf(inventory, beforeSpans, before) }),
    },
  };
}

function spansOf(
  store: ReadableStore,
  inventory: Inventory,
  prefixes: readonly string[],
  period: { fromMs: number; toMs: number },
): Map<string, StateSpan[]> {
  const { fromMs, toMs } = period;
  const all = new Map<string, StateSpan[]>();
  for (const prefix of prefixes) {
    for (const [subject, spans] of store.history.spans({ prefix, fromMs, toMs })) all.set(subject, spans);
  }
  if (!store.parts) return all;
  const sites = new Map(
    [...all].flatMap(([subject, spans]) =>
      subject.startsWith("site/") ? [[subject.slice("site/".length), spans] as const] : [],
    ),
  );
  for (const [agency, spans] of agenciesOfSeveral(inventory, sites, period)) {
    const subject = `agency/${agency}`;
    if (spans.length > 0)
      all.set(
        subject,
        spans.map((span) => ({ ...span, subject })),
      );
  }
  return all;
}

function statesOf(
  inventory: Inventory,
  spans: ReadonlyMap<string, StateSpan[]>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): StatesOfPeriod {
  return {
    fromMs,
    toMs,
    states: spans as unknown as ReadonlyMap<string, Timeline<State>>,
    plan: new MaintenancePlan(inventory),
    lifeOf: (subject) => existenceIn(inventory, subject, { fromMs, toMs }),
  };
}
