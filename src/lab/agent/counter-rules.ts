/**
 * Rules that make a plain recording move: uptimes run, and every counter grows at the mean rate it had until it was
 * recorded (its value over the recorded uptime). Explicit rules of the recording stay as they are.
 */
import { type AgentRecord, snmprecTag } from "./snmprec.ts";
import type { Variation } from "./variation.ts";

const sysUpTime = "1.3.6.1.2.1.1.3.0";
const runningTimes: ReadonlyMap<string, number> = new Map([
  [sysUpTime, 100],
  ["1.3.6.1.2.1.25.1.1.0", 100], // hrSystemUptime, TimeTicks
  ["1.3.6.1.6.3.10.2.1.3.0", 1], // snmpEngineTime, seconds
]);
/** 32-bit columns of ifTable and the 64-bit ones of ifXTable that count the same. */
const highCapacityTwins: ReadonlyMap<string, string> = new Map([
  ["1.3.6.1.2.1.2.2.1.10", "1.3.6.1.2.1.31.1.1.1.6"],
  ["1.3.6.1.2.1.2.2.1.11", "1.3.6.1.2.1.31.1.1.1.7"],
  ["1.3.6.1.2.1.2.2.1.16", "1.3.6.1.2.1.31.1.1.1.10"],
  ["1.3.6.1.2.1.2.2.1.17", "1.3.6.1.2.1.31.1.1.1.11"],
]);
/** When a recording has no uptime: a month. */
const assumedUptimeSeconds = 30 * 86_400;
/** A recorded value that wrapped or outlived its uptime must not become an absurd rate: 1 Gbit/s in octets. */
const maxPerSecond = 125_000_000;

/** The records with rules where they had none. */
export function withCounterRules(records: readonly AgentRecord[]): AgentRecord[] {
  const values = new Map(records.map((record) => [record.oid, record.value]));
  const uptimeSeconds = Number(values.get(sysUpTime) ?? 0) / 100 || assumedUptimeSeconds;
  return records.map((record) => {
    if (record.variation !== undefined) return record;
    const perSecond = runningTimes.get(record.oid);
    if (perSecond !== undefined) return { ...record, variation: { kind: "uptime", perSecond } };
    if (record.tag === snmprecTag.counter64)
      return { ...record, variation: growth(record.value, uptimeSeconds) };
    if (record.tag !== snmprecTag.counter32) return record;
    const value = highCapacityTwin(record.oid, values) ?? record.value;
    return { ...record, value: Number(value), variation: growth(value, uptimeSeconds) };
  });
}

function growth(value: AgentRecord["value"], uptimeSeconds: number): Variation {
  return {
    kind: "counter",
    perSecond: Math.min(maxPerSecond, Number(value) / uptimeSeconds),
    shape: "daily",
  };
}

function highCapacityTwin(
  oid: string,
  values: ReadonlyMap<string, AgentRecord["value"]>,
): AgentRecord["value"] | undefined {
  const dot = oid.lastIndexOf(".");
  const column = highCapacityTwins.get(oid.slice(0, dot));
  return column === undefined ? undefined : values.get(`${column}.${oid.slice(dot + 1)}`);
}
