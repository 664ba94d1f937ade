/** A report on a period: states and incidents that were recorded, loads where they are asked for. */
import { dateAt } from "../../inventory/agencies.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { PeriodReportKind } from "../../report/model.ts";
import type { PeriodFacts } from "../../report/period/facts.ts";
import type { ReadableStore } from "../../store/types.ts";
import { buildTopology } from "../../topology/build.ts";
import { healthOfHistory } from "./history-health.ts";
import { linkLoads } from "./link-loads.ts";
import type { Period } from "./period.ts";
import { factsOfPeriod } from "./period-facts.ts";
import { healthOfStore, type ProvinceHealth } from "./province-health.ts";

/** How far back a device's last answer is looked for. */
const LOOK_BACK_MS = 400 * 86_400_000;
/** States of a device that answers. */
const ANSWERING: ReadonlySet<string> = new Set(["up", "degraded"]);

/** Everything that the report of a kind is made from. */
export function periodInput(
  kind: PeriodReportKind,
  store: ReadableStore,
  inventory: Inventory,
  period: Period,
): ProvinceHealth & { facts: PeriodFacts } {
  const isCompared = kind === "availability" || kind === "coverage";
  const { facts, spans } = factsOfPeriod(store, inventory, period, { isCompared });
  const links = [...inventory.links.values()].filter(({ kind: of }) => of !== "lan");
  if (kind === "capacity") {
    const loads = linkLoads(store, inventory, links, period);
    // Ports that should be up are known from the newest samples only.
    return { ...healthOfStore(inventory, store, period.toMs), facts: { ...facts, loads } };
  }
  const found: ProvinceHealth = {
    health: healthOfHistory(spans, period.toMs),
    topology: buildTopology(inventory, { on: dateAt(inventory, period.toMs - 1) }),
    samples: new Map(),
  };
  return kind === "coverage"
    ? { ...found, facts: { ...facts, lastSeen: lastAnswers(store, inventory, period.toMs) } }
    : { ...found, facts };
}

/** When each device last answered before `toMs`. */
function lastAnswers(store: ReadableStore, inventory: Inventory, toMs: number): Map<string, number> {
  const subjects = [...inventory.devices.keys()].map((id) => `device/${id}`);
  const seen = new Map<string, number>();
  for (const [subject, spans] of store.history.spans({ subjects, fromMs: toMs - LOOK_BACK_MS, toMs })) {
    const last = spans.findLast(({ state }) => ANSWERING.has(state));
    if (last) seen.set(subject.slice("device/".length), Math.min(last.toMs, toMs));
  }
  return seen;
}
