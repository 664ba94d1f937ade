/** Polls a device all the way: name, credential, session, reading, reachability, and the sample of it all. */
import type { ResolvedCredential } from "../inventory/credentials.ts";
import type { Device } from "../inventory/model.ts";
import type { DeviceSample, Reachability } from "../samples/types.ts";
import type { DriverName, SnmpDriver, SnmpSession, SnmpTarget } from "../snmp/types.ts";
import type { AddressBook } from "./addresses.ts";
import type { Clock } from "./clock.ts";
import { failed, unresolved, withoutCredential } from "./failure.ts";
import type { Observation, Observer } from "./observer.ts";
import { beginReach, finishReach, type ReachSources } from "./reach.ts";

export interface DevicePollerParts<Plan> {
  observer: Observer<Plan>;
  driver(name: DriverName): Promise<SnmpDriver>;
  /** By the credential's name in the inventory; asked once per credential by who gives it. */
  credential(id: string): Promise<ResolvedCredential>;
  addresses: AddressBook;
  reach: ReachSources;
  clock: Clock;
  /** Identifies this process and its monotonic clock. */
  pollerEpoch: string;
  /** Instead of the inventory's driver, for every device. */
  driverName?: DriverName | undefined;
}

/** Of the session seam (snmp/types.ts): repeats after the first send. */
const DEFAULT_RETRIES = 2;

/** The sessions with a device, kept from poll to poll. */
interface Sessions {
  /** Another one is another target. */
  address: string;
  reading: SnmpSession;
  /** Repeats nothing, so that a lost probe is seen as one. */
  probing: SnmpSession;
}

type Polled = Observation & { reachability?: Reachability };

export class DevicePoller<Plan> {
  readonly #parts: DevicePollerParts<Plan>;
  readonly #sessions = new Map<string, Sessions>();
  /** Outlive the sessions: a device that was given up is still what it was. */
  readonly #plans = new Map<string, { plan: Plan; profile: string | undefined }>();

  readonly #silent = new Set<string>();

  constructor(parts: DevicePollerParts<Plan>) {
    this.#parts = parts;
  }

  /**
   * Never rejects: whatever goes wrong with a device is in its sample.
   * @param onRead called when the device has been read and only its reachability is still being measured.
   */
  async poll(device: Device, onRead: () => void = () => {}): Promise<DeviceSample> {
    const { clock, pollerEpoch } = this.#parts;
    const frame = { device: device.id, atMs: clock.wallMs(), monotonicMs: clock.monotonicMs(), pollerEpoch };
    const polled = await this.#poll(device, onRead).catch(failed);
    if (polled.outcome === "no-answer") this.#silent.add(device.id);
    else this.#silent.delete(device.id);
    return {
      ...frame,
      durationMs: Math.round((clock.monotonicMs() - frame.monotonicMs) * 1000) / 1000,
      ...polled,
    };
  }

  /** It did not answer the last time. */
  wasSilent(device: Device): boolean {
    return this.#silent.has(device.id);
  }

  /** Ends what is under way with a device; its `poll` then settles, and its sample is of no use. */
  giveUp(device: Device): void {
    const sessions = this.#sessions.get(device.id);
    this.#sessions.delete(device.id);
    sessions?.reading.close();
    sessions?.probing.close();
  }

  async #poll(device: Device, onRead: () => void): Promise<Polled> {
    const { addresses, reach } = this.#parts;
    let address: string;
    try {
      address = await addresses.resolve(device.address);
    } catch (error) {
      return unresolved(device.address, (error as Error).message);
    }
    const sessions = await this.#open(device, address);
    if ("outcome" in sessions) return sessions;
    const probed = beginReach(device, address, reach);
    const observation = await this.#observe(device, sessions.reading);
    onRead();
    if (observation.outcome === "skipped") return observation;
    const isAnswering = observation.outcome === "complete" || observation.outcome === "partial";
    const attempts = (device.retries ?? DEFAULT_RETRIES) + 1;
    const probing = isAnswering ? sessions.probing : undefined;
    return {
      ...observation,
      reachability: await finishReach(await probed, probing, attempts, reach.options),
    };
  }

  async #observe(device: Device, session: SnmpSession): Promise<Observation> {
    const { observer } = this.#parts;
    const known = this.#plans.get(device.id);
    if (known && known.profile === device.profile) return observer.observe(session, known.plan);
    this.#plans.delete(device.id);
    const { plan, observation } = await observer.discover(session, {
      device: device.id,
      ...(device.profile !== undefined && { family: device.profile }),
    });
    // What a device that was given up meanwhile is thought to be is only half of it.
    const isCurrent = this.#sessions.get(device.id)?.reading === session;
    if (plan !== undefined && isCurrent) this.#plans.set(device.id, { plan, profile: device.profile });
    return observation;
  }

  async #open(device: Device, address: string): Promise<Sessions | Observation> {
    const known = this.#sessions.get(device.id);
    if (known?.address === address) return known;
    this.giveUp(device);
    let resolved: ResolvedCredential;
    try {
      resolved = await this.#parts.credential(device.credential);
      if (resolved.kind !== "snmp") throw notForSnmp(device.credential);
    } catch (error) {
      return withoutCredential(error);
    }
    const driver = await this.#parts.driver(this.#parts.driverName ?? device.driver);
    const target = targetOf(device, address, resolved.snmp);
    const opened: Sessions = {
      address,
      reading: driver.open(target),
      probing: driver.open({ ...target, retries: 0 }),
    };
    this.#sessions.set(device.id, opened);
    return opened;
  }
}

function targetOf(device: Device, address: string, credential: SnmpTarget["credential"]): SnmpTarget {
  const { port, timeoutMs, retries, maxRepetitions, acceptOtherAddress } = device;
  return {
    address,
    port,
    credential,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(retries !== undefined && { retries }),
    ...(maxRepetitions !== undefined && { maxRepetitions }),
    ...(acceptOtherAddress !== undefined && { acceptOtherAddress }),
  };
}

function notForSnmp(credential: string): Error {
  return Object.assign(new Error(`credential "${credential}" is not one for SNMP`), {
    fix: "name an snmp-community or snmp-v3 credential for this device",
  });
}
