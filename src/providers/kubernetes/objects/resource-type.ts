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
