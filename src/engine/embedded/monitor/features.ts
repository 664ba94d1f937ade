import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import { resourceMessages } from "./messages.ts";
import type { MonitorSetup } from "./monitor-scope.ts";

/**
 * What this engine does, as numbers of `ResourceMonitorFeature`: secrets, resource references, output values,
 * alias specs, replacement triggers, deletedWith, replaceWith, transforms, invoke transforms, resource hooks,
 * error hooks, invoke dependencies, invoke parents. Parameterized packages (9), options to hooks (12), byte
 * strings (13) and state migrations (16) are not done, and so the SDK refuses them.
 */
const FEATURES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 14, 15];

/** The same by the names that older SDKs ask for one by one. */
const LEGACY_FEATURES: ReadonlySet<string> = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "replacementTrigger",
  "deletedWith",
  "replaceWith",
  "transforms",
  "invokeTransforms",
  "resourceHooks",
  "errorHooks",
]);

export const supportsFeature = (name: string): boolean => LEGACY_FEATURES.has(name);

/** What a program may know of the run before it registers anything. */
export function deploymentInfo(setup: MonitorSetup): resource.DeploymentInfo {
  const info = new (resourceMessages().DeploymentInfo)();
  const { deployment, config } = setup;
  info.setProject(deployment.project).setStack(deployment.stack).setOrganization(setup.organization);
  for (const [key, { value }] of Object.entries(config.values)) info.getConfigMap().set(key, value);
  info.setConfigsecretkeysList(config.secretKeys);
  info.setDryrun(deployment.dryRun).setParallel(setup.parallel);
  return info.setSupportedfeaturesList(FEATURES as resource.ResourceMonitorFeature[]);
}
