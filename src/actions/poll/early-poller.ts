/** Traps and syslog as early polls: joins what is received to the poller. */
import { join } from "node:path";
import type { PowerSign } from "../../health/incident/attribution.ts";
import { systemClock } from "../../poll/clock.ts";
import { EarlyPolls } from "../../receive/early-polls.ts";
import { startEngine } from "../../receive/engine-identity.ts";
import { type Endpoint, parseEndpoint } from "../../receive/listen.ts";
import { Receiver } from "../../receive/receiver.ts";
import type { Hint, HintName, ReceiveCounters } from "../../receive/types.ts";
import type { DeviceSample, Outcome } from "../../samples/types.ts";
import type { ProvincePoller } from "./province-poller.ts";
import type { StoreFailure } from "./sample-sink.ts";
import { hasNames } from "./senders.ts";

export interface EarlyPollerOptions {
  /** "127.0.0.1:1162" */
  traps?: string | undefined;
  syslog?: string | undefined;
  /** Where the identity of our SNMP engine is kept. */
  stateDirectory: string;
}

/** A device that was polled before its turn, and why. */
export interface EarlyResult {
  device: string;
  hint: HintName;
  /** Hints that this poll answers. */
  hints: number;
  outcome: Outcome;
}

/** The early polls of about a second. */
export interface EarlyReport {
  atMs: number;
  polls: EarlyResult[];
  kept: number;
  lost: number;
  failure?: StoreFailure;
}

/** Devices that are polled before their turn at one time. */
const AT_ONCE = 32;
const TOLD_EVERY_MS = 1000;
/** Hints that are evidence for the cause of an outage; they change no state. */
const POWER_SIGNS: Partial<Record<HintName, PowerSign["code"]>> = {
  lastGasp: "last-gasp",
  onBattery: "ups-on-battery",
};

export class EarlyPoller {
  readonly #poller: ProvincePoller;
  readonly #onReport: (report: EarlyReport) => void;
  readonly #waiting = new EarlyPolls();
  #receiver: Receiver | undefined;
  #running = 0;
  #timer: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;
  #done: EarlyResult[] = [];
  /** Signs of power since the last cycle, the newest of each device. */
  #powerSigns = new Map<string, PowerSign>();
  #isClosed = false;

  private constructor(poller: ProvincePoller, onReport: (report: EarlyReport) => void) {
    this.#poller = poller;
    this.#onReport = onReport;
  }

  /** Undefined when nothing is to be received. @throws EndpointError (2), ListenError (22) */
  static async open(
    poller: ProvincePoller,
    options: EarlyPollerOptions,
    onReport: (report: EarlyReport) => void,
  ): Promise<EarlyPoller | undefined> {
    const traps = options.traps === undefined ? undefined : parseEndpoint(options.traps);
    const syslog = options.syslog === undefined ? undefined : parseEndpoint(options.syslog);
    if (!traps && !syslog) return undefined;
    const early = new EarlyPoller(poller, onReport);
    early.#receiver = await Receiver.open({
      senders: await poller.senders(),
      onHint: (hint) => early.#hinted(hint),
      traps: traps && { endpoint: traps, identity: await startEngine(engineFile(options.stateDirectory)) },
      syslog,
    });
    return early;
  }

  /** "SNMP traps on 127.0.0.1 port 1162". */
  get listening(): string[] {
    const says = (what: string, endpoint: Endpoint | undefined) =>
      endpoint ? [`${what} on ${endpoint.address} port ${endpoint.port}`] : [];
    return [
      ...says("SNMP traps", this.#receiver?.trapEndpoint),
      ...says("syslog", this.#receiver?.syslogEndpoint),
    ];
  }

  get counters(): ReceiveCounters | undefined {
    return this.#receiver && { ...this.#receiver.counters };
  }

  /** A poll in turn: what was hinted before is answered. */
  polled({ device, monotonicMs }: DeviceSample): void {
    this.#waiting.polled(device, monotonicMs);
  }

  /** Evidence for whose fault a silence is; given once. */
  takePowerSigns(): PowerSign[] {
    const signs = [...this.#powerSigns.values()];
    this.#powerSigns.clear();
    return signs;
  }

  /** After the inventory was read again, and now and then for devices that go by a name. */
  async refresh(why: "inventory" | "names"): Promise<void> {
    if (why === "names" && !hasNames(this.#poller.devices)) return;
    this.#waiting.keepOnly(new Set(this.#poller.devices.map(({ id }) => id)));
    this.#receiver?.replaceSenders(await this.#poller.senders());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#receiver?.close();
    this.#tell();
  }

  #hinted(hint: Hint): void {
    const { device, name } = hint;
    const code = POWER_SIGNS[name];
    if (code) this.#powerSigns.set(device, { atMs: systemClock.wallMs(), device, code });
    this.#waiting.add(hint, systemClock.monotonicMs());
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const nextMs = this.#waiting.nextMs();
    if (nextMs === undefined || this.#isClosed || this.#running >= AT_ONCE) return;
    this.#timer = setTimeout(() => this.#run(), Math.max(0, nextMs - systemClock.monotonicMs()));
  }

  #run(): void {
    for (const { device, hints, name } of this.#waiting.take(
      systemClock.monotonicMs(),
      AT_ONCE - this.#running,
    )) {
      this.#running += 1;
      void this.#poller
        .pollEarly(device)
        .then((outcome) => {
          if (outcome !== undefined) this.#done.push({ device, hint: name, hints, outcome });
          this.#telling ??= setTimeout(() => this.#tell(), TOLD_EVERY_MS);
        })
        .finally(() => {
          this.#running -= 1;
          this.#schedule();
        });
    }
    this.#schedule();
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const polls = this.#done;
    this.#done = [];
    if (polls.length === 0) return;
    this.#onReport({ atMs: systemClock.wallMs(), polls, ...this.#poller.finishEarly() });
  }
}

function engineFile(stateDirectory: string): string {
  return join(stateDirectory, "snmp-engine.json");
}
