/** Picks what goes wrong on a bad morning, by seed, among what can go wrong in this inventory. */
import type { Device, Inventory, Link } from "../../inventory/model.ts";
import { cutOffDevices } from "../province/reach.ts";
import { pick, seededRandom } from "./random.ts";
import type { Fault } from "./types.ts";

/** A cut is worth its name when at least so many communes have their way over the link. */
const agenciesBehindCut = 5;
/** Families whose recording has a disk in hrStorageTable, and UPS families whose on-battery values are known. */
const diskFamilies: ReadonlySet<string> = new Set(["linux-net-snmp", "windows", "synology-dsm"]);
const upsFamilies: ReadonlySet<string> = new Set(["apc-ups", "eaton-ups"]);

/**
 * One fault of each kind the inventory has candidates for. Faults keep apart: no two touch one site, and nothing
 * else happens behind the cut link or at the router above it, so that each can be seen by itself.
 */
export function createFaults(inventory: Inventory, seed: number): Fault[] {
  const random = seededRandom(seed);
  const taken = new Set<string>();
  const isFree = (device: Device) => !taken.has(device.site);
  const takeSiteOf = (id: string) => taken.add(inventory.devices.get(id)?.site ?? "");
  const faults: Fault[] = [];

  const cut = pick(cutCandidates(inventory), random);
  if (cut !== undefined) {
    faults.push(cut);
    const { a } = inventory.links.get(cut.link)!;
    for (const id of [a.device, ...devicesOver(inventory, cut.link)]) takeSiteOf(id);
  }

  const router = pick(districtRouters(inventory).filter(isFree), random);
  if (router !== undefined) {
    faults.push({ kind: "router-reboot", device: router.id, isRenumbered: random() < 0.5 });
    takeSiteOf(router.id);
  }

  const pairs = primaryAndBackup(inventory).filter(
    ({ primary }) =>
      isFree(inventory.devices.get(primary.b.device)!) && isFree(inventory.devices.get(primary.a.device)!),
  );
  const pair = pick(pairs, random);
  if (pair !== undefined) {
    const { site } = inventory.devices.get(pair.primary.b.device)!;
    const { agency } = inventory.sites.get(site)!;
    faults.push({ kind: "on-backup", agency, primary: pair.primary.id, backup: pair.backup.id });
    taken.add(site);
  }

  const choose = (eligible: (device: Device) => boolean): Device | undefined => {
    const device = pick(
      [...inventory.devices.values()].filter((one) => isFree(one) && eligible(one)),
      random,
    );
    if (device !== undefined) takeSiteOf(device.id);
    return device;
  };
  const duplex = choose(({ role, interfaces }) => role === "switch" && interfaces.length > 0);
  if (duplex !== undefined) {
    faults.push({ kind: "duplex-errors", device: duplex.id, interface: duplex.interfaces[0]!.name });
  }
  const ups = choose(({ profile }) => profile !== undefined && upsFamilies.has(profile));
  if (ups !== undefined) faults.push({ kind: "ups-on-battery", device: ups.id });
  const disk = choose(({ profile }) => profile !== undefined && diskFamilies.has(profile));
  if (disk !== undefined) faults.push({ kind: "disk-full", device: disk.id });
  const garbage = choose(
    ({ role, credential }) =>
      (role === "access-point" || role === "switch") &&
      inventory.credentials.get(credential)?.kind === "snmp-community",
  );
  if (garbage !== undefined) faults.push({ kind: "garbage", device: garbage.id });
  return faults;
}

/** Carriers' links with enough communes behind them, of which some have no other way. */
function cutCandidates(inventory: Inventory): Extract<Fault, { kind: "link-cut" }>[] {
  const candidates: Extract<Fault, { kind: "link-cut" }>[] = [];
  for (const link of inventory.links.values()) {
    if (link.carrier === undefined || link.group?.role === "backup" || link.validUntil !== undefined)
      continue;
    const agencies = agenciesOf(inventory, devicesOver(inventory, link.id));
    if (agencies.length < agenciesBehindCut || agencies.length > 3 * agenciesBehindCut) continue;
    const cutOff = [...cutOffDevices(inventory, new Set([link.id]))];
    if (cutOff.length === 0) continue;
    candidates.push({ kind: "link-cut", link: link.id, carrier: link.carrier, agencies, cutOff });
  }
  return candidates;
}

/** Devices whose usual way, over no backup link, leads over this link. */
function devicesOver(inventory: Inventory, link: string): string[] {
  const backups = [...inventory.links.values()].filter(({ group }) => group?.role === "backup");
  const usual = new Set(backups.map(({ id }) => id));
  const before = cutOffDevices(inventory, usual);
  return [...cutOffDevices(inventory, new Set([...usual, link]))].filter((id) => !before.has(id));
}

function agenciesOf(inventory: Inventory, devices: readonly string[]): string[] {
  const sites = devices.map((id) => inventory.devices.get(id)!.site);
  const agencies = sites.map((site) => inventory.sites.get(site)!.agency);
  return [...new Set(agencies)].filter((id) => inventory.agencies.get(id)?.kind === "commune");
}

/** Routers that others than their own site hang on, and that have something above them. */
function districtRouters(inventory: Inventory): Device[] {
  const links = [...inventory.links.values()].filter(({ kind }) => kind !== "lan");
  const upper = new Set(links.map(({ a }) => a.device));
  const between = new Set(links.map(({ b }) => b.device).filter((id) => upper.has(id)));
  const communes = new Set(
    [...inventory.sites.values()]
      .filter(({ agency }) => inventory.agencies.get(agency)?.kind === "commune")
      .map(({ id }) => id),
  );
  return [...between]
    .map((id) => inventory.devices.get(id)!)
    .filter((device) => device.role === "router" && !communes.has(device.site));
}

function primaryAndBackup(inventory: Inventory): { primary: Link; backup: Link }[] {
  const links = [...inventory.links.values()].filter(({ validUntil }) => validUntil === undefined);
  return links.flatMap((primary) => {
    if (primary.group?.role !== "primary") return [];
    const site = inventory.devices.get(primary.b.device)?.site ?? "";
    const agency = inventory.sites.get(site)?.agency ?? "";
    const backup = links.find(({ group }) => group?.id === primary.group?.id && group?.role === "backup");
    const isCommune = inventory.agencies.get(agency)?.kind === "commune";
    return backup !== undefined && isCommune ? [{ primary, backup }] : [];
  });
}
