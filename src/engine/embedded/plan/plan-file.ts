import { badConfiguration, messageOf } from "../../interface/errors.ts";
import type { Operation } from "../../interface/events.ts";
import type { ObjectValue, PropertyMap } from "../../properties/values.ts";
import { sortedJson } from "../../state/json.ts";
import type { Sealer } from "../../state/sealer.ts";
import type { Urn } from "../../urn/urn.ts";

/** The options of a resource that a plan holds it to. */
export interface PlannedGoal {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: Urn;
  readonly protect: boolean;
  readonly dependencies: readonly Urn[];
  readonly provider: string;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly retainOnDelete: boolean;
  readonly deletedWith: Urn;
  readonly id: string;
}

export interface PlannedResource {
  /** absent: it is only deleted */
  readonly goal?: PlannedGoal;
  /** how the inputs change, by top-level key; what is not known yet is the sentinel */
  readonly inputDiff: { readonly sets: PropertyMap; readonly deletes: readonly string[] };
  readonly steps: Operation[];
  readonly seed: Uint8Array | undefined;
}

export type Plan = Map<Urn, PlannedResource>;

interface StoredResource {
  goal?: PlannedGoal;
  inputDiff?: { sets?: ObjectValue; deletes?: string[] };
  steps?: Operation[];
  seed?: string;
}

const place = (urn: Urn) => `plan/${urn}`;

/** A plan as text; secrets are sealed as in the stack's state. */
export function encodePlan(plan: Plan, sealer: Sealer, now: Date): string {
  const resourcePlans: Record<Urn, StoredResource> = {};
  for (const [urn, { goal, inputDiff, steps, seed }] of plan) {
    resourcePlans[urn] = {
      ...(goal && { goal }),
      inputDiff: { sets: sealer.seal(inputDiff.sets, place(urn)), deletes: [...inputDiff.deletes] },
      steps,
      ...(seed && { seed: Buffer.from(seed).toString("base64") }),
    };
  }
  const time = now.toISOString();
  return `${sortedJson({ version: 1, madeBy: "pdc", plan: { manifest: { time }, resourcePlans } })}\n`;
}

/** @throws EngineError (exit 22) when it is not a plan of ours, (exit 24) when its secrets are another stack's */
export function decodePlan(text: string, sealer: Sealer): Plan {
  const refuse = (why: string) =>
    badConfiguration(`this is not a plan: ${why}`, "make one with: pdc stack preview --save-plan PATH");
  let json: { version?: unknown; madeBy?: unknown; plan?: { resourcePlans?: Record<Urn, StoredResource> } };
  try {
    json = JSON.parse(text) as typeof json;
  } catch (error) {
    throw refuse(messageOf(error));
  }
  if (json?.version !== 1 || json.madeBy !== "pdc") throw refuse("it was made by another program or version");
  const stored = json.plan?.resourcePlans;
  if (typeof stored !== "object" || stored === null) throw refuse("it has no resources");
  const plan: Plan = new Map();
  for (const [urn, { goal, inputDiff, steps, seed }] of Object.entries(stored)) {
    plan.set(urn, {
      ...(goal && { goal }),
      inputDiff: { sets: sealer.open(inputDiff?.sets ?? {}, place(urn)), deletes: inputDiff?.deletes ?? [] },
      steps: [...(steps ?? [])],
      seed: seed === undefined ? undefined : Buffer.from(seed, "base64"),
    });
  }
  return plan;
}
