/** Kubernetes objects as plain JSON, and their way from and to Pulumi's property values. */
import { withoutSecrets } from "../../../engine/properties/transform.ts";
import {
  isPlainObject,
  isUnknown,
  type PropertyMap,
  type PropertyValue,
} from "../../../engine/properties/values.ts";

/** An object of the API; `metadata` and everything in it may be absent in inputs. */
export type KubeObject = PropertyMap;

/** Keys that cannot be property names in Pulumi's languages; only CustomResourceDefinitions hold them. */
const dashedKeys = new Map(
  [
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
  ].map((dashed) => [dashed.replaceAll("-", "_"), dashed]),
);
const underscoredKeys = new Map([...dashedKeys].map(([underscored, dashed]) => [dashed, underscored]));

/** Fields of `metadata` that the server fills in. */
const serverFields = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
];

function mapKeys(whole: PropertyValue, names: ReadonlyMap<string, string>): PropertyValue {
  if (Array.isArray(whole)) return whole.map((element) => mapKeys(element, names));
  if (!isPlainObject(whole)) return whole;
  const mapped: PropertyMap = {};
  for (const [key, child] of Object.entries(whole)) {
    // In a manifest null and absent mean the same; `__…` is Pulumi's own.
    if (child === null) continue;
    const name = names.get(key) ?? key;
    const value = mapKeys(child, names);
    // Assigned, this one name would be the prototype. Defining every key costs five times as much.
    if (name === "__proto__")
      Object.defineProperty(mapped, name, { value, enumerable: true, writable: true, configurable: true });
    else mapped[name] = value;
  }
  return mapped;
}

/** Inputs as the object to send: secrets opened, nulls dropped, `x_kubernetes_…` with dashes again. */
export function toObject(properties: PropertyMap): KubeObject {
  const object = mapKeys(withoutSecrets(properties), dashedKeys) as KubeObject;
  for (const key of Object.keys(object)) if (key.startsWith("__")) delete object[key];
  return object;
}

/** An object as property values, the way back of {@link toObject}. */
export function fromObject(object: KubeObject): PropertyMap {
  return mapKeys(object, underscoredKeys) as PropertyMap;
}

/** The object without what only the server may say. */
export function withoutServerFields(object: KubeObject): KubeObject {
  const metadata = metadataOf(object);
  if (!serverFields.some((field) => field in metadata)) return object;
  return {
    ...object,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !serverFields.includes(key))),
  };
}

/** `metadata` of an object; empty when there is none or it is not known yet. */
export function metadataOf(object: KubeObject): PropertyMap {
  return isPlainObject(object.metadata) ? object.metadata : {};
}

function text(value: PropertyValue | undefined): string {
  return typeof value === "string" && !isUnknown(value) ? value : "";
}

/** Empty when it has none, or none that is known. */
export const nameOf = (object: KubeObject): string => text(metadataOf(object).name);
export const namespaceOf = (object: KubeObject): string => text(metadataOf(object).namespace);
export const kindOf = (object: KubeObject): string => text(object.kind);
export const apiVersionOf = (object: KubeObject): string => text(object.apiVersion);
export const uidOf = (object: KubeObject): string => text(metadataOf(object).uid);

export function annotationOf(object: KubeObject, name: string): string | undefined {
  const { annotations } = metadataOf(object);
  const value = isPlainObject(annotations) ? annotations[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The same object with other metadata. */
export function withMetadata(object: KubeObject, change: PropertyMap): KubeObject {
  return { ...object, metadata: { ...metadataOf(object), ...change } };
}

/** Pulumi's id of an object: `namespace/name`, or `name` when it is in no namespace. */
export function formatId(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

export function parseId(id: string): { namespace: string; name: string } {
  const slash = id.indexOf("/");
  return slash < 0
    ? { namespace: "", name: id }
    : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** What people call an object: `Deployment web/portal`. */
export function titleOf(object: KubeObject): string {
  return `${kindOf(object) || "object"} ${formatId(namespaceOf(object), nameOf(object))}`;
}
