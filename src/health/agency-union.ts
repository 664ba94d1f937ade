/**
 * Agencies over time as several pollers that share a province (`--shard`) saw them. Each of them knows only some of an
 * agency's sites, and what one of them says of the whole agency ("degraded: one site is down, the other I did not ask")
 * cannot be put right from the outside: so agencies are judged anew, from their sites as all pollers together saw them.
 */
import { treeChanges } from "../inventory/existence.ts";
import type { Inventory } from "../inventory/model.ts";
import { fromWallClock, wallClockMs } from "../inventory/wall-clock.ts";
import { type AgencyTree, agencyTree } from "../topology/agencies.ts";
import { combinedState } from "./rollup.ts";
import { appendSpan, combine, type Period, type Span, within } from "./timeline.ts";
import type { State } from "./types.ts";

/** A span as the history keeps it: `detail` is what it is unreachable because of, or the code of the worst reason. */
export interface ToldSpan extends Span {
  detail?: string;
}

type Told = readonly ToldSpan[];

/**
 * Agency → its states in the period, under the tree of each day. Time in which nothing is known of it has no span.
 * @param sites site → its states, as all pollers together saw it
 */
export function agenciesOfSeveral(
  inventory: Inventory,
  sites: ReadonlyMap<string, Told>,
  period: Period,
): Map<string, ToldSpan[]> {
  const monitored = new Set([...inventory.devices.values()].map(({ site }) => site));
  const all = new Map<string, ToldSpan[]>();
  for (const { fromMs, toMs, on } of daysOfOneTree(inventory, period)) {
    const then = new Map(
      [...monitored].map((site) => [site, within(sites.get(site) ?? [], fromMs, toMs) as Told]),
    );
    for (const [agency, spans] of agenciesUnder(agencyTree(inventory, on), then)) {
      const known = all.get(agency) ?? [];
      for (const span of spans) appendSpan(known, span);
      all.set(agency, known);
    }
  }
  return all;
}

/** The period cut where the tree of agencies changes, each part with a day of its tree. */
function daysOfOneTree(inventory: Inventory, { fromMs, toMs }: Period): (Period & { on: string })[] {
  const { timeZone } = inventory.province;
  const changes = treeChanges(inventory).map((on) => ({
    on,
    atMs: fromWallClock(wallClockMs(on), timeZone),
  }));
  const before = changes.findLast(({ atMs }) => atMs <= fromMs)?.on ?? "0001-01-01";
  const inside = changes.filter(({ atMs }) => atMs > fromMs && atMs < toMs);
  const begins = [{ on: before, atMs: fromMs }, ...inside];
  return begins.map(({ on, atMs }, at) => ({ on, fromMs: atMs, toMs: begins[at + 1]?.atMs ?? toMs }));
}

/** As `agencyStates`, over time. */
function agenciesUnder(tree: AgencyTree, sites: ReadonlyMap<string, Told>): Map<string, Told> {
  const sitesOf = Map.groupBy(
    [...tree.agencyOfSite].filter(([site]) => sites.has(site)),
    ([, owner]) => owner,
  );
  const done = new Map<string, Told>();
  const visit = (agency: string): Told => {
    const known = done.get(agency);
    if (known) return known;
    // Nothing yet, for a tree that leads back to itself.
    done.set(agency, []);
    const own = sitesOf.get(agency)?.map(([site]) => sites.get(site)!);
    const spans = wholeOf(own ?? (tree.children.get(agency) ?? []).map(visit));
    done.set(agency, spans);
    return spans;
  };
  for (const agency of tree.agencies.keys()) visit(agency);
  return done;
}

function wholeOf(parts: readonly Told[]): Told {
  const states = combine<string, State>(parts, (seen) => {
    const state = combinedState(seen.map((one) => (one ?? "unknown") as State));
    return state === "unknown" ? undefined : state;
  });
  return states.map((span) => {
    const detail = parts
      .flat()
      .find(
        ({ state, fromMs, toMs }) => state === span.state && fromMs <= span.fromMs && toMs > span.fromMs,
      )?.detail;
    return { ...span, ...(detail !== undefined && { detail }) };
  });
}
