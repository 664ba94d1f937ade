import type { Operation } from "../../interface/events.ts";
import { sameValue } from "../../properties/compare.ts";
import type { ResourceState } from "../../state/resource.ts";
import { isProviderType } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { RegisterEvent } from "../deploy/goal.ts";
import { Step, type StepOutcome } from "./step.ts";

/** Nothing changes but perhaps what the state says of the resource's options. */
export class SameStep extends Step {
  readonly op: Operation = "same";
  private readonly registration: RegisterEvent | undefined;
  /** nobody asked for it in this run: a provider is not even configured */
  private isCarried = false;

  constructor(
    deployment: Deployment,
    registration: RegisterEvent | undefined,
    old: ResourceState,
    now: ResourceState,
  ) {
    super(deployment, old, now);
    this.registration = registration;
  }

  /** Only to be carried along, because something else was targeted. */
  carried(): this {
    this.isCarried = true;
    return this;
  }

  async apply(): Promise<StepOutcome> {
    const [old, now] = [this.old!, this.new!];
    now.id = old.id;
    now.outputs = old.outputs;
    // A provider that took another configuration to be the same is configured as it was.
    if (isProviderType(this.type) && !this.isCarried)
      await this.deployment.providers.same({ ...now, inputs: old.inputs });
    return { respond: () => this.registration?.done({ state: now, result: "success" }) };
  }

  async record(): Promise<void> {
    const [old, now] = [this.old!, this.new!];
    if (changesState(old, now)) await this.deployment.recorder.end({ drop: [old], add: now });
    else this.deployment.recorder.same(old, now);
  }

  override refuse(result: "failed" | "skipped"): void {
    this.registration?.done({ state: this.new!, result });
  }
}

/** A resource that would be created, but was not asked for: it is told to the program, and nothing is stored. */
export class SkippedCreateStep extends Step {
  readonly op: Operation = "same";
  private readonly registration: RegisterEvent;

  constructor(deployment: Deployment, registration: RegisterEvent, now: ResourceState) {
    super(deployment, undefined, now);
    this.registration = registration;
  }

  async apply(): Promise<StepOutcome> {
    return { respond: () => this.registration.done({ state: this.new!, result: "success", unknown: true }) };
  }

  async record(): Promise<void> {}

  override refuse(result: "failed" | "skipped"): void {
    this.registration.done({ state: this.new!, result });
  }
}

const asSet = (list: readonly string[]) => [...new Set(list)].sort();

/** Whether the state has to be written although nothing happened to the resource. */
export function changesState(old: ResourceState, now: ResourceState): boolean {
  if (old === now) return false;
  const plain = (
    [
      "urn",
      "type",
      "custom",
      "retainOnDelete",
      "provider",
      "parent",
      "deletedWith",
      "protect",
      "taint",
      "external",
      "importID",
      "pendingReplacement",
      "delete",
    ] as const
  ).some((key) => old[key] !== now[key]);
  if (plain || now.aliases.length > 0) return true;
  const structured: readonly (readonly [unknown, unknown])[] = [
    [old.customTimeouts, now.customTimeouts],
    [asSet(old.dependencies), asSet(now.dependencies)],
    [old.propertyDependencies, now.propertyDependencies],
    [old.replaceWith, now.replaceWith],
    [old.additionalSecretOutputs, now.additionalSecretOutputs],
    [old.ignoreChanges, now.ignoreChanges],
    [old.replaceOnChanges, now.replaceOnChanges],
    [old.hideDiff, now.hideDiff],
    [old.resourceHooks, now.resourceHooks],
    [old.initErrors, now.initErrors],
  ];
  if (structured.some(([a, b]) => JSON.stringify(a) !== JSON.stringify(b))) return true;
  return (
    !sameValue(old.inputs, now.inputs) ||
    !sameValue(old.outputs, now.outputs) ||
    !sameValue(old.replacementTrigger ?? null, now.replacementTrigger ?? null)
  );
}
