/** IP-MIB ipAddrTable (RFC 4293's ancestor, which every device still answers): addresses by port. */
import type { Device } from "../../inventory/model.ts";
import { type AgentRecord, snmprecTag } from "../agent/snmprec.ts";
import type { Port } from "./ports.ts";

const ipAddrEntry = "1.3.6.1.2.1.4.20.1";

export function addressRecords(device: Device, ports: readonly Port[]): AgentRecord[] {
  const rows = ports.flatMap(({ ifIndex, address }) => {
    const [ip, length] = address?.split("/") ?? [];
    return ip === undefined || !isIPv4(ip) ? [] : [{ ip, length: Number(length ?? 32), ifIndex }];
  });
  const first = ports[0];
  if (first !== undefined && isIPv4(device.address) && !rows.some(({ ip }) => ip === device.address)) {
    rows.push({ ip: device.address, length: 24, ifIndex: first.ifIndex });
  }
  return rows.flatMap(({ ip, length, ifIndex }): AgentRecord[] => [
    { oid: `${ipAddrEntry}.1.${ip}`, tag: snmprecTag.ipAddress, value: ip },
    { oid: `${ipAddrEntry}.2.${ip}`, tag: snmprecTag.integer, value: ifIndex },
    { oid: `${ipAddrEntry}.3.${ip}`, tag: snmprecTag.ipAddress, value: netmask(length) },
  ]);
}

function isIPv4(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text);
}

function netmask(length: number): string {
  return [0, 8, 16, 24].map((shift) => 256 - 2 ** (8 - Math.min(8, Math.max(0, length - shift)))).join(".");
}
