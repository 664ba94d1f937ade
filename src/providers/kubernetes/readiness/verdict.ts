/** What a rule says of an object, and how rules read objects. */
import { isPlainObject, type PropertyMap, type PropertyValue } from "../../../engine/properties/values.ts";
import type { KubeObject } from "../objects/kube-object.ts";

export type Verdict =
  | { readonly state: "ready" }
  /** `why`: one line of what is still missing */
  | { readonly state: "waiting"; readonly why: string }
  /** waiting any longer would not help */
  | { readonly state: "failed"; readonly why: string };

export const ready: Verdict = { state: "ready" };
export const waiting = (why: string): Verdict => ({ state: "waiting", why });
export const failed = (why: string): Verdict => ({ state: "failed", why });

/** Objects beside the one that is waited for, by kind. */
export type Related = Readonly<Record<string, readonly KubeObject[]>>;

/** When an object of a kind is up. */
export interface ReadinessRule {
  /** kinds in the object's namespace that the rule looks at, too */
  readonly related?: readonly { readonly apiVersion: string; readonly kind: string }[];
  /** @param written as the object was when the wait for it began; what it said of earlier attempts then is no news */
  judge(object: KubeObject, related: Related, written?: KubeObject): Verdict;
}

/** The map at a path of keys; empty when there is none. */
export function mapAt(value: PropertyValue | undefined, ...keys: string[]): PropertyMap {
  const found = at(value, ...keys);
  return isPlainObject(found) ? found : {};
}

export function listAt(value: PropertyValue | undefined, ...keys: string[]): PropertyValue[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}

export function at(value: PropertyValue | undefined, ...keys: string[]): PropertyValue | undefined {
  let found = value;
  for (const key of keys) found = isPlainObject(found) ? found[key] : undefined;
  return found;
}

export function numberAt(value: PropertyValue | undefined, ...keys: string[]): number {
  const found = at(value, ...keys);
  return typeof found === "number" ? found : 0;
}

export function textAt(value: PropertyValue | undefined, ...keys: string[]): string {
  const found = at(value, ...keys);
  return typeof found === "string" ? found : "";
}

export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** when it was last said; empty: not told */
  readonly at: string;
}

/** A condition of `status.conditions` by its type. */
export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  const found = listAt(object, "status", "conditions").find(
    (condition) => textAt(condition, "type") === type,
  );
  if (found === undefined) return undefined;
  return {
    status: textAt(found, "status"),
    reason: textAt(found, "reason"),
    message: textAt(found, "message"),
    at: textAt(found, "lastUpdateTime") || textAt(found, "lastTransitionTime"),
  };
}

/** Whether the controller has seen the object as it is now. */
export function isObserved(object: KubeObject): boolean {
  return numberAt(object, "status", "observedGeneration") >= numberAt(object, "metadata", "generation");
}
