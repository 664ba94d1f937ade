/** Joins the rooms for polling a province: inventory and profiles in, devices over SNMP and ICMP, samples into the store. */
import { join } from "node:path";
import {
  type CredentialOverride,
  credentialResolver,
  type ResolvedCredential,
} from "../../inventory/credentials.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { Device, Inventory } from "../../inventory/model.ts";
import { createAddressBook } from "../../poll/addresses.ts";
import { systemClock } from "../../poll/clock.ts";
import { type CycleSummary, runCycle } from "../../poll/cycle.ts";
import { DevicePoller } from "../../poll/device-poller.ts";
import { type DevicePlan, loadProfiles } from "../../poll/observe.ts";
import { observerOf } from "../../poll/observer.ts";
import { selectTargets, type TargetSelection } from "../../poll/targets.ts";
import { createIcmpProber, type IcmpProber } from "../../probe/icmp.ts";
import type { SenderBook } from "../../receive/senders.ts";
import type { DeviceSample, Outcome } from "../../samples/types.ts";
import { createDriver } from "../../snmp/driver.ts";
import type { DriverName, SnmpDriver } from "../../snmp/types.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/types.ts";
import { keepHeapSmall } from "../heap.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { notePoller } from "./pollers.ts";
import { type RemoteWriteOptions, RemoteWriting } from "./remote-writing.ts";
import { SampleSink, type StoreFailure, storeFailureOf } from "./sample-sink.ts";
import { senderBook } from "./senders.ts";
import { Upkeep } from "./upkeep.ts";

export interface ProvincePollerOptions {
  inventoryDirectory: string;
  /** Of the inventory's validated cache; false: none. */
  cacheDirectory?: string | false;
  storePath: string;
  selection?: TargetSelection;
  /** For every device, instead of what the inventory says. */
  driver?: DriverName | undefined;
  /** Values of credentials that are not looked up (the lab's own), by credential id. */
  credentialOverrides?: ReadonlyMap<string, CredentialOverride>;
  signal?: AbortSignal;
  /** What the store may take; the oldest samples go first. */
  maxOctets?: number | undefined;
  /** Told after each cycle, when its samples are committed. Its StoreErrors are told with the cycle, as a failure. */
  afterCycle?: ((cycle: FinishedCycle) => void) | undefined;
}

/** A cycle that is over, for those who make something of it. */
export interface FinishedCycle {
  store: Store;
  inventory: Inventory;
  /** Those that were polled. */
  devices: readonly Device[];
  /** Wall clock. */
  nowMs: number;
  /** Between two cycles: some devices were polled on a hint, and their samples are committed. */
  isEarly?: boolean;
}

/** A device that did not answer in full. */
export interface DeviceTrouble {
  device: string;
  outcome: Outcome;
  code: string;
  message: string;
  fix?: string;
}

/** What one cycle came to. */
export interface CycleReport extends CycleSummary {
  /** Samples committed to the store. */
  kept: number;
  /** Samples that could not be, and why. */
  lost: number;
  failure?: StoreFailure;
  troubles: DeviceTrouble[];
}

export class ProvincePoller {
  readonly #options: ProvincePollerOptions;
  readonly #store: Store;
  readonly #upkeep: Upkeep;
  readonly #sink: SampleSink;
  readonly #earlySink: SampleSink;
  /** A device's turn and an early poll of it do not run at once: they share its session. */
  readonly #turns = new OneAtATime();
  #isCycling = false;
  readonly #drivers = new Map<DriverName, Promise<SnmpDriver>>();
  readonly #addresses = createAddressBook();
  // Names this process and its monotonic clock; short, it is in every sample.
  readonly #epoch = `${Date.now().toString(36)}-${process.pid.toString(36)}`;
  #devices: readonly Device[] = [];
  #inventory: Inventory | undefined;
  #credential: ((id: string) => Promise<ResolvedCredential>) | undefined;
  #poller: DevicePoller<DevicePlan> | undefined;
  #icmp: IcmpProber | undefined;
  /** What the person who started it should know; told once. */
  readonly warnings: string[] = [];

