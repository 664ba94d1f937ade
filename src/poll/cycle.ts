/** One cycle: every device once, all of them side by side, done when all are or when its time is up. */
import type { Device } from "../inventory/model.ts";
import type { DeviceSample, Outcome } from "../samples/types.ts";
import type { Clock } from "./clock.ts";
import { unfinished } from "./failure.ts";

export interface CycleOptions {
  poller: {
    /** Never rejects. Calls `onRead` when only probes are left, which wait more than they work. */
    poll(device: Device, onRead: () => void): Promise<DeviceSample>;
    /** It did not answer when it was polled last, and will hardly do so now. */
    wasSilent(device: Device): boolean;
    /** Lets `poll` of that device settle soon; its sample is not used. */
    giveUp(device: Device): void;
  };
  /** Called once per device, as each is done. */
  onSample(sample: DeviceSample): void;
  /** Devices that are not done by then are recorded as skipped. */
  deadlineMs: number;
  /** Stops the cycle: nothing new is begun, what is under way is given up, and neither is recorded. */
  signal?: AbortSignal | undefined;
  clock: Clock;
  pollerEpoch: string;
  /** Devices that are being read at one time (default 128). */
  inFlight?: number;
  /** A device that has not been read by then gives its place on, so that silent ones hold up nobody (default 1000). */
  slowAfterMs?: number;
}

export interface CycleSummary {
  beganAtMs: number;
  durationMs: number;
  devices: number;
  outcomes: Partial<Record<Outcome, number>>;
  /** Measurements in all samples. */
  values: number;
  /** Samples with an error, by its code. */
  errors: Record<string, number>;
  /** The cycle was stopped before it was done. */
  isStopped: boolean;
}

/** The driver keeps about as many requests under way as its socket can take answers; more devices only cost memory. */
const IN_FLIGHT = 128;
const SLOW_AFTER_MS = 1000;
/** Devices that were silent have places of their own, and soon give them on: they take none from those that answer. */
const SILENT_LANE: Lane = { places: 32, slowAfterMs: 100, evenWhenBusy: true };
/** While this process has no time to spare, devices are slow because of it; more of them at once would not help. */
const BUSY_SHARE = 0.95;
const BUSY_RETRY_MS = 250;

/** Polls the devices, in their order but for the slow ones. Rejects only for a bug in `poller` or `onSample`. */
export async function runCycle(devices: readonly Device[], options: CycleOptions): Promise<CycleSummary> {
  const { clock, deadlineMs, pollerEpoch, signal } = options;
  const beganAtMs = clock.wallMs();
  const beganMs = clock.monotonicMs();
  const summary: CycleSummary = {
    beganAtMs,
    durationMs: 0,
    devices: devices.length,
    outcomes: {},
    values: 0,
    errors: {},
    isStopped: false,
  };
  const stopped = Promise.withResolvers<undefined>();
  let isOver = false;
  const stop = () => {
    isOver = true;
    stopped.resolve(undefined);
  };
  const timer = setTimeout(stop, deadlineMs);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();

  const record = (sample: DeviceSample): void => {
    summary.outcomes[sample.outcome] = (summary.outcomes[sample.outcome] ?? 0) + 1;
    for (const { measurements } of sample.components) for (const _ in measurements) summary.values += 1;
    if (sample.error) summary.errors[sample.error.code] = (summary.errors[sample.error.code] ?? 0) + 1;
    options.onSample(sample);
  };
  const skip = (device: Device, hadBegun: boolean): void =>
    record({
      device: device.id,
      atMs: clock.wallMs(),
      monotonicMs: clock.monotonicMs(),
      pollerEpoch,
      durationMs: hadBegun ? deadlineMs : 0,
      ...unfinished(deadlineMs, hadBegun),
    });

  const pollOne = async (device: Device, leave: () => void): Promise<void> => {
    if (signal?.aborted) return;
    if (isOver) return skip(device, false);
    const sample = await Promise.race([options.poller.poll(device, leave), stopped.promise]);
    if (!sample) options.poller.giveUp(device);
    if (signal?.aborted) return;
    if (sample) record(sample);
    else skip(device, true);
  };
  const lively = { places: options.inFlight ?? IN_FLIGHT, slowAfterMs: options.slowAfterMs ?? SLOW_AFTER_MS };
  try {
    await Promise.all([
      sideBySide(
        devices.filter((device) => !options.poller.wasSilent(device)),
        lively,
        pollOne,
      ),
      sideBySide(
        devices.filter((device) => options.poller.wasSilent(device)),
        SILENT_LANE,
        pollOne,
      ),
    ]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
  summary.isStopped = signal?.aborted ?? false;
  summary.durationMs = Math.round(clock.monotonicMs() - beganMs);
  return summary;
}

/** How many at a time, and how long one may keep its place: even while this process is the one that is slow? */
interface Lane {
  places: number;
  slowAfterMs: number;
  evenWhenBusy?: boolean;
}

/**
 * `work` for each item, at most `places` at a time. What calls `leave`, or waits for long (a silent device), gives its
 * place on and goes on outside.
 */
async function sideBySide<Item>(
  items: readonly Item[],
  { places, slowAfterMs, evenWhenBusy }: Lane,
  work: (item: Item, leave: () => void) => Promise<void>,
): Promise<void> {
  const all: Promise<void>[] = [];
  const isBusy = busyMeter();
  let free = places;
  let wake: (() => void) | undefined;
  for (const item of items) {
    if (free === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    free -= 1;
    let holdsPlace = true;
    const leave = () => {
      if (!holdsPlace) return;
      holdsPlace = false;
      clearTimeout(timer);
      free += 1;
      wake?.();
    };
    const leaveUnlessBusy = () => {
      if (!evenWhenBusy && isBusy()) timer = setTimeout(leaveUnlessBusy, BUSY_RETRY_MS);
      else leave();
    };
    let timer = setTimeout(leaveUnlessBusy, slowAfterMs);
    all.push(work(item, leave).finally(leave));
  }
  await Promise.all(all);
}

/** Whether the event loop had next to no idle time lately. */
function busyMeter(): () => boolean {
  const { eventLoopUtilization } = performance;
  let since = eventLoopUtilization();
  let sinceMs = performance.now();
  let isBusy = false;
  return () => {
    const nowMs = performance.now();
    if (nowMs - sinceMs >= BUSY_RETRY_MS) {
      const now = eventLoopUtilization();
      isBusy = eventLoopUtilization(now, since).utilization > BUSY_SHARE;
      since = now;
      sinceMs = nowMs;
    }
    return isBusy;
  };
}
