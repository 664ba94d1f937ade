import { createRequire } from "node:module";
import { setImmediate, setTimeout } from "node:timers/promises";
import { inspect } from "node:util";
import type { PulumiProgram } from "../../interface/engine.ts";
import type { LocalCallback } from "../monitor/callbacks.ts";
import type { DirectClient } from "../monitor/direct-client.ts";
import type { EngineService } from "../monitor/engine-service.ts";
import { logTo } from "./logging.ts";

const require = createRequire(import.meta.url);

export interface ProgramRun {
  readonly program: PulumiProgram;
  /** named in the message of an unhandled error */
  readonly programName: string;
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly parallel: number;
  readonly dryRun: boolean;
  readonly config: Readonly<Record<string, string>>;
  readonly configSecretKeys: readonly string[];
  readonly monitor: DirectClient;
  readonly engine: DirectClient;
  readonly service: EngineService;
  /** is given a way to the program's functions */
  readonly serveCallbacks: (local: LocalCallback) => void;
  /** calls of the program that were not answered yet */
  readonly pendingCalls: () => number;
  /** resolves when the run is over for another reason: the program is not waited for any longer */
  readonly aborted: Promise<void>;
}

/** After a failure a program counts as ended when it asked nothing of the engine for so long. */
const QUIET_MS = 250;
const POLL_MS = 25;
/** How long a program may take to notice that the engine is gone. */
const GRACE_MS = 200;

/** How a program ended. */
export interface ProgramEnd {
  /** it threw, or something that it started did */
  readonly failed: boolean;
}

interface Runtime {
  settings: typeof import("@pulumi/pulumi/runtime/settings.js");
  config: typeof import("@pulumi/pulumi/runtime/config.js");
  stack: typeof import("@pulumi/pulumi/runtime/stack.js");
  state: typeof import("@pulumi/pulumi/runtime/state.js");
  log: typeof import("@pulumi/pulumi/log/index.js");
  errors: typeof import("@pulumi/pulumi/errors.js");
}

/** Loads the parts of `@pulumi/pulumi` that a run needs; a second time costs nothing. */
export function loadRuntime(): Runtime {
  // The index first: some of these modules need the others to be loaded in its order.
  require("@pulumi/pulumi");
  const state = require("@pulumi/pulumi/runtime/state.js") as Runtime["state"];
  withoutTracesOfPromises(state as unknown as { getStore(): Store });
  return {
    settings: require("@pulumi/pulumi/runtime/settings.js") as Runtime["settings"],
    config: require("@pulumi/pulumi/runtime/config.js") as Runtime["config"],
    stack: require("@pulumi/pulumi/runtime/stack.js") as Runtime["stack"],
    state,
    log: require("@pulumi/pulumi/log/index.js") as Runtime["log"],
    errors: require("@pulumi/pulumi/errors.js") as Runtime["errors"],
  };
}

let traceless = false;

/**
 * The SDK keeps a stack trace, a label and two more promises with every promise, for who looks for one that never
 * resolves: a third of the time of a large program and half of its memory. Here it only knows which ones are
 * pending; who looks sets PULUMI_DEBUG_PROMISE_LEAKS.
 */
function withoutTracesOfPromises({ getStore }: { getStore(): Store }): void {
  if (traceless || process.env.PULUMI_DEBUG_PROMISE_LEAKS) return;
  traceless = true;
  const debuggable = require("@pulumi/pulumi/runtime/debuggable.js") as {
    debuggablePromise: (promise: Promise<unknown>, context: unknown) => Promise<unknown>;
  };
  const traced = debuggable.debuggablePromise;
  let first = true;
  debuggable.debuggablePromise = (promise, context) => {
    // The first one goes the long way: it has the SDK look for pending ones at the end of the process.
    if (first) {
      first = false;
      return traced(promise, context);
    }
    const { leakCandidates } = getStore();
    leakCandidates.add(promise);
    return promise.then(
      (value) => {
        leakCandidates.delete(promise);
        return value;
      },
      (error: unknown) => {
        leakCandidates.delete(promise);
        throw error;
      },
    );
  };
}

/**
 * Runs a program in this process, in a store of its own. Errors are told through the engine service as the
 * CLI's Node.js host tells them; none is thrown.
 */
export function runInProcess(run: ProgramRun): Promise<ProgramEnd> {
  const runtime = loadRuntime();
  const { withLocalStorage } = runtime.state as unknown as {
    withLocalStorage: <T>(body: () => Promise<T>) => Promise<T>;
  };
  return withLocalStorage(() => inStore(runtime, run));
}

async function inStore(runtime: Runtime, run: ProgramRun): Promise<ProgramEnd> {
  const { settings, config, stack, state } = runtime;
  const internals = settings as unknown as {
    resetOptions(...options: unknown[]): void;
    waitForRPCs(): Promise<void>;
    disconnectSync(): void;
  };
  const direct = "in-process";
  internals.resetOptions(run.project, run.stack, run.parallel, direct, direct, run.dryRun, run.organization);
  const store = (state as unknown as { getStore(): Store }).getStore();
  store.settings.monitor = run.monitor;
  store.settings.engine = run.engine;
  config.setAllConfig({ ...run.config }, [...run.configSecretKeys]);
  logTo(store, { engine: run.service, aborted: run.aborted });
  run.serveCallbacks((token, request) => callInStore(store, token, request));
  const reporter = new ErrorReporter(runtime, run, store);
  try {
    await reporter.whileRunning(() => stack.runInPulumiStack(async () => run.program()));
    await reporter.whileFinishing(async () => {
      await internals.waitForRPCs();
      // What was rejected without anybody waiting is only reported in the next turn.
      await setImmediate();
      await internals.waitForRPCs();
      await setImmediate();
      if (!reporter.failed) await signalShutdown(run.monitor);
    });
  } finally {
    internals.disconnectSync();
    reporter.stop();
  }
  return { failed: reporter.failed };
}

