/** `metadata.managedFields`: who owns which field, and how the server tells elements of a list apart. */

import type { PropertyPath } from "../../../engine/properties/path.ts";
import { isPlainObject, type PropertyMap, type PropertyValue } from "../../../engine/properties/values.ts";
import { type KubeObject, metadataOf } from "../objects/kube-object.ts";

/** A tree of FieldsV1: keys `f:<name>`, `k:<keys as JSON>`, `v:<value as JSON>`, `.` for the node itself. */
export type FieldTree = PropertyMap;

export interface ManagedFields {
  readonly manager: string;
  readonly operation: string;
  readonly subresource: string;
  readonly fields: FieldTree;
}

export function managedFieldsOf(object: KubeObject): ManagedFields[] {
  const { managedFields } = metadataOf(object);
  if (!Array.isArray(managedFields)) return [];
  return managedFields.filter(isPlainObject).map((entry) => ({
    manager: String(entry.manager ?? ""),
    operation: String(entry.operation ?? ""),
    subresource: String(entry.subresource ?? ""),
    fields: isPlainObject(entry.fieldsV1) ? entry.fieldsV1 : {},
  }));
}

/** Both trees in one. */
export function mergeFields(a: FieldTree, b: FieldTree): FieldTree {
  const merged: FieldTree = { ...a };
  for (const [key, child] of Object.entries(b)) {
    const known = merged[key];
    merged[key] = isPlainObject(known) && isPlainObject(child) ? mergeFields(known, child) : child;
  }
  return merged;
}

/** The fields of all managers in one tree. */
export function allFields(object: KubeObject): FieldTree {
  return managedFieldsOf(object).reduce<FieldTree>((tree, { fields }) => mergeFields(tree, fields), {});
}

export const childFields = (tree: FieldTree | undefined, key: string): FieldTree | undefined => {
  const child = tree?.[`f:${key}`];
  return isPlainObject(child) ? child : undefined;
};

/** How a list's elements are told apart: by keys (a map), by value (a set), or not at all (as one value). */
export type ListKind =
  | { readonly kind: "map"; readonly keys: readonly string[] }
  | { readonly kind: "set" }
  | { readonly kind: "atomic" };

export function listKind(tree: FieldTree | undefined): ListKind {
  for (const key of Object.keys(tree ?? {})) {
    if (key.startsWith("v:")) return { kind: "set" };
    const keys = elementKeys(key);
    if (keys) return { kind: "map", keys: Object.keys(keys) };
  }
  return { kind: "atomic" };
}

function elementKeys(key: string): PropertyMap | undefined {
  if (!key.startsWith("k:")) return undefined;
  try {
    const parsed: unknown = JSON.parse(key.slice(2));
    return isPlainObject(parsed as PropertyValue) ? (parsed as PropertyMap) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether two elements are the same one; a key that one of them leaves out has its default, whatever that is. */
export function sameElement(a: PropertyValue, b: PropertyValue, keys: readonly string[]): boolean {
  if (!isPlainObject(a) || !isPlainObject(b)) return false;
  let told = false;
  for (const key of keys) {
    if (a[key] === undefined || b[key] === undefined) continue;
    if (a[key] !== b[key]) return false;
    told = true;
  }
  return told;
}

/** The fields of one element. */
export function elementFields(tree: FieldTree | undefined, element: PropertyValue): FieldTree | undefined {
  for (const [key, child] of Object.entries(tree ?? {})) {
    const keys = elementKeys(key);
    if (keys && isPlainObject(child) && sameElement(keys, element, Object.keys(keys))) return child;
  }
  return undefined;
}

/** Managers other than `manager` that own the field at the path, or something in it. */
export function otherOwners(object: KubeObject, path: PropertyPath, manager: string): string[] {
  const owners = managedFieldsOf(object).filter((entry) => {
    if (entry.manager === manager || entry.subresource !== "") return false;
    let tree: FieldTree | undefined = entry.fields;
    let value: PropertyValue | undefined = object;
    for (const element of path) {
      if (typeof element === "number") {
        value = Array.isArray(value) ? value[element] : undefined;
        tree = value === undefined ? undefined : (elementFields(tree, value) ?? tree);
      } else {
        value = isPlainObject(value) ? value[element] : undefined;
        tree = childFields(tree, element);
      }
    }
    return tree !== undefined;
  });
  return owners.map((entry) => entry.manager);
}
