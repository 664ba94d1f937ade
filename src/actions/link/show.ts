/** Everything the inventory knows of one link, and the links that stand in for it. */
import { linkGroups } from "../../inventory/equipment.ts";
import { findLink } from "../../inventory/lookup.ts";
import type { Inventory, LinkEnd } from "../../inventory/model.ts";
import { fieldsView } from "../inventory/fields-view.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";
import { committedText, linkTable } from "./list.ts";

export async function showLink(place: InventoryPlace, id: string) {
  const { inventory, date } = await openInventory(place);
  const link = findLink(inventory, id);
  const group = (linkGroups(inventory.links.values()).get(link.group?.id ?? "") ?? []).filter(
    (other) => other.id !== link.id,
  );
  const fields = {
    link: link.id,
    name: link.name,
    kind: link.kind,
    carrier: link.carrier,
    circuit: link.circuitId,
    "committed Mbit/s": committedText(link),
    "upstream end": endText(inventory, link.a),
    "agency's end": endText(inventory, link.b),
    group: link.group && `${link.group.id} (${link.group.role})`,
    "promised availability %": link.slo?.availabilityPercent,
    "promised round trip ms": link.slo?.rttMs,
    "promised loss %": link.slo?.lossPercent,
    "valid from": link.validFrom,
    "valid until": link.validUntil,
  };
  const standIns = linkTable(inventory, date, group);
  const views = [
    fieldsView(fields),
    ...(group.length > 0 ? [{ ...standIns.view, title: "Stands in for it" }] : []),
  ];
  return { data: { link, group: standIns.rows }, views };
}

function endText(inventory: Inventory, end: LinkEnd): string {
  const device = inventory.devices.get(end.device);
  const one = device?.interfaces.find(({ name }) => name === end.interface);
  return `${end.device} ${end.interface}${one?.address ? ` ${one.address}` : ""} at ${device?.site}`;
}