  private constructor(options: ProvincePollerOptions, store: Store) {
    this.#options = options;
    this.#store = store;
    this.#upkeep = new Upkeep(store, options.maxOctets);
    this.#sink = new SampleSink(store);
    this.#earlySink = new SampleSink(store);
  }

  /**
   * @throws InventoryError, ProfileError, LookupError, StoreError (`locked` when another poller has the store): each
   * with its exit code, before a packet is sent.
   */
  static async open(options: ProvincePollerOptions): Promise<ProvincePoller> {
    keepHeapSmall();
    const { inventory, devices } = await readTargets(options);
    const poller = new ProvincePoller(options, openStore(options.storePath, { mode: "write" }));
    try {
      await poller.#prepare(inventory, devices);
      return poller;
    } catch (error) {
      await poller.close();
      throw error;
    }
  }

  get devices(): readonly Device[] {
    return this.#devices;
  }

  /** Reads inventory, profiles and credentials again; when they cannot be used, all stays as it was. */
  async reload(): Promise<void> {
    const { inventory, devices } = await readTargets(this.#options);
    await this.#prepare(inventory, devices);
  }

  /** Polls every device once. */
  async cycle(options: {
    deadlineMs: number;
    signal?: AbortSignal | undefined;
    onSample?: (sample: DeviceSample) => void;
  }): Promise<CycleReport> {
    const poller = this.#poller;
    if (!poller) throw new Error("the poller is closed");
    keepHeapSmall();
    const troubles: DeviceTrouble[] = [];
    const beganMs = systemClock.monotonicMs();
    this.#isCycling = true;
    const cycle = runCycle(this.#devices, {
      poller: {
        poll: (device, onRead) => this.#turns.run(device.id, () => poller.poll(device, onRead)),
        wasSilent: (device) => poller.wasSilent(device),
        giveUp: (device) => poller.giveUp(device),
      },
      deadlineMs: options.deadlineMs,
      signal: options.signal,
      clock: systemClock,
      pollerEpoch: this.#epoch,
      onSample: (sample) => {
        if (sample.outcome !== "complete") troubles.push(troubleOf(sample));
        this.#sink.add(sample);
        options.onSample?.(sample);
      },
    });
    const summary = await cycle.finally(() => {
      this.#isCycling = false;
    });
    const committed = this.#sink.finish();
    const failure = committed.failure ?? this.#followUp();
    return {
      ...summary,
      ...committed,
      ...(failure && { failure }),
      durationMs: Math.round(systemClock.monotonicMs() - beganMs),
      troubles,
    };
  }

  /**
   * Has what early polls found judged now, unless a cycle is under way: it would be seen with one half of a province
   * and without the other, and its end judges all of it.
   */
  followEarly(): StoreFailure | undefined {
    return this.#isCycling || !this.#poller ? undefined : this.#followUp({ isEarly: true });
  }

