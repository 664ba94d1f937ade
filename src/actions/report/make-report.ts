/** One report: inventory and store in, a model with its pages and tables out. */
import type { State } from "../../health/types.ts";
import { dateAt } from "../../inventory/agencies.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { ReportFilter } from "../../report/filter.ts";
import type { Language } from "../../report/format.ts";
import { speechFor } from "../../report/languages.ts";
import type { PeriodReportKind, ReportKind, ReportModel } from "../../report/model.ts";
import type { PeriodFacts } from "../../report/period/facts.ts";
import { reports } from "../../report/reports.ts";
import type { Speech } from "../../report/sentence.ts";
import { collectSeries, type PeriodSeries } from "../../report/series.ts";
import { UsageError } from "../inventory/open.ts";
import { storePaths } from "../store/paths.ts";
import { standingMonth, withClosing } from "./closed-months.ts";
import { filterOf } from "./filter.ts";
import { type PeriodOptions, periodAsked, thisMonth } from "./period.ts";
import { periodInput } from "./period-report.ts";
import { periodSeries } from "./period-series.ts";
import { healthOfStore, type ProvinceHealth } from "./province-health.ts";
import { missingShards, openProvince, refuseOverlap } from "./several-stores.ts";

/** Stores whose pollers poll the same devices now are told from what they recorded in so long. */
const RECENT_MS = 6 * 3_600_000;
/** Small charts of a report of now show this many steps. */
const RECENT_STEPS = 48;

/** Reports that are always of a period; without one, of the month that runs. */
const periodKinds: ReadonlySet<ReportKind> = new Set<PeriodReportKind>([
  "availability",
  "incident",
  "capacity",
  "coverage",
]);

/** Their rows count a period; nothing in them is in a state. */
const statelessKinds: ReadonlySet<ReportKind> = new Set<ReportKind>(["availability", "capacity"]);

export interface ReportOptions extends PeriodOptions {
  inventoryDirectory: string;
  cacheDirectory?: string;
  stateDirectory: string;
  /** Those of the pollers that share the province, read as one; default: samples.db in `stateDirectory`. */
  store?: readonly string[] | undefined;
  language?: string | undefined;
  /** As people type them: agencies by id, code or name, links by id or circuit. */
  agency?: readonly string[] | undefined;
  district?: readonly string[] | undefined;
  system?: readonly string[] | undefined;
  device?: readonly string[] | undefined;
  link?: readonly string[] | undefined;
  carrier?: readonly string[] | undefined;
  state?: readonly State[] | undefined;
  /** Default: the clock. */
  nowMs?: number;
}

/** A report with the language it speaks, as renderers need it. */
export interface MadeReport {
  model: ReportModel;
  speech: Speech;
}

/**
 * Makes a report of now, or of the period `from`–`to`.
 * @throws InventoryError, StoreError, LookupError, UsageError, SeveralStoresError
 */
export async function makeReport(kind: ReportKind, options: ReportOptions): Promise<MadeReport> {
  const inventory = await loadInventory(options.inventoryDirectory, {
    ...(options.cacheDirectory && { cacheDirectory: options.cacheDirectory }),
  });
  const nowMs = options.nowMs ?? Date.now();
  const { timeZone } = inventory.province;
  const asked = periodAsked(options, timeZone, nowMs);
  const isOfPeriod = periodKinds.has(kind);
  if (options.state?.length && statelessKinds.has(kind))
    throw new UsageError(
      `--state: rows of the report on ${kind} have no state`,
      "leave it out; `pdc report wan`, `incident` and `coverage` take it",
    );
  const period = asked ?? (isOfPeriod ? thisMonth(timeZone, nowMs) : undefined);
  // Agencies of a past period are those of its last day.
  const filter = filterOf(inventory, options, dateAt(inventory, period ? period.toMs - 1 : nowMs));
  const language = languageOf(inventory, options.language);
  const store = openProvince(storePaths(options));
  try {
    refuseOverlap(store, period ?? { fromMs: nowMs - RECENT_MS, toMs: nowMs });
    const shards = missingShards(store);
    if (isOfPeriod && period) {
      const { facts, ...of } = periodInput(kind as PeriodReportKind, store, inventory, period);
      const made = reportOf(kind, inventory, of, { facts, filter, language, madeAtMs: nowMs });
      const closed = period.month === undefined ? undefined : standingMonth(store, period.month);
      return withShards({ ...made, model: withClosing(made.model, closed, made.speech) }, shards);
    }
    const found = healthOfStore(inventory, store, period?.toMs ?? nowMs);
    const series = period
      ? { period: periodSeries(store, inventory, period) }
      : { recent: recentSeries(inventory, found) };
    const made = reportOf(kind, inventory, found, { ...series, filter, language, madeAtMs: nowMs });
    return withShards(made, shards);
  } finally {
    store.close();
  }
}

/** Says what is not in it because another poller's store was not named. */
function withShards({ model, speech }: MadeReport, missing: readonly string[]): MadeReport {
  if (missing.length === 0) return { model, speech };
  const notice = speech.word("shardsMissing", { shards: missing.join(", ") });
  return { speech, model: { ...model, notices: [...model.notices, notice] } };
}

/** A report of health that is at hand already (the demo's, the live view's). */
export function reportOf(
  kind: ReportKind,
  inventory: Inventory,
  found: ProvinceHealth,
  options: {
    language: Language;
    madeAtMs: number;
    filter?: ReportFilter;
    period?: PeriodSeries;
    recent?: PeriodSeries;
    facts?: PeriodFacts;
  },
): MadeReport {
  return {
    model: reports[kind]({ inventory, ...found, ...options }),
    speech: speechFor(inventory, options.language, found.health.atMs),
  };
}

/** The traffic of the newest samples, in steps fine enough for a small chart; undefined when there are none. */
export function recentSeries(inventory: Inventory, { samples }: ProvinceHealth): PeriodSeries | undefined {
  const flat = [...samples.values()].flatMap((series) => series.map(({ sample }) => sample));
  if (flat.length === 0) return undefined;
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const { atMs } of flat) {
    fromMs = Math.min(fromMs, atMs);
    toMs = Math.max(toMs, atMs);
  }
  return toMs > fromMs
    ? collectSeries(inventory, flat, fromMs, toMs, (toMs - fromMs) / RECENT_STEPS)
    : undefined;
}

function languageOf(inventory: Inventory, asked: string | undefined): Language {
  const language = asked ?? inventory.province.language;
  if (language === "vi" || language === "en") return language;
  throw new UsageError(`language ${language}: reports are in vi or en`);
}
