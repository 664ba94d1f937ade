/** `pdc incident recheck`: outages held against all samples there are now; samples may have come late. */
import { revisedByTimeline } from "../../health/incident/revise.ts";
import type { Incident } from "../../health/incident/types.ts";
import type { Timeline } from "../../health/timeline.ts";
import type { Inventory } from "../../inventory/model.ts";
import { collectSeries } from "../../report/series.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/types.ts";
import { type InventoryPlace, openInventory, UsageError } from "../inventory/open.ts";
import { type PeriodOptions, periodAsked } from "../report/period.ts";
import { type StoreOptions, storePaths } from "../store/paths.ts";
import { openIncidents } from "./open-province.ts";
import { INCIDENT, recordedIncidents } from "./recorded.ts";

/** Incidents begin with a snapshot, samples before it: so much is no difference. */
const TOLERANCE_MS = 10 * 60_000;
const LEAD_MS = 3 * 3_600_000;

export interface RecheckOptions extends PeriodOptions, StoreOptions {
  /** Only say what would be revised. */
  isDryRun: boolean;
  nowMs?: number;
}

export interface Recheck {
  checked: number;
  revised: readonly { before: Incident; after: Incident }[];
}

/**
 * Revises what differs, each with its reason; nothing is taken away. Of pollers that share the province each store is
 * held against its own samples: its incidents are what its poller saw.
 * @throws InventoryError, StoreError, UsageError, SeveralStoresError
 */
export async function recheckIncidents(place: InventoryPlace, options: RecheckOptions): Promise<Recheck> {
  const { inventory } = await openInventory(place);
  const nowMs = options.nowMs ?? Date.now();
  const period = periodAsked(options, inventory.province.timeZone, nowMs);
  if (!period) throw new UsageError("name the period to look at", "--from 7d, or --month 2026-10");
  const paths = storePaths(options);
  if (paths.length > 1) openIncidents(paths, period).close();
  const all = paths.map((path) => recheckStore(path, inventory, period, { ...options, nowMs }));
  return {
    checked: all.reduce((sum, { checked }) => sum + checked, 0),
    revised: all.flatMap(({ revised }) => revised),
  };
}

function recheckStore(
  path: string,
  inventory: Inventory,
  period: { fromMs: number; toMs: number },
  { isDryRun, nowMs }: { isDryRun: boolean; nowMs: number },
): Recheck {
  const store = openStore(path, { mode: isDryRun ? "read" : "annotate" });
  try {
    const ended = recordedIncidents(store.journal, { fromMs: period.fromMs, toMs: period.toMs })
      .map(({ incident }) => incident)
      // What reaches beyond the samples that are read cannot be judged by them.
      .filter(
        ({ kind, startMs, endMs }) =>
          kind === "outage" && startMs >= period.fromMs && endMs !== undefined && endMs <= period.toMs,
      );
    const timelines = timelinesOf(store, inventory, ended, period);
    const revised = ended
      .map((before) => {
        const timeline = timelines.get(`${before.subject.kind}/${before.subject.id}`) ?? [];
        return {
          before,
          after: revisedByTimeline(before, timeline, { atMs: nowMs, toleranceMs: TOLERANCE_MS }),
        };
      })
      .filter(({ before, after }) => after !== before);
    if (!isDryRun) store.transaction(() => revised.forEach(({ after }) => void append(store, after, nowMs)));
    return { checked: ended.length, revised };
  } finally {
    store.close();
  }
}

/** Worked out again from raw samples, of the subjects of the incidents only. */
function timelinesOf(
  store: Store,
  inventory: Inventory,
  incidents: readonly Incident[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Map<string, Timeline> {
  const devices = new Set<string>();
  for (const { subject } of incidents) {
    const link = subject.kind === "link" ? inventory.links.get(subject.id) : undefined;
    if (link) devices.add(link.a.device).add(link.b.device);
    else devices.add(subject.id);
  }
  if (devices.size === 0) return new Map();
  const samples = store.range({ devices: [...devices], fromMs: fromMs - LEAD_MS, toMs });
  const series = collectSeries(inventory, samples, fromMs, toMs);
  return new Map<string, Timeline>([
    ...[...series.links].map(([id, { timeline }]) => [`link/${id}`, timeline] as const),
    ...[...series.devices].map(([id, timeline]) => [`device/${id}`, timeline] as const),
  ]);
}

function append(store: Store, incident: Incident, nowMs: number): void {
  store.journal.append({
    kind: INCIDENT,
    id: incident.id,
    subject: `${incident.subject.kind}/${incident.subject.id}`,
    openedMs: incident.startMs,
    closedMs: incident.endMs!,
    body: incident,
    writtenMs: nowMs,
  });
}

/** What it came to, for people. */
export function recheckWords({ checked, revised }: Recheck, isDryRun: boolean): string {
  const time = (atMs: number | undefined) => (atMs === undefined ? "–" : new Date(atMs).toISOString());
  return [
    `${checked} outages looked at, ${revised.length} ${isDryRun ? "would be " : ""}revised.`,
    ...revised.map(
      ({ before, after }) =>
        `  ${before.id}: ${time(before.startMs)} – ${time(before.endMs)} → ${time(after.startMs)} – ${time(after.endMs)}`,
    ),
    "",
  ].join("\n");
}
