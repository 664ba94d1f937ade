/** The functions that `ConfigFile`, `ConfigGroup` and `Chart` of the SDK call. */
import { ProviderError } from "../../../engine/interface/errors.ts";
import type { InvokeRequest, InvokeResult } from "../../../engine/interface/provider.ts";
import { withoutSecrets } from "../../../engine/properties/transform.ts";
import { isPlainObject, type PropertyMap, type PropertyValue } from "../../../engine/properties/values.ts";
import { type KubeObject, kindOf, namespaceOf, withMetadata } from "../objects/kube-object.ts";
import { kubernetesDocuments } from "../objects/kubernetes-yaml.ts";
import type { Session } from "../session.ts";
import { requestOfV3 } from "./chart-request.ts";
import { helmTemplate } from "./helm-template.ts";

export async function invoke(session: Session, request: InvokeRequest): Promise<InvokeResult> {
  const args = withoutSecrets(request.args) as PropertyMap;
  switch (request.token) {
    case "kubernetes:yaml:decode": {
      const namespace = typeof args.defaultNamespace === "string" ? args.defaultNamespace : "";
      return { result: { result: await decode(session, text(args, "text"), namespace) } };
    }
    case "kubernetes:helm:template":
      return { result: { result: await chartObjects(session, text(args, "jsonOpts")) } };
    case "kubernetes:kustomize:directory":
      throw new ProviderError(
        "kustomize directories are not read here: render them with `kubectl kustomize` and give the YAML to a ConfigFile",
      );
    default:
      throw new ProviderError(`the package kubernetes has no function ${request.token}`);
  }
}

function text(args: PropertyMap, key: string): string {
  const value = args[key];
  if (typeof value !== "string") throw new ProviderError(`the argument ${key} must be a string`);
  return value;
}

/** All objects of a YAML text; empty documents (comments, templates that made nothing) are passed over. */
export function parseManifests(source: string): KubeObject[] {
  return kubernetesDocuments(source).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new ProviderError(`the YAML cannot be read: ${error.message.split("\n")[0]}`);
    const value = document.toJS({ maxAliasCount: 100 }) as PropertyValue;
    if (value === null) return [];
    if (!isPlainObject(value)) throw new ProviderError("a document of the manifests is no Kubernetes object");
    return Object.keys(value).length === 0 ? [] : [value];
  });
}

/** @param namespace of objects that name none, where their kind has namespaces; empty: leave them */
export async function decode(session: Session, source: string, namespace: string): Promise<KubeObject[]> {
  // As the official provider has it in this function; components refuse what has no kind.
  const objects = parseManifests(source).filter(
    ({ kind, apiVersion }) => typeof kind === "string" && typeof apiVersion === "string",
  );
  return namespace === "" ? objects : inNamespaces(session, objects, namespace);
}

/** Objects that name no namespace in this one, where their kind has namespaces. */
export function inNamespaces(
  session: Session,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<KubeObject[]> {
  for (const object of objects) if (kindOf(object) === "CustomResourceDefinition") session.define(object);
  return Promise.all(
    objects.map(async (object) => {
      if (namespaceOf(object) !== "" || !((await session.isNamespaced(object)) ?? true)) return object;
      return withMetadata(object, { namespace });
    }),
  );
}

/** @param json the options of `helm.v3.Chart` */
async function chartObjects(session: Session, json: string): Promise<KubeObject[]> {
  let options: PropertyMap;
  try {
    options = JSON.parse(json) as PropertyMap;
  } catch {
    throw new ProviderError("the argument jsonOpts is not JSON");
  }
  const request = requestOfV3(options);
  const { manifests, warnings } = await helmTemplate(session, request);
  for (const warning of warnings) session.log.warning(`helm: ${warning}`);
  // The release is in "default" when no namespace is named, but its objects then name none, and so their URNs.
  return decode(session, manifests, typeof options.namespace === "string" ? options.namespace : "");
}
