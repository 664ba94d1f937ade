/**
 * Taking a list's elements over. Server-side apply tells elements apart by their keys (a Service's ports by port and
 * protocol): one whose key was changed by hand is somebody else's new element, and ours comes beside it, which many
 * kinds refuse as a duplicate. With the elements in our own entry of `managedFields`, the next apply drops them.
 */
import { type PropertyPath, parsePath } from "../../../engine/properties/path.ts";
import { isPlainObject, type PropertyMap, type PropertyValue } from "../../../engine/properties/values.ts";
import { ApiError } from "../api/api-error.ts";
import type { ResourceMapping } from "../api/discovery.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type FieldTree, mergeFields } from "../difference/managed-fields.ts";
import { type KubeObject, metadataOf } from "../objects/kube-object.ts";
import { reassignFields } from "./reassign-fields.ts";

/** A Service with one port needs no name for it; with a second one by somebody else both lack it. */
const UNNAMED_PORT = /^spec\.ports\[\d+\]\.name$/;

/** The lists in which a refused apply would have put a second element of the same name. */
export function collidingLists(error: unknown): PropertyPath[] {
  if (!(error instanceof ApiError) || error.code !== 422) return [];
  return error.causes
    .filter(
      ({ reason, field = "" }) =>
        reason === "FieldValueDuplicate" || (reason === "FieldValueRequired" && UNNAMED_PORT.test(field)),
    )
    .flatMap(({ field = "" }) => {
      const path = parsePath(field) ?? [];
      const list = path.slice(
        0,
        path.findLastIndex((element) => typeof element === "number"),
      );
      // Lists inside of elements have no path of names alone.
      return list.length > 0 && list.every((element) => typeof element === "string") ? [list] : [];
    });
}

/** `managedFields` with what others own of the lists in the entry of `manager`; undefined when it has no entry. */
export function withListsOf(
  object: KubeObject,
  lists: readonly PropertyPath[],
  manager: string,
): PropertyValue[] | undefined {
  const { managedFields } = metadataOf(object);
  if (!Array.isArray(managedFields)) return undefined;
  const entries = managedFields.filter(isPlainObject);
  const isOurs = (entry: PropertyMap) => entry.manager === manager && entry.operation === "Apply";
  if (!entries.some(isOurs)) return undefined;
  let taken: FieldTree = {};
  const others = entries.map((entry) => {
    if (isOurs(entry) || entry.subresource || !isPlainObject(entry.fieldsV1)) return entry;
    let fields: FieldTree = entry.fieldsV1;
    for (const list of lists) {
      const keys = list.map((element) => `f:${element}`);
      const found = cut(fields, keys);
      fields = found.rest;
      if (found.piece) taken = mergeFields(taken, found.piece);
    }
    return { ...entry, fieldsV1: fields };
  });
  return others
    .filter((entry) => !isPlainObject(entry.fieldsV1) || Object.keys(entry.fieldsV1).length > 0)
    .map((entry) =>
      isOurs(entry) ? { ...entry, fieldsV1: mergeFields(entry.fieldsV1 as FieldTree, taken) } : entry,
    );
}

/** The tree without what is at the keys, and that piece in its place alone. */
function cut(tree: FieldTree, [key, ...rest]: readonly string[]): { rest: FieldTree; piece?: FieldTree } {
  const child = key === undefined ? undefined : tree[key];
  if (key === undefined || !isPlainObject(child)) return { rest: tree };
  const { [key]: _, ...others } = tree;
  if (rest.length === 0) return { rest: others, piece: { [key]: child } };
  const inner = cut(child, rest);
  if (!inner.piece) return { rest: tree };
  const left = Object.keys(inner.rest).length > 0 ? { ...others, [key]: inner.rest } : others;
  return { rest: left, piece: { [key]: inner.piece } };
}

/** @returns whether there was anything to take */
export function takeLists(
  cluster: Cluster,
  mapping: ResourceMapping,
  target: KubeObject,
  lists: readonly PropertyPath[],
  fieldManager: string,
): Promise<boolean> {
  return reassignFields(cluster, mapping, target, fieldManager, (live) =>
    withListsOf(live, lists, fieldManager),
  );
}
