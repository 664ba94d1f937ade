/** What the commands of `pdc stack` share: which stack, which engine, and following an operation to its end. */
import { join } from "node:path";
import { Args, Flags } from "@oclif/core";
import type { StackSelection } from "../actions/stack/open.ts";
import type { OperationResult, RunningOperation } from "../engine/interface/engine.ts";
import { jsonText } from "../report/encode.ts";
import type { DeploymentModel } from "../ui/deployment/model.ts";
import { PdcCommand } from "./base-command.ts";
import { exitCodes } from "./exit-codes.ts";
import { painter, withoutReaders } from "./terminal.ts";

export const stackArgs = {
  name: Args.string({ description: "stack of the toolkit; or --cwd", required: false }),
};

export const stackFlags = {
  stack: Flags.string({
    char: "s",
    description: "environment (Pulumi's stack name)",
    env: "PDC_STACK",
    default: "production",
    helpValue: "ENV",
  }),
  cwd: Flags.string({ description: "a Node.js Pulumi project in this directory", helpValue: "DIR" }),
  engine: Flags.option({
    description: "embedded, or the Pulumi CLI on PATH",
    env: "PDC_ENGINE",
    options: ["embedded", "pulumi"] as const,
    default: "embedded" as const,
  })(),
  backend: Flags.string({
    description: "directory of the state (also PULUMI_BACKEND_URL)",
    helpValue: "DIR",
  }),
};

/** Flags of everything that walks over resources. */
export const operationFlags = {
  target: Flags.string({
    char: "t",
    description: "only this URN (* and ** match)",
    multiple: true,
    helpValue: "URN",
  }),
  exclude: Flags.string({ description: "not this URN", multiple: true, helpValue: "URN" }),
  "target-dependents": Flags.boolean({ description: "also what depends on the targets" }),
  "exclude-dependents": Flags.boolean({ description: "also not what depends on the excluded" }),
  parallel: Flags.integer({ char: "p", description: "steps at once", min: 1, default: 16 }),
  "continue-on-error": Flags.boolean({ description: "go on with what does not depend on a failure" }),
  "expect-no-changes": Flags.boolean({ description: "exit with 26 when something would change" }),
  diff: Flags.boolean({ description: "show the properties that change" }),
  "show-same": Flags.boolean({ description: "show what does not change, too" }),
};

export const changeFlags = {
  ...operationFlags,
  yes: Flags.boolean({ char: "y", description: "do it without asking", env: "PDC_YES" }),
  "skip-preview": Flags.boolean({ char: "f", description: "do not show beforehand what will change" }),
  message: Flags.string({ char: "m", description: "goes into the history", helpValue: "TEXT" }),
};

interface StackFlags {
  stack: string;
  cwd?: string | undefined;
  engine: "embedded" | "pulumi";
  backend?: string | undefined;
}

interface OperationFlags {
  target?: string[] | undefined;
  exclude?: string[] | undefined;
  "target-dependents"?: boolean;
  "exclude-dependents"?: boolean;
  parallel: number;
  "continue-on-error"?: boolean;
  "expect-no-changes"?: boolean;
  message?: string | undefined;
}

/** Flags as the engine's options. */
export function engineOptions(flags: OperationFlags) {
  return {
    parallel: flags.parallel,
    ...(flags.target && { targets: flags.target }),
    ...(flags.exclude && { excludes: flags.exclude }),
    targetDependents: flags["target-dependents"] ?? false,
    excludeDependents: flags["exclude-dependents"] ?? false,
    continueOnError: flags["continue-on-error"] ?? false,
    expectNoChanges: flags["expect-no-changes"] ?? false,
    ...(flags.message !== undefined && { message: flags.message }),
  };
}

export abstract class StackCommand extends PdcCommand {
  static override formats: typeof PdcCommand.formats = ["table", "plain", "json", "ndjson"];
  #operation: RunningOperation | undefined;
  #isTerminated = false;

