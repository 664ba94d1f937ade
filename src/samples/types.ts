/**
 * What was measured, as plain data. A `DeviceSample` is all that one poll of one device gave; nothing in it is
 * derived (rates, states and percentages against a link's capacity come later, from two samples).
 */

/** What kind of part of a device a component is. One vocabulary for every vendor. */
export type ComponentClass =
  | "interface"
  | "processor"
  | "memory"
  | "storage"
  | "temperature"
  | "fan"
  | "power-supply"
  | "voltage"
  | "current"
  | "power"
  | "frequency"
  | "humidity"
  | "optical-power"
  | "signal"
  | "load"
  | "count"
  | "runtime"
  | "charge"
  | "state"
  | "ups"
  | "bgp-peer"
  | "ospf-neighbor"
  | "lldp-neighbor"
  | "vpn-tunnel"
  | "sdwan-link"
  | "disk"
  | "raid"
  | "printer-supply"
  | "printer"
  | "wireless";

/**
 * How a measurement's number is to be read. `counter32`/`counter64` only grow until they wrap or reset (RFC 2578
 * 7.1.6, 7.1.10); a `gauge` is a value at a moment; a `state` is a code with a word for it.
 */
export type MeasurementKind = "counter32" | "counter64" | "gauge" | "state";

/** One number of a component. Counter64 is exact, so its value is a bigint; everything else is a number. */
export interface Measurement {
  kind: MeasurementKind;
  /** In `unit` after scaling; for `state`, the code as the MIB has it. */
  value: number | bigint;
  /** "percent", "octets", "celsius", "dBm", "volts", "seconds", "packets" … absent for states. */
  unit?: string;
  /** For `state`: the MIB's word for the code ("up", "lowerLayerDown"). */
  word?: string;
  /** For `state`: what the word means for health. */
  severity?: "ok" | "warning" | "critical" | "unknown";
}

/** A part of a device that has measurements of its own: an interface, a processor, a fan, a BGP peer. */
export interface Component {
  class: ComponentClass;
  /** Stable across reboots and renumbering (ifName for interfaces, never ifIndex alone); unique in its class. */
  key: string;
  /** What a person calls it. Text from a device: hostile, escaped wherever it is shown. */
  label: string;
  /** The SNMP row it came from in this sample ("10101"), "" for scalars. May change after a reboot. */
  index: string;
  /** Things that are known but not measured: alias, type, mac, vendor limits, "group" (entity it belongs to). */
  attributes: Readonly<Record<string, string | number>>;
  /** By name: "inOctets", "outOctets", "operStatus", "busyPercent", "usedBytes", "value" … */
  measurements: Readonly<Record<string, Measurement>>;
}

/** How a poll of a device ended. Everything but `complete` says in `error` why. */
export type Outcome =
  | "complete"
  | "partial"
  | "no-answer"
  | "refused"
  | "unauthenticated"
  | "unresolved"
  | "invalid"
  | "skipped";

/** Loss, round-trip time and jitter of one cycle's reachability probes of one address. */
export interface Reachability {
  method: "icmp" | "snmp" | "tcp";
  sent: number;
  received: number;
  /** Milliseconds; absent when nothing came back. Jitter is the mean absolute difference of successive RTTs (RFC 3550 6.4.1 in spirit). */
  rttMs?: { min: number; mean: number; max: number };
  jitterMs?: number;
}

/** What tells one incarnation of a device's counters from the next (SNMPv2-MIB, HOST-RESOURCES-MIB, SNMP-FRAMEWORK-MIB). */
export interface Incarnation {
  /** snmpEngineBoots. */
  engineBoots?: number;
  /** sysUpTime, hundredths of a second, 32 bits: wraps every 497.1 days. */
  sysUpTimeTicks?: number;
  /** hrSystemUptime, hundredths of a second, same wrap. */
  hostUpTimeTicks?: number;
  /** snmpEngineTime, seconds, 31 bits. */
  engineTimeSeconds?: number;
}

/** What the device says it is. All of it text from the device. */
export interface SystemIdentity {
  sysObjectId?: string;
  sysDescr?: string;
  sysName?: string;
  sysLocation?: string;
  /** From the profile: "cisco-ios", "linux-net-snmp" … */
  family: string;
  vendor?: string;
  model?: string;
  serial?: string;
  softwareVersion?: string;
}

/** One poll of one device. */
export interface DeviceSample {
  device: string;
  /** Wall clock, milliseconds since the epoch (UTC), when the poll of this device began. */
  atMs: number;
  /** Monotonic clock of the poller, milliseconds: what rates are computed with, so that clock steps do nothing. */
  monotonicMs: number;
  /** Identifies the poller process whose monotonic clock that is; rates across two processes use wall time. */
  pollerEpoch: string;
  durationMs: number;
  outcome: Outcome;
  /** Stable code ("timeout", "wrong-community", "not-increasing" …), a sentence, and what to do about it. */
  error?: { code: string; message: string; fix?: string };
  incarnation: Incarnation;
  reachability?: Reachability;
  system?: SystemIdentity;
  components: readonly Component[];
  /** Classes whose walk did not finish: no rate and no "disappeared" may be concluded from them. */
  incomplete: readonly ComponentClass[];
  /** Classes the family cannot answer, with the reason its profile gives. */
  absent: Readonly<Partial<Record<ComponentClass, string>>>;
}

/** A rate between two complete samples of the same incarnation, or the reason why there is none. */
export type Rate = { perSecond: number } | { gap: GapReason };

/** Why no rate can be given. A gap is shown as a gap, never as zero. */
export type GapReason =
  | "first-sample"
  | "reboot"
  | "discontinuity"
  | "renumbered"
  | "wrap-ambiguous"
  | "incomplete"
  | "missing"
  | "too-far-apart";

/** The rates of one component between two samples, by measurement name (counters only). */
export interface ComponentRates {
  class: ComponentClass;
  key: string;
  rates: Readonly<Record<string, Rate>>;
}

/** A device sample with what follows from it and the one before. */
export interface RatedSample {
  sample: DeviceSample;
  /** Seconds between the two samples; absent with the first. */
  intervalSeconds?: number;
  rates: readonly ComponentRates[];
}
