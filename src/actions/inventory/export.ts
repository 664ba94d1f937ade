/** The inventory for other programs: CSV tables, JSON, and Ansible's dynamic inventory. */
import { COLUMNS, TABLES, type TableName, toRow } from "../../inventory/columns.ts";
import { ansibleHost, ansibleList } from "../../inventory/export/ansible.ts";
import { KINDS } from "../../inventory/kinds.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { TableView } from "../../report/table-view.ts";
import { type InventoryPlace, openInventory } from "./open.ts";

/** Everything, as plain lists by kind; credentials are names and sources, as in the files. */
export async function exportInventory(place: InventoryPlace, table: TableName) {
  const { inventory } = await openInventory(place);
  const lists = Object.fromEntries(KINDS.map((kind) => [kind, [...inventory[kind].values()]]));
  return {
    data: { province: inventory.province, contentHash: inventory.contentHash, ...lists },
    view: tableView(inventory, table),
  };
}

/** One view per table, to be written to one CSV file each. */
export async function exportTables(place: InventoryPlace): Promise<Map<TableName, TableView>> {
  const { inventory } = await openInventory(place);
  return new Map(TABLES.map((table) => [table, tableView(inventory, table)]));
}

/** What Ansible asks a dynamic inventory for: everything (`--list`), or one host (`--host`). */
export async function exportForAnsible(place: InventoryPlace, host?: string): Promise<object> {
  const { inventory, date } = await openInventory(place);
  return host === undefined ? ansibleList(inventory, date) : ansibleHost(inventory, host, date);
}

function tableView(inventory: Inventory, table: TableName): TableView {
  const columns = Object.keys(COLUMNS[table]).map((key) => ({ key, header: key }));
  return {
    columns,
    rows: objectsOf(inventory, table).map((object) => toRow(table, object)),
    empty: `no ${table}`,
  };
}

function objectsOf(inventory: Inventory, table: TableName): object[] {
  if (table !== "interfaces") return [...inventory[table].values()];
  return [...inventory.devices.values()].flatMap((device) =>
    device.interfaces.map((one) => ({ device: device.id, ...one })),
  );
}
