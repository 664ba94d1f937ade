import { randomBytes } from "node:crypto";
import { DiffUnavailableError } from "../../interface/errors.ts";
import type { PropertyMap } from "../../properties/values.ts";
import { makeResource, type ResourceState } from "../../state/resource.ts";
import { isProviderType, type Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { ReadEvent, RegisterEvent, ResourceGoal } from "../deploy/goal.ts";
import type { ProviderInstance } from "../providers/provider-instance.ts";
import { CreateStep } from "../steps/create-step.ts";
import { type Difference, needsReplacement, noDifference } from "../steps/difference.ts";
import { ignoreChanges } from "../steps/ignore-changes.ts";
import { ReadStep } from "../steps/read-step.ts";
import { RefreshStep } from "../steps/refresh-step.ts";
import { ReplaceStep } from "../steps/replace-step.ts";
import { SameStep, SkippedCreateStep } from "../steps/same-step.ts";
import type { Step } from "../steps/step.ts";
import { UpdateStep } from "../steps/update-step.ts";
import { checkInputs } from "./checks.ts";
import { differenceOf, isReplaceTarget } from "./difference-of.ts";
import { conflictingAlias, findOld, newState, withOptionsOf } from "./identity.ts";
import { importSteps, isImport } from "./importing.ts";
import { refuseReplacement } from "./refuse-replacement.ts";
import type { Registering } from "./registering.ts";
import { replaceOnChanges } from "./replace-on-changes.ts";
import { createBeforeDelete, deleteBeforeCreate } from "./replacement.ts";
import { RunRecord, ToldError } from "./run-record.ts";
import { dependenciesOf, isAlwaysTargeted, isTargeted } from "./targeting.ts";
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
    this.checkParent(event.parent);
    const urn = this.claim(event.parent, event.type, event.name);
    const claimedBy = this.record.aliased.get(urn);
    if (claimedBy !== undefined) this.stop(conflictingAlias(urn, claimedBy), urn);
    const old = this.deployment.olds.get(urn);
    const now = makeResource({
      urn,
      type: event.type,
      custom: true,
      external: true,
      id: event.id,
      inputs: event.properties,
      parent: event.parent,
      provider: event.provider,
      // What was left out of this run is not there to be referred to.
      dependencies: event.dependencies.filter((dependency) => !this.record.skippedCreates.has(dependency)),
      additionalSecretOutputs: [...event.additionalSecretOutputs],
      sourcePosition: event.sourcePosition,
      created: old?.created,
      modified: old?.modified,
    });
    if (event.id === "") throw new Error(`Expected an ID for ${urn}`);
    this.deployment.reads.set(urn, now);
    if (this.deployment.options.destroyWithProgram) this.record.toDelete.push(now);
    // A refresh takes nothing over and lets nothing go.
    if (old && this.deployment.options.refreshOnly) {
      return [new ReadStep(this.deployment, event, undefined, now, false).lookOnly()];
    }
    const deletedAhead = old !== undefined && (this.record.deletes.delete(urn) || old.pendingReplacement);
    if (old && !deletedAhead && !old.external && old.id !== event.id) {
      this.record.replaces.add(urn);
      return this.verified([
        new ReadStep(this.deployment, event, old, now, true),
        new ReplaceStep(this.deployment, old, now, noDifference),
      ]);
    }
    this.record.reads.add(urn);
    const step = new ReadStep(this.deployment, event, old, now, false);
    if (old) step.after = this.record.pendingDeletes.get(old);
    return this.verified([step]);
  }

  /** @throws ToldError when the run has to stop for a reason that was told, other errors to be told */
  async register(event: RegisterEvent): Promise<Step[]> {
    const { goal } = event;
    this.checkParent(goal.parent);
    const urn = this.claim(goal.parent, goal.type, goal.name);
    const found = findOld(this.deployment, this.record, urn, goal);
    const old = found.old;
    const now = newState(urn, goal, old, found.alias);
    this.deployment.goals.set(urn, goal);
    if (isProviderType(goal.type)) {
      this.record.providers.set(urn, now);
      if (found.alias) this.record.providers.set(found.alias, now);
    }
    const randomSeed = this.deployment.plans.seedFor(urn) ?? randomBytes(32);
    const registering = { event, goal, urn, now, old, randomSeed, provider: undefined };
    if (!old || !this.refreshesFirst(old)) return this.decide(registering);
    if (old.custom && !isProviderType(old.type)) {
      await this.deployment.providers.ensure(old.provider, this.deployment.previous);
    }
    const step = new RefreshStep(this.deployment, old, (refreshed) => {
      this.later(() => this.afterRefresh(registering, refreshed), urn);
    });
    if (this.deployment.options.refreshOnly) step.purpose = "program";
    if (this.deployment.options.refreshWithProgram && old.urn === urn) step.as = withOptionsOf(old, now);
    return [step];
  }

  private refreshesFirst(old: ResourceState): boolean {
    const { refreshWithProgram } = this.deployment.options;
    const targeted = isTargeted(this.deployment, this.record, old);
    const itself = old.refreshBeforeUpdate && old.custom && !isProviderType(old.type);
    return targeted && (refreshWithProgram || itself);
  }

  /** A resource was refreshed as part of its registration: what was found takes the place of the old state. */
  private async afterRefresh(registering: Registering, found: ResourceState | undefined): Promise<Step[]> {
    const old = registering.old!;
    this.record.refreshed.set(old.urn, found);
    if (found === old) return this.decide(registering);
    this.deployment.olds.delete(old.urn);
    if (!found) {
      await this.deployment.recorder.gone(old);
      registering.now.created = undefined;
      registering.now.modified = undefined;
      return this.decide({ ...registering, old: undefined });
    }
    this.deployment.olds.set(old.urn, found);
    await this.deployment.recorder.end({ drop: [old], add: found });
    return this.decide({ ...registering, old: found });
  }

  private async decide(given: Registering): Promise<Step[]> {
    const { deployment, record } = this;
    const { event, goal, urn, now, old, randomSeed } = given;
    const { options } = deployment;

    if (options.destroyWithProgram || options.refreshOnly) {
      const steps = this.onlyWhatExists(given);
      if (steps) return this.verified(steps);
      if (options.destroyWithProgram) record.toDelete.push(now);
    }
    const provider = this.providerOf(urn, goal);
    const registering = { ...given, provider };
    const recreating = record.deletes.has(urn);
    if (isImport(goal, old)) {
      deployment.plans.registered({ urn, goal, now, old, randomSeed });
      const goOn = (found: ResourceState) =>
        this.later(() => this.afterImport({ ...registering, old: found }), urn);
      return this.verified(importSteps(this.deployment, this.record, registering, recreating, goOn));
    }

    const targeted = isAlwaysTargeted(now) || isTargeted(deployment, record, now);
    const ignored = old && !recreating && !old.external ? this.ignoring(goal, urn, old) : goal.properties;
    // Of a component the program's inputs are kept: only the comparison ignores the difference.
    if (provider) now.inputs = ignored;
    if (provider && targeted) await this.check(registering, recreating);
    else if (!targeted && old) now.inputs = old.inputs;
    deployment.plans.registered({ urn, goal, now, old, randomSeed });

    if (recreating) {
      record.deletes.delete(urn);
      record.replaces.add(urn);
      const keys = record.dependentReplaceKeys.get(urn) ?? [];
      const replace = new ReplaceStep(deployment, old!, now, noDifference);
      replace.after = record.pendingDeletes.get(old!);
      return this.verified([
        replace,
        new CreateStep(deployment, event, now, {
          old: old!,
          difference: { ...noDifference, replaceKeys: keys },
          deleteOldLater: false,
        }),
      ]);
    }
    if (old?.external) {
      record.creates.add(urn);
      return this.verified(createBeforeDelete(deployment, event, old, now, noDifference));
    }
    if (targeted && isTargeted(deployment, record, now)) record.targets.add(urn);
    if (old) {
      if (!targeted) return this.verified(keepRegistered(deployment, record, event, urn, old));
      return this.verified(await this.compare(registering, provider ? now.inputs : ignored));
    }
    if (!targeted) {
      record.sames.add(urn);
      record.skippedCreates.add(urn);
      return this.verified([new SkippedCreateStep(deployment, event, now)]);
    }
    record.creates.add(urn);
    return this.verified([new CreateStep(deployment, event, now)]);
  }

  /**
   * In a refresh or destroy that runs the program, custom resources only stand for what exists: the others are
   * left out, and so is what depends on those. Providers and components are registered as ever.
   */
  private onlyWhatExists({ event, goal, urn, now, old }: Registering): Step[] | undefined {
    const { record, deployment } = this;
    const leaveOut = () => {
      record.skippedCreates.add(urn);
      record.sames.add(urn);
      if (old && deployment.options.destroyWithProgram) record.sames.delete(urn);
      if (old) now.outputs = old.outputs;
      return [new SkippedCreateStep(deployment, event, now)];
    };
    /** A refresh told of it already, or it was left out of it. */
    const asItIs = (existing: ResourceState) => {
      const step = new SameStep(deployment, event, existing, existing);
      step.silent = true;
      record.sames.add(urn);
      return [step];
    };
    if (dependenciesOf(now).some((dependency) => record.skippedCreates.has(dependency)))
      return old && deployment.options.refreshOnly ? asItIs(old) : leaveOut();
    if (!goal.custom || isProviderType(goal.type)) return undefined;
    if (!old) return leaveOut();
    if (deployment.options.refreshOnly) return asItIs(old);
    record.sames.add(urn);
    now.inputs = old.inputs;
    now.id = old.id;
    record.toDelete.push(now);
    return [new SameStep(deployment, event, old, now)];
  }

  private checkParent(parent: Urn): void {
    if (parent !== "" && !this.record.urns.has(parent))
      throw new Error(`could not find parent resource ${parent}`);
  }

  private claim(parent: Urn, type: string, name: string): Urn {
    const urn = this.deployment.urnOf(parent, type, name);
    if (this.record.urns.has(urn)) {
      this.stop(`Duplicate resource URN '${urn}'; try giving it a unique name`, urn);
    }
    this.record.urns.add(urn);
    return urn;
  }

  private stop(message: string, urn: Urn): never {
    this.deployment.events.diagnostic("error", message, urn);
    throw new ToldError(message);
  }

  private providerOf(urn: Urn, goal: ResourceGoal): ProviderInstance | undefined {
    if (!goal.custom) return undefined;
    if (isProviderType(goal.type)) return this.deployment.providers.asProvider;
    const found = this.deployment.providers.find(goal.provider);
    if (!found) this.stop(`unknown provider '${goal.provider}' for resource '${urn}'`, urn);
    return found;
  }

  /** An object was imported: the program's inputs are compared with what was found. */
  private async afterImport(registering: Registering): Promise<Step[]> {
    const { goal, old, now } = registering;
    now.importID = goal.importId;
    now.created = old!.created;
    now.modified = old!.modified;
    now.inputs = this.ignoring(goal, registering.urn, old!);
    await this.check(registering, false);
    const steps = this.verified(await this.compare(registering, now.inputs));
    // Nothing to change: the import was all there is to tell.
    if (steps[0] instanceof SameStep) steps[0].silent = true;
    return steps;
  }

  /** The program's inputs without the changes that it ignores itself. */
  private ignoring(goal: ResourceGoal, urn: Urn, old: ResourceState): PropertyMap {
    const { inputs, skipped } = ignoreChanges(old.inputs, goal.properties, goal.ignoreChanges);
    if (skipped.length > 0) {
      const paths = JSON.stringify(skipped.join(", "));
      const message = `cannot ignore changes in added or removed elements of the path: ${paths}`;
      this.deployment.events.diagnostic("info", message, urn);
    }
    return inputs;
  }

  private async check(registering: Registering, recreating: boolean): Promise<void> {
    const { goal, now, old, provider, randomSeed } = registering;
    const anew = !old || recreating || old.external || isReplaceTarget(this.deployment, now, old);
    const request = anew
      ? { olds: {}, news: goal.properties, randomSeed }
      : { olds: old.inputs, news: now.inputs, randomSeed };
    const checked = await checkInputs(this.deployment, provider!, now, request);
    if (!checked.valid) throw new ToldError(`resource ${now.urn} is invalid`);
    now.inputs = checked.inputs;
  }

  /** @param inputs what is compared with the old inputs */
  private async compare(registering: Registering, inputs: PropertyMap): Promise<Step[]> {
    const { event, goal, urn, old, now, provider } = registering;
    const { deployment, record } = this;
    let difference: Difference;
    try {
      difference = await differenceOf(deployment, record, { goal, old: old!, now, inputs, provider });
    } catch (error) {
      if (!(error instanceof DiffUnavailableError)) throw error;
      deployment.events.diagnostic("warning", error.message, urn);
      difference = { ...noDifference, changes: "some" };
    }
    const hasInitErrors = old!.initErrors.length > 0;
    difference = replaceOnChanges(difference, goal.replaceOnChanges, hasInitErrors);
    if (difference.changes === "some" || old!.pendingReplacement) {
      if (needsReplacement(difference) || old!.pendingReplacement)
        return this.replace(registering, difference);
      record.updates.add(urn);
      return [new UpdateStep(deployment, event, old!, now, difference, goal.ignoreChanges)];
    }
    if (hasInitErrors) {
      record.updates.add(urn);
      return [new UpdateStep(deployment, event, old!, now, difference, goal.ignoreChanges)];
    }
    record.sames.add(urn);
    return [new SameStep(deployment, event, old!, now)];
  }

  private async replace(registering: Registering, difference: Difference): Promise<Step[]> {
    const { event, goal, urn, old, now, provider, randomSeed } = registering;
    const { deployment, record } = this;
    refuseReplacement(deployment, record, goal, old!, now, difference);
    record.replaces.add(urn);
    // The new object gets names and defaults of its own.
    if (provider && !isReplaceTarget(deployment, now, old)) {
      const checked = await checkInputs(deployment, provider, now, {
        olds: {},
        news: goal.properties,
        randomSeed,
      });
      if (!checked.valid) throw new ToldError(`resource ${urn} is invalid`);
      now.inputs = checked.inputs;
    }
    now.refreshBeforeUpdate = false;
    if (goal.deleteBeforeReplace ?? difference.deleteBeforeReplace) {
      return deleteBeforeCreate(deployment, record, event, old!, now, difference);
    }
    return createBeforeDelete(deployment, event, old!, now, difference);
  }

  /** Steps that may be done: they conform to the plan, and need nothing that was left out. */
  private verified(steps: Step[]): Step[] {
    const { deployment, record } = this;
    deployment.plans.check(steps);
    const { targets, replaceTargets, excludes } = deployment.options;
    if (!targets.constrained && !replaceTargets.constrained && !excludes.constrained) return steps;
    for (const step of steps) {
      if (!step.new || step instanceof SkippedCreateStep) continue;
      for (const urn of dependenciesOf(step.new)) {
        if (!record.skippedCreates.has(urn)) continue;
        const message =
          `Resource '${step.urn}' depends on '${urn}' which was was not specified in --target list.\n` +
          "Either include resource in --target list or pass --target-dependents to proceed.";
        deployment.events.diagnostic("error", message, step.urn);
        record.sawError = true;
        if (!deployment.dryRun) throw new ToldError("untargeted create");
        record.skippedCreates.delete(urn);
      }
    }
    return steps;
  }
}
