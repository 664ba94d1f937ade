/** `pdc poll`: once, or every so often until it is told to stop. */
import { setTimeout as wait } from "node:timers/promises";
import { loadInventory } from "../inventory/load.ts";
import { systemClock } from "../poll/clock.ts";
import { nextCycle, parseDuration, parsePeriod } from "../poll/schedule.ts";
import { parseShard } from "../poll/shard.ts";
import { parseEndpoint } from "../receive/listen.ts";
import type { ReceiveCounters } from "../receive/types.ts";
import type { DriverName } from "../snmp/types.ts";
import { defaultStorePath } from "../store/default-path.ts";
import { AlertFollower } from "./alert/follow.ts";
import { keepHeapSmall } from "./heap.ts";
import { engineFileOf } from "./incident/engine-file.ts";
import { IncidentFollower } from "./incident/follow.ts";
import { EarlyJudgement } from "./poll/early-judgement.ts";
import { EarlyPoller, type EarlyReport } from "./poll/early-poller.ts";
import { EventQueue } from "./poll/event-queue.ts";
import { type CycleReport, ProvincePoller, type ProvincePollerOptions } from "./poll/province-poller.ts";
import { parseReceivers, type RemoteWriteOptions, type RemoteWriting } from "./poll/remote-writing.ts";
import { ReportMailer } from "./poll/report-mailer.ts";
import type { StoreFailure } from "./poll/sample-sink.ts";

export type { CycleReport };

/** As the command line has it. */
export interface PollOptions
  extends Omit<ProvincePollerOptions, "selection" | "driver" | "storePath">,
    RemoteWriteOptions {
  /** File of the samples; default samples.db in `stateDirectory`. */
  store?: string | undefined;
  stateDirectory: string;
  devices?: readonly string[] | undefined;
  agencies?: readonly string[] | undefined;
  /** "1/3". */
  shard?: string | undefined;
  driver?: DriverName | undefined;
  /** "60s": as a service; absent: once. */
  every?: string | undefined;
  /** "50s": how long a cycle may take. Default: nine tenths of `every`, or two minutes. */
  deadline?: string | undefined;
  /** "127.0.0.1:1162": traps and informs received there let devices be polled before their turn. */
  traps?: string | undefined;
  /** "127.0.0.1:5514": syslog too. */
  syslog?: string | undefined;
  signal: AbortSignal;
}

export type PollEvent =
  | {
      kind: "started";
      devices: number;
      storePath: string;
      warnings: readonly string[];
      /** What is listened for, and where. */
      listening: readonly string[];
    }
  /** `number` from 1; `missed` beginnings before it passed while the cycle before was still running. */
  | { kind: "cycle"; number: number; missed: number; report: CycleReport; received?: ReceiveCounters }
  /** Devices polled before their turn, told about once a second. */
  | { kind: "early"; report: EarlyReport }
  /** What they showed could not be recorded; the next cycle makes up for it. */
  | { kind: "early-failed"; failure: StoreFailure }
  | { kind: "reloaded"; devices: number }
  | { kind: "reload-failed"; error: Error }
  /** A receiver of remote write fails, is back, or refuses samples. */
  | { kind: "remote-write"; line: string }
  /** The store's upkeep (compaction) did not get on; it is tried again. */
  | { kind: "upkeep-failed"; error: Error }
  /** Something is told to people; and that it could not be decided, or written down. */
  | { kind: "alert"; channel: string; subject: string }
  | { kind: "alerts-failed"; error: Error }
  /** A report that waited was mailed, or was not taken again. */
  | { kind: "report-mail"; subject: string; error?: Error };

const DEFAULT_DEADLINE_MS = 120_000;
const DEADLINE_SHARE = 0.9;
/** The store's upkeep leaves so much of the period free before the next cycle. */
const UPKEEP_MARGIN = 0.1;

/** A time that cannot be (exit code 2). */
class DeadlineError extends Error {
  readonly exitCode = 2;
  readonly code = "bad-deadline";
}

/**
 * Polls, and tells what happens as it happens. As a service it reads inventory, profiles and credentials again on
 * SIGHUP, and ends when `signal` is aborted; then what was read of the cycle under way is committed.
 * @throws as `ProvincePoller.open`; ShardError, PeriodError, DeadlineError (2).
 */
