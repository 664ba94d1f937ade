/**
 * NetBox's objects as those of an inventory: tenants become agencies, circuits with a cabled interface at both
 * ends become links. Custom fields `pdc_kind`, `pdc_profile`, `pdc_credential` say what NetBox has no word for.
 */
import { distinctIds } from "./distinct-ids.ts";
import { compact, type Incoming, idFrom, type RawObject } from "./incoming.ts";
import { booleanAt, type NetBoxData, type NetBoxObject, numberAt, textAt } from "./netbox-data.ts";
import { linksOf } from "./netbox-links.ts";

export interface NetBoxOptions {
  /** Credential of devices that name none. */
  credential: string;
  /** Agency of sites without a tenant; without it they are left out. */
  agency?: string | undefined;
  /** Which side of a circuit is nearer to the center (default "A"). */
  upstreamSide?: "A" | "Z" | undefined;
}

export function fromNetBox(data: NetBoxData, options: NetBoxOptions): Incoming {
  const notes: string[] = [];
  const agencies = data.tenants.map((tenant) => agencyOf(tenant));
  const sites = data.sites.flatMap((site) => siteOf(site, data, options, notes));
  const siteIds = new Set(sites.map((site) => site.id));
  const addresses = addressesByInterface(data);
  const deviceIds = idsOfDevices(data.devices);
  const devices = data.devices.flatMap((device) =>
    deviceOf(device, deviceIds, data, addresses, siteIds, options, notes),
  );
  const links = linksOf(data, deviceIds, new Set(devices.map((device) => device.id)), options, notes);
  return { objects: { agencies, sites, devices, links }, notes };
}

function agencyOf(tenant: NetBoxObject): RawObject {
  const kinds = ["province", "department", "district", "commune", "unit"];
  const kind =
    textAt(tenant, "custom_fields.pdc_kind") ??
    kinds.find((one) => idFrom(textAt(tenant, "group.slug") ?? "").includes(one));
  return compact({
    id: idOf(tenant),
    code: textAt(tenant, "custom_fields.pdc_code"),
    name: textAt(tenant, "name"),
    kind: kind ?? "unit",
  });
}

function siteOf(site: NetBoxObject, data: NetBoxData, options: NetBoxOptions, notes: string[]): RawObject[] {
  const agency = textAt(site, "tenant.slug") ?? options.agency;
  if (agency === undefined) {
    notes.push(
      `site "${textAt(site, "name")}" has no tenant and was left out (give --agency for such sites)`,
    );
    return [];
  }
  const slug = textAt(site, "slug");
  const prefixes = data.prefixes
    .filter(
      (prefix) =>
        slug !== undefined &&
        // Since NetBox 4.2 a prefix may be of a region or a group of sites, whose slug may be a site's too.
        ["dcim.site", undefined].includes(textAt(prefix, "scope_type")) &&
        (textAt(prefix, "site.slug") ?? textAt(prefix, "scope.slug")) === slug,
    )
    .filter((prefix) => textAt(prefix, "status") !== "container" && textAt(prefix, "vrf.name") === undefined)
    .flatMap((prefix) => textAt(prefix, "prefix") ?? []);
  return [
    compact({
      id: idOf(site),
      name: textAt(site, "name"),
      agency: idFrom(agency),
      latitude: numberAt(site, "latitude"),
      longitude: numberAt(site, "longitude"),
      address: textAt(site, "physical_address")?.replace(/\s*[\r\n]+\s*/g, ", "),
      prefixes: prefixes.length > 0 ? [...new Set(prefixes)] : undefined,
    }),
  ];
}

/** Devices that are there and at work; the rest of the life cycle is not watched. */
const WATCHED = new Set(["active", "staged", "failed"]);

/**
 * Ids by NetBox's numbers. A name is unique at its site only: of several devices that would have one id, each takes
 * its site's before it ("xa-a-sw-1"), and its number after it when that is not enough.
 */
function idsOfDevices(devices: readonly NetBoxObject[]): Map<NetBoxObject, string> {
  return distinctIds(devices, [
    (one) => idFrom(nameOf(one)),
    (one) => idFrom(`${textAt(one, "site.slug") ?? ""}-${nameOf(one)}`),
    (one) => idFrom(`${nameOf(one)}-${numberAt(one, "id")}`),
  ]);
}

function nameOf(device: NetBoxObject): string {
  return textAt(device, "name") ?? `device-${numberAt(device, "id")}`;
}

