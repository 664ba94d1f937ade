/** The ports a simulated device has: those the inventory names, and the rest of a switch's row of access ports. */
import type { Device, Inventory, Link } from "../../inventory/model.ts";
import { seedOf } from "../agent/agent.ts";
import { unitNoise } from "../agent/variation.ts";

export interface Port {
  ifIndex: number;
  /** As the inventory names it; ifDescr, and ifName except where the vendor shortens it. */
  name: string;
  ifName: string;
  /** IANAifType: ethernetCsmacd 6, softwareLoopback 24, propVirtual 53, tunnel 131, l2vlan 135, bridge 209, wwanPP 243. */
  ifType: 6 | 24 | 53 | 131 | 135 | 209 | 243;
  speedMbps: number;
  alias: string;
  /** With prefix length, "10.47.0.1/30". */
  address?: string;
  link?: Link;
  /** Which end of `link` this is. */
  side?: "a" | "b";
  /** A port of the inventory, or an access port with something plugged in. */
  isUp: boolean;
}

/** Access ports a switch gets besides those of the inventory, at most. */
const maxAccessPorts = 24;

/**
 * Ports of a device in ifIndex order. A renumbered device has the same ports under other ifIndexes, as happens
 * after a reboot with another set of modules.
 */
export function portsOf(inventory: Inventory, device: Device, isRenumbered = false): Port[] {
  const ends = new Map<string, { link: Link; side: "a" | "b" }>();
  for (const link of inventory.links.values()) {
    if (link.validUntil !== undefined) continue;
    if (link.a.device === device.id) ends.set(link.a.interface, { link, side: "a" });
    if (link.b.device === device.id) ends.set(link.b.interface, { link, side: "b" });
  }
  const named = new Map(device.interfaces.map((port) => [port.name, port]));
  const names = [...new Set([...named.keys(), ...ends.keys(), ...accessPorts(device)])];
  if (names.length === 0) names.push("eth0");
  const order = isRenumbered ? names.toReversed() : names;
  const first = isRenumbered ? 101 : 1;
  const ports = order.map((name, position): Port => {
    const listed = named.get(name);
    const end = ends.get(name);
    const circuit = end?.link.circuitId;
    const description = listed?.description ?? "";
    const isInventoried = listed !== undefined || end !== undefined || names.length === 1;
    return {
      ifIndex: first + position,
      name,
      ifName: shortName(device, name),
      ifType: typeOf(name),
      speedMbps: speedOf(name, end?.link),
      alias: circuit === undefined ? description : `${circuit} ${description}`.trim(),
      ...(listed?.address === undefined ? {} : { address: listed.address }),
      ...end,
      isUp: isInventoried || unitNoise(seedOf(`${device.id} ${name}`), 7) < 0.6,
    };
  });
  return ports.sort((x, y) => x.ifIndex - y.ifIndex);
}

/** "GigabitEthernet0/0/24" of a switch tells of 24 ports, from 1 on. */
function accessPorts(device: Device): string[] {
  if (device.role !== "switch") return [];
  const uplink = device.interfaces.find(({ name }) => /\d$/.test(name))?.name;
  const [, stem, number] = uplink?.match(/^(.*?)(\d+)$/) ?? [];
  if (stem === undefined || number === undefined) return [];
  const count = Math.min(maxAccessPorts, Math.max(Number(number), 8));
  return Array.from({ length: count }, (_, position) => `${stem}${position + 1}`);
}

function typeOf(name: string): Port["ifType"] {
  if (/^lo(opback)?\d*$/i.test(name)) return 24;
  if (/^(vpn|dep|c\d+g|sat-|tun)/i.test(name)) return 131;
  if (/^(bridge|switch\d|lan$|internal)/.test(name)) return 209;
  if (/^(vlan|irb)/i.test(name)) return 53;
  if (/^(lte|cellular|wwan)/i.test(name)) return 243;
  return /\d\.\d+$/.test(name) ? 135 : 6;
}

/** Nominal speed by the usual words in port names; otherwise a gigabit, or what a radio is good for. */
function speedOf(name: string, link: Link | undefined): number {
  if (/^(100GE|hundredgig|hu\d)/i.test(name)) return 100_000;
  if (/^(40GE|fortygig|fo\d)/i.test(name)) return 40_000;
  if (/^(x|ten-?gig|xgig|xgei|xe-|sfp-sfpplus)/i.test(name)) return 10_000;
  if (/^(lo|null)/i.test(name)) return 0;
  if (/^fastethernet/i.test(name)) return 100;
  if (link?.kind === "cellular" || link?.kind === "satellite") return 150;
  return 1000;
}

/** Cisco shortens ifName: GigabitEthernet0/1 is Gi0/1. */
function shortName(device: Device, name: string): string {
  if (device.profile?.startsWith("cisco-") !== true) return name;
  return name.replace(/^(Gigabit|TenGigabit|Fast)Ethernet|^Loopback/, (word) => word.slice(0, 2));
}
