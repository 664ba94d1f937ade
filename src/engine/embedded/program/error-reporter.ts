import { createRequire } from "node:module";
import { setInterval } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { inspect } from "node:util";
import type { ProgramRun, Runtime } from "./in-process.ts";

const require = createRequire(import.meta.url);

/** After a failure a program counts as ended when it asked nothing of the engine for so long. */
const QUIET_MS = 250;
const POLL_MS = 25;
/** How long a program may take to notice that the engine is gone. */
const GRACE_MS = 200;

/** Runs something as part of a program: what it asks of the SDK it asks of that program's run. */
export function runInStore<T>(store: unknown, body: () => T): T {
  const { asyncLocalStorage } = globalThis as unknown as {
    asyncLocalStorage: { run<R>(store: unknown, body: () => R): R };
  };
  return asyncLocalStorage.run(store, body);
}

/**
 * Tells every error of a program once: what it throws, and what is rejected or thrown where nobody waits for it.
 */
export class ErrorReporter {
  private readonly runtime: Runtime;
  private readonly run: ProgramRun;
  private readonly store: unknown;
  private readonly seen = new Set<unknown>();
  private running = false;
  private isCutOff = false;
  private readonly handler = (error: unknown) => this.report(error);
  private readonly stuck = Promise.withResolvers<void>();
  private readonly whenStuck = () => this.reportStuck();
  private alive: NodeJS.Timeout | undefined;
  failed = false;

  constructor(runtime: Runtime, run: ProgramRun, store: unknown) {
    this.runtime = runtime;
    this.run = run;
    this.store = store;
    void run.aborted.then(() => {
      this.isCutOff = true;
    });
    process.on("uncaughtException", this.handler);
    process.on("unhandledRejection", this.handler);
    process.on("beforeExit", this.whenStuck);
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
    await Promise.race([told, gone, this.stuck.promise, this.quietAfterFailure(ended.signal)]);
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
    process.off("beforeExit", this.whenStuck);
    clearInterval(this.alive);
  }

  /**
   * The process has nothing left to do and the program has not ended: it waits for what never comes. The SDK knows
   * for what.
   */
  private reportStuck(): void {
    if (this.alive) return;
    // What is done now has to be waited for.
    this.alive = setInterval(() => {}, POLL_MS);
    const debuggable = require("@pulumi/pulumi/runtime/debuggable.js") as {
      leakedPromises(): [Set<unknown>, string];
    };
    const [, message] = runInStore(this.store, () => debuggable.leakedPromises());
    const { RunError } = this.runtime.errors as unknown as { RunError: new (message: string) => Error };
    const error = new RunError(message || "the program waits for something that never comes");
    // Where it was noticed helps nobody.
    this.report(Object.assign(error, { stack: undefined }));
    this.stuck.resolve();
  }

  private report(error: unknown): void {
    if (this.seen.has(error)) return;
    this.seen.add(error);
    const { errors } = this.runtime;
    const { isGrpcError } = errors as unknown as { isGrpcError(error: unknown): boolean };
    // The engine refused something and told why itself; a program that was only cut off did not fail.
    const isRefusal = error instanceof Error && isGrpcError(error);
    if (!isRefusal || !this.isCutOff) this.failed = true;
    if (isRefusal) return;
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
