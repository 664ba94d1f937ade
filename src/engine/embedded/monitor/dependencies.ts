import { dependenciesInside } from "../../properties/transform.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { Urn } from "../../urn/urn.ts";

/** What each property depends on: as was said, and what its output values carry inside. */
export function allDependencies(
  said: Readonly<Record<string, readonly Urn[]>>,
  properties: PropertyMap,
): Map<string, Set<Urn>> {
  const dependencies = new Map<string, Set<Urn>>();
  for (const [key, urns] of Object.entries(said)) dependencies.set(key, new Set(urns));
  for (const [key, value] of Object.entries(properties)) {
    const inside = dependenciesInside(value);
    if (inside.size > 0) dependencies.set(key, new Set([...(dependencies.get(key) ?? []), ...inside]));
  }
  return dependencies;
}
