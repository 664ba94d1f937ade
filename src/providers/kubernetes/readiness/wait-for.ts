/** `pulumi.com/waitFor`: `condition=Type[=Status]`, `jsonpath={.path}[=value]`, or a JSON list of them. */
import type { PropertyValue } from "../../../engine/properties/values.ts";
import { annotations } from "../objects/annotations.ts";
import { at, conditionOf, type ReadinessRule, ready, waiting } from "./verdict.ts";

export interface WaitCondition {
  readonly text: string;
  readonly holds: (object: Parameters<ReadinessRule["judge"]>[0]) => boolean;
}

function refuse(text: string): never {
  throw new Error(
    `${annotations.waitFor} is "${text}"; it may be "condition=Type", "condition=Type=Status", "jsonpath={.path}=value", or a JSON list of these`,
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
    return {
      text,
      holds: (object) => conditionOf(object, type)?.status.toLowerCase() === status.toLowerCase(),
    };
  }
  const match = /^jsonpath=\{?(\.[^{}=]+)\}?(?:=(.*))?$/s.exec(text);
  if (!match) return refuse(text);
  const keys = parsePath(match[1] as string) ?? refuse(text);
  const value = match[2];
  return {
    text,
    holds: (object) => {
      const found = follow(object, keys);
      if (found === undefined || found === null) return false;
      return value === undefined || String(found) === value;
    },
  };
}

/** `.status.loadBalancer.ingress[0].ip`: names and indexes; filters and wildcards are not taken. */
function parsePath(text: string): (string | number)[] | undefined {
  const steps = [...text.matchAll(/\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^']+)'\]/g)];
  if (steps.map(([whole]) => whole).join("") !== text) return undefined;
  return steps.map(([, name, index, quoted]) => name ?? quoted ?? Number(index));
}

function follow(object: PropertyValue, keys: readonly (string | number)[]): PropertyValue | undefined {
  let found: PropertyValue | undefined = object;
  for (const key of keys) {
    if (typeof key === "number") found = Array.isArray(found) ? found[key] : undefined;
    else found = at(found, key);
  }
  return found;
}

export function waitForRule(conditions: readonly WaitCondition[]): ReadinessRule {
  return {
    judge(object) {
      const missing = conditions.filter(({ holds }) => !holds(object));
      return missing.length === 0 ? ready : waiting(`not yet: ${missing.map(({ text }) => text).join(", ")}`);
    },
  };
}
