/** Reachability of one device by the method its inventory asks for, or the nearest that can be had. */
import type { Device } from "../inventory/model.ts";
import type { IcmpProber } from "../probe/icmp.ts";
import { type ProbeOptions, probeByRequest } from "../probe/request.ts";
import { probeTcp } from "../probe/tcp.ts";
import type { Reachability } from "../samples/types.ts";
import type { SnmpSession } from "../snmp/types.ts";

/** sysUpTime.0 (SNMPv2-MIB): the cheapest thing every agent knows. */
const SYS_UP_TIME = "1.3.6.1.2.1.1.3.0";
/** Between two probes of one device, ms. */
const snmpIntervalMs = 100;

export interface ReachSources {
  /** Absent when this machine cannot send ICMP: those devices are measured by SNMP. */
  icmp?: IcmpProber | undefined;
  options?: ProbeOptions;
}

/** What can be measured beside the reading of the device: ICMP and TCP do not use its SNMP agent. */
export function beginReach(
  device: Device,
  address: string,
  sources: ReachSources,
): Promise<Reachability | undefined> {
  const { method, port } = device.reachability;
  if (method === "icmp" && sources.icmp) return sources.icmp.probe(address);
  if (method === "tcp" && port !== undefined) return probeTcp(address, port, sources.options);
  return Promise.resolve(undefined);
}

/**
 * The reachability to record, once the device has been read or has failed to answer. SNMP probes are sent after the
 * reading, so that they do not wait behind it; ICMP that nobody answered on a device that answers SNMP is filtered
 * on the way, so SNMP measures it. A device that answered neither was asked `attempts` times by the reading itself.
 * @param probing a session that repeats nothing; absent when the device did not answer.
 */
export async function finishReach(
  measured: Reachability | undefined,
  probing: SnmpSession | undefined,
  attempts: number,
  options: ProbeOptions = {},
): Promise<Reachability> {
  if (measured && (measured.received > 0 || !probing)) return measured;
  if (!probing) return { method: "snmp", sent: attempts, received: 0 };
  return probeByRequest("snmp", () => probing.get([SYS_UP_TIME]), { intervalMs: snmpIntervalMs, ...options });
}
