import { sameContent } from "../../properties/compare.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { ResourceState } from "../../state/resource.ts";
import type { Sealer } from "../../state/sealer.ts";
import type { Urn } from "../../urn/urn.ts";
import type { Step } from "../steps/step.ts";
import { PlanBook, type Registered } from "./plan-book.ts";
import { encodePlan, type Plan, type PlannedGoal } from "./plan-file.ts";

/** Writes down what a preview decides. */
export class PlanRecord extends PlanBook {
  private readonly plan: Plan = new Map();

  override registered({ urn, now, old, goal, randomSeed }: Registered): void {
    const before = this.plan.get(urn);
    this.plan.set(urn, {
      goal: plannedGoal({ now, goal }),
      inputDiff: changesOf(old?.inputs ?? {}, now.inputs),
      steps: before?.steps ?? [],
      seed: randomSeed,
    });
  }

  override expectReplacementOf({ urn }: ResourceState): void {
    if (!this.plan.has(urn)) this.plan.set(urn, { ...onlySteps(), steps: [] });
  }

  override check(steps: readonly Step[]): void {
    for (const step of steps) {
      let planned = this.plan.get(step.urn);
      if (!planned) {
        planned = onlySteps();
        this.plan.set(step.urn, planned);
      }
      planned.steps.push(step.op);
    }
  }

  override text(sealer: Sealer): string {
    return encodePlan(this.plan, sealer, new Date());
  }
}

const onlySteps = () => ({ inputDiff: { sets: {}, deletes: [] }, steps: [], seed: undefined });

/** The options that count, of a registration. */
export function plannedGoal({ now, goal }: Pick<Registered, "now" | "goal">): PlannedGoal {
  return {
    type: now.type,
    name: goal.name,
    custom: now.custom,
    parent: now.parent,
    protect: now.protect,
    dependencies: [...now.dependencies].sort(),
    provider: now.provider,
    deleteBeforeReplace: goal.deleteBeforeReplace,
    ignoreChanges: [...now.ignoreChanges].sort(),
    additionalSecretOutputs: [...now.additionalSecretOutputs].sort(),
    retainOnDelete: now.retainOnDelete,
    deletedWith: now.deletedWith,
    id: goal.importId,
  };
}

/** What has to be set and deleted, by top-level key, to come from the old inputs to the new ones. */
export function changesOf(
  olds: PropertyMap,
  news: PropertyMap,
): { readonly sets: PropertyMap; readonly deletes: Urn[] } {
  const changed = Object.entries(news).filter(([key, value]) => !sameContent(olds[key], value));
  return {
    sets: Object.fromEntries(changed),
    deletes: Object.keys(olds).filter((key) => !Object.hasOwn(news, key)),
  };
}
