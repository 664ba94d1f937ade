import { randomBytes } from "node:crypto";
import type { PropertyMap } from "../../properties/values.ts";
import type { ResourceState } from "../../state/resource.ts";
import { isProviderType, type Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { ReadEvent, RegisterEvent, ResourceGoal } from "../deploy/goal.ts";
import type { ProviderInstance } from "../providers/provider-instance.ts";
import { CreateStep } from "../steps/create-step.ts";
import { noDifference } from "../steps/difference.ts";
import { RefreshStep } from "../steps/refresh-step.ts";
import { ReplaceStep } from "../steps/replace-step.ts";
import { SameStep, SkippedCreateStep } from "../steps/same-step.ts";
import type { Step } from "../steps/step.ts";
import { changingSteps } from "./changing.ts";
import { claimUrn, tellAndStop } from "./claim.ts";
import { findOld, newState, withOptionsOf } from "./identity.ts";
import { importSteps, isImport } from "./importing.ts";
import { checkNewInputs, inputsIgnoring } from "./inputs.ts";
import { onlyWhatExists } from "./only-what-exists.ts";
import { permitted } from "./permitted.ts";
import { readingSteps } from "./reading.ts";
import type { Registering } from "./registering.ts";
import { createBeforeDelete } from "./replacement.ts";
import { RunRecord } from "./run-record.ts";
import { isAlwaysTargeted, isTargeted } from "./targeting.ts";
import { keepRegistered } from "./untargeted.ts";

/** Hands a piece of work on a resource back to the generator, to be done in its turn. */
export type Later = (work: () => Promise<Step[]>, urn: Urn) => void;

/**
 * Decides, one registration after the other, what has to be done. It asks providers to check and to diff; the
 * steps it gives are done elsewhere, also at the same time as later decisions.
 */
export class Generator {
  readonly record: RunRecord;
  private readonly deployment: Deployment;
  private readonly later: Later;

  constructor(deployment: Deployment, later: Later) {
    this.deployment = deployment;
    this.later = later;
    this.record = new RunRecord(deployment.options.targets);
  }

  /** @throws ToldError when the run has to stop for a reason that was told, other errors to be told */
  async read(event: ReadEvent): Promise<Step[]> {
    return this.permitted(readingSteps(this.deployment, this.record, event));
  }

  /** @throws ToldError when the run has to stop for a reason that was told, other errors to be told */
  async register(event: RegisterEvent): Promise<Step[]> {
    const { deployment, record } = this;
    const { goal } = event;
    const urn = claimUrn(deployment, record, goal);
    const { old, alias } = findOld(deployment, record, urn, goal);
    const now = newState(urn, goal, old, alias);
    deployment.goals.set(urn, goal);
    if (isProviderType(goal.type)) {
      record.providers.set(urn, now);
      if (alias) record.providers.set(alias, now);
    }
    const randomSeed = deployment.plans.seedFor(urn) ?? randomBytes(32);
    const registering = { event, goal, urn, now, old, randomSeed, provider: undefined };
    if (!old || !this.refreshesFirst(old)) return this.decide(registering);
    return [await this.refreshStep(registering, old)];
  }

  private refreshesFirst(old: ResourceState): boolean {
    const { refreshWithProgram } = this.deployment.options;
    const targeted = isTargeted(this.deployment, this.record, old);
    const itself = old.refreshBeforeUpdate && old.custom && !isProviderType(old.type);
    return targeted && (refreshWithProgram || itself);
  }

  /** A refresh as part of a registration, which goes on with what was found. */
  private async refreshStep(registering: Registering, old: ResourceState): Promise<Step> {
    const { options, providers, previous } = this.deployment;
    if (old.custom && !isProviderType(old.type)) await providers.ensure(old.provider, previous);
    const step = new RefreshStep(this.deployment, old, (found) => {
      this.later(() => this.afterRefresh(registering, old, found), registering.urn);
    });
    if (options.refreshOnly) step.purpose = "program";
    if (options.refreshWithProgram && old.urn === registering.urn) {
      step.as = withOptionsOf(old, registering.now);
    }
    return step;
  }

  /** What was found takes the place of the old state. */
  private async afterRefresh(
    registering: Registering,
    old: ResourceState,
    found: ResourceState | undefined,
  ): Promise<Step[]> {
    const { olds, recorder } = this.deployment;
    this.record.refreshed.set(old.urn, found);
    if (found === old) return this.decide(registering);
    olds.delete(old.urn);
    if (!found) {
      await recorder.gone(old);
      registering.now.created = undefined;
      registering.now.modified = undefined;
      return this.decide({ ...registering, old: undefined });
    }
    olds.set(old.urn, found);
    await recorder.end({ drop: [old], add: found });
    return this.decide({ ...registering, old: found });
  }

  private async decide(given: Registering): Promise<Step[]> {
    const { deployment, record } = this;
    const { goal, urn, now, old, randomSeed } = given;
    if (deployment.options.destroyWithProgram || deployment.options.refreshOnly) {
      const steps = onlyWhatExists(deployment, record, given);
      if (steps) return this.permitted(steps);
      if (deployment.options.destroyWithProgram) record.toDelete.push(now);
    }
    const provider = this.providerOf(urn, goal);
    const registering = { ...given, provider };
    const recreating = record.deletes.has(urn);
    if (isImport(goal, old)) {
      deployment.plans.registered({ urn, goal, now, old, randomSeed });
      const goOn = (found: ResourceState) =>
        this.later(() => this.afterImport({ ...registering, old: found }), urn);
      return this.permitted(importSteps(deployment, record, registering, recreating, goOn));
    }
    const targeted = isAlwaysTargeted(now) || isTargeted(deployment, record, now);
    const ignored =
      old && !recreating && !old.external ? inputsIgnoring(deployment, urn, goal, old) : goal.properties;
    // Of a component the program's inputs are kept: only the comparison ignores the difference.
    if (provider) now.inputs = ignored;
    if (provider && targeted) await checkNewInputs(deployment, registering, recreating);
    else if (!targeted && old) now.inputs = old.inputs;
    deployment.plans.registered({ urn, goal, now, old, randomSeed });
    const compared = provider ? now.inputs : ignored;
    return this.permitted(await this.stepsFor(registering, { recreating, targeted, compared }));
  }

  /** What a registration comes to, now that its inputs are known. */
  private async stepsFor(
    registering: Registering,
    how: { readonly recreating: boolean; readonly targeted: boolean; readonly compared: PropertyMap },
  ): Promise<Step[]> {
    const { deployment, record } = this;
    const { event, urn, now, old } = registering;
    if (how.recreating) return this.recreation(registering, old!);
    if (old?.external) {
      record.creates.add(urn);
      return createBeforeDelete(deployment, event, old, now, noDifference);
    }
    if (how.targeted && isTargeted(deployment, record, now)) record.targets.add(urn);
    if (old) {
      if (!how.targeted) return keepRegistered(deployment, record, event, urn, old);
      return changingSteps(deployment, record, registering, how.compared);
    }
    if (!how.targeted) {
      record.sames.add(urn);
      record.skippedCreates.add(urn);
      return [new SkippedCreateStep(deployment, event, now)];
    }
    record.creates.add(urn);
    return [new CreateStep(deployment, event, now)];
  }

  /** It was deleted ahead of the replacement of what it depends on. */
  private recreation({ event, urn, now }: Registering, old: ResourceState): Step[] {
    const { deployment, record } = this;
    record.deletes.delete(urn);
    record.replaces.add(urn);
    const replaceKeys = record.dependentReplaceKeys.get(urn) ?? [];
    const replace = new ReplaceStep(deployment, old, now, noDifference);
    replace.after = record.pendingDeletes.get(old);
    const difference = { ...noDifference, replaceKeys };
    return [replace, new CreateStep(deployment, event, now, { old, difference, deleteOldLater: false })];
  }

  /** An object was imported: the program's inputs are compared with what was found. */
  private async afterImport(registering: Registering): Promise<Step[]> {
    const { deployment } = this;
    const { goal, old, now } = registering;
    now.importID = goal.importId;
    now.created = old!.created;
    now.modified = old!.modified;
    now.inputs = inputsIgnoring(deployment, registering.urn, goal, old!);
    await checkNewInputs(deployment, registering, false);
    const steps = this.permitted(await changingSteps(deployment, this.record, registering, now.inputs));
    // Nothing to change: the import was all there is to tell.
    if (steps[0] instanceof SameStep) steps[0].silent = true;
    return steps;
  }

  private providerOf(urn: Urn, goal: ResourceGoal): ProviderInstance | undefined {
    if (!goal.custom) return undefined;
    const { providers } = this.deployment;
    if (isProviderType(goal.type)) return providers.asProvider;
    return (
      providers.find(goal.provider) ??
      tellAndStop(this.deployment, urn, `unknown provider '${goal.provider}' for resource '${urn}'`)
    );
  }

  private permitted(steps: Step[]): Step[] {
    return permitted(this.deployment, this.record, steps);
  }
}
