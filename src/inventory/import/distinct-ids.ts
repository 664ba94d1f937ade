/** Ids for objects of a source in which names are unique only within something else. */
import type { NetBoxObject } from "./netbox-data.ts";

/** The first way of making an id that gives each object one of its own; objects that share none keep the first. */
export function distinctIds(
  objects: readonly NetBoxObject[],
  ways: readonly ((object: NetBoxObject) => string)[],
): Map<NetBoxObject, string> {
  const ids = new Map<NetBoxObject, string>();
  let open = [...objects];
  for (const way of ways) {
    const taken = new Set(ids.values());
    const byId = Map.groupBy(open, way);
    for (const [id, [first, ...others]] of byId)
      if (first && others.length === 0 && !taken.has(id)) ids.set(first, id);
    open = open.filter((object) => !ids.has(object));
  }
  for (const object of open) ids.set(object, ways[0]?.(object) ?? "");
  return ids;
}
