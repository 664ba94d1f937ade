/** Changes an object in place, or shows what it would become. */
import type { UpdateRequest, UpdateResult } from "../../../engine/interface/provider.ts";
import { type PropertyPath, parsePath } from "../../../engine/properties/path.ts";
import { containsUnknowns } from "../../../engine/properties/transform.ts";
import { isPlainObject, type PropertyMap, type PropertyValue } from "../../../engine/properties/values.ts";
import { otherOwners } from "../difference/managed-fields.ts";
import { annotations } from "../objects/annotations.ts";
import { fromOutputs, toOutputs } from "../objects/checkpoint.ts";
import {
  annotationOf,
  apiVersionOf,
  type KubeObject,
  nameOf,
  namespaceOf,
  parseId,
  toObject,
} from "../objects/kube-object.ts";
import type { Session } from "../session.ts";
import { adoptFields, withAdopted } from "./adopt-fields.ts";
import { type Applied, applyInputs, CLIENT_SIDE_MANAGER, relinquish, takesFields } from "./apply.ts";
import { bringUp } from "./bring-up.ts";
import { isPatch, placed } from "./check.ts";
import { failureOf, isAccessDenied } from "./failure.ts";
import { managerOf } from "./ownership.ts";
import { outputsFromDryRun } from "./preview-outputs.ts";
import { removeRendered, renderObject } from "./render.ts";
import { collidingLists } from "./take-lists.ts";

export async function update(session: Session, request: UpdateRequest): Promise<UpdateResult> {
  const object = toObject(request.news);
  const before = fromOutputs(request.oldOutputs);
  const managerBefore = before.fieldManager ?? managerOf(session, before.asked, request.urn);
  const named = annotationOf(object, annotations.patchFieldManager);
  const fieldManager = session.options.enableServerSideApply ? named || managerBefore : CLIENT_SIDE_MANAGER;
  const initialApiVersion = before.initialApiVersion ?? apiVersionOf(before.asked);
  if (session.isRendering) {
    const outputs = toOutputs({ inputs: request.news, live: object, initialApiVersion, fieldManager });
    if (!request.preview) {
      const directory = session.options.renderYamlToDirectory as string;
      await renderObject(directory, object);
      if (apiVersionOf(before.live) !== apiVersionOf(object)) await removeRendered(directory, before.live);
    }
    return { outputs };
  }
  try {
    const dryRun = request.preview;
    if (dryRun && !(await canDryRun(session, request.news, object))) return { outputs: request.news };
    const applied = session.options.enableServerSideApply
      ? await applyOwn(session, object, request, fieldManager)
      : await mergeInputs(session, object, before.asked, request);
    if (dryRun) return { outputs: outputsFromDryRun(applied.object, request.news, applied.isNew) };
    if (applied.isNew) session.log.warning(`${request.id} was gone, and was made anew`, request.urn);
    const { outputs } = await bringUp(session, applied, {
      urn: request.urn,
      inputs: request.news,
      initialApiVersion,
      fieldManager,
      timeoutSeconds: request.timeoutSeconds,
    });
    if (fieldManager !== managerBefore && session.options.enableServerSideApply)
      await relinquish(session, before.live, managerBefore);
    return { outputs };
  } catch (error) {
    // What the update takes from others first, a dry run cannot.
    if (request.preview && takesFields(session, object) && collidingLists(error).length > 0)
      return { outputs: request.news };
    if (request.preview && isAccessDenied(error)) {
      session.log.warning(`not checked by the API server: ${(error as Error).message}`, request.urn);
      return { outputs: request.news };
    }
    throw failureOf(
      error,
      request.preview ? "accepted by the API server's dry run" : "updated",
      object,
      request.news,
      request.oldInputs,
    );
  }
}

/** An apply, after the fields of before server-side apply were taken over; a dry run takes them by force. */
async function applyOwn(
  session: Session,
  object: KubeObject,
  request: UpdateRequest,
  fieldManager: string,
): Promise<Applied> {
  const { live } = fromOutputs(request.oldOutputs);
  const adopts = !isPatch(request.type, object) && withAdopted(live, fieldManager) !== undefined;
  if (adopts && !request.preview) await adoptFields(session, object, fieldManager);
  return applyInputs(session, await withoutIgnored(session, object, request, fieldManager), {
    fieldManager,
    dryRun: request.preview,
    ...(adopts && request.preview && { force: true }),
  });
}

async function canDryRun(session: Session, news: PropertyMap, object: KubeObject): Promise<boolean> {
  if (containsUnknowns(news) || !(await session.isReachable())) return false;
  return (await session.findMapping(object)) !== undefined;
}

/** Client-side mode: what changed between the inputs is patched; lists are replaced whole. */
async function mergeInputs(
  session: Session,
  object: KubeObject,
  asked: KubeObject,
  { id, preview: dryRun }: UpdateRequest,
): Promise<Applied> {
  const cluster = await session.cluster();
  const mapping = await session.mappingOf(object);
  const target = placed(object, mapping.namespaced, session.defaultNamespace());
  // A generated name is in no manifest.
  const where = { namespace: namespaceOf(target), name: parseId(id).name };
  const patch = mergePatch(asked, object);
  const options = { fieldManager: CLIENT_SIDE_MANAGER, dryRun, giveUp: session.signal };
  return { mapping, ...(await cluster.objects.merge(mapping, where, patch, options)) };
}

/** The merge patch (RFC 7386) that leads from one object to the other. */
export function mergePatch(from: PropertyMap, to: PropertyMap): PropertyMap {
  const patch: PropertyMap = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const old = from[key];
    if (isPlainObject(old) && isPlainObject(value)) {
      const inner = mergePatch(old, value);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (JSON.stringify(old) !== JSON.stringify(value)) patch[key] = value;
  }
  return patch;
}

/**
 * Fields that the program ignores are not applied when they belong to somebody else (an autoscaler's replicas):
 * applying them would be a conflict, or take them over.
 */
async function withoutIgnored(
  session: Session,
  object: KubeObject,
  { ignoreChanges }: UpdateRequest,
  fieldManager: string,
): Promise<KubeObject> {
  const paths = ignoreChanges.map((path) => parsePath(path) ?? []).filter((path) => path.length > 0);
  if (paths.length === 0) return object;
  const cluster = await session.cluster();
  const mapping = await session.mappingOf(object);
  const target = placed(object, mapping.namespaced, session.defaultNamespace());
  const live = await cluster.reads.read(mapping, namespaceOf(target), nameOf(target));
  if (!live) return object;
  return paths
    .filter((path) => !path.includes("*") && otherOwners(live, path, fieldManager).length > 0)
    .reduce<KubeObject>((kept, path) => withoutPath(kept, path) as KubeObject, object);
}

function withoutPath(value: PropertyValue, [first, ...rest]: PropertyPath): PropertyValue {
  if (first === undefined) return value;
  if (Array.isArray(value) && typeof first === "number") {
    if (rest.length === 0) return value.filter((_, i) => i !== first);
    return value.map((element, i) => (i === first ? withoutPath(element, rest) : element));
  }
  if (!isPlainObject(value) || !(first in value)) return value;
  const { [first]: child, ...others } = value;
  return rest.length === 0 ? others : { ...others, [first]: withoutPath(child as PropertyValue, rest) };
}
