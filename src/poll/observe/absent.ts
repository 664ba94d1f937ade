/** What a device does not tell, and why: the family's reasons, and for the rest that it was asked and did not answer. */
import type { Profile } from "../../profiles/profile.ts";
import { expectedClasses } from "../../profiles/vocabulary.ts";
import type { ComponentClass } from "../../samples/types.ts";
import { classesOf } from "./classes.ts";

export const notAnswered = "Not answered by this device.";

/**
 * Reasons by class, for those that are neither `given` nor `undiscovered` (tables not read to the end: nobody knows).
 * Every device is asked for `expectedClasses`, and a UPS for its state.
 */
export function absentOf(
  profile: Profile,
  given: ReadonlySet<ComponentClass>,
  undiscovered: ReadonlySet<ComponentClass>,
): Partial<Record<ComponentClass, string>> {
  const reasons: Partial<Record<ComponentClass, string>> = { ...profile.absent };
  for (const name of isUps(profile) ? [...expectedClasses, "ups" as const] : expectedClasses)
    reasons[name] ??= notAnswered;
  return Object.fromEntries(
    Object.entries(reasons).filter(
      ([name]) => !given.has(name as ComponentClass) && !undiscovered.has(name as ComponentClass),
    ),
  );
}

function isUps({ rules, family }: Profile): boolean {
  return rules.some((rule) => rule.id.startsWith(`${family}.`) && classesOf(rule).includes("ups"));
}
