/** The objects of one kind as rows. */
import { dateAt } from "../../inventory/agencies.ts";
import { linksAt } from "../../inventory/equipment.ts";
import type { Kind } from "../../inventory/kinds.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { ExchangeEnd } from "../../inventory/platform-model.ts";
import type { CellValue, TableView } from "../../report/table-view.ts";
import { agencyTable } from "../agency/list.ts";
import { deviceTable } from "../device/list.ts";
import { linkTable } from "../link/list.ts";
import { type InventoryPlace, openInventory } from "./open.ts";

export interface InventoryFilter {
  kind: Kind;
  limit?: number | undefined;
}

type Row = Readonly<Record<string, CellValue>>;

export async function listInventory(
  place: InventoryPlace,
  filter: InventoryFilter,
): Promise<{ rows: Row[]; view: TableView }> {
  const { inventory, date } = await openInventory(place);
  switch (filter.kind) {
    case "devices":
      return deviceTable(inventory, date, filter);
    case "agencies":
      return agencyTable(inventory, date, filter);
    case "links":
      return linkTable(inventory, date, linksAt(inventory, date).slice(0, filter.limit));
    default:
      return plainTable(filter.kind, otherRows(inventory, filter.kind).slice(0, filter.limit));
  }
}

function otherRows(inventory: Inventory, kind: Exclude<Kind, "devices" | "agencies" | "links">): Row[] {
  switch (kind) {
    case "sites":
      return [...inventory.sites.values()].map(({ id, name, agency, latitude, longitude }) => ({
        id,
        name,
        agency,
        latitude,
        longitude,
      }));
    case "credentials": {
      const devices = [...inventory.devices.values()];
      return [...inventory.credentials.values()].map((credential) => ({
        id: credential.id,
        kind: credential.kind,
        user: "user" in credential ? credential.user : undefined,
        devices: devices.filter((device) => device.credential === credential.id).length,
      }));
    }
    case "maintenance":
      return [...inventory.maintenance.values()].map(({ id, reason, from, until, repeat }) => ({
        id,
        from,
        until,
        repeat,
        reason,
      }));
    case "systems":
      return [...inventory.systems.values()].map(
        ({ id, name, nameEn, owner, handledBy, securityLevel, dataClass }) => ({
          id,
          name,
          nameEn,
          owner,
          handledBy,
          securityLevel,
          dataClass,
        }),
      );
    case "exchanges":
      return [...inventory.exchanges.values()].map(
        ({ id, consumer, provider, route, dataClass, purpose }) => ({
          id,
          consumer: endName(consumer),
          provider: endName(provider),
          route,
          dataClass,
          purpose,
        }),
      );
    default:
      return [...inventory[kind].values()].map(plainRow);
  }
}

function endName({ system, workload, endpoint }: ExchangeEnd): string {
  return endpoint ?? `${system}/${workload}`;
}

/** The single values of an object; what is nested is for \`inventory show\`. */
function plainRow(object: object): Row {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => typeof value !== "object" || value === null),
  ) as Row;
}

function plainTable(kind: string, rows: Row[]): { rows: Row[]; view: TableView } {
  const keys = Object.keys(rows[0] ?? { id: "" });
  const columns = keys.map((key, i) => ({
    key,
    header: key.replace(/[A-Z]/g, " $&").toUpperCase(),
    dropOrder: i,
  }));
  return { rows, view: { columns, rows, empty: `no ${kind}` } };
}

/** Counts of everything, for a first look. */
export async function summarizeInventory(place: InventoryPlace) {
  const { inventory } = await openInventory(place);
  const count = (values: Iterable<string | undefined>) => {
    const counts = new Map<string, number>();
    for (const value of values) counts.set(value ?? "–", (counts.get(value ?? "–") ?? 0) + 1);
    return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
  };
  const devices = [...inventory.devices.values()];
  const data = {
    province: inventory.province.id,
    name: inventory.province.name,
    directory: inventory.directory,
    contentHash: inventory.contentHash,
    date: dateAt(inventory),
    agencies: count([...inventory.agencies.values()].map((agency) => agency.kind)),
    sites: inventory.sites.size,
    devices: count(devices.map((device) => device.role)),
    families: count(devices.map((device) => device.profile)),
    links: count([...inventory.links.values()].map((link) => link.kind)),
    systems: inventory.systems.size,
  };
  return data;
}
