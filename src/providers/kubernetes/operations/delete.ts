/** Takes an object away, and waits until it is gone. */
import { ProviderError } from "../../../engine/interface/errors.ts";
import type { DeleteRequest } from "../../../engine/interface/provider.ts";
import { ApiError, isNotFound } from "../api/api-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { waitUntilGone } from "../cluster/wait.ts";
import { annotations, isAnnotated, propagationPolicyOf, timeoutMsOf } from "../objects/annotations.ts";
import { fromOutputs } from "../objects/checkpoint.ts";
import {
  apiVersionOf,
  type KubeObject,
  kindOf,
  parseId,
  titleOf,
  toObject,
  uidOf,
} from "../objects/kube-object.ts";
import { isBuiltInGroup, parseApiVersion } from "../objects/resource-type.ts";
import { heldBy } from "../readiness/diagnose.ts";
import { isUnreachable, type Session } from "../session.ts";
import { CLIENT_SIDE_MANAGER, relinquish } from "./apply.ts";
import { isPatch } from "./check.ts";
import { failureOf } from "./failure.ts";
import { typedObject } from "./read.ts";
import { removeRendered } from "./render.ts";

export async function remove(session: Session, request: DeleteRequest): Promise<void> {
  const { live, asked, fieldManager } = fromOutputs(request.outputs);
  const object: KubeObject = typedObject(request.type, live, toObject(request.inputs));
  if (session.isRendering) {
    await removeRendered(session.options.renderYamlToDirectory as string, object);
    return;
  }
  try {
    if (isPatch(request.type, object)) {
      await relinquish(session, object, fieldManager ?? CLIENT_SIDE_MANAGER);
      return;
    }
    await removeObject(session, request, object, asked);
  } catch (error) {
    if (isUnreachable(error) && session.options.deleteUnreachable) {
      session.log.warning(
        `${(error as Error).message}; ${titleOf(object)} is forgotten, since deleteUnreachable is set`,
        request.urn,
      );
      return;
    }
    throw failureOf(explained(error, request, object), "deleted", object, request.inputs);
  }
}

async function removeObject(
  session: Session,
  request: DeleteRequest,
  object: KubeObject,
  asked: KubeObject,
): Promise<void> {
  const cluster = await session.cluster();
  const mapping = await session.findMapping(object);
  // With its kind, all objects of it are gone.
  if (!mapping) return;
  const id = parseId(request.id);
  const namespace = mapping.namespaced ? id.namespace || session.defaultNamespace() : "";
  const target = { namespace, name: id.name, uid: uidOf(object) };
  let isGone: boolean;
  try {
    isGone = await cluster.objects.delete(mapping, target, {
      policy: propagationPolicyOf(asked),
      giveUp: session.signal,
    });
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  if (isGone || leavesEarly(asked)) return forgetKind(cluster, object);
  const timeoutMs = timeoutMsOf(asked, request.timeoutSeconds);
  const gone = await waitUntilGone(cluster, mapping, target, heldBy, {
    timeoutMs,
    signal: session.signal,
    progress: (why) => session.log.info(`waiting for ${titleOf(object)} to go: ${why}`, request.urn),
  });
  if (gone.outcome === "gone") return forgetKind(cluster, object);
  const how =
    gone.outcome === "timeout" ? `is still there after ${timeoutMs / 1000} s` : "was not waited for";
  throw new ProviderError(`the deletion of ${titleOf(object)} was begun, but it ${how}: ${gone.why}`, {
    outcomeKnown: true,
  });
}

/** Kinds whose end may take long; whoever does not wait for their start need not wait for that either. */
const slowToEnd = new Set(
  "Namespace Pod ReplicationController Deployment StatefulSet DaemonSet Job".split(" "),
);

/**
 * `pulumi.com/skipAwait` at a deletion counts for these kinds alone, as the official provider has it: what a finalizer
 * holds (a custom resource that stands for something outside) would be forgotten while it is still there.
 */
function leavesEarly(object: KubeObject): boolean {
  const { group } = parseApiVersion(apiVersionOf(object));
  return isAnnotated(object, annotations.skipAwait) && isBuiltInGroup(group) && slowToEnd.has(kindOf(object));
}

/** With a definition goes its kind. */
function forgetKind(cluster: Cluster, object: KubeObject): void {
  if (kindOf(object) === "CustomResourceDefinition") cluster.discovery.reset();
}

function explained(error: unknown, request: DeleteRequest, object: KubeObject): unknown {
  if (error instanceof ApiError && error.code === 409 && /UID in (the )?precondition/i.test(error.message))
    return new Error(
      `another object has its name now (somebody made ${request.id} anew): refresh the stack to take that one over, or delete it by hand`,
    );
  if (error instanceof ApiError && error.code === 422 && isPatch(request.type, object))
    return new Error(
      `the patch owns a field that ${kindOf(object)} (${apiVersionOf(object)}) cannot be without (${error.message}): let another manager own it first, or set retainOnDelete`,
    );
  return error;
}
