/**
 * Sends what waits in the outbox to one receiver, one request at a time and in the order of arrival, so that every
 * series stays in time order; a sample leaves the outbox only when the receiver has it or will never take it.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { DeviceSample } from "../../samples/types.ts";
import type { Outbox, QueuedSample } from "../outbox.ts";
import { type Answer, type Receiver, send } from "./send.ts";
import { type Labels, seriesOf } from "./series.ts";
import { compressed, type RemoteSample, writeRequest } from "./write-request.ts";

/** Values per request, of whole device samples; receivers take some megabytes, this is below one. */
const VALUES_PER_REQUEST = 5000;
const SAMPLES_PER_REQUEST = 200;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 30_000;
/** A refused request is halved to find what was refused in it, with at most so many requests. */
const HALVINGS = 40;

/** What a sender goes by; the test of an hour's outage brings its own. */
export interface SenderClock {
  monotonicMs(): number;
  /** Ends early when the signal is aborted; never rejects. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

const systemClock: SenderClock = {
  monotonicMs: () => performance.now(),
  pause: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
};

export interface SenderOptions {
  outbox: Outbox;
  receiver: Receiver;
  labelsOf(device: string): Labels;
  /** A sentence for the person who runs it: when the receiver fails, is back, or refuses samples. */
  tell(line: string): void;
  clock?: SenderClock;
}

export class RemoteSender {
  readonly #options: SenderOptions;
  readonly #clock: SenderClock;
  readonly #stop = new AbortController();
  #wake = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #failingSinceMs: number | undefined;
  #isIdle = true;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Begins to send, and sends again: call it whenever samples were appended. */
  wake(): void {
    this.#isIdle = false;
    this.#running ??= this.#run();
    this.#wake.resolve();
  }

  /** Waits until nothing waits any more, the receiver fails, or the time is over; then stops. The rest stays queued. */
  async close(drainMs: number): Promise<void> {
    const untilMs = performance.now() + drainMs;
    this.#wake.resolve();
    while (
      this.#running &&
      !this.#isIdle &&
      this.#failingSinceMs === undefined &&
      performance.now() < untilMs
    )
      await wait(10);
    this.#stop.abort();
    this.#wake.resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { outbox, receiver } = this.#options;
    let backoffMs = FIRST_BACKOFF_MS;
    while (!this.#stop.signal.aborted) {
      const wake = this.#wake.promise;
      const batch = this.#nextBatch();
      if (batch.length === 0) {
        this.#isIdle = true;
        await wake;
        this.#wake = Promise.withResolvers();
        continue;
      }
      const answer = await this.#deliver(batch, { left: HALVINGS });
      if (answer.kind === "done") {
        this.#recovered();
        if (answer.dropped > 0)
          this.#options.tell(`${receiver.url} refused ${answer.dropped} samples: ${answer.why}`);
        const unreadable = batch.filter(({ sample }) => !sample).length;
        outbox.done(receiver.url, batch.at(-1)!.sequence, answer.dropped + unreadable);
        backoffMs = FIRST_BACKOFF_MS;
        continue;
      }
      if (this.#stop.signal.aborted) return;
      if (answer.doneUntil !== undefined) outbox.done(receiver.url, answer.doneUntil, answer.dropped);
      this.#failed(answer.why);
      const jitter = 0.8 + 0.4 * Math.random();
      await this.#clock.pause(Math.max(answer.afterMs ?? 0, backoffMs * jitter), this.#stop.signal);
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    }
  }

  /** As many samples as fit one request. */
  #nextBatch(): QueuedSample[] {
    const { outbox, receiver } = this.#options;
    let values = 0;
    const batch: QueuedSample[] = [];
    for (const queued of outbox.next(receiver.url, SAMPLES_PER_REQUEST)) {
      batch.push(queued);
      values += queued.sample ? valuesOf(queued.sample) : 0;
      if (values >= VALUES_PER_REQUEST) break;
    }
    return batch;
  }

  /** Sends; what is refused as a whole is sent in halves, in order, so that one bad sample costs only itself. */
  async #deliver(batch: readonly QueuedSample[], budget: { left: number }): Promise<Delivery> {
    const series = batch.flatMap(({ sample }) => this.#seriesOf(sample));
    if (series.length === 0) return { kind: "done", dropped: 0, why: "" };
    const answer = await this.#send(series);
    if (answer.kind === "taken") return { kind: "done", dropped: 0, why: "" };
    if (answer.kind === "later") return { ...answer, dropped: 0 };
    budget.left -= 1;
    const samples = batch.filter(({ sample }) => sample).length;
    if (!answer.isMixed || samples === 1 || budget.left <= 0)
      return { kind: "done", dropped: samples, why: answer.why };
    const middle = batch.length >> 1;
    const first = await this.#deliver(batch.slice(0, middle), budget);
    if (first.kind === "later") return first;
    const doneUntil = batch[middle - 1]!.sequence;
    const second = await this.#deliver(batch.slice(middle), budget);
    const dropped = first.dropped + second.dropped;
    if (second.kind === "later") return { doneUntil, ...second, dropped };
    return { kind: "done", dropped, why: first.dropped > 0 ? first.why : second.why };
  }

  #seriesOf(sample: DeviceSample | undefined): RemoteSample[] {
    return sample ? seriesOf(sample, this.#options.labelsOf(sample.device)) : [];
  }

  #send(series: readonly RemoteSample[]): Promise<Answer> {
    return send(this.#options.receiver, compressed(writeRequest(series)), this.#stop.signal);
  }

  #failed(why: string): void {
    if (this.#failingSinceMs !== undefined) return;
    this.#failingSinceMs = this.#clock.monotonicMs();
    this.#options.tell(`${this.#options.receiver.url} does not take samples, they wait: ${why}`);
  }

  #recovered(): void {
    if (this.#failingSinceMs === undefined) return;
    const seconds = Math.round((this.#clock.monotonicMs() - this.#failingSinceMs) / 1000);
    this.#failingSinceMs = undefined;
    this.#options.tell(`${this.#options.receiver.url} takes samples again, after ${seconds} s`);
  }
}

type Delivery =
  | { kind: "done"; dropped: number; why: string }
  /** What came before `doneUntil` (included) is done, `dropped` of it refused. */
  | { kind: "later"; why: string; afterMs?: number; doneUntil?: number; dropped: number };

function valuesOf({ components }: DeviceSample): number {
  let values = 6;
  for (const { measurements } of components) for (const _ in measurements) values += 1;
  return values;
}
