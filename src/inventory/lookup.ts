/** What a person types, found: an agency by id, code, alias, or a name it has or had; others by id. */
import { dateAt, existsOn } from "./agencies.ts";
import type { Agency, Device, Inventory, Link, Site } from "./model.ts";
import { nearest } from "./near-match.ts";

/** Nothing, or too much, answers to a name that was typed (exit code 2). */
export class LookupError extends Error {
  readonly exitCode = 2;
  readonly code: string;
  readonly fix: string | undefined;
  constructor(code: string, message: string, fix?: string) {
    super(message);
    this.name = "LookupError";
    this.code = code;
    this.fix = fix;
  }
}

export type MatchedBy = "id" | "code" | "alias" | "name" | "former-name" | "former-code";

/**
 * Agencies that a text means, best kind of match first and only of that kind. Case and, when nothing matches
 * otherwise, Vietnamese marks are ignored ("tan trach"); "xã Tân Trạch" and "Tân Trạch" both mean the commune.
 */
export function findAgencies(inventory: Inventory, text: string): { agency: Agency; by: MatchedBy }[] {
  for (const fold of [foldCase, foldMarks]) {
    const wanted = fold(text);
    for (const by of ["id", "code", "alias", "name", "former-code", "former-name"] as const) {
      const found = [...inventory.agencies.values()].filter((agency) =>
        namesOf(agency, by).some((name) => fold(name) === wanted),
      );
      if (found.length > 0) return found.map((agency) => ({ agency, by }));
    }
  }
  return [];
}

/**
 * The one agency a text means; of several, the one that exists on the day (default: today).
 * @throws {LookupError} when none or several do.
 */
export function findAgency(inventory: Inventory, text: string, date: string = dateAt(inventory)): Agency {
  const all = findAgencies(inventory, text);
  const existing = all.filter(({ agency }) => existsOn(agency, date));
  const found = all.length > 1 && existing.length > 0 ? existing : all;
  if (found.length === 1) return found[0]!.agency;
  if (found.length > 1) {
    const ids = found.map(({ agency }) => agency.id);
    throw new LookupError(
      "ambiguous-agency",
      `"${text}" means several agencies: ${ids.join(", ")}`,
      "name one by its id",
    );
  }
  const names = [...inventory.agencies.values()].flatMap((agency) => [
    agency.id,
    agency.name,
    ...bareName(agency.name),
    ...agency.aliases,
  ]);
  throw new LookupError(
    "unknown-agency",
    `there is no agency "${text}"`,
    suggestion(text, names, "pdc agency list"),
  );
}

/** The device of an id, or of an address that only one has. @throws {LookupError} */
export function findDevice(inventory: Inventory, id: string): Device {
  const device = inventory.devices.get(id);
  if (device) return device;
  const [only, ...others] = [...inventory.devices.values()].filter((one) => one.address === id);
  if (only && others.length === 0) return only;
  if (only) {
    const ids = [only, ...others.slice(0, 3)].map((one) => one.id).join(", ");
    throw new LookupError(
      "ambiguous-device",
      `${id} is the address of ${others.length + 1} devices: ${ids}${others.length > 3 ? " …" : ""}`,
      "name one by its id",
    );
  }
  throw new LookupError(
    "unknown-device",
    `there is no device "${id}"`,
    suggestion(id, inventory.devices.keys(), "pdc device list"),
  );
}

/** The site of an id. @throws {LookupError} */
export function findSite(inventory: Inventory, id: string): Site {
  const site = inventory.sites.get(id);
  if (site) return site;
  throw new LookupError(
    "unknown-site",
    `there is no site "${id}"`,
    suggestion(id, inventory.sites.keys(), "pdc inventory list --kind sites"),
  );
}

/** As {@link unusedValue}, of several filters. */
export function unusedValues(filters: readonly Parameters<typeof unusedValue>[]): string[] {
  return filters.map((filter) => unusedValue(...filter)).filter((warning) => warning !== undefined);
}

/**
 * What to tell of a filter's value that nothing has, when a list is empty for it: 'no device has the role "routr"; did
 * you mean "router"?'. Undefined when something has it. Case is ignored.
 */
export function unusedValue(
  what: string,
  typed: string | undefined,
  values: Iterable<string | undefined>,
): string | undefined {
  if (typed === undefined) return undefined;
  const known = [...new Set(values)].filter((value) => value !== undefined);
  if (known.some((value) => foldCase(value) === foldCase(typed))) return undefined;
  const near = nearest(typed, known);
  return `no ${what} "${typed}"${near === undefined ? "" : `; did you mean "${near}"?`}`;
}

/** The link of an id or a circuit id. @throws {LookupError} */
export function findLink(inventory: Inventory, id: string): Link {
  const link = inventory.links.get(id) ?? [...inventory.links.values()].find((one) => one.circuitId === id);
  if (link) return link;
  throw new LookupError(
    "unknown-link",
    `there is no link "${id}"`,
    suggestion(id, inventory.links.keys(), "pdc link list"),
  );
}

/** Text without case and Vietnamese marks, hyphens as spaces, for comparing what people type. */
export function foldMarks(text: string): string {
  return foldCase(text)
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replaceAll("đ", "d")
    .replace(/[-\s]+/g, " ");
}

function foldCase(text: string): string {
  return text.normalize("NFC").trim().toLowerCase();
}

function namesOf(agency: Agency, by: MatchedBy): string[] {
  switch (by) {
    case "id":
      return [agency.id];
    case "code":
      return agency.code === undefined ? [] : [agency.code];
    case "alias":
      return agency.aliases;
    case "name":
      return [agency.name, ...(agency.nameEn ? [agency.nameEn] : []), ...bareName(agency.name)];
    case "former-name":
      return agency.formerNames.flatMap(({ name }) => [name, ...bareName(name)]);
    case "former-code":
      return agency.formerCodes.map(({ code }) => code);
  }
}

/** "Xã Tân Trạch" → "Tân Trạch": people leave the word for the kind of unit out. */
function bareName(name: string): string[] {
  const match = /^(?:xã|phường|thị trấn|huyện|thị xã|thành phố|tỉnh)\s+(.+)$/iu.exec(name);
  return match ? [match[1]!] : [];
}

function suggestion(text: string, names: Iterable<string>, list: string): string {
  // People leave marks out, and a mark is no typo. Of several names that fold alike the first is suggested.
  const folded = new Map<string, string>();
  for (const name of names) if (!folded.has(foldMarks(name))) folded.set(foldMarks(name), name);
  const match = folded.get(nearest(foldMarks(text), folded.keys()) ?? "");
  return match === undefined ? `\`${list}\` lists them` : `did you mean "${match}"?`;
}
