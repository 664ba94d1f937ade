import { InitializationError } from "../../interface/errors.ts";
import type { Operation } from "../../interface/events.ts";
import type { DiffKind, PropertyDiff, ReadResult } from "../../interface/provider.ts";
import { sameProperties, sameValue } from "../../properties/compare.ts";
import type { ResourceState } from "../../state/resource.ts";
import { isProviderType, nameOf } from "../../urn/urn.ts";
import { type Deployment, timestamp } from "../deploy/deployment.ts";
import { diffResource } from "./diff-resource.ts";
import { Step, type StepOutcome } from "./step.ts";

/** Reads an object again and takes over what it has become. */
export class RefreshStep extends Step {
  readonly op: Operation = "refresh";
  private changed = false;
  /** `operation`: a refresh of its own; `program`: of a refresh that runs the program; else part of an update */
  purpose: "operation" | "program" | "update" = "update";
  /** what it is stored as, but for what is read; else as it was */
  as: ResourceState | undefined;
  private readonly andThen: ((found: ResourceState | undefined) => void) | undefined;

  /** @param andThen gets what was found; for a refresh that is part of a registration */
  constructor(
    deployment: Deployment,
    old: ResourceState,
    andThen?: (found: ResourceState | undefined) => void,
  ) {
    super(deployment, old, old);
    this.andThen = andThen;
  }

  /** What the refresh came to. */
  get resultOp(): Operation {
    if (this.new === undefined) return "delete";
    // Of what is never read, a refresh with the program cannot say that it is the same.
    const unread = this.purpose === "program" && !this.reads;
    return this.changed || unread ? "update" : "same";
  }

  override get sparesOthers(): boolean {
    return this.purpose !== "update" || this.andThen === undefined;
  }

  /** What could not be read is taken to be as it was; the failure was told. */
  override refuse(): void {
    this.andThen?.(this.old);
  }

  override announcesOutputs(): boolean {
    return true;
  }

  private get reads(): boolean {
    const old = this.old!;
    return old.custom && !isProviderType(old.type) && !old.pendingReplacement;
  }

  override get toldAs(): Operation {
    return this.purpose === "update" ? this.op : this.resultOp;
  }

  override get isCounted(): boolean {
    return this.purpose === "operation" || (this.purpose === "program" && this.reads);
  }

  async apply(): Promise<StepOutcome> {
    const old = this.old!;
    if (this.reads) await this.refresh(old);
    return { respond: () => this.andThen?.(this.new) };
  }

  private async refresh(old: ResourceState): Promise<void> {
    const { found, initErrors } = await this.read(old);
    if (found.outputs === undefined) {
      this.new = undefined;
      return;
    }
    const now: ResourceState = {
      ...(this.as ?? old),
      created: old.created,
      modified: old.modified,
      id: found.id === "" ? old.id : found.id,
      inputs: found.inputs ?? old.inputs,
      outputs: found.outputs,
      initErrors,
      ...(found.refreshBeforeUpdate === undefined ? {} : { refreshBeforeUpdate: found.refreshBeforeUpdate }),
    };
    const drifted = !sameValue(old.inputs, now.inputs) || !sameValue(old.outputs, now.outputs);
    if (drifted) now.modified = timestamp();
    this.new = now;
    if (old.external) this.changed = !sameProperties(old.outputs, now.outputs);
    else await this.compare(old, now);
  }

  private async read(old: ResourceState): Promise<{ found: ReadResult; initErrors: string[] }> {
    const provider = this.deployment.providers.get(old.provider);
    try {
      const found = await provider.read({
        urn: old.urn,
        name: nameOf(old.urn),
        type: old.type,
        id: old.id,
        inputs: old.inputs,
        outputs: old.outputs,
        timeoutSeconds: old.customTimeouts.read ?? 0,
      });
      return { found, initErrors: [] };
    } catch (error) {
      if (!(error instanceof InitializationError)) throw error;
      const list = error.reasons.map((reason) => `* ${reason}`).join("\n");
      this.deployment.events.diagnostic(
        "warning",
        `Refreshed resource is in an unhealthy state:\n${list}`,
        old.urn,
      );
      return {
        found: { id: error.id, outputs: error.outputs, inputs: error.inputs },
        initErrors: [...error.reasons],
      };
    }
  }

  /** How the state differs from what was found: the difference towards the old inputs, turned around. */
  private async compare(old: ResourceState, now: ResourceState): Promise<void> {
    const difference = await diffResource(this.deployment.providers.get(now.provider), {
      urn: now.urn,
      name: nameOf(now.urn),
      type: now.type,
      id: now.id,
      oldInputs: now.inputs,
      oldOutputs: now.outputs,
      news: old.inputs,
      ignoreChanges: old.ignoreChanges,
    });
    this.changed = difference.changes === "some";
    this.diffs = difference.changedKeys;
    this.detailedDiff =
      difference.detailedDiff &&
      Object.fromEntries(
        Object.entries(difference.detailedDiff).map(([path, diff]) => [path, inverted(diff)]),
      );
  }

  async record(): Promise<void> {}
}

const opposite: Readonly<Record<DiffKind, DiffKind>> = {
  add: "delete",
  "add-replace": "delete-replace",
  delete: "add",
  "delete-replace": "add-replace",
  update: "update",
  "update-replace": "update-replace",
};

function inverted(diff: PropertyDiff): PropertyDiff {
  return { ...diff, kind: opposite[diff.kind] };
}
