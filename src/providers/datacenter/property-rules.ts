/** What the inputs of a resource type may be, as data: check and diff follow from it. */
import type { CheckFailure, DiffKind, DiffResult, PropertyDiff } from "../../engine/interface/provider.ts";
import {
  isPlainObject,
  isUnknown,
  type PropertyMap,
  type PropertyValue,
} from "../../engine/properties/values.ts";

export interface PropertyRule {
  type: "string" | "number" | "boolean" | "string[]" | "string map" | "any";
  /** For the schema and for errors. */
  description: string;
  required?: boolean;
  /** A change of it makes a new object. */
  replaces?: boolean;
  default?: PropertyValue;
  /** Says what is wrong with a known value of the right type. */
  problem?: (value: never) => string | undefined;
}

export type PropertyRules = Readonly<Record<string, PropertyRule>>;

/** Fills defaults in and says everything that is wrong; unknown values pass, they are checked when they are known. */
export function checkInputs(
  rules: PropertyRules,
  news: PropertyMap,
): { inputs: PropertyMap; failures: CheckFailure[] } {
  const inputs: PropertyMap = {};
  const failures: CheckFailure[] = [];
  for (const [property, value] of Object.entries(news)) {
    if (value === null || property.startsWith("__")) continue;
    if (!Object.hasOwn(rules, property)) {
      failures.push({ property, reason: `no such property; there are ${Object.keys(rules).join(", ")}` });
    } else {
      inputs[property] = value;
    }
  }
  for (const [property, rule] of Object.entries(rules)) {
    const value = inputs[property];
    if (value === undefined) {
      if (rule.default !== undefined) inputs[property] = rule.default;
      else if (rule.required) failures.push({ property, reason: "is required" });
      continue;
    }
    if (hasUnknown(value)) continue;
    const reason = hasType(rule.type, value) ? rule.problem?.(value as never) : `must be a ${rule.type}`;
    if (reason) failures.push({ property, reason });
  }
  return { inputs, failures };
}

/** Property by property; `replaces` by the rules. */
export function diffInputs(
  rules: PropertyRules,
  olds: PropertyMap,
  news: PropertyMap,
  ignoreChanges: readonly string[],
): DiffResult {
  const detailedDiff: Record<string, PropertyDiff> = {};
  for (const property of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    if (property.startsWith("__") || ignoreChanges.includes(property)) continue;
    const before = olds[property];
    const after = news[property];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    const kind = before === undefined ? "add" : after === undefined ? "delete" : "update";
    detailedDiff[property] = {
      kind: rules[property]?.replaces ? (`${kind}-replace` as DiffKind) : kind,
      inputDiff: true,
    };
  }
  const diffs = Object.keys(detailedDiff);
  return {
    changes: diffs.length > 0 ? "some" : "none",
    diffs,
    replaces: diffs.filter((property) => rules[property]?.replaces),
    detailedDiff,
  };
}

function hasUnknown(value: PropertyValue): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (isPlainObject(value)) return Object.values(value).some(hasUnknown);
  return isUnknown(value);
}

function hasType(type: PropertyRule["type"], value: PropertyValue): boolean {
  switch (type) {
    case "any":
      return true;
    case "string[]":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "string map":
      return isPlainObject(value) && Object.values(value).every((item) => typeof item === "string");
    default:
      return typeof value === type;
  }
}
