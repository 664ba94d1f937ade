import type { Rule } from "../../profiles/rule.ts";
import type { ComponentClass } from "../../samples/types.ts";

/** The classes a rule's components may have. */
export function classesOf(rule: Rule): ComponentClass[] {
  return "always" in rule.class ? [rule.class.always] : [...new Set(rule.class.map.values())];
}
