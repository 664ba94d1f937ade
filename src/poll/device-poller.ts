/** Polls one device after the other's way: name, credential, session, reading, reachability, and the sample of it all. */
import type { ResolvedCredential } from "../inventory/credentials.ts";
import type { Device } from "../inventory/model.ts";
import { compareIncarnations } from "../samples/incarnation.ts";
import type { DeviceSample, Incarnation } from "../samples/types.ts";
import type { DriverName, SnmpDriver, SnmpSession, SnmpTarget } from "../snmp/types.ts";
import type { AddressBook } from "./addresses.ts";
import type { Clock } from "./clock.ts";
import { type Failure, failureOf, unresolved, withoutCredential } from "./failure.ts";
import type { Observation, Observer } from "./observer.ts";
import type { PlanShelf } from "./plan-shelf.ts";
import { beginReach, finishReach, type ReachSources } from "./reach.ts";

export interface DevicePollerParts<Plan> {
  observer: Observer<Plan>;
  plans: PlanShelf<Plan>;
  driver(name: DriverName): Promise<SnmpDriver>;
  /** By the credential's name in the inventory; asked once per credential by who gives it. */
  credential(id: string): Promise<ResolvedCredential>;
  addresses: AddressBook;
  reach: ReachSources;
  clock: Clock;
  /** Identifies this process and its monotonic clock. */
  pollerEpoch: string;
  /** Overrides the inventory's driver for every device. */
  driverName?: DriverName | undefined;
}

/** RFC defaults of the seam (snmp/types.ts): repeats after the first send. */
const DEFAULT_RETRIES = 2;

interface Sessions {
  address: string;
  reading: SnmpSession;
  /** Repeats nothing, so that a lost probe is seen as one. */
  probing: SnmpSession;
}

export class DevicePoller<Plan> {
  readonly #parts: DevicePollerParts<Plan>;
  readonly #sessions = new Map<string, Sessions>();

  constructor(parts: DevicePollerParts<Plan>) {
    this.#parts = parts;
  }

  /** Never rejects: whatever goes wrong with a device is in its sample. */
  async poll(device: Device): Promise<DeviceSample> {
    const { clock, pollerEpoch } = this.#parts;
    const frame = { device: device.id, atMs: clock.wallMs(), monotonicMs: clock.monotonicMs(), pollerEpoch };
    const result = await this.#read(device, frame.monotonicMs).catch(failureOf);
    return {
      ...frame,
      durationMs: Math.round((clock.monotonicMs() - frame.monotonicMs) * 1000) / 1000,
      ...("components" in result ? sampleParts(result) : { ...result, ...nothingRead }),
    };
  }

  /** Ends what is under way with a device; its `poll` then settles, and its sample is of no use. */
  giveUp(device: Device): void {
    const sessions = this.#sessions.get(device.id);
    this.#sessions.delete(device.id);
    sessions?.reading.close();
    sessions?.probing.close();
  }

  async #read(
    device: Device,
    nowMs: number,
  ): Promise<(Observation | Failure) & Pick<DeviceSample, "reachability">> {
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
    const read = await this.#observe(device, sessions.reading, nowMs).catch(failureOf);
    const isAnswering = "components" in read;
    const attempts = (device.retries ?? DEFAULT_RETRIES) + 1;
    const reachability = await finishReach(
      await probed,
      isAnswering ? sessions.probing : undefined,
      attempts,
      reach.options,
    );
    return { ...read, reachability };
  }

  async #observe(device: Device, session: SnmpSession, nowMs: number): Promise<Observation> {
    const { observer, plans } = this.#parts;
    const kept = plans.take(device.id, device.profile, nowMs);
    if (kept) {
      const observation = await observer.observe(session, kept.plan);
      if (
        !observation.isStale &&
        !hasRestarted(kept.incarnation, observation.incarnation, (nowMs - kept.readAtMs) / 1000)
      ) {
        plans.seen(device.id, observation.incarnation, nowMs);
        return observation;
      }
    }
    const { plan, observation } = await observer.discover(session, {
      device: device.id,
      family: device.profile,
    });
    plans.put(device.id, {
      plan,
      profile: device.profile,
      incarnation: observation.incarnation,
      readAtMs: nowMs,
      discoveredAtMs: nowMs,
    });
    return observation;
  }

  async #open(device: Device, address: string): Promise<Sessions | Failure> {
    const known = this.#sessions.get(device.id);
    if (known?.address === address) return known;
    this.giveUp(device);
    let resolved: ResolvedCredential;
    try {
      resolved = await this.#parts.credential(device.credential);
    } catch (error) {
      return withoutCredential(error);
    }
    if (resolved.kind !== "snmp")
      return withoutCredential(
        Object.assign(new Error(`credential "${device.credential}" is not one for SNMP`), {
          fix: "name an snmp-community or snmp-v3 credential for this device",
        }),
      );
    const driver = await this.#parts.driver(this.#parts.driverName ?? device.driver);
    const target: SnmpTarget = {
      address,
      port: device.port,
      credential: resolved.snmp,
      ...(device.timeoutMs !== undefined && { timeoutMs: device.timeoutMs }),
      ...(device.retries !== undefined && { retries: device.retries }),
      ...(device.maxRepetitions !== undefined && { maxRepetitions: device.maxRepetitions }),
      ...(device.acceptOtherAddress !== undefined && { acceptOtherAddress: device.acceptOtherAddress }),
    };
    const sessions = {
      address,
      reading: driver.open(target),
      probing: driver.open({ ...target, retries: 0 }),
    };
    this.#sessions.set(device.id, sessions);
    return sessions;
  }
}

const nothingRead = { incarnation: {}, components: [], incomplete: [], absent: {} } as const;

function sampleParts({ isStale: _, error, ...rest }: Observation & Pick<DeviceSample, "reachability">) {
  const isComplete = rest.incomplete.length === 0 && !error;
  return {
    ...rest,
    outcome: isComplete ? ("complete" as const) : ("partial" as const),
    ...(error && { error }),
  };
}

/** After a restart a device may have numbered its rows anew: what was learnt of it by row number is no longer true. */
function hasRestarted(before: Incarnation, after: Incarnation, seconds: number): boolean {
  return compareIncarnations(before, after, seconds, true) === "reboot";
}
