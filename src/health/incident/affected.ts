/** What hangs on an outage: whom it cuts off, and what it does to the sites at its end. */
import type { Inventory } from "../../inventory/model.ts";
import type { AgencyTree } from "../../topology/agencies.ts";
import type { HealthSnapshot, SubjectState } from "../types.ts";
import type { Impact, Incident } from "./types.ts";

type Affected = Incident["affected"];
type Sets = { [K in keyof Affected]: Set<string> };

/** "kind/id" of each cause in a snapshot → what is unreachable because of it. */
export function cutOffIn(snapshot: HealthSnapshot): Map<string, Sets> {
  const causes = new Map<string, Sets>();
  const note = (states: ReadonlyMap<string, SubjectState>, list: keyof Affected) => {
    for (const { id, because } of states.values()) {
      if (!because) continue;
      const key = `${because.kind}/${because.id}`;
      let sets = causes.get(key);
      if (!sets) {
        sets = emptySets();
        causes.set(key, sets);
      }
      sets[list].add(id);
    }
  };
  note(snapshot.devices, "devices");
  note(snapshot.links, "links");
  note(snapshot.sites, "sites");
  note(snapshot.agencies, "agencies");
  return causes;
}

/** What an incident affects now, and how badly. */
export function affectedBy(
  subject: Incident["subject"],
  snapshot: HealthSnapshot,
  cutOff: ReadonlyMap<string, Sets>,
  inventory: Inventory,
  tree: AgencyTree,
): { affected: Affected; impact: Impact } {
  const known = cutOff.get(`${subject.kind}/${subject.id}`);
  const sets = emptySets();
  for (const list of Object.keys(sets) as (keyof Affected)[])
    for (const id of known?.[list] ?? []) sets[list].add(id);
  const lowerEnd = subject.kind === "link" ? inventory.links.get(subject.id)?.b.device : subject.id;
  const near = new Set(
    [lowerEnd, ...sets.devices]
      .map((id) => inventory.devices.get(id ?? "")?.site)
      .filter((id) => id !== undefined),
  );
  let isOnBackup = false;
  for (const id of near) {
    const site = snapshot.sites.get(id);
    if (site === undefined || site.state === "up" || site.state === "unknown") continue;
    if (site.state === "degraded") {
      if (!site.reasons.some((why) => why.code === "on-backup" && why.values.primary === subject.id))
        continue;
      isOnBackup = true;
    }
    sets.sites.add(id);
  }
  let isCutOff = false;
  for (const id of sets.sites) {
    const state = snapshot.sites.get(id)?.state;
    if (state === "down" || state === "unreachable") isCutOff = true;
    const agency = tree.agencyOfSite.get(id);
    if (agency !== undefined) sets.agencies.add(agency);
  }
  return { affected: listed(sets), impact: isCutOff ? "cut-off" : isOnBackup ? "on-backup" : "none" };
}

/** Both together; what was affected once stays told. */
export function joined(one: Affected, other: Affected): Affected {
  const both = (list: keyof Affected) =>
    other[list].every((id) => one[list].includes(id))
      ? one[list]
      : sorted(new Set([...one[list], ...other[list]]));
  return { agencies: both("agencies"), sites: both("sites"), devices: both("devices"), links: both("links") };
}

export const nothingAffected: Affected = { agencies: [], sites: [], devices: [], links: [] };

function emptySets(): Sets {
  return { agencies: new Set(), sites: new Set(), devices: new Set(), links: new Set() };
}

function listed(sets: Sets): Affected {
  return {
    agencies: sorted(sets.agencies),
    sites: sorted(sets.sites),
    devices: sorted(sets.devices),
    links: sorted(sets.links),
  };
}

function sorted(ids: ReadonlySet<string>): string[] {
  return [...ids].sort();
}