  #followUp({ isEarly = false } = {}): StoreFailure | undefined {
    const inventory = this.#inventory;
    if (!inventory) return undefined;
    try {
      const { devices = [], agencies = [], shard } = this.#options.selection ?? {};
      // Whoever polls a few by hand does not say what this store's poller polls.
      if (devices.length + agencies.length === 0) notePoller(this.#store, inventory, shard);
      if (!this.#options.afterCycle) return undefined;
      const nowMs = systemClock.wallMs();
      this.#options.afterCycle({ store: this.#store, inventory, devices: this.#devices, nowMs, isEarly });
      return undefined;
    } catch (error) {
      return storeFailureOf(error);
    }
  }

  /** Hands samples on to receivers of remote write, from now on. @throws RemoteWriteError (2), CredentialError (22) */
  remoteWriting(
    options: RemoteWriteOptions,
    tell: (line: string) => void,
  ): Promise<RemoteWriting | undefined> {
    return RemoteWriting.open(this.#store, () => this.#inventory as Inventory, options, tell);
  }

  /** Packs, rolls up and drops what is due in the store, until a moment of the monotonic clock. @throws StoreError */
  async upkeep(untilMs: number, signal: AbortSignal): Promise<void> {
    if (this.#inventory && this.#poller) await this.#upkeep.run(this.#inventory, untilMs, signal);
  }

  /** Polls one device before its turn; undefined when it is none of ours any more. `finishEarly` commits. */
  async pollEarly(device: string): Promise<Outcome | undefined> {
    const found = this.#devices.find(({ id }) => id === device);
    if (!found) return undefined;
    const sample = await this.#turns.run(device, async () => this.#poller?.poll(found));
    // What was closed meanwhile takes no samples.
    if (!sample || !this.#poller) return undefined;
    this.#earlySink.add(sample);
    return sample.outcome;
  }

  /** Commits the early samples, and tells how many were kept since the last time. */
  finishEarly(): { kept: number; lost: number; failure?: StoreFailure } {
    return this.#earlySink.finish();
  }

  /** Who may send traps and syslog. What cannot be believed is among the warnings. */
  async senders(): Promise<SenderBook> {
    if (!this.#inventory || !this.#credential) throw new Error("the poller is closed");
    const { book, warnings } = await senderBook({
      inventory: this.#inventory,
      devices: this.#devices,
      credential: this.#credential,
      addresses: this.#addresses,
    });
    this.warnings.push(...warnings.filter((warning) => !this.warnings.includes(warning)));
    return book;
  }

  async close(): Promise<void> {
    this.#poller = undefined;
    this.#sink.finish();
    this.#earlySink.finish();
    this.#store.close();
    await Promise.all([...this.#drivers.values()].map(async (driver) => (await driver).close()));
  }

  async #prepare(inventory: Inventory, devices: readonly Device[]): Promise<void> {
    const { cacheDirectory } = this.#options;
    const profiles = await loadProfiles({
      directories: [join(inventory.directory, "profiles")],
      ...(cacheDirectory && { cacheDirectory }),
    });
    await this.#prepareIcmp(devices);
    const { driver, credentialOverrides } = this.#options;
    const credential = credentialResolver(
      inventory,
      credentialOverrides ? { overrides: credentialOverrides } : {},
    );
    this.#inventory = inventory;
    this.#credential = credential;
    this.#poller = new DevicePoller({
      observer: observerOf(profiles),
      driver: (name) => this.#driver(name),
      credential,
      addresses: this.#addresses,
      reach: { icmp: this.#icmp },
      clock: systemClock,
      pollerEpoch: this.#epoch,
      driverName: driver,
    });
    this.#devices = devices;
  }

  async #prepareIcmp(devices: readonly Device[]): Promise<void> {
    const count = devices.filter(({ reachability }) => reachability.method === "icmp").length;
    if (count === 0 || this.#icmp) return;
    const { signal } = this.#options;
    const icmp = await createIcmpProber(signal ? { signal } : {});
    if ("probe" in icmp) this.#icmp = icmp;
    else this.warnings.push(`${icmp.reason}: ${count} devices are probed by SNMP instead (${icmp.fix})`);
  }

  #driver(name: DriverName): Promise<SnmpDriver> {
    let driver = this.#drivers.get(name);
    if (!driver) {
      driver = createDriver(name);
      this.#drivers.set(name, driver);
    }
    return driver;
  }
}

async function readTargets(
  options: ProvincePollerOptions,
): Promise<{ inventory: Inventory; devices: Device[] }> {
  const { cacheDirectory } = options;
  const inventory = await loadInventory(
    options.inventoryDirectory,
    cacheDirectory === undefined ? {} : { cacheDirectory },
  );
  return { inventory, devices: selectTargets(inventory, options.selection) };
}

function troubleOf({ device, outcome, error, incomplete }: DeviceSample): DeviceTrouble {
  return {
    device,
    outcome,
    code: error?.code ?? "incomplete",
    message: error?.message ?? `not read to the end: ${incomplete.join(", ")}`,
    ...(error?.fix !== undefined && { fix: error.fix }),
  };
}
