/** Makes an object, or shows what it would be. */
import { createHash } from "node:crypto";
import { ProviderError } from "../../../engine/interface/errors.ts";
import type { CreateRequest, CreateResult } from "../../../engine/interface/provider.ts";
import { containsUnknowns } from "../../../engine/properties/transform.ts";
import { ApiError, isNamespaceMissing } from "../api/api-error.ts";
import { managedFieldsOf } from "../difference/managed-fields.ts";
import { annotations } from "../objects/annotations.ts";
import { toOutputs } from "../objects/checkpoint.ts";
import {
  annotationOf,
  apiVersionOf,
  type KubeObject,
  nameOf,
  namespaceOf,
  titleOf,
  toObject,
} from "../objects/kube-object.ts";
import type { Session } from "../session.ts";
import { applyInputs, CLIENT_SIDE_MANAGER, postInputs } from "./apply.ts";
import { bringUp, idOf, passOnWarnings } from "./bring-up.ts";
import { isPatch, placed } from "./check.ts";
import { failureOf, isAccessDenied } from "./failure.ts";
import { outputsFromDryRun, outputsFromInputs } from "./preview-outputs.ts";
import { renderObject } from "./render.ts";

/**
 * The field manager of a resource: the same whenever the resource is made, so that a creation whose answer was
 * lost is known as one's own in the next run, and is taken up instead of refused.
 */
export function managerOf(session: Session, object: KubeObject, urn: string): string {
  if (!session.options.enableServerSideApply) return CLIENT_SIDE_MANAGER;
  const named = annotationOf(object, annotations.patchFieldManager);
  return named || `pulumi-kubernetes-${createHash("sha256").update(urn).digest("hex").slice(0, 8)}`;
}

export async function create(session: Session, request: CreateRequest): Promise<CreateResult> {
  const object = toObject(request.inputs);
  if (session.isRendering) return render(session, request, object);
  if (request.preview) return { id: "", outputs: await preview(session, request, object) };
  const fieldManager = managerOf(session, object, request.urn);
  try {
    await refuseExisting(session, request, object, fieldManager);
    const applied = session.options.enableServerSideApply
      ? await applyInputs(session, object, { fieldManager, dryRun: false })
      : await postInputs(session, object, false);
    return await bringUp(session, applied, {
      urn: request.urn,
      inputs: request.inputs,
      initialApiVersion: apiVersionOf(object),
      fieldManager,
      timeoutSeconds: request.timeoutSeconds,
    });
  } catch (error) {
    throw failureOf(error, "created", object, request.inputs);
  }
}

/** @throws ProviderError when the name is taken, or a patch has nothing to patch */
async function refuseExisting(
  session: Session,
  request: CreateRequest,
  object: KubeObject,
  fieldManager: string,
): Promise<void> {
  const patch = isPatch(request.type, object);
  if (!patch && (session.options.upsertExistingObjects || !session.options.enableServerSideApply)) return;
  const cluster = await session.cluster();
  const mapping = await session.mappingOf(object);
  const target = placed(object, mapping.namespaced, session.defaultNamespace());
  const existing = await cluster.reads.read(mapping, namespaceOf(target), nameOf(target));
  if (patch && !existing)
    throw new ProviderError(`${titleOf(target)} is not there: there is nothing to patch`);
  if (patch || !existing) return;
  const isOurs = managedFieldsOf(existing).some(
    (entry) => entry.manager === fieldManager && entry.operation === "Apply",
  );
  if (!isOurs) throw new ProviderError(existsAlready(target));
}

function existsAlready(object: KubeObject): string {
  return `${titleOf(object)} exists already and was not made by this resource: import it (id ${idOf(object)}), delete it, or set upsertExistingObjects to take it over`;
}

async function preview(session: Session, request: CreateRequest, object: KubeObject) {
  const { inputs, urn } = request;
  if (containsUnknowns(inputs) || !session.options.enableServerSideApply) return outputsFromInputs(inputs);
  if (session.replacing.has(urn) || !(await session.isReachable())) return outputsFromInputs(inputs);
  const patch = isPatch(request.type, object);
  const fieldManager = managerOf(session, object, urn);
  try {
    if (!(await session.findMapping(object))) return outputsFromInputs(inputs);
    const written = await applyInputs(session, object, { fieldManager, dryRun: true });
    passOnWarnings(session, written, urn, inputs);
    if (patch && written.isNew) return outputsFromInputs(inputs);
    const isOurs = managedFieldsOf(written.object).length === 1;
    if (!patch && !written.isNew && !isOurs && !session.options.upsertExistingObjects)
      session.log.warning(`${existsAlready(written.object)}; the update will refuse it`, urn);
    return outputsFromDryRun(written.object, inputs, written.isNew);
  } catch (error) {
    if (isNamespaceMissing(error)) return outputsFromInputs(inputs);
    if (isAccessDenied(error) || cannotDryRun(error)) {
      session.log.warning(`not checked by the API server: ${(error as Error).message}`, urn);
      return outputsFromInputs(inputs);
    }
    throw failureOf(error, "accepted by the API server's dry run", object, inputs);
  }
}

/** A webhook with side effects forbids dry runs of what it looks at. */
function cannotDryRun(error: unknown): boolean {
  return error instanceof ApiError && error.code === 400 && /dry ?run/i.test(error.message);
}

async function render(session: Session, request: CreateRequest, object: KubeObject): Promise<CreateResult> {
  const fieldManager = managerOf(session, object, request.urn);
  const outputs = toOutputs({
    inputs: request.inputs,
    live: object,
    initialApiVersion: apiVersionOf(object),
    fieldManager,
  });
  if (request.preview) return { id: "", outputs };
  await renderObject(session.options.renderYamlToDirectory as string, object);
  return { id: idOf(object), outputs };
}
