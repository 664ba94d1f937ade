import { InitializationError } from "../../interface/errors.ts";
import type { Operation } from "../../interface/events.ts";
import type { CheckFailure } from "../../interface/provider.ts";
import { valueText } from "../../properties/text.ts";
import { isSecret, type PropertyMap, type PropertyValue } from "../../properties/values.ts";
import type { PendingOperation, ResourceState } from "../../state/resource.ts";
import { nameOf, tokenPackage } from "../../urn/urn.ts";
import { type Deployment, timestamp } from "../deploy/deployment.ts";
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
    if (now.custom) await this.read(now);
    now.created = timestamp();
    now.modified = now.created;
    if (this.replaced) this.replaced.delete = true;
    return { respond: () => this.plan.andThen?.(now) };
  }

  private async read(now: ResourceState): Promise<void> {
    const provider = this.deployment.providers.get(now.provider);
    const request = { urn: now.urn, name: nameOf(now.urn), type: now.type };
    let inputs: PropertyMap | undefined;
    const id = now.id;
    try {
      const known = { inputs: {}, outputs: {}, anew: true, timeoutSeconds: now.customTimeouts.read ?? 0 };
      const found = await provider.read({ ...request, id, ...known });
      if (found.outputs === undefined) throw new Error(`resource '${id}' does not exist`);
      now.outputs = found.outputs;
      if (found.id !== "") now.id = found.id;
      inputs = found.inputs;
    } catch (error) {
      if (!(error instanceof InitializationError)) throw error;
      // It is there: what follows in the same run makes it well, or the next run.
      if (error.id !== "") now.id = error.id;
      now.outputs = error.outputs;
      now.initErrors = [...error.reasons];
      inputs = error.inputs;
    }
    if (inputs === undefined) {
      throw new Error(
        "provider does not support importing resources; please try updating the " +
          `'${tokenPackage(now.type)}' plugin`,
      );
    }
    now.inputs = this.plan.standalone ? await this.checked(now, inputs, this.plan.standalone) : inputs;
  }

  /** The inputs that were asked for, as the provider reported them: it is only told when they would not do. */
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
    const failures = result.failures ?? [];
    if (failures.length > 0) this.warn(now, invalidInputs(now, properties));
    for (const failure of failures) this.warn(now, checkMessage(now, chosen, failure));
    return chosen;
  }

  private warn(now: ResourceState, message: string): void {
    this.deployment.events.diagnostic("warning", message, now.urn);
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

function invalidInputs(now: ResourceState, properties: readonly string[] | undefined): string {
  const advice = properties?.length
    ? "Try specifying a different set of properties to import with in the future."
    : `This is almost certainly a bug in the \`${tokenPackage(now.type)}\` provider.`;
  return (
    `One or more imported inputs failed to validate. ${advice} The import will still proceed, but you will need to ` +
    "edit the generated code after copying it into your program."
  );
}

/** What a provider found wrong with an input, for people. Secret values are not shown. */
export function checkMessage(resource: ResourceState, inputs: PropertyMap, failure: CheckFailure): string {
  const who = `${resource.type} resource '${nameOf(resource.urn)}'`;
  if (failure.property === "") return `${who} has a problem: ${failure.reason}`;
  return `${who}: property ${failure.property} value ${shown(inputs[failure.property])} has a problem: ${failure.reason}`;
}

const shown = (value: PropertyValue | undefined): string =>
  isSecret(value) ? "{&{{[secret]}}}" : valueText(value);
