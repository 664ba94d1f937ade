/** The devices of the inventory as rows. */
import { join } from "node:path";
import { siteAgencyAt } from "../../inventory/agencies.ts";
import { devicesOfAgency } from "../../inventory/equipment.ts";
import { findAgency, findName, findSite } from "../../inventory/lookup.ts";
import type { Device, Inventory } from "../../inventory/model.ts";
import type { TableView } from "../../report/table-view.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";

export interface DeviceFilter {
  /** Id, code, alias or name; with everything below it. */
  agency?: string | undefined;
  site?: string | undefined;
  role?: string | undefined;
  family?: string | undefined;
  tag?: string | undefined;
  limit?: number | undefined;
}

/** The devices that pass the filter. @throws LookupError (2) for a name that nothing has */
export async function listDevices(place: InventoryPlace, filter: DeviceFilter = {}) {
  const { inventory, date } = await openInventory(place);
  return deviceTable(inventory, date, await asWritten(inventory, place, filter));
}

/** The filter with its names as they are written. */
async function asWritten(
  inventory: Inventory,
  { cacheDirectory }: InventoryPlace,
  filter: DeviceFilter,
): Promise<DeviceFilter> {
  const { site, role, family, tag } = filter;
  const tags = [...inventory.devices.values()].flatMap((device) => device.tags);
  // Loaded only for who asks for a family, as the model is for a role: a list of devices needs neither.
  const families = async () => {
    const { loadProfiles } = await import("../../profiles/index.ts");
    const directories = [join(inventory.directory, "profiles")];
    return (await loadProfiles({ cacheDirectory, directories })).families;
  };
  return {
    ...filter,
    ...(site !== undefined && { site: findSite(inventory, site).id }),
    ...(role !== undefined && { role: findName("role", role, await rolesOfModel()) }),
    ...(family !== undefined && { family: findName("family", family, await families()) }),
    ...(tag !== undefined && { tag: findName("tag", tag, tags) }),
  };
}

async function rolesOfModel(): Promise<readonly string[]> {
  return (await import("../../inventory/model.ts")).deviceSchema.shape.role.options;
}

/** Rows and table of the devices that pass the filter, in the order of the files. */
export function deviceTable(inventory: Inventory, date: string, filter: DeviceFilter = {}) {
  const devices =
    filter.agency === undefined
      ? [...inventory.devices.values()]
      : devicesOfAgency(inventory, findAgency(inventory, filter.agency, date).id, { date });
  const passing = devices.filter((device) => passes(device, filter)).slice(0, filter.limit);
  const rows = passing.map((device) => {
    const site = inventory.sites.get(device.site);
    const agency = site === undefined ? undefined : siteAgencyAt(inventory, site, date);
    const { id, role, vendor, model, profile, address, credential } = device;
    return { id, role, agency, site: device.site, vendor, model, family: profile, address, credential };
  });
  const view: TableView = {
    columns: [
      { key: "id", header: "DEVICE", dropOrder: 0 },
      { key: "role", header: "ROLE" },
      { key: "agency", header: "AGENCY", dropOrder: 2 },
      { key: "site", header: "SITE", dropOrder: 4 },
      { key: "vendor", header: "VENDOR", dropOrder: 3 },
      { key: "model", header: "MODEL", dropOrder: 5 },
      { key: "family", header: "FAMILY", dropOrder: 6 },
      { key: "address", header: "ADDRESS", dropOrder: 0 },
      { key: "credential", header: "CREDENTIAL", dropOrder: 7 },
    ],
    rows,
    empty: "no device passes the filter",
  };
  return { rows, view };
}

function passes(device: Device, filter: DeviceFilter): boolean {
  return (
    (filter.site === undefined || device.site === filter.site) &&
    (filter.role === undefined || device.role === filter.role) &&
    (filter.family === undefined || device.profile === filter.family) &&
    (filter.tag === undefined || device.tags.includes(filter.tag))
  );
}
