/** What a person types, found: an agency by id, code, alias, or a name it has or had; others by id. */
import { dateAt, existsOn } from "./agencies.ts";
import type { Agency, Device, Inventory, Link, Site } from "./model.ts";
import { nearest } from "./near-match.ts";

/** So many names are told where no command lists them. */
const MOST_TOLD = 12;

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
    suggestion(text, names, "`pdc agency list` lists them"),
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
    suggestion(id, inventory.devices.keys(), "`pdc device list` lists them"),
  );
}

/** The site of an id. @throws {LookupError} */
export function findSite(inventory: Inventory, id: string): Site {
  const site = inventory.sites.get(id);
  if (site) return site;
  throw new LookupError(
    "unknown-site",
    `there is no site "${id}"`,
    suggestion(id, inventory.sites.keys(), "`pdc inventory list --kind sites` lists them"),
  );
}

/**
 * The one of `names` that was typed, as it is written there; case is ignored. `what` they are is a word ("channel").
 * @param list the command that lists them; without one, a few are told
 * @throws {LookupError} `unknown-<what>`, with the nearest of them
 */
export function findName(
  what: string,
  typed: string,
  names: Iterable<string | undefined>,
  list?: string,
): string {
  const known = [...new Set(names)].filter((name) => name !== undefined);
  const found = known.find((name) => foldCase(name) === foldCase(typed));
  if (found !== undefined) return found;
  const some = known.length > MOST_TOLD ? [...known.slice(0, MOST_TOLD), "…"] : known;
  const fix = known.length === 0 ? "there is none" : `there are ${some.join(", ")}`;
  throw new LookupError(
    `unknown-${what}`,
    `there is no ${what} "${typed}"`,
    suggestion(typed, known, list === undefined ? fix : `\`${list}\` lists them`),
  );
}

/** The carrier of a link, as the inventory writes it. @throws {LookupError} */
export function findCarrier(inventory: Inventory, text: string): string {
  return findName(
    "carrier",
    text,
    [...inventory.links.values()].map(({ carrier }) => carrier),
  );
}

/** The link of an id or a circuit id. @throws {LookupError} */
export function findLink(inventory: Inventory, id: string): Link {
  const link = inventory.links.get(id) ?? [...inventory.links.values()].find((one) => one.circuitId === id);
  if (link) return link;
  throw new LookupError(
    "unknown-link",
    `there is no link "${id}"`,
    suggestion(id, inventory.links.keys(), "`pdc link list` lists them"),
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

/** The name that was meant, or `otherwise`. */
function suggestion(text: string, names: Iterable<string>, otherwise: string): string {
  // People leave marks out, and a mark is no typo. Of several names that fold alike the first is suggested.
  const folded = new Map<string, string>();
  for (const name of names) if (!folded.has(foldMarks(name))) folded.set(foldMarks(name), name);
  const match = folded.get(nearest(foldMarks(text), folded.keys()) ?? "");
  return match === undefined ? otherwise : `did you mean "${match}"?`;
}
