import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { EventStream } from "../embedded/events/event-stream.ts";
import { audited } from "../embedded/stacks/audited.ts";
import type { EngineSettings, OperationResult, RunningOperation, StackTarget } from "../interface/engine.ts";
import { EngineError, messageOf } from "../interface/errors.ts";
import type { EngineEvent, SummaryEvent } from "../interface/events.ts";
import type { PropertyMap } from "../properties/values.ts";
import type { AuditOperation } from "../state/audit-record.ts";
import { parseStackReference, StackPaths } from "../state/layout.ts";
import { openWorkspace } from "./workspace.ts";

export interface CliCall {
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
  readonly planFile: string | undefined;
}

/** One operation of the CLI, its events as they come. */
export class CliOperation implements RunningOperation {
  readonly result: Promise<OperationResult>;
  private readonly stream = new EventStream();
  private readonly abort = new AbortController();
  private summary: SummaryEvent | undefined;

  /**
   * @param call does it, on an open stack
   * @param plan the text of a plan to follow; `save`: the operation writes one
   * @param auditedAs how the audit log names it; absent: it changes nothing
   */
  constructor(
    engine: EngineSettings,
    target: StackTarget,
    call: (stack: Stack, options: CliCall) => Promise<unknown>,
    plan: { readonly text?: string | undefined; readonly save?: boolean | undefined } = {},
    auditedAs?: AuditOperation,
  ) {
    const paths = new StackPaths(engine.backend, parseStackReference(target.stack, target.project));
    const perform = () => this.perform(engine, target, call, plan);
    const warn = (message: string) =>
      this.stream.push({ diagnosticEvent: { message: `${message}\n`, color: "never", severity: "warning" } });
    const performed = auditedAs ? audited(engine, paths, { operation: auditedAs, warn }, perform) : perform();
    this.result = performed.finally(() => this.stream.end());
    this.result.catch(() => {});
  }

  [Symbol.asyncIterator](): AsyncIterator<EngineEvent> {
    return this.stream[Symbol.asyncIterator]();
  }

  cancel(): void {
    this.abort.abort();
  }

  terminate(): void {
    this.abort.abort();
    this.stream.end();
  }

  private async perform(
    engine: EngineSettings,
    target: StackTarget,
    call: (stack: Stack, options: CliCall) => Promise<unknown>,
    plan: { readonly text?: string | undefined; readonly save?: boolean | undefined },
  ): Promise<OperationResult> {
    const workspace = await openWorkspace(engine, target);
    const planFile =
      plan.text !== undefined || plan.save ? join(workspace.directory, "pdc-plan.json") : undefined;
    let error: Error | undefined;
    try {
      if (plan.text !== undefined && planFile) await writeFile(planFile, plan.text, { mode: 0o600 });
      try {
        await call(workspace.stack, {
          onEvent: (event) => this.take(event),
          signal: this.abort.signal,
          planFile,
        });
      } catch (thrown) {
        error = failureOf(thrown);
      }
      const outputs = await workspace.stack.outputs().catch(() => ({}));
      const saved =
        plan.save && planFile ? await readFile(planFile, "utf8").catch(() => undefined) : undefined;
      return {
        result: this.resultOf(error),
        error: this.summary && !(error instanceof EngineError) ? undefined : error,
        changes: this.summary?.resourceChanges ?? {},
        outputs: Object.fromEntries(
          Object.entries(outputs).map(([key, { value }]) => [key, value]),
        ) as PropertyMap,
        plan: saved,
      };
    } finally {
      await workspace.close();
    }
  }

  private take(event: EngineEvent): void {
    if (event.summaryEvent) this.summary = event.summaryEvent;
    const { sequence: _sequence, timestamp: _timestamp, ...body } = event;
    this.stream.push(body);
  }

  private resultOf(error: Error | undefined): OperationResult["result"] {
    if (!error) return "succeeded";
    return this.abort.signal.aborted ? "canceled" : "failed";
  }
}

/** What the CLI's failure means for our exit codes; secrets are not part of its messages. */
function failureOf(thrown: unknown): Error {
  const message = messageOf(thrown);
  if (/no changes were expected/.test(message)) {
    return new EngineError("changes-pending", 26, "no changes were expected but changes were proposed");
  }
  if (/currently locked by/.test(message)) return new EngineError("stack-locked", 25, lastLines(message));
  if (/incorrect passphrase/.test(message))
    return new EngineError("wrong-passphrase", 24, "incorrect passphrase for this stack");
  return new EngineError("pulumi-failed", 1, lastLines(message));
}

const lastLines = (text: string): string => text.trim().split("\n").slice(-20).join("\n");