interface Store {
  leakCandidates: Set<Promise<unknown>>;
  settings: { monitor: unknown; engine: unknown };
  callbacks?: {
    _callbacks?: Map<string, (request: Uint8Array) => Promise<{ serializeBinary(): Uint8Array }>>;
  };
}

/** The SDK keeps the program's functions by token; they have to run in the program's store. */
function callInStore(store: Store, token: string, request: Uint8Array): Promise<Uint8Array> | undefined {
  const callback = store.callbacks?._callbacks?.get(token);
  if (!callback) return undefined;
  return runInStore(store, async () => (await callback(request)).serializeBinary());
}

function runInStore<T>(store: unknown, body: () => T): T {
  const { asyncLocalStorage } = globalThis as unknown as {
    asyncLocalStorage: { run<R>(store: unknown, body: () => R): R };
  };
  return asyncLocalStorage.run(store, body);
}

/**
 * Tells every error of a program once: what it throws, and what is rejected or thrown where nobody waits for it.
 */
class ErrorReporter {
  private readonly runtime: Runtime;
  private readonly run: ProgramRun;
  private readonly store: unknown;
  private readonly seen = new Set<unknown>();
  private running = false;
  private readonly handler = (error: unknown) => this.report(error);
  failed = false;

  constructor(runtime: Runtime, run: ProgramRun, store: unknown) {
    this.runtime = runtime;
    this.run = run;
    this.store = store;
    process.on("uncaughtException", this.handler);
    process.on("unhandledRejection", this.handler);
  }

  async whileRunning(body: () => Promise<unknown>): Promise<void> {
    this.running = true;
    await this.settled(body());
    this.running = false;
  }

  async whileFinishing(body: () => Promise<unknown>): Promise<void> {
    await this.settled(body());
  }

  /**
   * Waits for a part of the program. What failed may leave it waiting for ever: then it ends when nothing
   * happens any more.
   */
  private async settled(body: Promise<unknown>): Promise<void> {
    const ended = new AbortController();
    const told = body.catch((error: unknown) => this.report(error));
    // Nothing else may be left that keeps the process alive until the run has told how it ended.
    const gone = this.run.aborted.then(() => setTimeout(GRACE_MS));
    await Promise.race([told, gone, this.quietAfterFailure(ended.signal)]);
    ended.abort();
    if (this.failed) await this.quietAfterFailure(new AbortController().signal);
  }

  private async quietAfterFailure(ended: AbortSignal): Promise<void> {
    let quietSince = Date.now();
    let over = false;
    this.run.aborted.then(() => {
      over = true;
    });
    while (!ended.aborted && !over) {
      if (!this.failed || this.run.pendingCalls() > 0) quietSince = Date.now();
      else if (Date.now() - quietSince >= QUIET_MS) return;
      await setTimeout(POLL_MS, undefined, { ref: this.failed });
    }
  }

  stop(): void {
    process.off("uncaughtException", this.handler);
    process.off("unhandledRejection", this.handler);
  }

  private report(error: unknown): void {
    if (this.seen.has(error)) return;
    this.seen.add(error);
    this.failed = true;
    const { errors } = this.runtime;
    const { isGrpcError } = errors as unknown as { isGrpcError(error: unknown): boolean };
    // The engine ended the run and told why itself.
    if (error instanceof Error && isGrpcError(error)) return;
    // The handlers of the process run outside of the program's store.
    const storage = (globalThis as { asyncLocalStorage?: { run(store: unknown, body: () => void): void } })
      .asyncLocalStorage;
    storage?.run(this.store, () => this.tell(error));
  }

  private tell(error: unknown): void {
    const { log } = this.runtime;
    const { message, resource } = this.worded(error);
    (log.error as (message: string, resource?: unknown) => Promise<void>)(message, resource).catch(() => {});
  }

  private worded(error: unknown): { message: string; resource?: unknown } {
    const { errors } = this.runtime;
    if (!this.running) return { message: textOf(error) };
    if (errors.RunError.isInstance(error)) return { message: (error as Error).message };
    if (errors.ResourceError.isInstance(error)) {
      const { hideStack, message, resource } = error as unknown as Error & {
        hideStack?: boolean;
        resource?: unknown;
      };
      return { message: hideStack ? message : inspected(error), resource };
    }
    return {
      message: `Running program '${this.run.programName}' failed with an unhandled exception:\n${inspected(error)}`,
    };
  }
}

function signalShutdown(monitor: DirectClient): Promise<void> {
  const { Empty } =
    require("google-protobuf/google/protobuf/empty_pb.js") as typeof import("google-protobuf/google/protobuf/empty_pb.js");
  return new Promise((resolve) => {
    // An engine that is gone by then has told why.
    monitor.signalAndWaitForShutdown!(new Empty(), () => resolve());
  });
}

function textOf(error: unknown): string {
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}

function inspected(error: unknown): string {
  if (!(error instanceof Error) || !error.stack)
    return error instanceof Error ? error.message : String(error);
  try {
    return inspect(error);
  } catch {
    return error.stack;
  }
}
