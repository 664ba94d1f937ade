/**
 * The one vocabulary of measurements: which names a component of a class may have, with unit and default kind.
 * Profiles cannot invent others (the loader refuses them), so health and reports may rely on the names. The first
 * name of a class is its main measurement: the one limits and one-line displays are about.
 */
import type { ComponentClass, MeasurementKind } from "../samples/types.ts";

export interface MeasurementWord {
  kind: MeasurementKind;
  /** Absent for states. */
  unit?: string;
}

const counter = (unit: string): MeasurementWord => ({ kind: "counter32", unit });
const gauge = (unit: string): MeasurementWord => ({ kind: "gauge", unit });
const state: MeasurementWord = { kind: "state" };
/** A sensor: a value, a state, or both. */
const sensor = (unit: string) => ({ value: gauge(unit), status: state });
const space = {
  usedPercent: gauge("percent"),
  usedOctets: gauge("octets"),
  sizeOctets: gauge("octets"),
  freeOctets: gauge("octets"),
  status: state,
};

/** Class → name → kind and unit. Counters are counter64 where the agent sends Counter64. */
export const vocabulary = {
  /** IF-MIB, EtherLike-MIB, POWER-ETHERNET-MIB. Ticks are hundredths of a second of sysUpTime. */
  interface: {
    operStatus: state,
    adminStatus: state,
    duplexStatus: state,
    poeStatus: state,
    speedBitsPerSecond: gauge("bits-per-second"),
    lastChangeTicks: gauge("ticks"),
    discontinuityTicks: gauge("ticks"),
    inOctets: counter("octets"),
    outOctets: counter("octets"),
    inUcastPackets: counter("packets"),
    outUcastPackets: counter("packets"),
    inMulticastPackets: counter("packets"),
    outMulticastPackets: counter("packets"),
    inBroadcastPackets: counter("packets"),
    outBroadcastPackets: counter("packets"),
    inErrors: counter("packets"),
    outErrors: counter("packets"),
    inDiscards: counter("packets"),
    outDiscards: counter("packets"),
    inUnknownProtocols: counter("packets"),
    fcsErrors: counter("packets"),
    alignmentErrors: counter("packets"),
    symbolErrors: counter("packets"),
    frameTooLongs: counter("packets"),
    singleCollisions: counter("packets"),
    multipleCollisions: counter("packets"),
    lateCollisions: counter("packets"),
    excessiveCollisions: counter("packets"),
    carrierSenseErrors: counter("packets"),
    internalReceiveErrors: counter("packets"),
    internalTransmitErrors: counter("packets"),
  },
  processor: { busyPercent: gauge("percent"), status: state },
  memory: space,
  storage: { ...space, allocationFailures: counter("failures") },
  temperature: sensor("celsius"),
  fan: { ...sensor("rpm"), speedPercent: gauge("percent") },
  "power-supply": { status: state, value: gauge("watts") },
  voltage: sensor("volts"),
  current: sensor("amperes"),
  power: sensor("watts"),
  frequency: sensor("hertz"),
  humidity: sensor("percent"),
  "optical-power": sensor("dBm"),
  signal: sensor("dBm"),
  /** Run-queue averages (no unit) of hosts, or the load of an output in percent. */
  load: sensor("load"),
  /** Sessions, clients, users … */
  count: sensor("count"),
  /** Time left, in seconds. */
  runtime: sensor("seconds"),
  charge: sensor("percent"),
  state: { status: state, value: gauge("count") },
  /** One per UPS: what UPS-MIB and the vendors' say of the whole; single readings are components of their own classes. */
  ups: {
    outputSource: state,
    batteryStatus: state,
    batteryReplace: state,
    testResult: state,
    secondsOnBattery: gauge("seconds"),
    minutesRemaining: gauge("minutes"),
    chargePercent: gauge("percent"),
    outputLoadPercent: gauge("percent"),
    inputVolts: gauge("volts"),
    outputVolts: gauge("volts"),
    batteryVolts: gauge("volts"),
    batteryCelsius: gauge("celsius"),
    inputLineBads: counter("failures"),
    alarmsPresent: gauge("count"),
  },
  "bgp-peer": {
    state,
    adminStatus: state,
    establishedSeconds: gauge("seconds"),
    establishedTransitions: counter("transitions"),
    inUpdates: counter("messages"),
    outUpdates: counter("messages"),
    inMessages: counter("messages"),
    outMessages: counter("messages"),
    inUpdateElapsedSeconds: gauge("seconds"),
    lastError: state,
    acceptedPrefixes: gauge("prefixes"),
    advertisedPrefixes: gauge("prefixes"),
  },
  "ospf-neighbor": { state, events: counter("events"), retransmissionQueue: gauge("packets") },
  /** Attributes only: localPort, systemName, portId, portDescription, chassisId, systemDescription, managementAddress, protocol. */
  "lldp-neighbor": { status: state },
  "vpn-tunnel": {
    status: state,
    inOctets: counter("octets"),
    outOctets: counter("octets"),
    uptimeSeconds: gauge("seconds"),
    users: gauge("count"),
  },
  "sdwan-link": {
    status: state,
    latencyMs: gauge("milliseconds"),
    jitterMs: gauge("milliseconds"),
    lossPercent: gauge("percent"),
    inBitsPerSecond: gauge("bits-per-second"),
    outBitsPerSecond: gauge("bits-per-second"),
  },
  disk: {
    status: state,
    health: state,
    temperatureCelsius: gauge("celsius"),
    badSectors: gauge("count"),
    lifePercent: gauge("percent"),
    readOctets: counter("octets"),
    writtenOctets: counter("octets"),
    sizeOctets: gauge("octets"),
  },
  raid: {
    status: state,
    usedPercent: gauge("percent"),
    usedOctets: gauge("octets"),
    sizeOctets: gauge("octets"),
    freeOctets: gauge("octets"),
  },
  "printer-supply": {
    levelPercent: gauge("percent"),
    level: gauge("units"),
    capacity: gauge("units"),
    levelState: state,
  },
  printer: { status: state, detectedErrors: state, deviceStatus: state, pages: counter("pages") },
  wireless: {
    status: state,
    clients: gauge("count"),
    utilisationPercent: gauge("percent"),
    accessPoints: gauge("count"),
    channel: gauge("channel"),
    txPower: gauge("dBm"),
    noise: gauge("dBm"),
    signal: gauge("dBm"),
    qualityPercent: gauge("percent"),
    rateBitsPerSecond: gauge("bits-per-second"),
    txRateBitsPerSecond: gauge("bits-per-second"),
    rxRateBitsPerSecond: gauge("bits-per-second"),
    frequencyMegahertz: gauge("megahertz"),
  },
} as const satisfies Record<ComponentClass, Record<string, MeasurementWord>>;

/** Every class, in the order reports show them. */
export const componentClasses = Object.keys(vocabulary) as [ComponentClass, ...ComponentClass[]];

/** What every device is asked for: found, or absent with a reason. */
export const expectedClasses = [
  "interface",
  "processor",
  "memory",
  "temperature",
  "fan",
  "power-supply",
] as const satisfies readonly ComponentClass[];

/** Kind and unit of a measurement of a class; undefined when the vocabulary has no such name. */
export function measurementWord(componentClass: ComponentClass, name: string): MeasurementWord | undefined {
  const words: Record<string, MeasurementWord> = vocabulary[componentClass];
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

/** The measurement a class is mainly about: "busyPercent" of processors, "value" of sensors. */
export function mainMeasurement(componentClass: ComponentClass): string {
  return Object.keys(vocabulary[componentClass])[0] as string;
}
