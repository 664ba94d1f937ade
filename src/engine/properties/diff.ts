import type { DiffKind, PropertyDiff } from "../interface/provider.ts";
import { sameContent } from "./compare.ts";
import { joinPath } from "./path.ts";
import { isPlainObject, isSecret, type PropertyMap, type PropertyValue } from "./values.ts";

/** Where two property maps differ: the keys, and every place by its path. */
export interface PropertiesDifference {
  readonly keys: readonly string[];
  readonly detailedDiff: Readonly<Record<string, PropertyDiff>>;
}

/** Compares two property maps; what is secret or an output does not matter, and null is as good as absent. */
export function diffProperties(olds: PropertyMap, news: PropertyMap): PropertiesDifference {
  const detailedDiff: Record<string, PropertyDiff> = {};
  const keys: string[] = [];
  for (const key of keysOf(olds, news)) {
    const before = Object.keys(detailedDiff).length;
    collect(joinPath("", key), olds[key], news[key], detailedDiff);
    if (Object.keys(detailedDiff).length > before) keys.push(key);
  }
  return { keys, detailedDiff };
}

/** The keys of both; internal properties are not anybody's to change. */
function keysOf(olds: PropertyMap, news: PropertyMap): string[] {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((key) => !key.startsWith("__"));
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
  const [before, after] = [old ?? null, now ?? null];
  if (sameContent(before, after)) return;
  if (before === null || after === null) {
    add(before === null ? "add" : "delete");
    return;
  }
  const [a, b] = [isSecret(before) ? before.value : before, isSecret(after) ? after.value : after];
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
