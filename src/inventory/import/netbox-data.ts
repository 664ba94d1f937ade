/**
 * The part of NetBox's REST API objects that is read, for NetBox 3.3 and later. Every field may be absent: what
 * comes from a server or a file is not trusted to have the shape of its documentation.
 */

/** Lists that an import reads, and where the API keeps them. */
export const NETBOX_LISTS = {
  tenants: "tenancy/tenants",
  sites: "dcim/sites",
  devices: "dcim/devices",
  interfaces: "dcim/interfaces",
  "ip-addresses": "ipam/ip-addresses",
  prefixes: "ipam/prefixes",
  circuits: "circuits/circuits",
  "circuit-terminations": "circuits/circuit-terminations",
} as const;

export type NetBoxListName = keyof typeof NETBOX_LISTS;

/** Any object of the API, read through `text`, `number` and `inner` below. */
export type NetBoxObject = Readonly<Record<string, unknown>>;
export type NetBoxData = Readonly<Record<NetBoxListName, readonly NetBoxObject[]>>;

/** A text at a path ("primary_ip4.address"), or undefined. Choice fields are given by their value. */
export function textAt(object: unknown, path: string): string | undefined {
  const value = valueAt(object, path);
  const choice = typeof value === "object" && value !== null && "value" in value ? value.value : value;
  return typeof choice === "string" && choice !== "" ? choice : undefined;
}

export function numberAt(object: unknown, path: string): number | undefined {
  const value = valueAt(object, path);
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

export function booleanAt(object: unknown, path: string): boolean | undefined {
  const value = valueAt(object, path);
  return typeof value === "boolean" ? value : undefined;
}

export function listAt(object: unknown, path: string): readonly unknown[] {
  const value = valueAt(object, path);
  return Array.isArray(value) ? value : [];
}

function valueAt(object: unknown, path: string): unknown {
  let here: unknown = object;
  for (const step of path.split(".")) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string, unknown>)[step];
  }
  return here;
}
