// Drives the embedded engine through the scenarios of the kit, each in child processes.
import { type ChildProcess, fork } from "node:child_process";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

interface KitContext {
  name: string;
  dir: string;
  prog: string;
  state: string;
  program: string;
  log: string;
  env: Record<string, string>;
  child?: ChildProcess;
  exported?: unknown;
}

type Step = Record<string, unknown> & {
  op: string;
  when?: { method: string; name: string };
  keepLock?: boolean;
};

const kit = join(import.meta.dirname, "../../fixtures/engine-conformance");
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const lines = (file: string): Record<string, unknown>[] =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : [];

export interface DriverOptions {
  /** the program is a project in a directory, run in a process of its own, and not a function */
  readonly asProject?: boolean;
}

export class EmbeddedDriver {
  private readonly children = new Set<ChildProcess>();
  private readonly options: DriverOptions;

  constructor(options: DriverOptions = {}) {
    this.options = options;
  }

  private child(ctx: KitContext): ChildProcess {
    if (ctx.child?.connected) return ctx.child;
    const child = fork(join(import.meta.dirname, "scenario-child.ts"), [], {
      cwd: ctx.prog,
      execPath: process.execPath,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.children.add(child);
    ctx.child = child;
    return child;
  }

  private ask(ctx: KitContext, request: Record<string, unknown>): Promise<unknown> {
    const child = this.child(ctx);
    const environment = {
      PATH: [join(kit, "provider"), dirname(process.execPath), process.env.PATH].join(delimiter),
      HOME: ctx.dir,
      PULUMI_HOME: join(ctx.dir, "home"),
      ...ctx.env,
    };
    const context = {
      prog: ctx.prog,
      state: ctx.state,
      program: ctx.program,
      kit,
      passphrase: "conformance",
      environment,
    };
    return new Promise((resolve, reject) => {
      const gone = () => {
        off();
        resolve("killed");
      };
      const answered = (message: { value?: unknown; failed?: string }) => {
        off();
        if (message.failed === undefined) resolve(message.value);
        else reject(new Error(message.failed));
      };
      const off = () => {
        child.off("exit", gone);
        child.off("message", answered);
      };
      child.once("exit", gone);
      child.once("message", answered);
      child.send({ ctx: context, asProject: this.options.asProject ?? false, ...request });
    });
  }

  async init(ctx: KitContext, stack: string): Promise<void> {
    if (this.options.asProject && !existsSync(join(ctx.prog, "Pulumi.yaml"))) writeProject(ctx);
    await this.ask(ctx, { action: "init", stack });
  }

  async setConfig(ctx: KitContext, stack: string, key: string, value: unknown): Promise<void> {
    await this.ask(ctx, { action: "config", stack, key, value });
  }

  /** The stack as the engine sees it: with what a journal holds that is not folded yet. */
  checkpoint(ctx: KitContext, stack: string): unknown {
    if (existsSync(join(ctx.state, ".pulumi/journals/conf", stack, "journal.jsonl"))) return ctx.exported;
    const file = join(ctx.state, ".pulumi/stacks/conf", `${stack}.json`);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  }

  async step(ctx: KitContext, step: Step, vars: Record<string, unknown>): Promise<unknown> {
    const stack = String(vars.stack);
    if (step.op === "unlock") {
      await this.ask(ctx, { action: "unlock", stack });
      return { result: "ok", events: [] };
    }
    const events = join(ctx.dir, `events-${String(vars.index)}.json`);
    const asked = this.ask(ctx, { action: "step", stack, step, vars, events });
    if (step.op === "kill" || step.op === "cancel") await this.interrupt(ctx, step, asked);
    const done = (await asked) as "killed" | { result: string; error?: string };
    if (done === "killed") {
      ctx.child = undefined as never;
      if (!step.keepLock) await this.ask(ctx, { action: "unlock", stack });
      else ctx.exported = JSON.parse(String(await this.ask(ctx, { action: "checkpoint", stack })));
      return { result: "killed", events: lines(events) };
    }
    return { ...done, events: lines(events) };
  }

  private async interrupt(ctx: KitContext, step: Step, asked: Promise<unknown>): Promise<void> {
    let over = false;
    asked.finally(() => {
      over = true;
    });
    const reached = () =>
      lines(ctx.log).some(
        (line) =>
          line.at === "begin" &&
          line.method === step.when!.method &&
          String(line.urn).endsWith(`::${step.when!.name}`),
      );
    for (let i = 0; i < 600 && !over && !reached(); i++) await sleep(20);
    await sleep(300);
    if (step.op === "cancel") ctx.child!.send({ cancel: true });
    else ctx.child!.kill("SIGKILL");
  }

  async close(): Promise<void> {
    for (const child of this.children) child.kill("SIGKILL");
  }
}

/** The project that the recordings were made with. */
function writeProject(ctx: KitContext): void {
  const write = (name: string, text: string) => writeFileSync(join(ctx.prog, name), text);
  write("package.json", '{"type":"module"}');
  write(
    "Pulumi.yaml",
    "name: conf\nmain: main.mjs\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  );
  write(
    "main.mjs",
    `import pulumi from "@pulumi/pulumi";
import { conformance } from ${JSON.stringify(join(kit, "conformance.mjs"))};
import program from ${JSON.stringify(ctx.program)};
export default () => program(pulumi, conformance(pulumi), JSON.parse(process.env.CONFORMANCE_STEP));
`,
  );
  symlinkSync(String(ctx.env.CONFORMANCE_NODE_MODULES), join(ctx.prog, "node_modules"));
}
