/** Prefixes: those of interfaces are apart or shared by sites that a link joins; those of sites are apart. */
import { type Prefix, parsePrefix } from "./addresses.ts";
import { type Collected, type Located, placeOf, problemIn } from "./located.ts";
import type { Device, InventoryProblem, Site } from "./model.ts";
import type { YamlPath } from "./parse-yaml.ts";

/** An interface's address with its prefix, and where it stands. */
export interface InterfaceAddress {
  device: Located<Device>;
  path: YamlPath;
  text: string;
  prefix: Prefix;
  /** Routing instance, "" for the main one. */
  vrf: string;
}

/**
 * One prefix inside another of the same routing instance, and one prefix used at sites that no links join. Prefixes
 * nest or are apart, so sorted by their start a stack of the open ones finds every overlap.
 */
export function checkOverlaps(
  collected: Collected,
  used: readonly InterfaceAddress[],
  areLinksWhole: boolean,
): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  const sharing: InterfaceAddress[][] = [];
  let open: InterfaceAddress[][] = [];
  for (const one of [...used].sort((x, y) => compare(x.vrf, y.vrf) || comparePrefixes(x.prefix, y.prefix))) {
    open = open.filter(([outer]) => outer?.vrf === one.vrf && reaches(outer.prefix, one.prefix));
    const group = open.at(-1);
    const outer = group?.[0];
    if (group && outer?.prefix.length === one.prefix.length) {
      group.push(one);
      continue;
    }
    const own = [one];
    open.push(own);
    sharing.push(own);
    // A host route (a loopback) inside its own device's prefix is how unnumbered interfaces are written.
    const isOwnHost = one.prefix.first === one.prefix.last && outer?.device === one.device;
    if (outer === undefined || isOwnHost) continue;
    const message = `prefix of ${one.text} lies inside that of ${outer.text} of "${outer.device.value.id}" (${placeOf(outer.device, outer.path)})`;
    problems.push(overlap(one, message));
  }
  if (!areLinksWhole) return problems;
  const neighbours = neighbouringSites(collected);
  return [...problems, ...sharing.flatMap((group) => checkShared(group, neighbours))];
}

function overlap(one: InterfaceAddress, message: string): InventoryProblem {
  return problemIn(
    one.device,
    one.path,
    "overlapping-prefix",
    message,
    "give `vrf` when they are routed apart",
  );
}

/** Addresses of one prefix: from the site of the first, links between their sites must lead to all the others. */
function checkShared(
  group: readonly InterfaceAddress[],
  neighbours: ReadonlyMap<string, ReadonlySet<string>>,
) {
  const first = group[0]!;
  const left = new Set(group.map(({ device }) => device.value.site));
  const reached = [first.device.value.site];
  for (const site of reached) {
    left.delete(site);
    reached.push(
      ...[...left].filter((other) => neighbours.get(site)?.has(other) && !reached.includes(other)),
    );
  }
  const message = (one: InterfaceAddress) =>
    `prefix of ${one.text} is also used by "${first.device.value.id}" (${placeOf(first.device, first.path)}), and no link joins the two sites`;
  return group.filter(({ device }) => left.has(device.value.site)).map((one) => overlap(one, message(one)));
}

/** Site → the sites that a link joins it to. */
function neighbouringSites(collected: Collected): Map<string, Set<string>> {
  const neighbours = new Map<string, Set<string>>();
  const { links, devices } = collected.items;
  for (const { value } of links.values()) {
    const a = devices.get(value.a.device)?.value.site;
    const b = devices.get(value.b.device)?.value.site;
    if (a === undefined || b === undefined) continue;
    neighbours.set(a, (neighbours.get(a) ?? new Set()).add(b));
    neighbours.set(b, (neighbours.get(b) ?? new Set()).add(a));
  }
  return neighbours;
}

/** The prefixes of a site are written as networks, and no other site has addresses of them. */
export function checkSitePrefixes(collected: Collected): InventoryProblem[] {
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
  all.sort((x, y) => comparePrefixes(x.prefix, y.prefix));
  let outer = all[0];
  for (const one of all.slice(1)) {
    if (outer === undefined || !reaches(outer.prefix, one.prefix)) outer = one;
    else if (outer.site !== one.site) {
      const message = `prefix ${one.text} overlaps ${outer.text} of site "${outer.site.value.id}" (${placeOf(outer.site, outer.path)})`;
      problems.push(problemIn(one.site, one.path, "overlapping-prefix", message));
    }
  }
  return problems;
}

/** Does a prefix that begins earlier hold the beginning of another? */
function reaches(outer: Prefix, inner: Prefix): boolean {
  return outer.family === inner.family && outer.last >= inner.first;
}

function comparePrefixes(x: Prefix, y: Prefix): number {
  return x.family - y.family || compare(x.first, y.first) || x.length - y.length;
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
