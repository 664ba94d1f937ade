/** Joins the rooms for polling a province: inventory and profiles in, devices over SNMP and ICMP, samples into the store. */
import type { Device, Inventory } from "../../inventory/model.ts";
import { systemClock } from "../../poll/clock.ts";
import { type CycleSummary, runCycle } from "../../poll/cycle.ts";
import type { SenderBook } from "../../receive/senders.ts";
import type { DeviceSample, Outcome } from "../../samples/types.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/types.ts";
import { keepHeapSmall } from "../heap.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { notePoller } from "./pollers.ts";
import { type RemoteWriteOptions, RemoteWriting } from "./remote-writing.ts";
import { SampleSink, type StoreFailure, storeFailureOf } from "./sample-sink.ts";
import { type PollingMeans, PollingSetup, readTargets, type SetupOptions } from "./setup.ts";
import { Upkeep } from "./upkeep.ts";

export interface ProvincePollerOptions extends SetupOptions {
  storePath: string;
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
  /** Between two cycles: the devices that were polled on a hint since the last one, their samples committed. */
  early?: ReadonlySet<string> | undefined;
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
  readonly #setup: PollingSetup;
  readonly #store: Store;
  readonly #upkeep: Upkeep;
  readonly #sink: SampleSink;
  readonly #earlySink: SampleSink;
  /** A device's turn and an early poll of it do not run at once: they share its session. */
  readonly #turns = new OneAtATime();
  #isCycling = false;
  /** Polled before their turn since what is polled was judged last. */
  #polledEarly = new Set<string>();
  /** Undefined: not prepared yet, or closed. */
  #means: PollingMeans | undefined;

  private constructor(options: ProvincePollerOptions, store: Store) {
    this.#options = options;
    this.#setup = new PollingSetup(options);
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
    const targets = await readTargets(options);
    const poller = new ProvincePoller(options, openStore(options.storePath, { mode: "write" }));
    try {
      poller.#means = await poller.#setup.prepare(targets);
      return poller;
    } catch (error) {
      await poller.close();
      throw error;
    }
  }

  get devices(): readonly Device[] {
    return this.#means?.devices ?? [];
  }

  /** What the person who started it should know; told once. */
  get warnings(): readonly string[] {
    return this.#setup.warnings;
  }

  /** Reads inventory, profiles and credentials again; when they cannot be used, all stays as it was. */
  async reload(): Promise<void> {
    this.#means = await this.#setup.prepare(await readTargets(this.#options));
  }

  /** Polls every device once. */
  async cycle(options: {
    deadlineMs: number;
    signal?: AbortSignal | undefined;
    onSample?: (sample: DeviceSample) => void;
  }): Promise<CycleReport> {
    const { poller, devices } = this.#open();
    keepHeapSmall();
    const troubles: DeviceTrouble[] = [];
    const beganMs = systemClock.monotonicMs();
    this.#isCycling = true;
    const cycle = runCycle(devices, {
      poller: {
        poll: (device, onRead) => this.#turns.run(device.id, () => poller.poll(device, onRead)),
        wasSilent: (device) => poller.wasSilent(device),
        giveUp: (device) => poller.giveUp(device),
      },
      deadlineMs: options.deadlineMs,
      signal: options.signal,
      clock: systemClock,
      pollerEpoch: this.#setup.pollerEpoch,
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
    return this.#isCycling || !this.#means ? undefined : this.#followUp(this.#polledEarly);
  }

  #followUp(early?: ReadonlySet<string>): StoreFailure | undefined {
    this.#polledEarly = new Set();
    if (!this.#means) return undefined;
    const { inventory, devices } = this.#means;
    try {
      const { devices: named = [], agencies = [], shard } = this.#options.selection ?? {};
      // Whoever polls a few by hand does not say what this store's poller polls.
      if (named.length + agencies.length === 0) notePoller(this.#store, inventory, shard);
      if (!this.#options.afterCycle) return undefined;
      const nowMs = systemClock.wallMs();
      this.#options.afterCycle({ store: this.#store, inventory, devices, nowMs, early });
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
    // What waits is still sent while the poller ends.
    const first = this.#open();
    return RemoteWriting.open(this.#store, () => (this.#means ?? first).inventory, options, tell);
  }

  /** Packs, rolls up and drops what is due in the store, until a moment of the monotonic clock. @throws StoreError */
  async upkeep(untilMs: number, signal: AbortSignal): Promise<void> {
    if (this.#means) await this.#upkeep.run(this.#means.inventory, untilMs, signal);
  }

  /** Polls one device before its turn; undefined when it is none of ours any more. `finishEarly` commits. */
  async pollEarly(device: string): Promise<Outcome | undefined> {
    const found = this.devices.find(({ id }) => id === device);
    if (!found) return undefined;
    const sample = await this.#turns.run(device, async () => this.#means?.poller.poll(found));
    // What was closed meanwhile takes no samples.
    if (!sample || !this.#means) return undefined;
    this.#earlySink.add(sample);
    this.#polledEarly.add(device);
    return sample.outcome;
  }

  /** Commits the early samples, and tells how many were kept since the last time. */
  finishEarly(): { kept: number; lost: number; failure?: StoreFailure } {
    return this.#earlySink.finish();
  }

  /** Who may send traps and syslog. What cannot be believed is among the warnings. */
  async senders(): Promise<SenderBook> {
    return this.#setup.senders(this.#open());
  }

  async close(): Promise<void> {
    this.#means = undefined;
    this.#sink.finish();
    this.#earlySink.finish();
    this.#store.close();
    await this.#setup.close();
  }

  #open(): PollingMeans {
    if (!this.#means) throw new Error("the poller is closed");
    return this.#means;
  }
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
