/** What an object would be: by a dry run, or from its inputs where there can be none. */
import type { CreateRequest } from "../../../engine/interface/provider.ts";
import { containsUnknowns } from "../../../engine/properties/transform.ts";
import type { PropertyMap } from "../../../engine/properties/values.ts";
import { ApiError, immutableFields, isNamespaceMissing } from "../api/api-error.ts";
import { managedFieldsOf } from "../difference/managed-fields.ts";
import { type KubeObject, namespaceOf, withMetadata } from "../objects/kube-object.ts";
import type { Session } from "../session.ts";
import { applyInputs } from "./apply.ts";
import { passOnWarnings } from "./bring-up.ts";
import { isPatch } from "./check.ts";
import { failureOf, isAccessDenied } from "./failure.ts";
import { existsAlready, managerOf } from "./ownership.ts";
import { outputsFromDryRun, outputsFromInputs } from "./preview-outputs.ts";

/** Of every cluster; a namespace that a program is about to make takes no dry runs. */
const STAND_IN_NAMESPACE = "default";

/** @throws ProviderError when the server would refuse the object */
export async function previewCreation(
  session: Session,
  request: CreateRequest,
  object: KubeObject,
): Promise<PropertyMap> {
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
    if (isNamespaceMissing(error)) return previewElsewhere(session, request, object, fieldManager);
    if (isAccessDenied(error) || cannotDryRun(error)) {
      session.log.warning(`not checked by the API server: ${(error as Error).message}`, urn);
      return outputsFromInputs(inputs);
    }
    throw failureOf(error, "accepted by the API server's dry run", object, inputs);
  }
}

/**
 * Of an object in a namespace that is not there yet, the server can still say whether it is well formed: by a dry
 * run in another one. What depends on the namespace (quotas, defaults of its limits, policies) stays unsaid.
 */
async function previewElsewhere(
  session: Session,
  { inputs, urn }: CreateRequest,
  object: KubeObject,
  fieldManager: string,
): Promise<PropertyMap> {
  const elsewhere = withMetadata(object, { namespace: STAND_IN_NAMESPACE });
  try {
    const written = await applyInputs(session, elsewhere, { fieldManager, dryRun: true, force: true });
    if (!written.isNew) return outputsFromInputs(inputs);
    passOnWarnings(session, written, urn, inputs);
    const there = withMetadata(written.object, { namespace: namespaceOf(object) });
    return outputsFromDryRun(there, inputs, true);
  } catch (error) {
    // Only what is wrong with the object itself is wrong in its own namespace, too.
    const isItsOwn = error instanceof ApiError && (error.code === 400 || error.code === 422);
    if (!isItsOwn || cannotDryRun(error) || immutableFields(error)) return outputsFromInputs(inputs);
    throw failureOf(error, "accepted by the API server's dry run", object, inputs);
  }
}

/** A webhook with side effects forbids dry runs of what it looks at. */
function cannotDryRun(error: unknown): boolean {
  return error instanceof ApiError && error.code === 400 && /dry ?run/i.test(error.message);
}
