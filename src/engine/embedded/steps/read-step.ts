import { InitializationError } from "../../interface/errors.ts";
import type { Operation } from "../../interface/events.ts";
import { sameProperties, sameValue } from "../../properties/compare.ts";
import { isUnknown } from "../../properties/values.ts";
import type { PendingOperation, ResourceState } from "../../state/resource.ts";
import { nameOf } from "../../urn/urn.ts";
import { type Deployment, timestamp } from "../deploy/deployment.ts";
import type { ReadEvent } from "../deploy/goal.ts";
import { initializationFailure } from "./init-errors.ts";
import { Step, type StepOutcome } from "./step.ts";

/** Reads an object that the program only refers to. */
export class ReadStep extends Step {
  readonly op: Operation;
  private readonly event: ReadEvent;
  private looksOnly = false;

  /** @param replacing `old` is managed and another object: it is deleted later */
  constructor(
    deployment: Deployment,
    event: ReadEvent,
    old: ResourceState | undefined,
    now: ResourceState,
    replacing: boolean,
  ) {
    super(deployment, old, now);
    this.op = replacing ? "read-replacement" : "read";
    this.event = event;
  }

  override get pendingType(): PendingOperation["type"] | undefined {
    return this.looksOnly ? undefined : "reading";
  }

  async apply(): Promise<StepOutcome> {
    const now = this.new!;
    let failure: Error | undefined;
    // An unknown id can only be read once it is known.
    if (!isUnknown(now.id)) failure = await this.read(now);
    const { old } = this;
    const same = !old || (sameValue(old.inputs, now.inputs) && sameValue(old.outputs, now.outputs));
    if (!same) now.modified = timestamp();
    if (this.op === "read-replacement" && this.old) this.old.delete = true;
    this.counts = this.old !== undefined && !sameProperties(this.old.outputs, now.outputs);
    const respond = () => this.event.done({ state: now, result: "success" });
    return failure ? { failure, respond } : { respond };
  }

  private async read(now: ResourceState): Promise<Error | undefined> {
    const provider = this.deployment.providers.get(now.provider);
    try {
      const found = await provider.read({
        urn: now.urn,
        name: nameOf(now.urn),
        type: now.type,
        id: now.id,
        inputs: now.inputs,
        outputs: now.inputs,
      });
      if (found.outputs === undefined) throw new Error(`resource '${now.id}' does not exist`);
      now.outputs = found.outputs;
      if (found.id !== "") now.id = found.id;
      return undefined;
    } catch (error) {
      if (!(error instanceof InitializationError)) throw error;
      now.outputs = error.outputs;
      now.initErrors = [...error.reasons];
      return initializationFailure(error);
    }
  }

  /** Only the program wants to know: the state stays as it is. */
  lookOnly(): this {
    this.looksOnly = true;
    this.silent = true;
    return this;
  }

  async record(operation: number | undefined): Promise<void> {
    if (this.looksOnly) return;
    if (this.op === "read-replacement" && this.old) {
      await this.deployment.recorder.end({ operation, mark: [[this.old, { delete: true }]], add: this.new });
    } else await this.deployment.recorder.end({ operation, drop: this.old ? [this.old] : [], add: this.new });
  }

  override refuse(result: "failed" | "skipped"): void {
    this.event.done({ state: this.new!, result });
  }
}
