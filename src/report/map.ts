import type { Prepared } from "./input.ts";
import { stateIn } from "./input.ts";
import type { MapLink, MapSite, ReportMap } from "./model.ts";

/** A site that this many links lead down from is drawn as a hub. */
const HUB_LINKS = 3;

/** The map of what is in scope, and of the other ends of its links; undefined when fewer than two sites have coordinates. */
export function reportMap(input: Prepared): ReportMap | undefined {
  const { inventory, topology, health, scope, speech } = input;
  const siteOf = (device: string) => inventory.devices.get(device)?.site ?? "";
  const shown = new Set(scope.sites);
  const links: MapLink[] = [];
  const lower = new Map<string, number>();
  for (const [id, link] of inventory.links) {
    const [from, to] = [siteOf(link.a.device), siteOf(link.b.device)];
    if (from === to || !health.links.has(id)) continue;
    lower.set(from, (lower.get(from) ?? 0) + 1);
    if (!scope.links.has(id)) continue;
    shown.add(from);
    shown.add(to);
    const state = health.links.get(id);
    links.push({
      id,
      name: speech.names.link(id),
      from,
      to,
      state: stateIn(health.links, id),
      isBackup: link.group?.role === "backup",
      why: speech.why(state, 1),
    });
  }
  // "Xã Tân Trạch" rather than "Ủy ban nhân dân xã Tân Trạch", where an agency has no other site.
  const sitesOfAgency = Map.groupBy(input.tree.agencyOfSite, ([, agency]) => agency);
  const nameOf = (id: string) => {
    const agency = input.tree.agencyOfSite.get(id);
    const isOnly = agency !== undefined && sitesOfAgency.get(agency)?.length === 1;
    return isOnly ? speech.names.agency(agency) : speech.names.site(id);
  };
  const sites: MapSite[] = [];
  for (const id of shown) {
    const site = inventory.sites.get(id);
    if (site?.latitude === undefined || site.longitude === undefined) continue;
    if ((topology.devicesBySite.get(id)?.length ?? 0) === 0) continue;
    sites.push({
      id,
      name: nameOf(id),
      latitude: site.latitude,
      longitude: site.longitude,
      state: stateIn(health.sites, id),
      why: speech.why(health.sites.get(id), 1),
      isHub: (lower.get(id) ?? 0) >= HUB_LINKS,
    });
  }
  const placed = new Set(sites.map(({ id }) => id));
  return sites.length < 2
    ? undefined
    : { sites, links: links.filter(({ from, to }) => placed.has(from) && placed.has(to)) };
}
