import type { SubjectKind } from "../health/types.ts";
import { nameAt } from "../inventory/agencies.ts";
import type { Inventory } from "../inventory/model.ts";
import type { Language } from "./format.ts";

/** What things are called in a report. An id that the inventory does not have stays an id. */
export interface Names {
  device(id: string): string;
  link(id: string): string;
  site(id: string): string;
  agency(id: string): string;
  /** Any subject by kind; interfaces and parts as "device key". */
  subject(kind: SubjectKind, id: string): string;
}

/** Names in a language, agencies as they were called on a day. */
export function createNames(inventory: Inventory, language: Language, on: string): Names {
  const names: Names = {
    device: (id) => inventory.devices.get(id)?.name ?? id,
    link: (id) => inventory.links.get(id)?.name ?? id,
    site: (id) => inventory.sites.get(id)?.name ?? id,
    agency: (id) => {
      const agency = inventory.agencies.get(id);
      if (!agency) return id;
      const name = nameAt(agency, on);
      return language === "en" && name === agency.name ? (agency.nameEn ?? name) : name;
    },
    subject: (kind, id) => {
      switch (kind) {
        case "device":
        case "link":
        case "site":
        case "agency":
          return names[kind](id);
        case "interface":
        case "component": {
          const [device = "", , ...key] = id.split("/");
          return `${names.device(device)} ${key.join("/")}`;
        }
      }
    },
  };
  return names;
}
