/** Addresses: well formed, each used once, and prefixes that do not run into each other. */
import { addressKey, isHostName, type Prefix, parseAddress, parsePrefix } from "./addresses.ts";
import { type Collected, type Located, placeOf, problemIn } from "./located.ts";
import type { Device, InventoryProblem, Site } from "./model.ts";
import type { YamlPath } from "./parse-yaml.ts";

interface InterfaceAddress {
  device: Located<Device>;
  path: YamlPath;
  text: string;
  prefix: Prefix;
  vrf: string;
}

/** `areLinksWhole`: whether links can be relied on to say which sites share a prefix. */
export function checkAddresses(collected: Collected, areLinksWhole: boolean): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const used: InterfaceAddress[] = [];
  for (const device of collected.items.devices.values()) {
    const { address, interfaces } = device.value;
    const fault = managementFault(address);
    if (fault) problems.push(problemIn(device, ["address"], "invalid-address", fault));
    const names = new Set<string>();
    for (const [i, one] of interfaces.entries()) {
      if (names.has(one.name)) {
        problems.push(
          problemIn(
            device,
            ["interfaces", i, "name"],
            "duplicate-interface",
            `interface "${one.name}" stands twice in "${device.value.id}"`,
          ),
        );
      }
      names.add(one.name);
      if (one.address === undefined) continue;
      const path = ["interfaces", i, "address"];
      const prefix = parsePrefix(one.address);
      if (prefix === undefined) {
        const hint = parseAddress(one.address)
          ? `add the prefix length: "${one.address}/24"`
          : 'write it as "10.20.3.1/30"';
        problems.push(
          problemIn(
            device,
            path,
            "invalid-address",
            `"${one.address}" is not an address with a prefix`,
            hint,
          ),
        );
      } else if (isNetworkOrBroadcast(prefix)) {
        problems.push(
          problemIn(
            device,
            path,
            "invalid-address",
            `"${one.address}" is the network or broadcast address of its prefix`,
          ),
        );
      } else used.push({ device, path, text: one.address, prefix, vrf: one.vrf ?? "" });
    }
  }
  return [
    ...problems,
    ...duplicates(collected, used),
    ...overlaps(collected, used, areLinksWhole),
    ...sitePrefixes(collected),
  ];
}

function managementFault(address: string): string | undefined {
  const parsed = parseAddress(address);
  if (parsed === undefined)
    return isHostName(address) ? undefined : `"${address}" is neither an IP address nor a DNS name`;
  const firstOctet = parsed.family === 4 ? Number(parsed.address >> 24n) : Number(parsed.address >> 120n);
  const isMulticast = parsed.family === 4 ? firstOctet >= 224 : firstOctet === 0xff;
  return parsed.address === 0n || isMulticast ? `"${address}" is no address of a device` : undefined;
}

function isNetworkOrBroadcast(prefix: Prefix): boolean {
  if (prefix.family === 6 || prefix.length >= 31) return false;
  return prefix.address === prefix.first || prefix.address === prefix.last;
}

function duplicates(collected: Collected, used: readonly InterfaceAddress[]): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const targets = new Map<string, Located<Device>>();
  for (const device of collected.items.devices.values()) {
    const key = `${addressKey(device.value.address)}#${device.value.port}`;
    const other = targets.get(key);
    if (other) {
      const message = `address ${device.value.address} is also that of "${other.value.id}" (${placeOf(other, ["address"])})`;
      problems.push(problemIn(device, ["address"], "duplicate-address", message));
    } else targets.set(key, device);
  }
  const owners = new Map<string, InterfaceAddress>();
  for (const one of used) {
    const key = `${one.vrf}|${one.prefix.family}:${one.prefix.address.toString(16)}`;
    const other = owners.get(key);
    if (other) {
      const message = `address ${one.text} is also on "${other.device.value.id}" (${placeOf(other.device, other.path)})`;
      problems.push(problemIn(one.device, one.path, "duplicate-address", message));
    } else owners.set(key, one);
  }
  for (const device of collected.items.devices.values()) {
    const owner = owners.get(`|${addressKey(device.value.address)}`);
    if (owner === undefined || owner.device === device || owner.device.value.port !== device.value.port)
      continue;
    const message = `address ${device.value.address} is that of an interface of "${owner.device.value.id}" (${placeOf(owner.device, owner.path)})`;
    problems.push(problemIn(device, ["address"], "duplicate-address", message));
  }
  return problems;
}

