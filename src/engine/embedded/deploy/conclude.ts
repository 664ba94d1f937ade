import { rm } from "node:fs/promises";
import type { ResolvedConfig } from "../../config/resolve.ts";
import type { OperationResult } from "../../interface/engine.ts";
import type { SecretsManager } from "../../secrets/passphrase.ts";
import type { Snapshot } from "../../state/checkpoint.ts";
import { compressionFromEnvironment } from "../../state/compression.ts";
import { writeHistory } from "../../state/history.ts";
import type { Journal } from "../../state/journal.ts";
import type { Lease } from "../../state/lock.ts";
import type { Sealer } from "../../state/sealer.ts";
import type { OperationPlan } from "./operation-plan.ts";
import type { StackSession } from "./stack-session.ts";

/** Folds what an operation did into the checkpoint. @returns its text */
export async function foldIntoCheckpoint(
  session: StackSession,
  lease: Lease,
  { manager, sealer }: { readonly manager: SecretsManager; readonly sealer: Sealer },
  { final, journal }: { readonly final: Snapshot; readonly journal: Journal | undefined },
): Promise<string> {
  const content = session.store.encode(final, sealer);
  if (journal) {
    try {
      await journal.fold(await session.store.digestOfContent(content));
    } finally {
      await journal.close();
    }
  }
  await session.store.write(content, lease, manager);
  await rm(session.store.paths.journal, { force: true });
  return content;
}

/** What the history keeps of an operation that ended. */
export interface Ended {
  readonly plan: OperationPlan;
  readonly config: ResolvedConfig;
  /** in milliseconds since 1970 */
  readonly began: number;
  readonly result: OperationResult["result"];
  readonly changes: Readonly<Record<string, number>>;
  /** the checkpoint that it left */
  readonly content: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Adds an operation to the stack's history, as `pulumi stack history` reads it. */
export async function remember(session: StackSession, ended: Ended): Promise<void> {
  const { plan, config, began, result, changes, content } = ended;
  await writeHistory(
    session.store.paths,
    {
      kind: plan.kind,
      startTime: Math.floor(began / 1000),
      endTime: Math.floor(Date.now() / 1000),
      message: plan.message,
      environment: plan.environment,
      config: config.stored,
      result: result === "succeeded" ? "succeeded" : "failed",
      resourceChanges: changes,
    },
    content,
    compressionFromEnvironment(ended.environment),
  );
}
