/** Which part of the province a report is about. */
import type { State } from "../health/types.ts";
import { endedAgencies, existenceIn } from "../inventory/existence.ts";
import type { Inventory } from "../inventory/model.ts";
import { type AgencyTree, withDescendants } from "../topology/agencies.ts";
import type { Topology } from "../topology/types.ts";

/** Absent: everything. Agencies take in what is below them. */
export interface ReportFilter {
  agencies?: readonly string[];
  devices?: readonly string[];
  links?: readonly string[];
  carriers?: readonly string[];
  states?: readonly State[];
}

/** The ids a report shows; `states` is left to the rows. */
export interface Scope {
  agencies: ReadonlySet<string>;
  sites: ReadonlySet<string>;
  devices: ReadonlySet<string>;
  links: ReadonlySet<string>;
  isWhole: boolean;
}

/**
 * Resolves a filter. A link belongs to the agency of its `b` end. A carrier or link filter keeps the devices and
 * agencies those links end at; a device filter keeps the links it has. Of a `period` also what has ended in it: a link
 * that another replaced, an agency that was merged (it stands with whoever took it over).
 */
export function scopeOf(
  inventory: Inventory,
  topology: Topology,
  tree: AgencyTree,
  filter: ReportFilter,
  period?: { fromMs: number; toMs: number },
): Scope {
  const wanted = filter.agencies?.length
    ? new Set(filter.agencies.flatMap((agency) => [...withDescendants(tree, agency)]))
    : undefined;
  const agencyOfDevice = (device: string) => tree.agencyOfSite.get(inventory.devices.get(device)?.site ?? "");
  const inAgency = (agency: string | undefined) => !wanted || (agency !== undefined && wanted.has(agency));

  const known = new Set([...topology.linksByDevice.values()].flat());
  if (period)
    for (const id of inventory.links.keys())
      if (existenceIn(inventory, { kind: "link", id }, period)) known.add(id);
  const links = [...inventory.links.values()].filter(
    (link) =>
      known.has(link.id) &&
      inAgency(agencyOfDevice(link.b.device)) &&
      (!filter.carriers?.length || filter.carriers.some((carrier) => isSame(carrier, link.carrier))) &&
      (!filter.links?.length || filter.links.includes(link.id)) &&
      (!filter.devices?.length ||
        filter.devices.includes(link.a.device) ||
        filter.devices.includes(link.b.device)),
  );
  const byLink =
    filter.carriers?.length || filter.links?.length ? new Set(links.map((link) => link.b.device)) : undefined;
  const devices = [...inventory.devices.keys()].filter(
    (id) =>
      inAgency(agencyOfDevice(id)) &&
      (!byLink || byLink.has(id)) &&
      (!filter.devices?.length || filter.devices.includes(id)),
  );
  const isNarrow = byLink !== undefined || Boolean(filter.devices?.length);
  const sites = new Set(devices.map((id) => inventory.devices.get(id)!.site));
  const agencies = isNarrow
    ? new Set([...sites].map((site) => tree.agencyOfSite.get(site) ?? ""))
    : new Set([...tree.agencies.keys()].filter(inAgency));
  if (!isNarrow) {
    for (const [site, agency] of tree.agencyOfSite) if (inAgency(agency)) sites.add(site);
    for (const [id, successor] of period ? endedAgencies(inventory, period) : [])
      if (inAgency(id) || inAgency(successor)) agencies.add(id);
  }
  return {
    agencies,
    sites,
    devices: new Set(devices),
    links: new Set(links.map(({ id }) => id)),
    isWhole: !wanted && !isNarrow,
  };
}

function isSame(asked: string, carrier: string | undefined): boolean {
  return carrier !== undefined && asked.toLowerCase() === carrier.toLowerCase();
}
