/** What is known of a period, as the reports on it take it. */
import type { AnnotatedIncident } from "../../health/incident/people.ts";
import type { MaintenancePlan } from "../../health/maintenance-periods.ts";
import { linkMeaning, serviceMeaning, type Tally, tallyOf } from "../../health/tally.ts";
import type { Period, Timeline } from "../../health/timeline.ts";
import type { State, SubjectKind } from "../../health/types.ts";

/** States of subjects ("link/wan-1") over a period. */
export interface StatesOfPeriod {
  fromMs: number;
  /** Not after the moment the report is made. */
  toMs: number;
  states: ReadonlyMap<string, Timeline<State>>;
  plan: MaintenancePlan;
  /** The part of the period in which something existed (a circuit that another replaced); absent: all of it. */
  lifeOf?(subject: { kind: SubjectKind; id: string }): Period | undefined;
}

export interface PeriodFacts extends StatesOfPeriod {
  /** Those that touch the period, merged ones left out; oldest first. */
  incidents: readonly AnnotatedIncident[];
  /** The period before, for comparison. */
  before?: StatesOfPeriod;
  loads?: ReadonlyMap<string, LinkLoad>;
  /** When each device last answered before the end of the period. */
  lastSeen?: ReadonlyMap<string, number>;
}

/** Traffic and quality of a link over a period, seen from `a`. Means are per 5 minutes, NaN where nothing is known. */
export interface LinkLoad {
  stepMs: number;
  in: Float64Array;
  out: Float64Array;
  peakIn?: number;
  peakOut?: number;
  /** Packets per second. */
  errorsPerSecond?: number;
  discardsPerSecond?: number;
  rttMs?: number;
  jitterMs?: number;
  lossPercent?: number;
}

/** The tally of one subject, over what it existed of the period. */
export function tallyIn(period: StatesOfPeriod, subject: { kind: SubjectKind; id: string }): Tally {
  const { states, plan } = period;
  const nothing = { fromMs: period.fromMs, toMs: period.fromMs };
  const { fromMs, toMs } = period.lifeOf ? (period.lifeOf(subject) ?? nothing) : period;
  return tallyOf(
    states.get(`${subject.kind}/${subject.id}`) ?? [],
    plan.periods(subject, fromMs, toMs),
    fromMs,
    toMs,
    subject.kind === "link" ? linkMeaning : serviceMeaning,
  );
}
