// A stack of a provider in this process, to say in a test what a program leads to.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pulumi from "@pulumi/pulumi";
import { createEmbeddedEngine } from "../../../src/engine/embedded/embedded-engine.ts";
import type {
  Engine,
  EngineSettings,
  PreviewOptions,
  RunningOperation,
  StackTarget,
} from "../../../src/engine/interface/engine.ts";
import { InitializationError, ProviderError } from "../../../src/engine/interface/errors.ts";
import type { EngineEvent } from "../../../src/engine/interface/events.ts";
import type { PropertyDiff, ResourceProvider } from "../../../src/engine/interface/provider.ts";
import { sameContent } from "../../../src/engine/properties/compare.ts";
import { diffProperties } from "../../../src/engine/properties/diff.ts";
import { isUnknown, type PropertyMap, UNKNOWN } from "../../../src/engine/properties/values.ts";

export interface Thing {
  inputs: PropertyMap;
  outputs: PropertyMap;
}

type Fault = "fail" | "lost" | "init";

export class R extends pulumi.CustomResource {
  declare readonly out: pulumi.Output<string>;
  constructor(name: string, inputs: Record<string, unknown> = {}, options?: pulumi.CustomResourceOptions) {
    super("tst:index:R", name, { out: undefined, ...inputs }, options);
  }
  static read(name: string, id: string, options?: pulumi.CustomResourceOptions): R {
    return new R(name, {}, { ...options, id });
  }
}

export class C extends pulumi.ComponentResource {
  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("tst:index:C", name, {}, options);
    this.registerOutputs({});
  }
}

export class P extends pulumi.ProviderResource {
  constructor(name: string, inputs: Record<string, unknown> = {}, options?: pulumi.ResourceOptions) {
    super("tst", name, inputs, options);
  }
}

/** a ← b ← c, and x alone. */
export const chain =
  (value: number, more: () => void = () => {}) =>
  () => {
    const a = new R("a", { value });
    const b = new R("b", { of: a.out, value });
    new R("c", { of: b.out, value });
    new R("x", { value });
    more();
  };

export interface Ended {
  readonly result: "succeeded" | "failed" | "canceled";
  readonly error: Error | undefined;
  /** `op name`, in the order in which they were told; default providers and the stack left out */
  readonly ops: string[];
  readonly changes: Readonly<Record<string, number>>;
  readonly errors: string[];
  readonly warnings: string[];
  readonly events: EngineEvent[];
  readonly outputs: PropertyMap;
  readonly plan: string | undefined;
}

export interface StoredResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  [key: string]: unknown;
}

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

/** A key that begins with `repl` replaces, with `dbr` replaces and deletes first. */
export class World {
  readonly directory = mkdtempSync(join(tmpdir(), "pdc-world-"));
  readonly things = new Map<string, Thing>();
  readonly calls: string[] = [];
  faults: Record<string, Fault> = {};
  /** awaited by a call: `create:name` */
  readonly gates = new Map<string, Promise<void>>();
  cancelled = 0;
  private made = 0;
  readonly engine: Engine;

  constructor(settings: Partial<EngineSettings> = {}) {
    mkdirSync(join(this.directory, "settings"));
    this.engine = createEmbeddedEngine({
      backend: join(this.directory, "state"),
      passphrase: async () => "behaviour",
      packages: { tst: { version: "1.0.0", create: () => this.provider() } },
      ...settings,
    });
  }

  target(program?: () => unknown, stack = "dev"): StackTarget {
    return { stack, project: "proj", program, settingsDirectory: join(this.directory, "settings") };
  }

  async init(stack = "dev"): Promise<this> {
    await this.engine.init(this.target(undefined, stack));
    return this;
  }

  up = (program: () => unknown, options: PreviewOptions = {}, stack = "dev") =>
    this.follow(this.engine.up(this.target(program, stack), options));
  preview = (program: () => unknown, options: PreviewOptions = {}) =>
    this.follow(this.engine.preview(this.target(program), options));
  refresh = (options: object = {}, program?: () => unknown) =>
    this.follow(this.engine.refresh(this.target(program), options));
  destroy = (options: object = {}, program?: () => unknown) =>
    this.follow(this.engine.destroy(this.target(program), options));

  async follow(running: RunningOperation): Promise<Ended> {
    const events: EngineEvent[] = [];
    const ops: string[] = [];
    const errors: string[] = [];
    const warnings: string[] = [];
    for await (const event of running) {
      events.push(event);
      const { resOutputsEvent, resourcePreEvent, diagnosticEvent } = event;
      const told = resOutputsEvent ?? resourcePreEvent;
      const isParted = told && told.metadata.type !== "pulumi:pulumi:Stack";
      if (told && isParted && !nameOf(told.metadata.urn).startsWith("default") && resOutputsEvent) {
        ops.push(`${told.metadata.op} ${nameOf(told.metadata.urn)}`);
      }
      if (diagnosticEvent?.severity === "error") errors.push(diagnosticEvent.message.trim());
      if (diagnosticEvent?.severity === "warning") warnings.push(diagnosticEvent.message.trim());
    }
    const { result, error, changes, outputs, plan } = await running.result;
    return { result, error, changes, outputs, plan, ops, errors, warnings, events };
  }

