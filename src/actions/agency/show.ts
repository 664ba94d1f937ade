/** Everything the inventory knows of one agency on a day. */
import { ancestorsAt, codeAt, nameAt, subtreeAt, successorAt } from "../../inventory/agencies.ts";
import { accessLinksOfAgency, sitesOfAgency } from "../../inventory/equipment.ts";
import { findAgency } from "../../inventory/lookup.ts";
import type { TableView } from "../../report/table-view.ts";
import { deviceTable } from "../device/list.ts";
import { fieldsView } from "../inventory/fields-view.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";
import { linkTable } from "../link/list.ts";

export async function showAgency(place: InventoryPlace, text: string) {
  const { inventory, date } = await openInventory(place);
  const agency = findAgency(inventory, text, date);
  const below = [...subtreeAt(inventory, agency.id, date)].filter((id) => id !== agency.id);
  const sites = sitesOfAgency(inventory, agency.id, { date });
  const devices = deviceTable(inventory, date, { agency: agency.id });
  const links = linkTable(inventory, date, accessLinksOfAgency(inventory, agency.id, { date }));
  const above = ancestorsAt(inventory, agency.id, date)
    .slice(1)
    .map(({ id }) => id);
  const data = {
    date,
    agency,
    name: nameAt(agency, date),
    code: codeAt(agency, date),
    above,
    below,
    sites,
    devices: devices.rows,
    links: links.rows,
  };
  const successor = successorAt(inventory, agency.id, date);
  const fields = {
    agency: agency.id,
    name: data.name,
    "name (English)": agency.nameEn,
    code: data.code,
    kind: agency.communeKind ?? agency.kind,
    "belongs to": above.join(" › ") || "the province",
    "valid from": agency.validFrom,
    "valid until": agency.validUntil,
    "merged into": successor === agency.id ? agency.mergedInto?.agency : successor,
    "also called": agency.aliases.join(", "),
    "former names": agency.formerNames
      .map((former) => `${former.name}${former.until ? ` (until ${former.until})` : ""}`)
      .join(", "),
    "former codes": agency.formerCodes
      .map((former) => `${former.code}${former.until ? ` (until ${former.until})` : ""}`)
      .join(", "),
    "agencies below": below.length || undefined,
  };
  const siteView: TableView = {
    title: "Sites",
    columns: [
      { key: "id", header: "SITE", dropOrder: 0 },
      { key: "name", header: "NAME" },
      { key: "agency", header: "AGENCY", dropOrder: 2 },
      { key: "latitude", header: "LATITUDE", align: "right", dropOrder: 3 },
      { key: "longitude", header: "LONGITUDE", align: "right", dropOrder: 3 },
    ],
    rows: sites.map(({ id, name, agency: owner, latitude, longitude }) => ({
      id,
      name,
      agency: owner,
      latitude,
      longitude,
    })),
    empty: "no site",
  };
  const views: TableView[] = [
    fieldsView(fields),
    siteView,
    { ...devices.view, title: "Devices" },
    { ...links.view, title: "Links that bring it in" },
  ];
  return { data, views };
}
