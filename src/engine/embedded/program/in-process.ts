import { createRequire } from "node:module";
import { setImmediate } from "node:timers/promises";
import type { PulumiProgram } from "../../interface/engine.ts";
import type { LocalCallback } from "../monitor/callbacks.ts";
import type { DirectClient } from "../monitor/direct-client.ts";
import type { EngineService } from "../monitor/engine-service.ts";
import type { Turns } from "../monitor/turns.ts";
import { ErrorReporter, runInStore } from "./error-reporter.ts";
import { leanSdk } from "./lean-sdk.ts";
import { logTo } from "./logging.ts";
import { captureOutput, type TellOutput } from "./output.ts";
import { pace } from "./paced.ts";

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
  readonly turns: Turns;
  readonly tellOutput: TellOutput;
  /** is given a way to the program's functions */
  readonly serveCallbacks: (local: LocalCallback) => void;
  /** calls of the program that were not answered yet */
  readonly pendingCalls: () => number;
  /** resolves when the run is over for another reason: the program is not waited for any longer */
  readonly aborted: Promise<void>;
}

/** How a program ended. */
export interface ProgramEnd {
  /** it threw, or something that it started did */
  readonly failed: boolean;
}

export interface Runtime {
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
  leanSdk(state);
  return {
    settings: require("@pulumi/pulumi/runtime/settings.js") as Runtime["settings"],
    config: require("@pulumi/pulumi/runtime/config.js") as Runtime["config"],
    stack: require("@pulumi/pulumi/runtime/stack.js") as Runtime["stack"],
    state,
    log: require("@pulumi/pulumi/log/index.js") as Runtime["log"],
    errors: require("@pulumi/pulumi/errors.js") as Runtime["errors"],
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
  pace(store, run.turns);
  const endCapture = captureOutput(store, run.tellOutput);
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
    endCapture();
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

function signalShutdown(monitor: DirectClient): Promise<void> {
  const { Empty } =
    require("google-protobuf/google/protobuf/empty_pb.js") as typeof import("google-protobuf/google/protobuf/empty_pb.js");
  return new Promise((resolve) => {
    // An engine that is gone by then has told why.
    monitor.signalAndWaitForShutdown!(new Empty(), () => resolve());
  });
}