/**
 * Two different prefixes of one routing instance that share addresses, and one prefix used in places that no link
 * joins. Prefixes nest or are apart, so sorted by start a stack of the open ones finds every overlap.
 */
function overlaps(
  collected: Collected,
  used: readonly InterfaceAddress[],
  areLinksWhole: boolean,
): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const joined = areLinksWhole ? joinedSites(collected) : () => true;
  const sorted = [...used].sort(
    (x, y) =>
      compare(x.vrf, y.vrf) ||
      x.prefix.family - y.prefix.family ||
      compare(x.prefix.first, y.prefix.first) ||
      x.prefix.length - y.prefix.length,
  );
  let open: InterfaceAddress[] = [];
  for (const one of sorted) {
    open = open.filter(
      (outer) =>
        outer.vrf === one.vrf &&
        outer.prefix.family === one.prefix.family &&
        outer.prefix.last >= one.prefix.first,
    );
    const outer = open.at(-1);
    if (outer === undefined) {
      open.push(one);
      continue;
    }
    const same = outer.prefix.length === one.prefix.length;
    // A host route (a loopback) inside its own device's prefix is how unnumbered interfaces are written.
    const isOwnHost =
      one.prefix.length === (one.prefix.family === 4 ? 32 : 128) && outer.device === one.device;
    if (!same) open.push(one);
    if (isOwnHost || (same && joined(outer.device.value.site, one.device.value.site))) continue;
    const message = same
      ? `prefix of ${one.text} is also used by "${outer.device.value.id}" (${placeOf(outer.device, outer.path)}), and no link joins the two sites`
      : `prefix of ${one.text} lies inside that of ${outer.text} of "${outer.device.value.id}" (${placeOf(outer.device, outer.path)})`;
    problems.push(
      problemIn(one.device, one.path, "overlapping-prefix", message, "give `vrf` when they are routed apart"),
    );
  }
  return problems;
}

/** Are two sites the same, or the two sites of one link? */
function joinedSites(collected: Collected): (site: string, other: string) => boolean {
  const pairs = new Set<string>();
  const { links, devices } = collected.items;
  for (const { value } of links.values()) {
    const a = devices.get(value.a.device)?.value.site;
    const b = devices.get(value.b.device)?.value.site;
    if (a !== undefined && b !== undefined) pairs.add(`${a} ${b}`).add(`${b} ${a}`);
  }
  return (site, other) => site === other || pairs.has(`${site} ${other}`);
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The prefixes of sites are written as networks and do not run into those of other sites. */
function sitePrefixes(collected: Collected): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const all: { site: Located<Site>; path: YamlPath; text: string; prefix: Prefix }[] = [];
  for (const site of collected.items.sites.values()) {
    for (const [i, text] of site.value.prefixes.entries()) {
      const prefix = parsePrefix(text);
      const path = ["prefixes", i];
      if (prefix && prefix.address === prefix.first) all.push({ site, path, text, prefix });
      else
        problems.push(
          problemIn(
            site,
            path,
            "invalid-address",
            `"${text}" is not a network`,
            'write it as "10.46.7.0/24"',
          ),
        );
    }
  }
  all.sort(
    (x, y) =>
      x.prefix.family - y.prefix.family ||
      compare(x.prefix.first, y.prefix.first) ||
      x.prefix.length - y.prefix.length,
  );
  let outer: (typeof all)[number] | undefined;
  for (const one of all) {
    if (outer && outer.prefix.family === one.prefix.family && outer.prefix.last >= one.prefix.first) {
      if (outer.site === one.site) continue;
      const message = `prefix ${one.text} overlaps ${outer.text} of site "${outer.site.value.id}" (${placeOf(outer.site, outer.path)})`;
      problems.push(problemIn(one.site, one.path, "overlapping-prefix", message));
    } else outer = one;
  }
  return problems;
}
