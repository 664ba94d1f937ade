/** `pulumi.com/waitFor`: `condition=Type[=Status]`, `jsonpath={.path}[=value]`, or a JSON list of them, as of `kubectl wait`. */
import { isPlainObject } from "../../../engine/properties/values.ts";
import { annotations } from "../objects/annotations.ts";
import type { KubeObject } from "../objects/kube-object.ts";
import { parseJsonPath } from "./json-path.ts";
import { at, listAt, numberAt, type ReadinessRule, ready, textAt, waiting } from "./verdict.ts";

export interface WaitCondition {
  readonly text: string;
  readonly holds: (object: KubeObject) => boolean;
}

function refuse(text: string): never {
  throw new Error(
    `${annotations.waitFor} is "${text}"; it may be "condition=Type", "condition=Type=Status", "jsonpath={.path}=value" (the path in braces, the value without quotes), or a JSON list of these`,
  );
}

/** @throws Error when the text is none of the forms */
export function parseWaitFor(text: string): WaitCondition[] {
  let parts: unknown = text;
  if (text.trimStart().startsWith("[")) {
    try {
      parts = JSON.parse(text);
    } catch {
      return refuse(text);
    }
  }
  const list = Array.isArray(parts) ? parts : [parts];
  if (list.length === 0) return refuse(text);
  return list.map((part) => (typeof part === "string" ? parseOne(part) : refuse(text)));
}

function parseOne(text: string): WaitCondition {
  if (text.startsWith("condition=")) {
    const [type = "", status = "True"] = text.slice("condition=".length).split("=");
    if (type === "") return refuse(text);
    return { text, holds: (object) => hasCondition(object, type, status) };
  }
  // A brace inside of quotes would have to be in a name; no field has such a name.
  const match = /^jsonpath=\{\s*([^{}]+?)\s*\}(?:=([^={].*))?$/s.exec(text);
  const select = match && parseJsonPath(match[1] as string);
  const value = match?.[2];
  if (!select || value?.includes("=")) return refuse(text);
  return {
    text,
    holds: (object) => {
      // With several values the first one counts, as the official provider has it.
      const [found] = select(object);
      if (found === undefined) return false;
      return value === undefined || (typeof found !== "object" && String(found) === value);
    },
  };
}

/** A condition of an older generation of the object says nothing about this one. */
function hasCondition(object: KubeObject, type: string, status: string): boolean {
  const found = listAt(object, "status", "conditions")
    .filter(isPlainObject)
    .find((condition) => textAt(condition, "type").toLowerCase() === type.toLowerCase());
  if (!found) return false;
  const observed = at(found, "observedGeneration") ?? at(object, "status", "observedGeneration");
  if (typeof observed === "number" && observed < numberAt(object, "metadata", "generation")) return false;
  return textAt(found, "status").toLowerCase() === status.toLowerCase();
}

export function waitForRule(conditions: readonly WaitCondition[]): ReadinessRule {
  return {
    judge(object) {
      const missing = conditions.filter(({ holds }) => !holds(object));
      return missing.length === 0 ? ready : waiting(`not yet: ${missing.map(({ text }) => text).join(", ")}`);
    },
  };
}
