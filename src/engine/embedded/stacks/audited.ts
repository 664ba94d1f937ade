import type { EngineSettings, OperationResult } from "../../interface/engine.ts";
import { EngineError, messageOf } from "../../interface/errors.ts";
import { AuditLog } from "../../state/audit-log.ts";
import type { AuditOperation } from "../../state/audit-record.ts";
import type { StackPaths } from "../../state/layout.ts";
import { Lease } from "../../state/lock.ts";

export interface AuditedWork {
  readonly operation: AuditOperation;
  /** a key or a lock: never a value */
  readonly detail?: string | undefined;
  /** told of what could not be recorded at the end; default: that of the engine's settings */
  readonly warn?: (message: string) => void;
}

/**
 * Does something to a stack between two records of its audit log. What cannot be recorded is not begun; what was done
 * stays done when its end cannot be recorded, and is told.
 * @throws EngineError (exit 22) before anything is done, when the log cannot be written
 */
export async function audited<T>(
  engine: EngineSettings,
  paths: StackPaths,
  { operation, detail, warn = engine.warn ?? ((message) => process.emitWarning(message)) }: AuditedWork,
  work: () => Promise<T>,
): Promise<T> {
  const log = new AuditLog(paths, engine.version ?? "");
  const about = { operation, ...(detail === undefined ? {} : { detail }) };
  const begins = refusing(() => log.append({ ...about, phase: "begin" }));
  const end = (outcome: Outcome) => {
    try {
      log.append({ ...about, phase: "end", begins, ...outcome });
    } catch (error) {
      warn(
        `${operation}: what was done stays done, but its end is not in the audit log: ${messageOf(error)}`,
      );
    }
  };
  try {
    const value = await work();
    end(outcomeOf(value));
    return value;
  } catch (error) {
    // A message may quote what a program said; its code does not.
    const code = error instanceof EngineError ? error.code : "error";
    end({ result: "failed", detail: detail === undefined ? code : `${detail}: ${code}` });
    throw error;
  }
}

/**
 * Takes the lock of a stack; whose was taken over is recorded.
 * @param tell is told the same
 * @throws EngineError (exit 25) naming who holds it, (exit 22) when the log cannot be written
 */
export async function takeLease(
  engine: EngineSettings,
  paths: StackPaths,
  tell: (message: string) => void = () => {},
): Promise<Lease> {
  const taken: string[] = [];
  const lease = await Lease.take(paths, engine.takeOver ?? "dead-owner", (message) => taken.push(message));
  const log = new AuditLog(paths, engine.version ?? "");
  try {
    for (const detail of taken) {
      tell(detail);
      refusing(() => log.append({ operation: "take-over", phase: "end", result: "succeeded", detail }));
    }
  } catch (error) {
    await lease.release();
    throw error;
  }
  return lease;
}

interface Outcome {
  readonly result: "succeeded" | "failed" | "canceled";
  readonly changes?: Readonly<Record<string, number>>;
  readonly detail?: string;
}

/** An operation says itself how it ended; anything else that returns has succeeded. */
function outcomeOf(value: unknown): Outcome {
  const { result, changes, error } = (value ?? {}) as Partial<OperationResult>;
  if (result !== "succeeded" && result !== "failed" && result !== "canceled") return { result: "succeeded" };
  return {
    result: error ? "failed" : result,
    ...(changes && Object.keys(changes).length > 0 ? { changes } : {}),
    ...(error instanceof EngineError ? { detail: error.code } : {}),
  };
}

function refusing<T>(append: () => T): T {
  try {
    return append();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(error.code, error.exitCode, `nothing was begun: ${error.message}`, error.fix);
  }
}
