/** One report: inventory and store in, a model with its pages and tables out. */
import type { State } from "../../health/types.ts";
import { loadInventory } from "../../inventory/load.ts";
import { findAgency, findDevice, findLink } from "../../inventory/lookup.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { ReportFilter } from "../../report/filter.ts";
import type { Language } from "../../report/format.ts";
import { speechFor } from "../../report/languages.ts";
import type { ReportKind, ReportModel } from "../../report/model.ts";
import { parseMoment } from "../../report/moment.ts";
import { reports } from "../../report/reports.ts";
import type { Speech } from "../../report/sentence.ts";
import { collectSeries, type PeriodSeries } from "../../report/series.ts";
import { defaultStorePath } from "../../store/default-path.ts";
import { openStore } from "../../store/open-store.ts";
import type { SampleStore } from "../../store/types.ts";
import { UsageError } from "../inventory/open.ts";
import { healthOfStore, type ProvinceHealth } from "./province-health.ts";

/** Small charts of a report of now show this many steps. */
const RECENT_STEPS = 48;
/** Before a period's start, so that its first interval has a rate. */
const LEAD_MS = 15 * 60_000;

export interface ReportOptions {
  inventoryDirectory: string;
  cacheDirectory?: string;
  stateDirectory: string;
  /** File of the samples; default samples.db in `stateDirectory`. */
  store?: string | undefined;
  language?: string | undefined;
  /** As people type them: agencies by id, code or name, links by id or circuit. */
  agency?: readonly string[] | undefined;
  device?: readonly string[] | undefined;
  link?: readonly string[] | undefined;
  carrier?: readonly string[] | undefined;
  state?: readonly State[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
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
 * @throws InventoryError, StoreError, LookupError, UsageError
 */
export async function makeReport(kind: ReportKind, options: ReportOptions): Promise<MadeReport> {
  const inventory = await loadInventory(options.inventoryDirectory, {
    ...(options.cacheDirectory && { cacheDirectory: options.cacheDirectory }),
  });
  const nowMs = options.nowMs ?? Date.now();
  const period = periodOf(inventory, options, nowMs);
  const filter = filterOf(inventory, options);
  const store = openStore(options.store ?? defaultStorePath(options.stateDirectory), { mode: "read" });
  try {
    const found = healthOfStore(inventory, store, period?.toMs ?? nowMs);
    const series = period
      ? { period: periodSeries(inventory, store, period) }
      : { recent: recentSeries(inventory, found) };
    return reportOf(kind, inventory, found, {
      ...series,
      filter,
      language: languageOf(inventory, options.language),
      madeAtMs: nowMs,
    });
  } finally {
    store.close();
  }
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

function periodSeries(
  inventory: Inventory,
  store: SampleStore,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): PeriodSeries {
  const devices = [...inventory.devices.keys()];
  return collectSeries(inventory, store.range({ devices, fromMs: fromMs - LEAD_MS, toMs }), fromMs, toMs);
}

function periodOf(inventory: Inventory, { from, to }: ReportOptions, nowMs: number) {
  if (from === undefined && to === undefined) return undefined;
  const moment = (flag: "from" | "to", text: string) => {
    const atMs = parseMoment(text, flag, nowMs, inventory.province.timeZone);
    if (atMs === undefined)
      throw new UsageError(
        `--${flag} ${text}: not a time`,
        "write it as 2026-11-01, 2026-11-01T08:00 or 24h",
      );
    return atMs;
  };
  if (from === undefined) throw new UsageError("--to needs --from", "name the beginning of the period too");
  const fromMs = moment("from", from);
  const toMs = Math.min(to === undefined ? nowMs : moment("to", to), nowMs);
  if (fromMs >= toMs)
    throw new UsageError(`--from ${from} is not before ${to === undefined ? "now" : `--to ${to}`}`);
  return { fromMs, toMs };
}

function filterOf(inventory: Inventory, options: ReportOptions): ReportFilter {
  return {
    agencies: (options.agency ?? []).map((text) => findAgency(inventory, text).id),
    devices: (options.device ?? []).map((text) => findDevice(inventory, text).id),
    links: (options.link ?? []).map((text) => findLink(inventory, text).id),
    carriers: options.carrier ?? [],
    states: options.state ?? [],
  };
}

function languageOf(inventory: Inventory, asked: string | undefined): Language {
  const language = asked ?? inventory.province.language;
  if (language === "vi" || language === "en") return language;
  throw new UsageError(`language ${language}: reports are in vi or en`);
}
