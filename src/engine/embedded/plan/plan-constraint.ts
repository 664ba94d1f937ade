import { badConfiguration } from "../../interface/errors.ts";
import type { Operation } from "../../interface/events.ts";
import { sameContent } from "../../properties/compare.ts";
import { isPlainObject, isSecret, isUnknown, type PropertyValue } from "../../properties/values.ts";
import type { Sealer } from "../../state/sealer.ts";
import { parseProviderReference, parseUrn, type Urn } from "../../urn/urn.ts";
import type { Step } from "../steps/step.ts";
import { PlanBook, type Registered } from "./plan-book.ts";
import { decodePlan, type Plan, type PlannedGoal } from "./plan-file.ts";
import { changesOf, plannedGoal } from "./plan-record.ts";

/** What may be done where something was planned: less is always allowed, as in Pulumi (`deploy/plan.go`). */
const allowed: Partial<Record<Operation, readonly Operation[]>> = {
  update: ["same", "update"],
  replace: ["same", "update", "replace"],
  "create-replacement": ["same", "update", "create-replacement"],
  "delete-replaced": ["same", "update", "delete-replaced"],
};

/** Holds a run to a plan: whatever it does not hold is refused before it is begun. */
export class PlanConstraint extends PlanBook {
  private readonly source: string;
  private plan: Plan = new Map();

  /** @param source a plan file's text */
  constructor(source: string) {
    super();
    this.source = source;
  }

  override open(sealer: Sealer, { project, stack }: { project: string; stack: string }): void {
    this.plan = decodePlan(this.source, sealer);
    for (const urn of this.plan.keys()) {
      const parts = parseUrn(urn);
      if (parts?.project === project && parts.stack === stack) continue;
      throw badConfiguration(`the plan is of another stack: it names ${urn}`, "plan again for this stack");
    }
  }

  override seedFor(urn: Urn): Uint8Array | undefined {
    return this.plan.get(urn)?.seed;
  }

  override registered({ urn, now, old, goal }: Registered): void {
    const planned = this.plan.get(urn);
    if (!planned?.goal) return;
    const wanted = plannedGoal({ now, goal });
    for (const key of Object.keys(wanted) as (keyof PlannedGoal)[]) {
      if (!sameOption(key, planned.goal[key], wanted[key])) violated(urn, `${key} changed`);
    }
    const { sets, deletes } = changesOf(old?.inputs ?? {}, now.inputs);
    for (const [key, value] of Object.entries(sets)) {
      const foreseen = planned.inputDiff.sets[key];
      if (foreseen === undefined) violated(urn, `input ${key} was not going to change`);
      if (!conforms(value, foreseen)) violated(urn, `input ${key} has another value`);
    }
    for (const key of deletes) {
      if (!planned.inputDiff.deletes.includes(key)) violated(urn, `input ${key} was not going to be removed`);
    }
  }

  override check(steps: readonly Step[]): void {
    for (const { urn, op } of steps) {
      const planned = this.plan.get(urn);
      const next = planned?.steps.shift();
      if (next === undefined) {
        if (!planned && op === "same") continue;
        const none = planned ? "no more steps were" : "no step was";
        throw new Error(`${op} of ${urn} is not allowed by the plan: ${none} expected for this resource`);
      }
      if ((allowed[next] ?? [next]).includes(op)) {
        // Of a replacement that turned out to be less, the rest does not come.
        if (op !== next && (op === "same" || op === "update")) planned!.steps.length = 0;
        continue;
      }
      throw new Error(`${op} of ${urn} is not allowed by the plan: this resource is constrained to ${next}`);
    }
  }

  override missing(): Urn[] {
    return [...this.plan].flatMap(([urn, { steps }]) => (steps.length > 0 ? [urn] : []));
  }
}

function violated(urn: Urn, what: string): never {
  throw new Error(`resource ${urn} violates plan: ${what}`);
}

function sameOption(key: keyof PlannedGoal, planned: unknown, now: unknown): boolean {
  // The id of a provider that is only going to be made is not known to the plan.
  if (key === "provider" && planned && now) {
    return parseProviderReference(String(planned)).urn === parseProviderReference(String(now)).urn;
  }
  return JSON.stringify(planned ?? null) === JSON.stringify(now ?? null);
}

/** Whether a value is the planned one; what the plan did not know may be anything. */
function conforms(value: PropertyValue | undefined, planned: PropertyValue | undefined): boolean {
  if (isUnknown(planned)) return true;
  if (isSecret(planned)) return conforms(isSecret(value) ? value.value : value, planned.value);
  const plain = isSecret(value) ? value.value : value;
  if (Array.isArray(planned) && Array.isArray(plain)) {
    return planned.length === plain.length && planned.every((one, index) => conforms(plain[index], one));
  }
  if (isPlainObject(planned) && isPlainObject(plain)) {
    const keys = new Set([...Object.keys(planned), ...Object.keys(plain)]);
    return [...keys].every((key) => conforms(plain[key], planned[key]));
  }
  return sameContent(plain, planned);
}
