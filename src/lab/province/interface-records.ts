/** IF-MIB (RFC 2863) and EtherLike-MIB (RFC 3635) rows of a port. */
import type { AgentRecord, SnmprecTag } from "../agent/snmprec.ts";
import { snmprecTag } from "../agent/snmprec.ts";
import type { Port } from "./ports.ts";
import type { Traffic } from "./traffic.ts";

export const ifEntry = "1.3.6.1.2.1.2.2.1";
export const ifXEntry = "1.3.6.1.2.1.31.1.1.1";
export const dot3StatsEntry = "1.3.6.1.2.1.10.7.2.1";

/** Octets of a mean packet, to have packet counters that fit the octet counters. */
export const octetsPerPacket = 620;
const ifSpeedLimit = 4_294_967_295;

/** What a row is made from. */
export interface PortState {
  port: Port;
  traffic: Traffic;
  macAddress: Buffer;
  /** How long the device has been counting, seconds. */
  uptimeSeconds: number;
  isOperUp: boolean;
  /** sysUpTime in ticks when the port took its present state. */
  lastChangeTicks: number;
}

export function interfaceRecords(state: PortState): AgentRecord[] {
  const { port, macAddress, isOperUp, lastChangeTicks } = state;
  const { ifIndex } = port;
  const bitsPerSecond = port.speedMbps * 1e6;
  const record = (
    entry: string,
    column: number,
    tag: SnmprecTag,
    value: AgentRecord["value"],
  ): AgentRecord => ({
    oid: `${entry}.${column}.${ifIndex}`,
    tag,
    value,
  });
  const { integer, octetString, gauge32, timeTicks } = snmprecTag;
  return [
    record(ifEntry, 1, integer, ifIndex),
    record(ifEntry, 2, octetString, Buffer.from(port.name)),
    record(ifEntry, 3, integer, port.ifType),
    record(ifEntry, 4, integer, 1500),
    record(ifEntry, 5, gauge32, Math.min(bitsPerSecond, ifSpeedLimit)),
    record(ifEntry, 6, octetString, port.ifType === 24 ? Buffer.alloc(0) : macAddress),
    record(ifEntry, 7, integer, 1),
    record(ifEntry, 8, integer, isOperUp ? 1 : 2),
    record(ifEntry, 9, timeTicks, lastChangeTicks),
    record(ifXEntry, 1, octetString, Buffer.from(port.ifName)),
    record(ifXEntry, 15, gauge32, port.speedMbps),
    record(ifXEntry, 17, integer, port.ifType === 6 ? 1 : 2),
    record(ifXEntry, 18, octetString, Buffer.from(port.alias)),
    record(ifXEntry, 19, timeTicks, 0),
    ...counterRecords(state),
    ...(port.ifType === 6 ? etherLikeRecords(ifIndex) : []),
  ];
}

/** Counters of a port: the 64-bit ones and, as their low 32 bits, those of ifTable. */
export function counterRecords({ port, traffic, uptimeSeconds }: PortState): AgentRecord[] {
  const { ifIndex } = port;
  const inward = { perSecond: traffic.inOctetsPerSecond, seed: traffic.inSeed };
  const outward = { perSecond: traffic.outOctetsPerSecond, seed: traffic.outSeed };
  const packets = ({ perSecond, seed }: typeof inward, share: number) => ({
    perSecond: (perSecond / octetsPerPacket) * share,
    seed,
  });
  const counters: [string, number, boolean, { perSecond: number; seed: number }][] = [
    [ifXEntry, 6, true, inward],
    [ifXEntry, 7, true, packets(inward, 0.98)],
    [ifXEntry, 8, true, packets(inward, 0.012)],
    [ifXEntry, 9, true, packets(inward, 0.008)],
    [ifXEntry, 10, true, outward],
    [ifXEntry, 11, true, packets(outward, 0.98)],
    [ifXEntry, 12, true, packets(outward, 0.012)],
    [ifXEntry, 13, true, packets(outward, 0.008)],
    [ifEntry, 10, false, inward],
    [ifEntry, 11, false, packets(inward, 0.98)],
    [ifEntry, 13, false, packets(inward, 0.000_001)],
    [ifEntry, 14, false, packets(inward, 0.000_001)],
    [ifEntry, 16, false, outward],
    [ifEntry, 17, false, packets(outward, 0.98)],
    [ifEntry, 19, false, packets(outward, 0.000_001)],
    [ifEntry, 20, false, packets(outward, 0)],
  ];
  return counters.map(([entry, column, isWide, { perSecond, seed }]): AgentRecord => {
    const counted = Math.floor(perSecond * uptimeSeconds);
    return {
      oid: `${entry}.${column}.${ifIndex}`,
      tag: isWide ? snmprecTag.counter64 : snmprecTag.counter32,
      value: isWide ? BigInt(counted) : counted,
      variation: { kind: "counter", perSecond, shape: "daily", seed },
    };
  });
}

/** dot3StatsTable: error counters that stand still, full duplex (3). */
function etherLikeRecords(ifIndex: number): AgentRecord[] {
  const errors = [2, 3, 4, 5, 8, 9, 10, 11, 13, 16, 18].map(
    (column): AgentRecord => ({
      oid: `${dot3StatsEntry}.${column}.${ifIndex}`,
      tag: snmprecTag.counter32,
      value: 0,
      variation: { kind: "counter", perSecond: 0, shape: "flat" },
    }),
  );
  return [...errors, { oid: `${dot3StatsEntry}.19.${ifIndex}`, tag: snmprecTag.integer, value: 3 }];
}
