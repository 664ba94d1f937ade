/** Everything a simulated device answers: its family's recording, its own name and ports on top of it. */
import type { Device, Inventory, Link } from "../../inventory/model.ts";
import { seedOf } from "../agent/agent.ts";
import { withCounterRules } from "../agent/counter-rules.ts";
import { type AgentRecord, snmprecTag } from "../agent/snmprec.ts";
import { unitNoise } from "../agent/variation.ts";
import { addressRecords } from "./address-records.ts";
import { interfaceRecords } from "./interface-records.ts";
import { macAddressOf } from "./mac-address.ts";
import { neighborRecords } from "./neighbor-records.ts";
import { type Port, portsOf } from "./ports.ts";
import { trafficOf } from "./traffic.ts";

/** Things that are not as usual while records are made. */
export interface NetworkCondition {
  /** Links cut or switched off: the ports at both ends are down. */
  downLinks: ReadonlySet<string>;
  /** Backup links that carry their agency's traffic. */
  carryingLinks: ReadonlySet<string>;
  /** Engine boots one higher, ports changed their state right after the start. */
  isRebooted?: boolean;
  /** Ports have other ifIndexes. */
  isRenumbered?: boolean;
}

export const quietCondition: NetworkCondition = { downLinks: new Set(), carryingLinks: new Set() };

const system = "1.3.6.1.2.1.1";
const snmpEngine = "1.3.6.1.6.3.10.2.1";
const entPhysical = "1.3.6.1.2.1.47.1.1.1.1";
const entityClassChassis = 3;
const secondsPerDay = 86_400;
/** sysUpTime when the ports came up after a start. */
const portsUpTicks = 80;

/** Days a device has been up before the lab began, by its id: 3 to 200. */
export function uptimeSecondsOf(device: Device): number {
  return Math.floor((3 + 197 * unitNoise(seedOf(device.id), 11)) * secondsPerDay);
}

/** The records of a device in the given condition; `recording` is that of its family. */
export function deviceRecords(
  inventory: Inventory,
  device: Device,
  recording: readonly AgentRecord[],
  condition: NetworkCondition = quietCondition,
): AgentRecord[] {
  const uptimeSeconds = uptimeSecondsOf(device);
  const ports = portsOf(inventory, device, condition.isRenumbered);
  const isDown = (port: Port) => port.link !== undefined && condition.downLinks.has(port.link.id);
  const isCarrying = (link: Link) => condition.carryingLinks.has(link.id);
  return withCounterRules([
    ...identify(recording, device),
    ...systemRecords(inventory, device, condition.isRebooted === true),
    { oid: "1.3.6.1.2.1.2.1.0", tag: snmprecTag.integer, value: ports.length },
    ...ports.flatMap((port) =>
      interfaceRecords({
        port,
        traffic: trafficOf(device, port, isCarrying),
        macAddress: macAddressOf(device, port.ifIndex),
        uptimeSeconds,
        isOperUp: port.isUp && !isDown(port),
        lastChangeTicks: portsUpTicks,
      }),
    ),
    ...addressRecords(device, ports),
    ...neighborRecords(inventory, device, ports, isDown),
  ]);
}

/** Puts the device's serial number and model where the recording has those of its chassis. */
function identify(recording: readonly AgentRecord[], device: Device): AgentRecord[] {
  const chassis = recording
    .filter(({ oid, value }) => oid.startsWith(`${entPhysical}.5.`) && value === entityClassChassis)
    .map(({ oid }) => oid.slice(oid.lastIndexOf(".") + 1))[0];
  const own = new Map<string, string | undefined>([
    [`${entPhysical}.11.${chassis}`, device.serial],
    [`${entPhysical}.13.${chassis}`, device.model],
  ]);
  return recording.map((record) => {
    const text = own.get(record.oid);
    return text === undefined ? record : { ...record, value: Buffer.from(text) };
  });
}

/** snmpEngineBoots of a device before the lab began, by its id. */
export function engineBootsOf(device: Device): number {
  return 1 + Math.floor(20 * unitNoise(seedOf(device.id), 13));
}

function systemRecords(inventory: Inventory, device: Device, isRebooted: boolean): AgentRecord[] {
  const site = inventory.sites.get(device.site);
  const { octetString, timeTicks, integer } = snmprecTag;
  const uptimeSeconds = uptimeSecondsOf(device);
  return [
    { oid: `${system}.3.0`, tag: timeTicks, value: uptimeSeconds * 100 },
    { oid: `${system}.4.0`, tag: octetString, value: Buffer.from("noc@example.vn") },
    { oid: `${system}.5.0`, tag: octetString, value: Buffer.from(device.id) },
    { oid: `${system}.6.0`, tag: octetString, value: Buffer.from(site?.name ?? device.site) },
    { oid: `${snmpEngine}.2.0`, tag: integer, value: engineBootsOf(device) + Number(isRebooted) },
    { oid: `${snmpEngine}.3.0`, tag: integer, value: uptimeSeconds },
  ];
}
