// Runs the operations of one scenario in a process of its own: it may be killed, and its handlers of
// unhandled errors are nobody else's. Speaks with its parent over IPC.
import { appendFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import pulumi from "@pulumi/pulumi";
import { createEmbeddedEngine } from "../../../src/engine/embedded/embedded-engine.ts";
import type { RunningOperation, StackTarget } from "../../../src/engine/interface/engine.ts";
import { messageOf } from "../../../src/engine/interface/errors.ts";

interface Context {
  prog: string;
  state: string;
  program: string;
  kit: string;
  passphrase: string;
  environment: Record<string, string>;
}

interface Request {
  ctx: Context;
  asProject: boolean;
  action: "init" | "config" | "step" | "unlock" | "checkpoint";
  stack: string;
  step?: Record<string, unknown> & { op: string };
  vars?: Record<string, unknown>;
  key?: string;
  value?: { value: unknown; secret?: boolean; path?: boolean };
  events?: string;
}

type Scenario = (pulumi_: unknown, kit: unknown, vars: unknown) => Promise<Record<string, unknown>>;

let running: RunningOperation | undefined;

function engineFor(ctx: Context) {
  return createEmbeddedEngine({
    backend: `file://${ctx.state}`,
    passphrase: async () => ctx.passphrase,
    environment: ctx.environment,
    // The recordings are of the CLI, which never takes a lock over.
    takeOver: "never",
  });
}

async function targetFor(request: Request): Promise<StackTarget> {
  const { ctx, stack, vars } = request;
  if (request.asProject) return { stack, project: "conf", program: { directory: ctx.prog } };
  const load = async (file: string) => (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const program = (await load(ctx.program)).default as Scenario;
  const { conformance } = (await load(`${ctx.kit}/conformance.mjs`)) as {
    conformance: (p: unknown) => unknown;
  };
  return {
    stack,
    project: "conf",
    program: () => program(pulumi, conformance(pulumi), vars),
    programName: `${ctx.prog}/main.mjs`,
    settingsDirectory: ctx.prog,
    workDirectory: ctx.prog,
  };
}

async function step(request: Request): Promise<unknown> {
  const step = { CONFORMANCE_STEP: JSON.stringify(request.vars) };
  const engine = engineFor({ ...request.ctx, environment: { ...request.ctx.environment, ...step } });
  const target = await targetFor(request);
  const given = request.step as Record<string, unknown>;
  const options = {
    targets: given.targets as string[] | undefined,
    excludes: given.excludes as string[] | undefined,
    excludeDependents: Boolean(given.excludeDependents),
    replace: [...((given.replace as string[]) ?? []), ...((given.targetReplace as string[]) ?? [])],
    targetDependents: Boolean(given.targetDependents),
    continueOnError: Boolean(given.continueOnError),
    expectNoChanges: Boolean(given.expectNoChanges),
    runProgram: Boolean(given.runProgram),
    excludeProtected: Boolean(given.excludeProtected),
    clearPendingCreates: Boolean(given.clearPendingCreates),
    preview: Boolean(given.preview),
    refresh: Boolean(given.refresh),
    ...(given.parallel ? { parallel: Number(given.parallel) } : {}),
  };
  if (given.targetReplace)
    options.targets = [...(options.targets ?? []), ...(given.targetReplace as string[])];
  process.chdir(request.ctx.prog);
  writeFileSync(request.events!, "");
  const op = request.step!.op;
  const begin = (): RunningOperation => {
    switch (op) {
      case "preview":
        return engine.preview(target, options as never);
      case "refresh":
        return engine.refresh(target, options as never);
      case "destroy":
        return engine.destroy(target, options as never);
      case "import":
        return engine.import(target, {
          resources: [{ type: String(given.type), name: String(given.name), id: String(given.id) }],
        });
      default:
        return engine.up(target, options as never);
    }
  };
  running = begin();
  for await (const event of running) appendFileSync(request.events!, `${JSON.stringify(event)}\n`);
  try {
    const { result, error } = await running.result;
    return { result: result === "succeeded" ? "ok" : "failed", error: error?.message };
  } catch (error) {
    return { result: "failed", error: messageOf(error) };
  } finally {
    running = undefined;
  }
}

async function answer(request: Request): Promise<unknown> {
  const engine = engineFor(request.ctx);
  const target: StackTarget = { stack: request.stack, project: "conf", settingsDirectory: request.ctx.prog };
  switch (request.action) {
    case "init":
      return engine.init(target);
    case "config": {
      const { value, secret, path } = request.value!;
      const text = { value: String(value), secret: secret ?? false };
      return engine.setConfig(target, request.key!, text, path ?? false);
    }
    case "unlock":
      return engine.cancel(target);
    case "checkpoint":
      return engine.export(target);
    case "step":
      return step(request);
  }
}

process.on("message", (message: Request | { cancel: true }) => {
  if ("cancel" in message) {
    running?.cancel();
    return;
  }
  answer(message).then(
    (value) => process.send!({ value: value ?? null }),
    (error: unknown) =>
      process.send!({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
