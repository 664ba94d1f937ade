/** Which fields of which objects are a resource's own. */
import { createHash } from "node:crypto";
import { managedFieldsOf } from "../difference/managed-fields.ts";
import { annotations } from "../objects/annotations.ts";
import { annotationOf, type KubeObject, titleOf } from "../objects/kube-object.ts";
import type { Session } from "../session.ts";
import { CLIENT_SIDE_MANAGER } from "./apply.ts";
import { idOf } from "./bring-up.ts";

/**
 * The field manager of a resource: the same whenever the resource is made, so that a creation whose answer was
 * lost is known as one's own in the next run, and is taken up instead of refused.
 */
export function managerOf(session: Session, object: KubeObject, urn: string): string {
  if (!session.options.enableServerSideApply) return CLIENT_SIDE_MANAGER;
  const named = annotationOf(object, annotations.patchFieldManager);
  return named || `pulumi-kubernetes-${createHash("sha256").update(urn).digest("hex").slice(0, 8)}`;
}

/** Whether the object was applied by the manager before. */
export function isMadeBy(object: KubeObject, fieldManager: string): boolean {
  return managedFieldsOf(object).some(
    (entry) => entry.manager === fieldManager && entry.operation === "Apply",
  );
}

export function existsAlready(object: KubeObject): string {
  return `${titleOf(object)} exists already and was not made by this resource: import it (id ${idOf(object)}), delete it, or set upsertExistingObjects to take it over`;
}
