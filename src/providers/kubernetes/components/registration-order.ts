/** Which object of a set of manifests has to be there before which. */
import { isPlainObject, isSecret, makeSecret, type PropertyMap } from "../../../engine/properties/values.ts";
import { annotations } from "../objects/annotations.ts";
import {
  annotationOf,
  apiVersionOf,
  type KubeObject,
  kindOf,
  nameOf,
  namespaceOf,
  withMetadata,
} from "../objects/kube-object.ts";
import { isBuiltInGroup, otherVersions, parseApiVersion } from "../objects/resource-type.ts";
import { textAt } from "../readiness/verdict.ts";

export interface ResourceRegistration {
  readonly type: string;
  readonly name: string;
  /** types it may have had before, in another version of its API */
  readonly aliases: readonly string[];
  /** with secrets in it, where the manifest has any */
  readonly object: PropertyMap;
  /** places in the list of objects that must be there first */
  readonly after: readonly number[];
  /** a chart says that uninstalling it shall leave the object */
  readonly retainOnDelete: boolean;
}

const RESOURCE_POLICY = "helm.sh/resource-policy";
const DEPENDS_ON = "config.kubernetes.io/depends-on";

/**
 * The registrations of objects, none of them a list ({@link takenApart}), named `<prefix>:<namespace>/<name>`.
 * Namespaces and definitions come before what is in them and of them; `config.kubernetes.io/depends-on` adds to that.
 * @throws Error for a reference to nothing, and for circles
 */
export function registrationsOf(
  objects: readonly KubeObject[],
  { prefix, skipAwait, isChart = false }: { prefix: string; skipAwait: boolean; isChart?: boolean },
): ResourceRegistration[] {
  const registrations = objects.map((given, index) => {
    const object = skipAwait ? withoutWaiting(given) : given;
    const { group, version } = parseApiVersion(apiVersionOf(object));
    const name = namespaceOf(object) ? `${namespaceOf(object)}/${nameOf(object)}` : nameOf(object);
    return {
      type: `kubernetes:${group || "core"}/${version}:${kindOf(object)}`,
      name: prefix === "" ? name : `${prefix}:${name}`,
      aliases: otherVersions({ group, version }, kindOf(object)),
      object: withSecretData(object),
      after: [...new Set([...implied(object, objects), ...asked(object, objects)])].filter(
        (i) => i !== index,
      ),
      retainOnDelete: isChart && annotationOf(object, RESOURCE_POLICY) === "keep",
    };
  });
  refuseCircles(registrations);
  return registrations;
}

/**
 * The objects of a manifest, which may be a list of them.
 * @throws Error for an object without a kind or a name, or whose name is no text
 */
export function takenApart(object: PropertyMap): KubeObject[] {
  if (typeof object.kind !== "string" || typeof object.apiVersion !== "string")
    throw new Error("an object of the manifests has no kind and apiVersion");
  if (
    object.kind.endsWith("List") &&
    Array.isArray(object.items) &&
    isBuiltInGroup(parseApiVersion(object.apiVersion).group)
  ) {
    const kind = object.kind.slice(0, -"List".length);
    return object.items
      .filter(isPlainObject)
      .flatMap((item) =>
        takenApart(kind === "" ? item : { apiVersion: object.apiVersion as string, kind, ...item }),
      );
  }
  const metadata = isPlainObject(object.metadata) ? object.metadata : {};
  for (const key of ["name", "namespace"]) {
    const value = metadata[key];
    // `namespace: n` is a truth value, as for kubectl.
    if (typeof value === "boolean" || typeof value === "number")
      throw new Error(`metadata.${key} of a ${object.kind} is ${value}, no text: put it in quotes`);
  }
  if (nameOf(object) === "") throw new Error(`a ${object.kind} of the manifests has no metadata.name`);
  return [object];
}

function withoutWaiting(object: KubeObject): KubeObject {
  const { metadata } = object;
  const given = isPlainObject(metadata) && isPlainObject(metadata.annotations) ? metadata.annotations : {};
  return withMetadata(object, { annotations: { ...given, [annotations.skipAwait]: "true" } });
}

function withSecretData(object: KubeObject): PropertyMap {
  if (kindOf(object) !== "Secret" || apiVersionOf(object) !== "v1") return object;
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key,
      (key === "data" || key === "stringData") && !isSecret(value) ? makeSecret(value) : value,
    ]),
  );
}

const isNamespaceNamed = (object: KubeObject, name: string) =>
  kindOf(object) === "Namespace" && apiVersionOf(object) === "v1" && nameOf(object) === name;

function implied(object: KubeObject, all: readonly KubeObject[]): number[] {
  const { group } = parseApiVersion(apiVersionOf(object));
  return all.flatMap((other, index) => {
    const holds = namespaceOf(object) !== "" && isNamespaceNamed(other, namespaceOf(object));
    const defines =
      kindOf(other) === "CustomResourceDefinition" &&
      textAt(other, "spec", "group") === group &&
      textAt(other, "spec", "names", "kind") === kindOf(object);
    return holds || defines ? [index] : [];
  });
}

function asked(object: KubeObject, all: readonly KubeObject[]): number[] {
  const text = annotationOf(object, DEPENDS_ON);
  if (text === undefined) return [];
  return text.split(",").map((part) => {
    const reference = part.trim().split("/");
    // <group>/<kind>/<name>, or <group>/namespaces/<namespace>/<kind>/<name>
    const isNamespaced = reference.length === 5 && reference[1] === "namespaces";
    const [kind, name] = reference.slice(-2);
    const found = all.findIndex(
      (other) =>
        parseApiVersion(apiVersionOf(other)).group === reference[0] &&
        kindOf(other) === kind &&
        nameOf(other) === name &&
        (!isNamespaced || namespaceOf(other) === reference[2]),
    );
    if (found < 0 || (reference.length !== 3 && !isNamespaced))
      throw new Error(
        `${kindOf(object)} ${nameOf(object)}: ${DEPENDS_ON} names ${part.trim()}, which is not among the manifests`,
      );
    return found;
  });
}

function refuseCircles(registrations: readonly ResourceRegistration[]): void {
  const state = new Map<number, "open" | "done">();
  const visit = (index: number): void => {
    if (state.get(index) === "done") return;
    const { name, after } = registrations[index] as ResourceRegistration;
    if (state.get(index) === "open") throw new Error(`${name}: ${DEPENDS_ON} goes round in a circle`);
    state.set(index, "open");
    for (const other of after) visit(other);
    state.set(index, "done");
  };
  for (const index of registrations.keys()) visit(index);
}
