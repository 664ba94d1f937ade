/** Makes an object, or shows what it would be. */
import { ProviderError } from "../../../engine/interface/errors.ts";
import type { CreateRequest, CreateResult } from "../../../engine/interface/provider.ts";
import { toOutputs } from "../objects/checkpoint.ts";
import {
  apiVersionOf,
  type KubeObject,
  nameOf,
  namespaceOf,
  titleOf,
  toObject,
} from "../objects/kube-object.ts";
import type { Session } from "../session.ts";
import { applyInputs, postInputs } from "./apply.ts";
import { bringUp, idOf } from "./bring-up.ts";
import { isPatch, placed } from "./check.ts";
import { failureOf } from "./failure.ts";
import { existsAlready, isMadeBy, managerOf } from "./ownership.ts";
import { previewCreation } from "./preview-create.ts";
import { renderObject } from "./render.ts";

export async function create(session: Session, request: CreateRequest): Promise<CreateResult> {
  const object = toObject(request.inputs);
  if (session.isRendering) return render(session, request, object);
  if (request.preview) return { id: "", outputs: await previewCreation(session, request, object) };
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
  if (!isMadeBy(existing, fieldManager)) throw new ProviderError(existsAlready(target));
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
