/** From Pulumi's type tokens (`kubernetes:<group>/<version>:<Kind>`) to what Kubernetes calls the same thing. */

export interface ResourceType {
  /** as in manifests: `v1`, `apps/v1` */
  readonly apiVersion: string;
  readonly kind: string;
  /** the token names a `…Patch` resource; `kind` is the patched object's */
  readonly isPatch: boolean;
  /** a `…List` of a built-in group, which cannot be created */
  readonly isList: boolean;
}

export interface GroupVersion {
  /** empty: the core group */
  readonly group: string;
  readonly version: string;
}

/** `apps/v1` → apps, v1; `v1` and `core/v1` → the core group. */
export function parseApiVersion(apiVersion: string): GroupVersion {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  return { group: group === "core" ? "" : group, version: apiVersion.slice(slash + 1) };
}

export function formatApiVersion({ group, version }: GroupVersion): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Groups of Kubernetes itself: without a dot (`apps`), or below `k8s.io`. */
export function isBuiltInGroup(group: string): boolean {
  return !group.includes(".") || group.endsWith(".k8s.io");
}

/**
 * Reads a type token.
 * @param kindInInputs the object's own `kind`, which tells a kind called `…Patch` from a patch of a kind
 * @returns undefined when the token is not one of an object of the Kubernetes API
 */
export function parseTypeToken(token: string, kindInInputs?: string): ResourceType | undefined {
  const [packageName, module, name] = token.split(":");
  if (packageName !== "kubernetes" || !module || !name) return undefined;
  const groupVersion = parseApiVersion(module);
  if (!/^v\d+((alpha|beta)\d+)?$/.test(groupVersion.version)) return undefined;
  const isPatch = name.endsWith("Patch") && name !== "Patch" && name !== kindInInputs;
  const kind = isPatch ? name.slice(0, -"Patch".length) : name;
  return {
    apiVersion: formatApiVersion(groupVersion),
    kind,
    isPatch,
    isList: !isPatch && kind.endsWith("List") && isBuiltInGroup(groupVersion.group),
  };
}

const versions = ["v1", "v2", "v1alpha1", "v1alpha2", "v1alpha3", "v1beta1", "v1beta2", "v2beta1", "v2beta2"];
/** Kinds that were in the group `extensions` before they had one of their own. */
const formerExtensions = new Set(["DaemonSet", "Deployment", "Ingress", "NetworkPolicy", "ReplicaSet"]);

/**
 * Type tokens of the same object in other versions of its API, as the SDK's classes name them as aliases: what is
 * moved from `policy/v1beta1` to `policy/v1` stays the same object.
 */
export function otherVersions({ group, version }: GroupVersion, kind: string): string[] {
  if (group === "" || !isBuiltInGroup(group)) return [];
  const others = versions
    .filter((other) => other !== version)
    .map((other) => `kubernetes:${group}/${other}:${kind}`);
  return formerExtensions.has(kind) ? [...others, `kubernetes:extensions/v1beta1:${kind}`] : others;
}
