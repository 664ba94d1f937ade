/** Where two sets of inputs differ, and which of the differences need a new object. */

import type { DiffKind, PropertyDiff } from "../../../engine/interface/provider.ts";
import { sameContent } from "../../../engine/properties/compare.ts";
import {
  getPath,
  joinPath,
  type PropertyPath,
  parsePath,
  pathContains,
} from "../../../engine/properties/path.ts";
import {
  isPlainObject,
  isUnknown,
  type PropertyMap,
  type PropertyValue,
} from "../../../engine/properties/values.ts";
import { apiVersionOf, type KubeObject, kindOf } from "../objects/kube-object.ts";
import { isBuiltInGroup, parseApiVersion } from "../objects/resource-type.ts";
import { isQuantityAt, isSameQuantity } from "./quantity.ts";

export interface Change {
  readonly path: PropertyPath;
  readonly kind: "add" | "delete" | "update";
}

/**
 * All changed leaves; elements of lists are compared by their place, quantities of Kubernetes' own kinds by what they
 * mean.
 */
export function changesBetween(olds: PropertyMap, news: PropertyMap): Change[] {
  const changes: Change[] = [];
  const isSame = (path: PropertyPath, old: PropertyValue, now: PropertyValue) =>
    sameContent(old, now) ||
    (isQuantityAt(path, apiVersionOf(news), kindOf(news)) && isSameQuantity(old, now));
  const walk = (path: PropertyPath, old: PropertyValue | undefined, now: PropertyValue | undefined): void => {
    if (isAbsent(old) && isAbsent(now)) return;
    if (isAbsent(old) || isAbsent(now)) {
      changes.push({ path, kind: isAbsent(old) ? "add" : "delete" });
      return;
    }
    if (isUnknown(now)) {
      changes.push({ path, kind: "update" });
      return;
    }
    if (Array.isArray(old) && Array.isArray(now)) {
      for (let i = 0; i < Math.max(old.length, now.length); i++) walk([...path, i], old[i], now[i]);
      return;
    }
    if (isPlainObject(old) && isPlainObject(now)) {
      for (const key of new Set([...Object.keys(old), ...Object.keys(now)]))
        walk([...path, key], old[key], now[key]);
      return;
    }
    if (!isSame(path, old, now)) changes.push({ path, kind: "update" });
  };
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)]))
    if (!key.startsWith("__")) walk([key], olds[key], news[key]);
  return changes;
}

const isAbsent = (value: PropertyValue | undefined): value is null | undefined =>
  value === undefined || value === null;

/** The changes without those that the program wants ignored. */
export function withoutIgnored(changes: readonly Change[], ignoreChanges: readonly string[]): Change[] {
  const ignored = ignoreChanges.map(parsePath).filter((path) => path !== undefined);
  return changes.filter(({ path }) => !ignored.some((outer) => pathContains(outer, path)));
}

/** Whether a change touches one of the fields: lies in it, or takes it along with what is around it. */
function touches(change: Change, field: PropertyPath, olds: PropertyMap, news: PropertyMap): boolean {
  if (pathContains(field, change.path)) return true;
  if (
    !field.slice(0, change.path.length).every((element, i) => element === "*" || element === change.path[i])
  )
    return false;
  const at = (properties: PropertyMap) =>
    valuesAt(properties, [...change.path, ...field.slice(change.path.length)]);
  return !sameContent(at(olds), at(news));
}

/** All values at a path in which `*` stands for any element. */
function valuesAt(properties: PropertyMap, path: PropertyPath): PropertyValue[] {
  const star = path.indexOf("*");
  const value = getPath(properties, star < 0 ? path : path.slice(0, star));
  if (star < 0) return value === undefined ? [] : [value];
  if (!Array.isArray(value)) return [];
  return value.flatMap((element) => valuesAt({ element }, ["element", ...path.slice(star + 1)]));
}

/**
 * The changes without new lists of nothing (`env: []`): to Kubernetes' own kinds that is the same as no list, and the
 * official provider keeps none in its states.
 */
export function withoutEmptyLists(changes: readonly Change[], news: KubeObject): Change[] {
  if (!isBuiltInGroup(parseApiVersion(apiVersionOf(news)).group)) return [...changes];
  return changes.filter(({ path, kind }) => {
    const value = kind === "add" ? getPath(news, path) : undefined;
    return !(Array.isArray(value) && value.length === 0);
  });
}

export interface Compared {
  readonly detailedDiff: Record<string, PropertyDiff>;
  /** paths that force a new object */
  readonly replaces: string[];
}

/** False, 0, an empty text, or a map or list of such: what many types of Kubernetes do not even write down. */
function isNothing(value: PropertyValue | undefined): boolean {
  if (Array.isArray(value)) return value.every(isNothing);
  if (isPlainObject(value)) return Object.values(value).every(isNothing);
  return value === false || value === 0 || value === "" || isAbsent(value);
}

/**
 * A field that says nothing (`hostNetwork: false`) where there was none, or that is no longer there: the official
 * provider does not even keep such fields, so in its states they are always missing. Whether they change anything only
 * the server knows (of lists it is known: {@link withoutEmptyLists}).
 */
export function saysNothing({ path, kind }: Change, olds: PropertyMap, news: PropertyMap): boolean {
  return kind !== "update" && isNothing(getPath(kind === "add" ? news : olds, path));
}

/**
 * @param fields paths whose change needs a new object, such as `spec.selector`
 * @param counts which changes need one at all
 */
export function describeChanges(
  changes: readonly Change[],
  fields: readonly string[],
  olds: PropertyMap,
  news: PropertyMap,
  counts: (change: Change) => boolean = () => true,
): Compared {
  const parsed = fields.map((field) => parsePath(field) ?? []).filter((path) => path.length > 0);
  const detailedDiff: Record<string, PropertyDiff> = {};
  const replaces: string[] = [];
  for (const change of changes) {
    const path = change.path.reduce<string>(joinPath, "");
    const isReplacing = counts(change) && parsed.some((field) => touches(change, field, olds, news));
    if (isReplacing) replaces.push(path);
    detailedDiff[path] = {
      kind: (isReplacing ? `${change.kind}-replace` : change.kind) as DiffKind,
      inputDiff: true,
    };
  }
  return { detailedDiff, replaces };
}
