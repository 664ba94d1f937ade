/** Which part of the province a report is about, as people type it. */
import { findAgency, findCarrier, findDevice, findLink, LookupError } from "../../inventory/lookup.ts";
import type { Inventory, System } from "../../inventory/model.ts";
import { didYouMean } from "../../inventory/near-match.ts";
import type { ReportFilter } from "../../report/filter.ts";
import type { ReportOptions } from "./make-report.ts";

type Asked = Pick<ReportOptions, "agency" | "district" | "device" | "link" | "carrier" | "system" | "state">;

/**
 * Agencies by id, code or name as they were on the day `on`; districts likewise; a system stands for the agency that
 * owns it, one of the whole network for everything. @throws LookupError
 */
export function filterOf(inventory: Inventory, options: Asked, on: string): ReportFilter {
  const districts = (options.district ?? []).map((text) => districtOf(inventory, text, on));
  const owners = (options.system ?? []).flatMap((text) => agenciesOf(systemOf(inventory, text)));
  const agencies = (options.agency ?? []).map((text) => findAgency(inventory, text, on).id);
  return {
    agencies: [...agencies, ...districts, ...owners],
    devices: (options.device ?? []).map((text) => findDevice(inventory, text).id),
    links: (options.link ?? []).map((text) => findLink(inventory, text).id),
    carriers: (options.carrier ?? []).map((name) => findCarrier(inventory, name)),
    states: options.state ?? [],
  };
}

function districtOf(inventory: Inventory, text: string, on: string): string {
  const agency = findAgency(inventory, text, on);
  if (agency.kind !== "district")
    throw new LookupError(
      "not-a-district",
      `"${text}" is a ${agency.kind}, no district`,
      "name it with --agency",
    );
  return agency.id;
}

/** The network's own systems are the province's, not their owner's. */
function agenciesOf({ owner, handledBy }: System): string[] {
  return ["wan", "lan", "coverage", "inventory"].includes(handledBy) ? [] : [owner];
}

function systemOf(inventory: Inventory, text: string): System {
  const wanted = text.toLowerCase();
  const found = [...inventory.systems.values()].find(({ id, name, nameEn }) =>
    [id, name, nameEn].some((one) => one.toLowerCase() === wanted),
  );
  if (found) return found;
  throw new LookupError(
    "unknown-system",
    `there is no system "${text}"`,
    didYouMean(text, inventory.systems.keys()) ?? "`pdc inventory list --kind systems` lists them",
  );
}
