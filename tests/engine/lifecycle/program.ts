// Programs as data, and a source that registers them the way the SDK does: what depends on something waits for it.

import type { Deployment } from "../../../src/engine/embedded/deploy/deployment.ts";
import {
  emptyGoal,
  type RegistrationResult,
  type ResourceGoal,
} from "../../../src/engine/embedded/deploy/goal.ts";
import type { RunHandle, Source } from "../../../src/engine/embedded/deploy/source.ts";
import type { PropertyMap } from "../../../src/engine/properties/values.ts";
import { UNKNOWN } from "../../../src/engine/properties/values.ts";
import { providerReference, ROOT_STACK_TYPE, type Urn } from "../../../src/engine/urn/urn.ts";

export interface ProgramResource {
  readonly name: string;
  readonly kind: "custom" | "component" | "external";
  /** index of an earlier component, or none */
  readonly parent?: number | undefined;
  /** indexes of earlier resources that it only depends on */
  readonly dependsOn: readonly number[];
  /** indexes of earlier resources whose id is an input: `key` makes a change of it replace */
  readonly uses: readonly { readonly index: number; readonly as: "value" | "key" }[];
  readonly value: number;
  readonly key: number;
  readonly dbrKey: number;
  readonly provider: number;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace?: boolean | undefined;
  readonly deletedWith?: number | undefined;
  readonly replaceWith?: number | undefined;
  readonly alias?: string | undefined;
  readonly ignoreChanges: readonly string[];
}

export interface Program {
  readonly resources: readonly ProgramResource[];
  /** explicit providers, by number: their configuration */
  readonly providers: readonly { readonly region: number; readonly note: number }[];
  /** throws after so many registrations */
  readonly throwsAfter?: number | undefined;
}

export const STACK = "dev";
export const PROJECT = "fuzz";
export const TYPE = "mem:index:Thing";

/** The name under which a resource of the cloud is read. */
export const externalId = "shared";

export class ProgramSource implements Source {
  private readonly program: Program;
  private readonly run_: RunHandle;
  private readonly deployment: Deployment;
  private aborted = false;
  private readonly gone = Promise.withResolvers<never>();

  constructor(program: Program, run: RunHandle, deployment: Deployment) {
    this.program = program;
    this.run_ = run;
    this.deployment = deployment;
    this.gone.promise.catch(() => {});
  }

  abort(): void {
    this.aborted = true;
    this.gone.reject(new Error("the engine is gone"));
  }

  private register(goal: ResourceGoal): Promise<RegistrationResult> {
    const answer = new Promise<RegistrationResult>((done, failed) =>
      this.run_.submit({ kind: "register", goal, done, failed }),
    );
    return Promise.race([answer, this.gone.promise]);
  }

  private read(resource: ProgramResource, goal: ResourceGoal): Promise<RegistrationResult> {
    const answer = new Promise<RegistrationResult>((done, failed) =>
      this.run_.submit({
        kind: "read",
        id: externalId,
        type: TYPE,
        name: resource.name,
        parent: goal.parent,
        provider: goal.provider,
        properties: {},
        dependencies: goal.dependencies,
        additionalSecretOutputs: [],
        sourcePosition: undefined,
        done,
        failed,
      }),
    );
    return Promise.race([answer, this.gone.promise]);
  }

  async run(): Promise<{ failed: boolean }> {
    try {
      const failed = await this.registerAll();
      if (!failed) await this.run_.programDone();
      return { failed };
    } catch (error) {
      if (this.aborted) return { failed: true };
      throw error;
    }
  }

  private async registerAll(): Promise<boolean> {
    const stack = await this.register({
      ...emptyGoal,
      type: ROOT_STACK_TYPE,
      name: `${PROJECT}-${STACK}`,
      custom: false,
    });
    const root = stack.state.urn;
    const providers = this.program.providers.map(({ region, note }, index) =>
      this.register({
        ...emptyGoal,
        type: "pulumi:providers:mem",
        name: `p${index}`,
        custom: true,
        parent: root,
        properties: { region: String(region), note: String(note) },
      }),
    );
    const started: Promise<RegistrationResult>[] = [];
    let thrown = false;
    for (const [index, resource] of this.program.resources.entries()) {
      if (index === this.program.throwsAfter) {
        thrown = true;
        break;
      }
      started.push(this.start(resource, root, providers, [...started]));
    }
    const results = await Promise.allSettled([...started, ...providers]);
    if (this.aborted) throw new Error("the engine is gone");
    const lost = results.some((result) => result.status === "rejected");
    return thrown || lost;
  }

  private async start(
    resource: ProgramResource,
    root: Urn,
    providers: readonly Promise<RegistrationResult>[],
    before: readonly Promise<RegistrationResult>[],
  ): Promise<RegistrationResult> {
    const needed = async (index: number) => {
      const result = await before[index]!;
      // The SDK rejects outputs of what failed.
      if (result.result !== "success") throw new Error(`dependency of ${resource.name} failed`);
      return result;
    };
    const parent = resource.parent === undefined ? root : (await needed(resource.parent)).state.urn;
    const dependencies = new Set<Urn>();
    const propertyDependencies: Record<string, Urn[]> = {};
    const properties: PropertyMap = { value: resource.value, key: resource.key, dbrKey: resource.dbrKey };
    for (const index of resource.dependsOn) dependencies.add((await needed(index)).state.urn);
    for (const { index, as } of resource.uses) {
      const { state } = await needed(index);
      dependencies.add(state.urn);
      const property = as === "key" ? "key" : `use${index}`;
      propertyDependencies[property] = [...(propertyDependencies[property] ?? []), state.urn];
      properties[property] = state.custom ? state.id || UNKNOWN : state.urn;
    }
    const reference = async (index: number | undefined) =>
      index === undefined ? "" : (await needed(index)).state.urn;
    const goal: ResourceGoal = {
      ...emptyGoal,
      type: resource.kind === "component" ? "mem:index:Box" : TYPE,
      name: resource.name,
      custom: resource.kind !== "component",
      parent,
      properties: resource.kind === "component" ? {} : properties,
      dependencies: [...dependencies].sort(),
      propertyDependencies: resource.kind === "component" ? {} : propertyDependencies,
      provider: resource.kind === "component" ? "" : await this.providerRef(resource, providers),
      protect: resource.protect,
      retainOnDelete: resource.retainOnDelete,
      deleteBeforeReplace: resource.deleteBeforeReplace,
      deletedWith: await reference(resource.deletedWith),
      replaceWith: resource.replaceWith === undefined ? [] : [await reference(resource.replaceWith)],
      aliases: resource.alias ? [{ name: resource.alias }] : [],
      ignoreChanges: resource.ignoreChanges,
    };
    if (resource.kind === "external") return this.read(resource, goal);
    const result = await this.register(goal);
    if (resource.kind === "component") {
      const outputs = new Promise<void>((done, failed) =>
        this.run_.submit({
          kind: "outputs",
          urn: result.state.urn,
          outputs: { done: resource.value },
          done,
          failed,
        }),
      );
      await Promise.race([outputs, this.gone.promise]);
    }
    return result;
  }

  private async providerRef(
    resource: ProgramResource,
    providers: readonly Promise<RegistrationResult>[],
  ): Promise<string> {
    const { state } = await providers[resource.provider % providers.length]!;
    void this.deployment;
    return providerReference(state.urn, state.id || UNKNOWN);
  }
}