  /** The second Ctrl-C: what is under way stays as pending operations; the third leaves. */
  protected override stopAgain(count: number, exitCode: number): void {
    if (!this.#operation || count > 2) process.exit(exitCode);
    this.#isTerminated = true;
    this.progress("stopped; what was under way stays as pending operations: look with pdc stack refresh");
    this.#operation.terminate();
  }

  protected async selection(name: string | undefined, flags: StackFlags): Promise<StackSelection> {
    const context = await this.context();
    const canAsk = process.stdin.isTTY && process.stderr.isTTY && !this.base["no-input"];
    return {
      name: flags.cwd === undefined ? name : undefined,
      directory: flags.cwd ?? process.cwd(),
      isDirectoryNamed: flags.cwd !== undefined,
      stack: flags.stack,
      engine: flags.engine,
      backend: flags.backend,
      stateDirectory: context.stateDirectory,
      settingsDirectory: join(context.projectDirectory ?? context.stateDirectory, "stack-settings"),
      inventoryDirectory: () => context.inventoryDirectory(),
      environment: process.env,
      version: this.config.version,
      warn: (message) => this.progress(`warning: ${message}`),
      ask: canAsk ? () => this.askSecret("Passphrase of the stack: ") : undefined,
    };
  }

  /**
   * Arguments by name. The stack's name comes first, but not with --cwd, where the directory says it. A name ending
   * in "?" may be absent, one in "…" takes all that follow. The command has `strict = false`.
   */
  protected split(argv: readonly unknown[], flags: { cwd?: string | undefined }, names: readonly string[]) {
    const words = argv as string[];
    const name = flags.cwd === undefined ? words[0] : undefined;
    const rest = flags.cwd === undefined ? words.slice(1) : [...words];
    const values: Record<string, string> = {};
    for (const wanted of names.filter((wanted) => !wanted.endsWith("…"))) {
      const value = rest.shift();
      if (value !== undefined) values[wanted.replace("?", "")] = value;
      else if (!wanted.endsWith("?")) {
        const usage = [
          ...(flags.cwd === undefined ? ["NAME"] : []),
          ...names.map((each) => each.toUpperCase().replace(/^(.+)\?$/u, "[$1]")),
        ].join(" ");
        this.error(`${wanted.toUpperCase()} is missing`, {
          exit: exitCodes.usage,
          suggestions: [`write it as \`pdc ${this.id?.replaceAll(":", " ")} ${usage}\``],
        });
      }
    }
    if (rest.length > 0 && !names.some((wanted) => wanted.endsWith("…"))) {
      this.error(`unexpected argument: ${rest[0]}`, { exit: exitCodes.usage });
    }
    return { name, values, rest };
  }

  /** Refuses (2) before any work where nobody could be asked afterwards. */
  protected assertCanAsk(): void {
    if (process.stdin.isTTY && process.stderr.isTTY && !this.base["no-input"]) return;
    this.error("nobody can be asked here: repeat with --yes, or look first with a preview", {
      exit: exitCodes.usage,
    });
  }

  /** Nothing was done, because a person said no. */
  protected declined(): void {
    this.progress("nothing was done");
    process.exitCode = exitCodes.interrupted;
  }

  /** Shows an operation while it runs. Its lines go to stdout, with --json to stderr. */
  protected async follow(
    operation: RunningOperation,
    options: { diff: boolean; showSame: boolean; silent?: boolean },
  ): Promise<{ result: OperationResult; model: DeploymentModel }> {
    this.#operation = operation;
    const cancel = () => operation.cancel();
    this.signal.addEventListener("abort", cancel);
    if (this.signal.aborted) cancel();
    const isData = this.format === "json" || this.format === "ndjson";
    const stream = isData ? process.stderr : process.stdout;
    const { viewOperation } = await import("../ui/deployment/view-operation.ts");
    const events = this.format === "ndjson" && !options.silent ? teeEvents(operation) : operation;
    const { model, result } = await withoutReaders(async () => ({
      model: await viewOperation(events, {
        stream,
        live: Boolean(stream.isTTY) && !this.base.quiet && process.env.TERM !== "dumb",
        diff: options.diff,
        showSame: options.showSame,
        paint: painter(stream),
        signal: this.signal,
      }),
      result: await operation.result,
    }));
    this.signal.removeEventListener("abort", cancel);
    this.#operation = undefined;
    if (result.error) stream.write(`${painter(stream)("red", "error:")} ${result.error.message}\n`);
    return { result, model };
  }

  /** The JSON of an operation, and its exit code: 0, 21 failed in part, 22 a preview that failed, 26, 130. */
  protected async presentOperation(
    kind: string,
    { result, model }: { result: OperationResult; model: DeploymentModel },
  ): Promise<void> {
    const { exitCode: ownCode, fix } = (result.error ?? {}) as { exitCode?: number; fix?: string };
    const failure = ownCode ?? (model.summary?.isPreview ? exitCodes.badInput : exitCodes.partial);
    const exitCode =
      result.result === "succeeded"
        ? (ownCode ?? 0)
        : result.result === "canceled"
          ? exitCodes.interrupted
          : failure;
    if (exitCode !== 0) process.exitCode ||= exitCode;
    if (fix) this.progress(`  ${fix}`);
    if (this.format === "json") await this.#presentResources(kind, exitCode, { result, model });
    // Steps that are under way would keep the process alive.
    if (this.#isTerminated) process.exit(exitCode);
  }

  async #presentResources(
    kind: string,
    exitCode: number,
    { result, model }: { result: OperationResult; model: DeploymentModel },
  ): Promise<void> {
    const resources = model.shown(true).map(({ urn, type, name, op, state, startedMs, endedMs }) => ({
      urn,
      type,
      name,
      op,
      state,
      durationMs: endedMs === undefined ? null : Math.round(endedMs - startedMs),
    }));
    await this.present({
      schema: `pdc.stack.${kind}/1`,
      data: {
        result: result.result,
        changes: result.changes,
        outputs: withWordForUnknowns(result.outputs),
        resources,
        diagnostics: model.diagnostics,
      },
      exitCode,
      errors: model.diagnostics
        .filter(({ severity }) => severity === "error")
        .map(({ urn, message }) => ({ code: "resource", message, ...(urn && { target: urn }) })),
    });
  }
}

/** Outputs for people and scripts: what is not known before the update is no code of the engine's. */
function withWordForUnknowns(outputs: OperationResult["outputs"]): unknown {
  const known = (_key: string, value: unknown) => (value === UNKNOWN ? "[unknown]" : value);
  return JSON.parse(JSON.stringify(outputs, known));
}

/** Pulumi's mark of a value that is not known yet (engine/properties/values.ts). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** `ndjson` is the event log of the operation, as the Automation API's. */
async function* teeEvents(operation: RunningOperation) {
  for await (const event of operation) {
    process.stdout.write(`${jsonText(event)}\n`);
    yield event;
  }
}
