/** LLDP-MIB (IEEE 802.1AB) rows: whom a device sees on its LAN links and on the way to the device above it. */
import type { Device, Inventory } from "../../inventory/model.ts";
import { type AgentRecord, snmprecTag } from "../agent/snmprec.ts";
import { macAddressOf } from "./mac-address.ts";
import type { Port } from "./ports.ts";

const lldpLocPortEntry = "1.0.8802.1.1.2.1.3.7.1";
const lldpRemEntry = "1.0.8802.1.1.2.1.4.1.1";
/** LldpChassisIdSubtype macAddress; LldpPortIdSubtype interfaceName. */
const macAddressSubtype = 4;
const interfaceNameSubtype = 5;
const timeMark = 100;
const speakers: ReadonlySet<Device["role"]> = new Set(["router", "firewall", "core-switch", "switch"]);

export function neighborRecords(
  inventory: Inventory,
  device: Device,
  ports: readonly Port[],
  isDown: (port: Port) => boolean,
): AgentRecord[] {
  if (!speakers.has(device.role)) return [];
  return ports.flatMap((port) => {
    const seen = isDown(port) ? undefined : remoteEnd(inventory, device, port);
    return seen === undefined ? [] : portRecords(port, seen.device, seen.portName);
  });
}

function remoteEnd(
  inventory: Inventory,
  device: Device,
  port: Port,
): { device: Device; portName: string } | undefined {
  if (port.link?.kind === "lan") {
    const end = port.side === "a" ? port.link.b : port.link.a;
    const remote = inventory.devices.get(end.device);
    return remote && speakers.has(remote.role) ? { device: remote, portName: end.interface } : undefined;
  }
  const above = device.uplink === undefined ? undefined : inventory.devices.get(device.uplink);
  const isUplink = port.link === undefined && port.name === device.interfaces[0]?.name;
  if (above === undefined || !isUplink || !speakers.has(above.role)) return undefined;
  const lan = above.interfaces.find(({ name }) => /lan|bridge|internal|switch|vlan/i.test(name));
  return { device: above, portName: lan?.name ?? above.interfaces[0]?.name ?? "lan" };
}

function portRecords(port: Port, remote: Device, remotePort: string): AgentRecord[] {
  const { ifIndex } = port;
  const index = `${timeMark}.${ifIndex}.1`;
  const { integer, octetString } = snmprecTag;
  return [
    { oid: `${lldpLocPortEntry}.2.${ifIndex}`, tag: integer, value: interfaceNameSubtype },
    { oid: `${lldpLocPortEntry}.3.${ifIndex}`, tag: octetString, value: Buffer.from(port.ifName) },
    { oid: `${lldpLocPortEntry}.4.${ifIndex}`, tag: octetString, value: Buffer.from(port.name) },
    { oid: `${lldpRemEntry}.4.${index}`, tag: integer, value: macAddressSubtype },
    { oid: `${lldpRemEntry}.5.${index}`, tag: octetString, value: macAddressOf(remote, 0) },
    { oid: `${lldpRemEntry}.6.${index}`, tag: integer, value: interfaceNameSubtype },
    { oid: `${lldpRemEntry}.7.${index}`, tag: octetString, value: Buffer.from(remotePort) },
    { oid: `${lldpRemEntry}.8.${index}`, tag: octetString, value: Buffer.from(remotePort) },
    { oid: `${lldpRemEntry}.9.${index}`, tag: octetString, value: Buffer.from(remote.id) },
  ];
}
