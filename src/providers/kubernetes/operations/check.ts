/** Inputs as they are kept: with a name, a namespace, and nothing in them that cannot be meant. */
import type { CheckFailure, CheckRequest, CheckResult } from "../../../engine/interface/provider.ts";
import { containsSecrets, containsUnknowns } from "../../../engine/properties/transform.ts";
import { isPlainObject, isUnknown } from "../../../engine/properties/values.ts";
import { annotations, isAnnotated, propagationPolicyOf } from "../objects/annotations.ts";
import { canonical } from "../objects/canonical.ts";
import { markSecrets } from "../objects/checkpoint.ts";
import {
  annotationOf,
  apiVersionOf,
  fromObject,
  type KubeObject,
  kindOf,
  metadataOf,
  nameOf,
  namespaceOf,
  toObject,
  withMetadata,
  withoutServerFields,
} from "../objects/kube-object.ts";
import { usesGenerateName, withName } from "../objects/naming.ts";
import { parseTypeToken } from "../objects/resource-type.ts";
import { parseWaitFor } from "../readiness/wait-for.ts";
import type { Session } from "../session.ts";

export async function check(session: Session, request: CheckRequest): Promise<CheckResult> {
  const { news, olds } = request;
  if (session.options.skipUpdateUnreachable && Object.keys(olds).length > 0 && !(await session.isReachable()))
    return { inputs: olds };
  const asked = canonical(withoutServerFields(toObject(news)));
  const refusal = refusedType(request.type, asked);
  if (refusal) return { inputs: news, failures: [{ property: "", reason: refusal }] };
  const failures = problemsOf(session, request.type, asked);
  if (failures.length > 0) return { inputs: news, failures };
  const named = isPatch(request.type, asked) ? asked : withName(asked, news, toObject(olds), request);
  const placed = withManager(session, await withNamespace(session, named), toObject(olds));
  warnOf(session, request, placed);
  if (kindOf(placed) === "CustomResourceDefinition" && !containsUnknowns(placed)) session.define(placed);
  return { inputs: markSecrets(fromObject(placed), news) };
}

const HELM_HOOK = "helm.sh/hook";

/** What will be done, but may not be what was meant. */
function warnOf(session: Session, { news, urn }: CheckRequest, object: KubeObject): void {
  if (isAnnotated(object, annotations.replaceUnready) && kindOf(object) !== "Job")
    session.log.warning(`${annotations.replaceUnready} is for Jobs only: nothing follows from it here`, urn);
  if (!session.options.suppressHelmHookWarnings && annotationOf(object, HELM_HOOK) !== undefined)
    session.log.warning(
      "it is a hook of a Helm chart, and is made as any other object: neither before or after the others, nor deleted when it has run",
      urn,
    );
  if (session.isRendering && (containsSecrets(news) || kindOf(object) === "Secret"))
    session.log.warning("what is secret in it will stand in the rendered file as it is", urn);
}

export function isPatch(type: string, object: KubeObject): boolean {
  return parseTypeToken(type, kindOf(object))?.isPatch ?? false;
}

/** Types that are no objects, or not of this provider, by name and with the way out. */
function refusedType(type: string, object: KubeObject): string | undefined {
  if (/^kubernetes:helm\.sh\/v3:Release$/.test(type))
    return "Helm releases are not managed here: use a Chart (kubernetes:helm.sh/v3:Chart), or --engine pulumi with the official provider";
  const parsed = parseTypeToken(type, kindOf(object));
  if (!parsed) return `${type} is not a type of the Kubernetes API`;
  if (parsed.isList)
    return `a ${parsed.kind} cannot be created: its items are resources of their own (lists in YAML are taken apart)`;
  return undefined;
}

function problemsOf(session: Session, type: string, object: KubeObject): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const refuse = (property: string, reason: string) => failures.push({ property, reason });
  for (const key of ["apiVersion", "kind"] as const)
    if (object[key] === undefined) refuse(key, "is required");
  if (object.metadata !== undefined && !isPlainObject(object.metadata) && !isUnknown(object.metadata))
    refuse("metadata", "must be an object");
  if (usesGenerateName(object) && (session.options.enableServerSideApply || session.isRendering))
    refuse(
      "metadata.generateName",
      "needs enableServerSideApply: false; without a name the provider makes one itself",
    );
  if (isPatch(type, object)) {
    if (!session.options.enableServerSideApply)
      refuse("", "patches need server-side apply (enableServerSideApply)");
    if (isPlainObject(object.metadata) ? !object.metadata.name : object.metadata === undefined)
      refuse("metadata.name", "is required: it says which object is patched");
  }
  const attempt = (annotation: string, read: () => void) => {
    try {
      read();
    } catch (error) {
      refuse(`metadata.annotations["${annotation}"]`, (error as Error).message);
    }
  };
  attempt(annotations.deletionPropagationPolicy, () => propagationPolicyOf(object));
  const waitFor = annotationOf(object, annotations.waitFor);
  if (waitFor !== undefined && !isUnknown(waitFor)) attempt(annotations.waitFor, () => parseWaitFor(waitFor));
  const timeout = annotationOf(object, annotations.timeoutSeconds);
  if (timeout !== undefined && !isUnknown(timeout) && !(Number(timeout) > 0))
    refuse(`metadata.annotations["${annotations.timeoutSeconds}"]`, "must be seconds above 0");
  return failures;
}

const MANAGED_BY = "app.kubernetes.io/managed-by";

/**
 * Objects that are posted say by a label who manages them, as the official provider has it; applied ones say it in
 * `managedFields`. What has the label keeps it, and what was made without is not changed for its sake.
 */
function withManager(session: Session, object: KubeObject, old: KubeObject): KubeObject {
  const { managedByLabel, enableServerSideApply } = session.options;
  const labelsOf = (of: KubeObject) => metadataOf(of).labels ?? {};
  const before = labelsOf(old);
  const isLabelled =
    Object.keys(old).length > 0
      ? isPlainObject(before) && before[MANAGED_BY] === managedByLabel
      : !enableServerSideApply;
  const labels = labelsOf(object);
  // Labels that are not known yet have no place for one more.
  if (!isLabelled || !isPlainObject(labels) || isUnknown(object.metadata)) return object;
  return withMetadata(object, { labels: { ...labels, [MANAGED_BY]: managedByLabel } });
}

/** Objects of kinds that live in namespaces get the default one; kinds that nobody knows yet are taken to. */
async function withNamespace(session: Session, object: KubeObject): Promise<KubeObject> {
  if (object.metadata !== undefined && !isPlainObject(object.metadata)) return object;
  if (object.metadata?.namespace !== undefined && object.metadata.namespace !== "") return object;
  if (apiVersionOf(object) === "" || kindOf(object) === "") return object;
  const isNamespaced = (await session.isNamespaced(object)) ?? true;
  return isNamespaced ? withMetadata(object, { namespace: session.defaultNamespace() }) : object;
}

/** The object without a namespace when its kind has none, which a program may not have known. */
export function placed(object: KubeObject, isNamespaced: boolean, fallback: string): KubeObject {
  if (isNamespaced)
    return namespaceOf(object) === "" ? withMetadata(object, { namespace: fallback }) : object;
  if (namespaceOf(object) === "") return object;
  const { namespace: _, ...metadata } = object.metadata as KubeObject;
  return { ...object, metadata };
}

export const hasName = (object: KubeObject): boolean => nameOf(object) !== "";