export async function* poll(options: PollOptions): AsyncGenerator<PollEvent> {
  keepHeapSmall();
  const { devices, agencies, signal } = options;
  const periodMs = options.every === undefined ? undefined : parsePeriod(options.every);
  const deadlineMs = deadlineOf(options.deadline, periodMs);
  const shard = options.shard === undefined ? undefined : parseShard(options.shard);
  // Before anything is opened: a mistyped endpoint is told at once.
  for (const endpoint of [options.traps, options.syslog]) if (endpoint !== undefined) parseEndpoint(endpoint);
  parseReceivers(options.remoteWrite ?? []);
  const storePath = options.store ?? defaultStorePath(options.stateDirectory);
  let early: EarlyPoller | undefined;
  const follower = new IncidentFollower(engineFileOf(storePath));
  const events = new EventQueue<PollEvent>();
  const alerts = new AlertFollower({
    ...options,
    onTrouble: (error) => events.push({ kind: "alerts-failed", error }),
    onMessage: ({ channel, subject }) => events.push({ kind: "alert", channel, subject }),
  });
  const mailer = new ReportMailer(options.stateDirectory, (subject, error) =>
    events.push({ kind: "report-mail", subject, ...(error && { error }) }),
  );
  await alerts.use(await loadInventory(options.inventoryDirectory, options));
  const poller = await ProvincePoller.open({
    ...options,
    storePath,
    afterCycle: (cycle) => {
      follower.follow({ ...cycle, hints: early?.takePowerSigns() ?? [] });
      alerts.follow(cycle);
      if (periodMs !== undefined) mailer.follow(cycle.inventory);
      options.afterCycle?.(cycle);
    },
    selection: { devices, agencies, shard },
  });
  const judgement = new EarlyJudgement(() => {
    const failure = poller.followEarly();
    if (failure) events.push({ kind: "early-failed", failure });
  });
  let remote: RemoteWriting | undefined;
  try {
    remote = await poller.remoteWriting(options, (line) => events.push({ kind: "remote-write", line }));
    remote?.wake();
    if (periodMs !== undefined)
      early = await EarlyPoller.open(poller, options, (report) => {
        events.push({ kind: "early", report });
        if (report.kept > 0) judgement.polled();
      });
    yield {
      kind: "started",
      devices: poller.devices.length,
      storePath,
      warnings: poller.warnings,
      listening: early?.listening ?? [],
    };
    if (periodMs === undefined) {
      const report = await poller.cycle({ deadlineMs, signal });
      remote?.wake();
      await Promise.all([alerts.settle(), remote?.close()]);
      events.end();
      yield* events;
      yield { kind: "cycle", number: 1, missed: 0, report };
    } else {
      const tell = (event: PollEvent) => {
        if (event.kind === "cycle" || event.kind === "early") remote?.wake();
        events.push(event);
      };
      serve(poller, early, tell, { periodMs, deadlineMs, signal }).then(
        () => events.end(),
        (error) => events.end(error),
      );
      yield* events;
    }
  } finally {
    judgement.close();
    await early?.close();
    await Promise.all([alerts.close(), remote?.close(), mailer.close()]);
    await poller.close();
  }
}

async function serve(
  poller: ProvincePoller,
  early: EarlyPoller | undefined,
  tell: (event: PollEvent) => void,
  { periodMs, deadlineMs, signal }: { periodMs: number; deadlineMs: number; signal: AbortSignal },
): Promise<void> {
  let isReloadAsked = false;
  const askReload = () => {
    isReloadAsked = true;
  };
  process.on("SIGHUP", askReload);
  try {
    const firstMs = systemClock.monotonicMs();
    let begin = { beginMs: firstMs, missed: 0 };
    for (let number = 1; !signal.aborted; number += 1) {
      if (isReloadAsked) {
        isReloadAsked = false;
        tell(await reload(poller));
        await early?.refresh("inventory");
      } else await early?.refresh("names");
      const report = await poller.cycle({
        deadlineMs,
        signal,
        ...(early && { onSample: (sample) => early.polled(sample) }),
      });
      tell({
        kind: "cycle",
        number,
        missed: begin.missed,
        report,
        ...(early?.counters && { received: early.counters }),
      });
      const nextMs = nextCycle(firstMs, periodMs, begin.beginMs, systemClock.monotonicMs()).beginMs;
      await poller
        .upkeep(nextMs - periodMs * UPKEEP_MARGIN, signal)
        .catch((error: Error) => tell({ kind: "upkeep-failed", error }));
      begin = nextCycle(firstMs, periodMs, begin.beginMs, systemClock.monotonicMs());
      await wait(Math.max(0, begin.beginMs - systemClock.monotonicMs()), undefined, { signal }).catch(
        () => {},
      );
    }
  } finally {
    process.off("SIGHUP", askReload);
  }
}

async function reload(poller: ProvincePoller): Promise<PollEvent> {
  try {
    await poller.reload();
    return { kind: "reloaded", devices: poller.devices.length };
  } catch (error) {
    return { kind: "reload-failed", error: error as Error };
  }
}

function deadlineOf(text: string | undefined, periodMs: number | undefined): number {
  if (text === undefined) return periodMs === undefined ? DEFAULT_DEADLINE_MS : periodMs * DEADLINE_SHARE;
  const deadlineMs = parseDuration(text);
  if (deadlineMs === undefined || deadlineMs < 100)
    throw new DeadlineError(`${JSON.stringify(text)} is not a deadline: write it as 50s or 5m`);
  if (periodMs !== undefined && deadlineMs > periodMs)
    throw new DeadlineError("the deadline of a cycle must not be longer than the period between cycles");
  return deadlineMs;
}
