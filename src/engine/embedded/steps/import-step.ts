import { InitializationError } from "../../interface/errors.ts";
import type { Operation } from "../../interface/events.ts";
import type { CheckFailure } from "../../interface/provider.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { PendingOperation, ResourceState } from "../../state/resource.ts";
import { nameOf, tokenPackage } from "../../urn/urn.ts";
import { type Deployment, timestamp } from "../deploy/deployment.ts";
import { initializationFailure } from "./init-errors.ts";
import { Step, type StepOutcome } from "./step.ts";

export interface ImportPlan {
  /** a managed resource of another id, which is deleted later */
  readonly replaces?: ResourceState;
  /** one that was deleted ahead of its replacement: its entry goes */
  readonly succeeds?: ResourceState;
  /** goes on with the registration, once the imported state is known */
  readonly andThen?: (imported: ResourceState) => void;
  /** for an import that no program asks for: its inputs are what the provider reports */
  readonly standalone?: {
    readonly properties: readonly string[] | undefined;
    readonly randomSeed: Uint8Array;
  };
  readonly refuse?: (result: "failed" | "skipped") => void;
}

/** Takes over an object that exists. */
export class ImportStep extends Step {
  readonly op: Operation;
  private readonly plan: ImportPlan;
  private readonly replaced: ResourceState | undefined;

  constructor(deployment: Deployment, now: ResourceState, plan: ImportPlan) {
    super(deployment, plan.replaces, now);
    this.op = plan.replaces ? "import-replacement" : "import";
    this.plan = plan;
    this.replaced = plan.replaces;
  }

  override get sparesOthers(): boolean {
    return this.plan.standalone !== undefined;
  }

  override get pendingType(): PendingOperation["type"] | undefined {
    return this.new!.custom ? "importing" : undefined;
  }

  async apply(): Promise<StepOutcome> {
    const now = this.new!;
    let failure: Error | undefined;
    if (now.custom) failure = await this.read(now);
    now.created = timestamp();
    now.modified = now.created;
    if (this.replaced) this.replaced.delete = true;
    const respond = () => this.plan.andThen?.(now);
    return failure ? { failure, respond } : { respond };
  }

  private async read(now: ResourceState): Promise<Error | undefined> {
    const provider = this.deployment.providers.get(now.provider);
    const request = { urn: now.urn, name: nameOf(now.urn), type: now.type };
    let inputs: PropertyMap | undefined;
    let failure: Error | undefined;
    const id = now.id;
    try {
      const found = await provider.read({ ...request, id, inputs: {}, outputs: {}, anew: true });
      if (found.outputs === undefined) throw new Error(`resource '${id}' does not exist`);
      now.outputs = found.outputs;
      if (found.id !== "") now.id = found.id;
      inputs = found.inputs;
    } catch (error) {
      if (!(error instanceof InitializationError)) throw error;
      now.outputs = error.outputs;
      now.initErrors = [...error.reasons];
      inputs = error.inputs;
      failure = initializationFailure(error);
    }
    if (inputs === undefined) {
      throw new Error(
        "provider does not support importing resources; please try updating the " +
          `'${tokenPackage(now.type)}' plugin`,
      );
    }
    now.inputs = this.plan.standalone ? await this.checked(now, inputs, this.plan.standalone) : inputs;
    return failure;
  }

  private async checked(
    now: ResourceState,
    inputs: PropertyMap,
    { properties, randomSeed }: NonNullable<ImportPlan["standalone"]>,
  ): Promise<PropertyMap> {
    const chosen = properties?.length
      ? Object.fromEntries(Object.entries(inputs).filter(([key]) => properties.includes(key)))
      : inputs;
    const provider = this.deployment.providers.get(now.provider);
    const result = await provider.check({
      urn: now.urn,
      name: nameOf(now.urn),
      type: now.type,
      olds: inputs,
      news: chosen,
      randomSeed,
    });
    for (const failure of result.failures ?? []) this.warn(now, chosen, failure);
    return result.failures?.length ? chosen : result.inputs;
  }

  private warn(now: ResourceState, inputs: PropertyMap, failure: CheckFailure): void {
    this.deployment.events.diagnostic("warning", checkMessage(now, inputs, failure), now.urn);
  }

  async record(operation: number | undefined): Promise<void> {
    const mark = this.replaced ? [[this.replaced, { delete: true }] as const] : [];
    const drop = this.plan.succeeds ? [this.plan.succeeds] : [];
    await this.deployment.recorder.end({ operation, drop, mark, add: this.new });
  }

  override refuse(result: "failed" | "skipped"): void {
    this.plan.refuse?.(result);
  }
}

/** What a provider found wrong with an input, for people. Secret values are not shown. */
export function checkMessage(resource: ResourceState, inputs: PropertyMap, failure: CheckFailure): string {
  const who = `${resource.type} resource '${nameOf(resource.urn)}'`;
  if (failure.property === "") return `${who} has a problem: ${failure.reason}`;
  return `${who}: property ${failure.property} value {${shown(inputs[failure.property])}} has a problem: ${failure.reason}`;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "<nil>";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.includes("1b47061264138c4ac30d75fd1eb44270") ? "&{{[secret]}}" : text;
}
