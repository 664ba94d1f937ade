/**
 * Fields of before server-side apply. Kubernetes tells `Update` and `Apply` of one name apart, so what a resource
 * owns from a time when it was posted, put or patched would be in conflict with its own first apply, and would stay
 * when the program drops it. The official provider makes objects by POST and takes such fields over in the same way
 * (its `fixCSAFieldManagers`); so does the first apply of an object that was imported from kubectl's hands.
 */

import { isPlainObject, type PropertyMap, type PropertyValue } from "../../../engine/properties/values.ts";
import { type FieldTree, managedFieldsOf, mergeFields } from "../difference/managed-fields.ts";
import { type KubeObject, metadataOf } from "../objects/kube-object.ts";
import type { Session } from "../session.ts";
import { placed } from "./check.ts";
import { reassignFields } from "./reassign-fields.ts";

/** The names under which providers of package `kubernetes` post, put and patch. */
const isOwnName = (manager: string) => /^pulumi-(resource-)?kubernetes/.test(manager);

const isKubectl = (manager: string) => manager.startsWith("kubectl") || manager === "before-first-apply";

/** The entries of `managedFields` that the manager's next apply takes over; they are whole entries, not fields. */
function adoptable(object: KubeObject, fieldManager: string): (entry: PropertyMap) => boolean {
  const entries = managedFieldsOf(object).filter(({ subresource }) => subresource === "");
  const isOwn = (manager: string, operation: string) =>
    operation === "Update" && (isOwnName(manager) || manager === fieldManager);
  // What people do to an object that is ours already is theirs, until it is taken back.
  const isOurs = entries.some(
    ({ manager, operation }) =>
      isOwn(manager, operation) || (manager === fieldManager && operation === "Apply"),
  );
  return ({ manager, operation, subresource }) =>
    !subresource &&
    (isOwn(String(manager), String(operation)) ||
      (!isOurs && isKubectl(String(manager)) && manager !== fieldManager));
}

/** `managedFields` as they are when the manager has taken over what it may; undefined when there is nothing. */
export function withAdopted(object: KubeObject, fieldManager: string): PropertyValue[] | undefined {
  const { managedFields } = metadataOf(object);
  if (!Array.isArray(managedFields)) return undefined;
  const isAdoptable = adoptable(object, fieldManager);
  const entries = managedFields.filter(isPlainObject);
  const adopted = entries.filter(isAdoptable);
  if (adopted.length === 0) return undefined;
  const isOurs = (entry: PropertyMap) =>
    entry.manager === fieldManager && entry.operation === "Apply" && !entry.subresource;
  const own = entries.find(isOurs) ?? adopted[0];
  const fields = [...entries.filter(isOurs), ...adopted].reduce<FieldTree>(
    (tree, { fieldsV1 }) => (isPlainObject(fieldsV1) ? mergeFields(tree, fieldsV1) : tree),
    {},
  );
  return [
    ...entries.filter((entry) => !isOurs(entry) && !isAdoptable(entry)),
    { ...own, manager: fieldManager, operation: "Apply", fieldsV1: fields },
  ];
}

/**
 * Takes over, in the cluster, what the manager may. An object that is gone is made anew by the apply that follows.
 * @throws as the API refuses
 */
export async function adoptFields(session: Session, object: KubeObject, fieldManager: string): Promise<void> {
  const cluster = await session.cluster();
  const mapping = await session.mappingOf(object);
  const target = placed(object, mapping.namespaced, session.defaultNamespace());
  await reassignFields(cluster, mapping, target, fieldManager, (live) => withAdopted(live, fieldManager));
}
