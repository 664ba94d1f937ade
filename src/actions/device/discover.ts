/** Which devices are there: a prefix scanned, or the inventory checked, each with the family that fits. */
import type { Device } from "../../inventory/model.ts";
import { identifyDevice } from "../../poll/observe/identify-device.ts";
import type { ProfileSet } from "../../profiles/index.ts";
import type { TableView } from "../../report/table-view.ts";
import type { Outcome } from "../../samples/types.ts";
import { createDriver } from "../../snmp/driver.ts";
import type { DriverName, SnmpCredential, SnmpDriver, SnmpSession } from "../../snmp/types.ts";
import { UsageError } from "../inventory/open.ts";
import { addressesOf } from "./prefix.ts";
import { type Access, type AccessOptions, openAccess } from "./session.ts";

export interface DiscoverOptions extends Omit<AccessOptions, "credential"> {
  /** Prefixes ("10.20.0.0/24") or addresses; none: the devices of the inventory. */
  prefixes: readonly string[];
  /** Tried in order on every address. */
  credentials: readonly string[];
  /** Addresses begun per second. */
  ratePerSecond: number;
  onFound?: (found: FoundDevice) => void;
}

export interface FoundDevice {
  address: string;
  /** Id in the inventory. */
  device?: string;
  outcome: Outcome;
  /** Name of the credential that was right. */
  credential?: string;
  family?: string;
  vendor?: string;
  model?: string;
  name?: string;
  description?: string;
  error?: string;
}

export interface DiscoveryReport {
  /** Devices that answer; of an inventory, all of them. */
  found: FoundDevice[];
  asked: number;
  answered: number;
}

/** Outstanding at once; the driver shares few sockets among them. */
const atOnce = 256;

interface Candidate {
  address: string;
  device?: Device;
  credentials: readonly (readonly [string, SnmpCredential])[];
}

/**
 * Asks each address for its system group. A silent address of a prefix is not a result; one of the inventory is. Aborted,
 * it gives what it has. @throws as `openAccess` and `openDevice`
 */
export async function discoverDevices(options: DiscoverOptions): Promise<DiscoveryReport> {
  const access = await openAccess(options);
  const profiles = await access.profiles();
  const candidates = await candidatesOf(options, access);
  const drivers = new Map<DriverName, SnmpDriver>();
  for (const name of new Set(candidates.map(({ device }) => options.driver ?? device?.driver ?? "pdc")))
    drivers.set(name, await createDriver(name));
  const found: FoundDevice[] = [];
  const isScan = options.prefixes.length > 0;
  const sessions = new Set<SnmpSession>();
  const giveUp = () => {
    for (const session of sessions) session.close();
  };
  options.signal?.addEventListener("abort", giveUp);
  let asked = 0;
  try {
    await paced(candidates, options, async (candidate) => {
      const driver = drivers.get(options.driver ?? candidate.device?.driver ?? "pdc")!;
      const result = await ask(candidate, { driver, profiles, sessions }, options);
      // What was given up said nothing.
      if (options.signal?.aborted) return;
      asked += 1;
      if (isScan && result.outcome === "no-answer") return;
      found.push(result);
      options.onFound?.(result);
    });
  } finally {
    options.signal?.removeEventListener("abort", giveUp);
    for (const driver of drivers.values()) await driver.close();
  }
  const order = new Map(candidates.map(({ address }, at) => [address, at]));
  found.sort((left, right) => order.get(left.address)! - order.get(right.address)!);
  return {
    found,
    asked,
    answered: found.filter((one) => one.outcome === "complete").length,
  };
}

async function candidatesOf(options: DiscoverOptions, access: Access): Promise<Candidate[]> {
  const { inventory } = access;
  const named = await Promise.all(
    options.credentials.map(async (name) => [name, await access.credential(name)] as const),
  );
  const devices = new Map([...(inventory?.devices.values() ?? [])].map((device) => [device.address, device]));
  if (options.prefixes.length > 0) {
    if (named.length === 0)
      throw new UsageError("a scan needs a credential", "--credential NAME (more than one is allowed)");
    return options.prefixes
      .flatMap((prefix) => addressesOf(prefix))
      .map((address) => {
        const device = devices.get(address);
        return { address, credentials: named, ...(device && { device }) };
      });
  }
  if (!inventory)
    throw new UsageError("no prefix, and no inventory here", "name a prefix, or --inventory DIR");
  return Promise.all(
    [...inventory.devices.values()].map(async (device) => ({
      address: device.address,
      device,
      credentials:
        named.length > 0 ? named : [[device.credential, await access.credential(device.credential)] as const],
    })),
  );
}

async function ask(
  candidate: Candidate,
  means: { driver: SnmpDriver; profiles: ProfileSet; sessions: Set<SnmpSession> },
  options: DiscoverOptions,
): Promise<FoundDevice> {
  const { address, device } = candidate;
  const base = { address, ...(device && { device: device.id }) };
  let last: FoundDevice = { ...base, outcome: "no-answer" };
  for (const [name, credential] of candidate.credentials) {
    if (options.signal?.aborted) break;
    const session = means.driver.open({
      address,
      port: options.port ?? device?.port ?? 161,
      credential,
      timeoutMs: options.timeoutMs ?? 1000,
      retries: options.retries ?? 1,
    });
    means.sessions.add(session);
    const { outcome, system, error } = await identifyDevice(session, means.profiles);
    means.sessions.delete(session);
    session.close();
    if (outcome === "complete" && system) {
      const { family, vendor, model, sysName, sysDescr } = system;
      return {
        ...base,
        outcome,
        credential: name,
        family,
        ...(vendor && { vendor }),
        ...(model && { model }),
        ...(sysName && { name: sysName }),
        ...(sysDescr && { description: sysDescr }),
      };
    }
    last = { ...base, outcome, ...(error && { error: error.message }) };
  }
  return last;
}

/** Begins at most `ratePerSecond` a second, at most `atOnce` open; stops beginning when the signal says so. */
async function paced(
  candidates: readonly Candidate[],
  options: DiscoverOptions,
  work: (candidate: Candidate) => Promise<void>,
): Promise<void> {
  const began = performance.now();
  const running = new Set<Promise<void>>();
  for (const [at, candidate] of candidates.entries()) {
    if (options.signal?.aborted) break;
    const waitMs = began + (at * 1000) / options.ratePerSecond - performance.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    while (running.size >= atOnce) await Promise.race(running);
    const one = work(candidate).finally(() => running.delete(one));
    running.add(one);
  }
  await Promise.all(running);
}

export function discoveryView(report: DiscoveryReport): TableView {
  return {
    columns: [
      { key: "address", header: "ADDRESS", dropOrder: 0 },
      { key: "device", header: "DEVICE", dropOrder: 1 },
      { key: "name", header: "NAME", dropOrder: 2 },
      { key: "family", header: "FAMILY", dropOrder: 0 },
      { key: "vendor", header: "VENDOR", dropOrder: 4 },
      { key: "model", header: "MODEL", dropOrder: 3 },
      { key: "credential", header: "CREDENTIAL", dropOrder: 5 },
      { key: "outcome", header: "OUTCOME", dropOrder: 2 },
      { key: "description", header: "DESCRIPTION", dropOrder: 6 },
    ],
    rows: report.found.map((found) => ({ ...found })),
    empty: `nothing answered of ${report.asked} asked`,
  };
}