  async state(stack = "dev", showSecrets = false): Promise<StoredResource[]> {
    const text = await this.engine.export(this.target(undefined, stack), { showSecrets });
    return (JSON.parse(text) as { deployment: { resources?: StoredResource[] } }).deployment.resources ?? [];
  }

  async stored(name: string): Promise<StoredResource | undefined> {
    return (await this.state()).find(({ urn }) => nameOf(urn) === name);
  }

  get file(): string {
    return readFileSync(join(this.directory, "state/.pulumi/stacks/proj/dev.json"), "utf8");
  }

  /** The id of the object that was made for a resource. */
  idOf(name: string): string {
    return [...this.things.keys()].find((id) => id.startsWith(`${name}-`))!;
  }

  /** Names of what is in the cloud. */
  get names(): string[] {
    return [...this.things.keys()].map((id) => id.replace(/-\d+$/, "")).sort();
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async enter(call: string, name: string): Promise<Fault | undefined> {
    this.calls.push(`${call} ${name}`);
    await this.gates.get(`${call}:${name}`);
    const fault = this.faults[`${call}:${name}`];
    if (fault === "fail") throw new ProviderError(`${call} of ${name} failed`);
    if (fault === "lost") throw new ProviderError(`${call} of ${name} lost`, { outcomeKnown: false });
    return fault;
  }

  private provider(): ResourceProvider {
    return {
      diffConfig: async ({ oldInputs, news }) => {
        const diffs = keysThatDiffer(oldInputs, news);
        return {
          changes: diffs.length ? "some" : "none",
          diffs,
          replaces: diffs.filter((key) => /^repl/.test(key)),
        };
      },
      diff: async ({ name, oldInputs, news, ignoreChanges }) => {
        this.calls.push(`diff ${name}`);
        const found = diffProperties(oldInputs, news).detailedDiff;
        const diffs = keysThatDiffer(oldInputs, news).filter((key) => !ignoreChanges.includes(key));
        const replaces = diffs.filter((key) => /^(repl|dbr)/.test(key));
        const detailedDiff: Record<string, PropertyDiff> = {};
        for (const [path, diff] of Object.entries(found)) {
          const top = path.split(/[.[]/)[0]!;
          if (!diffs.includes(top)) continue;
          const kind = replaces.includes(top) ? (`${diff.kind}-replace` as PropertyDiff["kind"]) : diff.kind;
          detailedDiff[path] = { ...diff, kind };
        }
        return {
          changes: diffs.length ? "some" : "none",
          diffs,
          replaces,
          detailedDiff,
          deleteBeforeReplace: diffs.some((key) => key.startsWith("dbr")),
        };
      },
      create: async ({ name, inputs, preview }) => {
        if (preview) return { id: "", outputs: { ...inputs, out: UNKNOWN } };
        const fault = await this.enter("create", name);
        const id = `${name}-${++this.made}`;
        const outputs = { ...inputs, out: `out of ${id}` };
        this.things.set(id, { inputs, outputs });
        if (fault === "init") throw new InitializationError(id, outputs, ["not ready"], inputs);
        return { id, outputs };
      },
      update: async ({ id, name, news, preview }) => {
        const outputs = { ...news, out: `out of ${id}` };
        if (preview) return { outputs };
        const fault = await this.enter("update", name);
        this.things.set(id, { inputs: news, outputs });
        if (fault === "init") throw new InitializationError(id, outputs, ["not ready"], news);
        return { outputs };
      },
      delete: async ({ id, name }) => {
        await this.enter("delete", name);
        this.things.delete(id);
      },
      read: async ({ id, name }) => {
        const fault = await this.enter("read", name);
        const thing = this.things.get(id);
        if (fault === "init")
          throw new InitializationError(id, thing?.outputs ?? {}, ["not ready"], thing?.inputs);
        return thing ? { id, ...thing } : { id: "" };
      },
      invoke: async ({ token, args }) => {
        this.calls.push(`invoke ${token}`);
        return { result: { ...args, answer: 42 } };
      },
      cancel: async () => {
        this.cancelled++;
      },
    };
  }
}

function keysThatDiffer(olds: PropertyMap, news: PropertyMap): string[] {
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  return [...keys].filter((key) => isUnknown(news[key]) || !sameContent(olds[key], news[key])).sort();
}
