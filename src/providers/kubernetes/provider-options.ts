/** The provider's configuration, as `@pulumi/kubernetes` and stack settings give it. */

import type { CheckFailure } from "../../engine/interface/provider.ts";
import { isPlainObject, type PropertyMap, type PropertyValue } from "../../engine/properties/values.ts";

export interface ProviderOptions {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly cluster: string | undefined;
  readonly namespace: string | undefined;
  readonly clusterIdentifier: string | undefined;
  readonly renderYamlToDirectory: string | undefined;
  readonly alwaysRender: boolean;
  readonly enableServerSideApply: boolean;
  readonly enablePatchForce: boolean;
  readonly enableConfigMapMutable: boolean;
  readonly enableSecretMutable: boolean;
  readonly upsertExistingObjects: boolean;
  readonly deleteUnreachable: boolean;
  readonly skipUpdateUnreachable: boolean;
  readonly suppressDeprecationWarnings: boolean;
  readonly suppressHelmHookWarnings: boolean;
  /** wait for kinds without a rule of their own, too (PULUMI_K8S_AWAIT_ALL; there is no setting for it) */
  readonly awaitAll: boolean;
  /** of objects that are posted, not applied: who made them */
  readonly managedByLabel: string;
  /** of one answer; undefined: the client's own */
  readonly requestTimeoutMs: number | undefined;
}

const texts = [
  "kubeconfig",
  "context",
  "cluster",
  "namespace",
  "clusterIdentifier",
  "renderYamlToDirectory",
] as const;

/** With the environment variable that stands for it when nothing is said. */
const flags = {
  alwaysRender: undefined,
  enableServerSideApply: "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY",
  enablePatchForce: "PULUMI_K8S_ENABLE_PATCH_FORCE",
  enableConfigMapMutable: "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
  enableSecretMutable: "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
  upsertExistingObjects: "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
  deleteUnreachable: "PULUMI_K8S_DELETE_UNREACHABLE",
  skipUpdateUnreachable: "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE",
  suppressDeprecationWarnings: "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS",
  suppressHelmHookWarnings: "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS",
} as const;

const objects = ["kubeClientSettings", "helmReleaseSettings"] as const;
/** Who says which cluster is meant. */
export const connecting = ["kubeconfig", "context", "cluster"] as const;
/** Of stack settings only: kubeconfig and context must be named by the program, in a provider of its own. */
const STRICT_MODE = "strictMode";
const ignoredKeys = new Set(["version", "pluginDownloadURL"]);

type Environment = Readonly<Record<string, string | undefined>>;

/** The words of Go's `strconv.ParseBool`, which the SDK's environment variables are read with. */
function asFlag(value: PropertyValue | undefined): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return undefined;
  if (/^(1|t|true)$/i.test(value)) return true;
  return /^(0|f|false)$/i.test(value) ? false : undefined;
}

function asObject(value: PropertyValue | undefined): PropertyMap {
  if (isPlainObject(value)) return value;
  if (typeof value !== "string" || value === "") return {};
  try {
    const parsed = JSON.parse(value) as PropertyValue;
    return isPlainObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** Everything that is wrong with the configuration, at once; unknown values are not judged. */
export function checkOptions(
  inputs: PropertyMap,
  isUnknown: (value: PropertyValue) => boolean,
): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const known: string[] = [...texts, ...Object.keys(flags), ...objects, STRICT_MODE];
  for (const [property, value] of Object.entries(inputs)) {
    if (property.startsWith("__") || ignoredKeys.has(property) || value === null || isUnknown(value))
      continue;
    if (!known.includes(property)) {
      failures.push({ property, reason: `no such setting; there are ${known.join(", ")}` });
    } else if (
      (property in flags || property === STRICT_MODE) &&
      asFlag(value) === undefined &&
      value !== ""
    ) {
      failures.push({ property, reason: "must be true or false" });
    } else if ((texts as readonly string[]).includes(property) && typeof value !== "string") {
      // A kubeconfig may be given as an object, as some programs make it.
      if (property !== "kubeconfig" || !isPlainObject(value))
        failures.push({ property, reason: "must be a string" });
    }
  }
  const isSaid = (key: string) => inputs[key] !== undefined && inputs[key] !== null && inputs[key] !== "";
  if (isSaid("renderYamlToDirectory") && !isUnknown(inputs.renderYamlToDirectory ?? null))
    for (const property of connecting)
      if (isSaid(property))
        failures.push({
          property,
          reason: "cannot be given with renderYamlToDirectory: nothing is sent to a cluster",
        });
  return failures;
}

/** What strict mode forbids: that a cluster is meant only because it is the one at hand. */
export function strictFailures(inputs: PropertyMap, isDefaultProvider: boolean): CheckFailure[] {
  if (asFlag(inputs[STRICT_MODE]) !== true) return [];
  const failures: CheckFailure[] = [];
  if (isDefaultProvider)
    failures.push({
      property: "",
      reason: `${STRICT_MODE} is set: give the resources a provider of their own`,
    });
  for (const property of ["kubeconfig", "context"])
    if (inputs[property] === undefined || inputs[property] === null || inputs[property] === "")
      failures.push({ property, reason: `is required: ${STRICT_MODE} is set` });
  return failures;
}

export function readOptions(inputs: PropertyMap, environment: Environment = process.env): ProviderOptions {
  const text = (key: (typeof texts)[number]) => {
    const value = inputs[key];
    if (isPlainObject(value)) return JSON.stringify(value);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const flag = (key: keyof typeof flags, fallback: boolean) => {
    const variable = flags[key];
    return (
      asFlag(inputs[key]) ?? asFlag(variable === undefined ? undefined : environment[variable]) ?? fallback
    );
  };
  const timeout = Number(
    asObject(inputs.kubeClientSettings).timeout ?? environment.PULUMI_K8S_CLIENT_TIMEOUT,
  );
  return {
    kubeconfig: text("kubeconfig"),
    context: text("context"),
    cluster: text("cluster"),
    namespace: text("namespace"),
    clusterIdentifier: text("clusterIdentifier"),
    renderYamlToDirectory: text("renderYamlToDirectory"),
    alwaysRender: flag("alwaysRender", false),
    enableServerSideApply: flag("enableServerSideApply", true),
    enablePatchForce: flag("enablePatchForce", false),
    enableConfigMapMutable: flag("enableConfigMapMutable", false),
    enableSecretMutable: flag("enableSecretMutable", false),
    upsertExistingObjects: flag("upsertExistingObjects", false),
    deleteUnreachable: flag("deleteUnreachable", false),
    skipUpdateUnreachable: flag("skipUpdateUnreachable", false),
    suppressDeprecationWarnings: flag("suppressDeprecationWarnings", false),
    suppressHelmHookWarnings: flag("suppressHelmHookWarnings", false),
    awaitAll: environment.PULUMI_K8S_AWAIT_ALL === "true",
    managedByLabel: environment.PULUMI_KUBERNETES_MANAGED_BY_LABEL ?? "pulumi",
    requestTimeoutMs: timeout > 0 ? timeout * 1000 : undefined,
  };
}