function deviceOf(
  device: NetBoxObject,
  deviceIds: ReadonlyMap<NetBoxObject, string>,
  data: NetBoxData,
  addresses: ReadonlyMap<number, { address: string; vrf: string | undefined }>,
  siteIds: ReadonlySet<string>,
  options: NetBoxOptions,
  notes: string[],
): RawObject[] {
  const name = nameOf(device);
  const ownId = deviceIds.get(device) ?? idFrom(name);
  const status = textAt(device, "status") ?? "active";
  const address = (
    textAt(device, "primary_ip.address") ??
    textAt(device, "primary_ip4.address") ??
    textAt(device, "primary_ip6.address")
  )?.split("/")[0];
  const site = idFrom(textAt(device, "site.slug") ?? "");
  const leftOut = (why: string) => {
    notes.push(`device "${name}" ${why} and was left out`);
    return [];
  };
  if (!WATCHED.has(status)) return leftOut(`is ${status}`);
  if (address === undefined) return leftOut("has no primary address");
  if (!siteIds.has(site)) return leftOut(`is at site "${site}", which was not imported,`);
  const roleName = textAt(device, "role.slug") ?? textAt(device, "device_role.slug") ?? "";
  const role = roleOf(roleName);
  if (ownId !== idFrom(name))
    notes.push(`device "${name}" at site "${site}" shares its name, taken as "${ownId}"`);
  if (role === "other") notes.push(`device "${name}": role "${roleName}" is not known, taken as other`);
  const id = numberAt(device, "id");
  const interfaces = data.interfaces
    .filter((one) => id !== undefined && numberAt(one, "device.id") === id)
    .map((one) => interfaceOf(one, addresses.get(numberAt(one, "id") ?? -1)));
  return [
    compact({
      id: ownId,
      name: ownId === name ? undefined : name,
      site,
      role,
      profile: textAt(device, "custom_fields.pdc_profile"),
      vendor: textAt(device, "device_type.manufacturer.name"),
      model: textAt(device, "device_type.model"),
      serial: textAt(device, "serial"),
      address,
      credential: textAt(device, "custom_fields.pdc_credential") ?? options.credential,
      interfaces: interfaces.length > 0 ? interfaces : undefined,
    }),
  ];
}

function interfaceOf(
  one: NetBoxObject,
  address: { address: string; vrf: string | undefined } | undefined,
): Record<string, unknown> {
  return compact({
    name: textAt(one, "name"),
    description: textAt(one, "description"),
    address: address?.address,
    vrf: textAt(one, "vrf.name") ?? address?.vrf,
    monitored: booleanAt(one, "enabled") === false ? false : undefined,
  });
}

/** The first address of each interface; NetBox keeps addresses apart from interfaces. */
function addressesByInterface(data: NetBoxData): Map<number, { address: string; vrf: string | undefined }> {
  const found = new Map<number, { address: string; vrf: string | undefined }>();
  for (const one of data["ip-addresses"]) {
    const owner = numberAt(one, "assigned_object_id");
    const address = textAt(one, "address");
    if (
      textAt(one, "assigned_object_type") !== "dcim.interface" ||
      owner === undefined ||
      address === undefined
    )
      continue;
    if (!found.has(owner)) found.set(owner, { address, vrf: textAt(one, "vrf.name") });
  }
  return found;
}

const ROLES: readonly (readonly [RegExp, string])[] = [
  [/fire-?wall|\bfw\b|utm/, "firewall"],
  [/(core|distribution|aggregation|spine).*(switch|sw\b)|^spine/, "core-switch"],
  [/switch|\bsw\b|leaf|\btor\b/, "switch"],
  [/router|gateway|\bcpe\b|\bpe\b|\bwan\b|edge/, "router"],
  [/access-?point|wireless|wi-?fi|\bap\b/, "access-point"],
  [/storage|\bnas\b|\bsan\b/, "storage"],
  [/server|hypervisor|\bhost\b/, "server"],
  [/\bups\b/, "ups"],
  [/printer/, "printer"],
  [/sensor|environment/, "sensor"],
  [/codec|video|conference/, "video-codec"],
];

function roleOf(slug: string): string {
  return ROLES.find(([pattern]) => pattern.test(slug.toLowerCase()))?.[1] ?? "other";
}

function idOf(object: NetBoxObject): string {
  return idFrom(textAt(object, "slug") ?? textAt(object, "name") ?? "");
}
