import type { DiffKind, PropertyDiff } from "../interface/provider.ts";
import { sameContent } from "./compare.ts";
import { joinPath } from "./path.ts";
import { isPlainObject, isSecret, type PropertyMap, type PropertyValue } from "./values.ts";

/** Where two property maps differ, by path; what is secret or an output does not matter. */
export function diffProperties(olds: PropertyMap, news: PropertyMap): Record<string, PropertyDiff> {
  const found: Record<string, PropertyDiff> = {};
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    // Internal properties are not anybody's to change.
    if (!key.startsWith("__")) collect(joinPath("", key), olds[key], news[key], found);
  }
  return found;
}

function collect(
  path: string,
  old: PropertyValue | undefined,
  now: PropertyValue | undefined,
  found: Record<string, PropertyDiff>,
): void {
  const add = (kind: DiffKind) => {
    found[path] = { kind, inputDiff: true };
  };
  if (sameContent(old, now)) return;
  if (old === undefined || now === undefined) {
    add(old === undefined ? "add" : "delete");
    return;
  }
  const [a, b] = [isSecret(old) ? old.value : old, isSecret(now) ? now.value : now];
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.max(a.length, b.length); i++) collect(joinPath(path, i), a[i], b[i], found);
    return;
  }
  if (isPlainObject(a) && isPlainObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      collect(joinPath(path, key), a[key], b[key], found);
    return;
  }
  add("update");
}
