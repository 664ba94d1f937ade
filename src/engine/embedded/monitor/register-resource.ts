import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import { hashAssets } from "../../properties/assets.ts";
import { knownOnly } from "../../properties/transform.ts";
import { isUnknown, type PropertyMap } from "../../properties/values.ts";
import { isProviderType, type Urn } from "../../urn/urn.ts";
import type { RegistrationResult, ResourceGoal } from "../deploy/goal.ts";
import { answerTo } from "./answer.ts";
import { callbackOf } from "./callbacks.ts";
import { construct } from "./construct.ts";
import { providerOptions } from "./default-providers.ts";
import { resourceMessages } from "./messages.ts";
import type { MonitorScope, MonitorSetup } from "./monitor-scope.ts";
import type { RegisteredPackage } from "./provider-choice.ts";
import { goalOf, type Registration, readRegistration } from "./registration.ts";
import { sourcePosition } from "./source-position.ts";
import { RpcError, status } from "./status.ts";
import { applyTransforms } from "./transforms.ts";

/** Registers a resource: as the program asked for it, then as its transforms want it, by the provider that serves it. */
export async function registerResource(
  on: MonitorScope,
  request: resource.RegisterResourceRequest,
  fromNode: boolean,
): Promise<resource.RegisterResourceResponse> {
  const { deployment, workDirectory } = on.setup;
  const parent = request.getParent();
  const own = request.getTransformsList().map(callbackOf);
  const asked = await readRegistration(request, fromNode, workDirectory);
  const packageRef = on.choice.packageOf(request.getPackageref());
  const transforms = on.transforms.forChildOf(parent, own);
  const transformed = await applyTransforms(on.callbacks, transforms, asked);
  const properties = await hashAssets(transformed.properties, workDirectory);
  const registration: Registration = { ...transformed, properties };
  const urn = deployment.urnOf(parent, registration.type, registration.name);
  on.tree.adopt(urn, parent);
  const providers = on.choice.providersFor(registration);
  on.choice.handOn(urn, parent, providers);
  on.transforms.keep(urn, own);
  return on.tree.whileRegistering(urn, async () => {
    const parentGoal = deployment.goals.get(parent);
    const provider = await providerOf(on, registration, { urn, providers, packageRef });
    if (registration.remote) {
      const instance = deployment.providers.get(provider);
      return construct(instance, await on.context(), registration, providers, request);
    }
    const isProvider = isProviderType(registration.type);
    const goal = goalOf(isProvider ? withProviderOptions(registration, packageRef) : registration, {
      provider,
      parentGoal,
      sourcePosition: sourcePosition(request),
    });
    const result = await on.setup.turns.during(() => submitGoal(on.setup, goal));
    if (result.result !== "success" && !request.getSupportsresultreporting()) {
      throw new RpcError(status.internal, "resource registration failed");
    }
    return responseTo(request, result, urn);
  });
}

/** @returns how the registration ended, when it did */
export function submitGoal(
  { submit }: Pick<MonitorSetup, "submit">,
  goal: ResourceGoal,
): Promise<RegistrationResult> {
  return new Promise((done, failed) => submit({ kind: "register", goal, done, failed }));
}

/**
 * Not an async function: by its further turns of the queue a read that was asked for later would get ahead.
 * @returns the reference of the provider; empty for what has none: local components and providers
 */
function providerOf(
  on: MonitorScope,
  { type, custom, remote, parent, options }: Registration,
  given: {
    readonly urn: Urn;
    readonly providers: Readonly<Record<string, string>>;
    readonly packageRef: RegisteredPackage | undefined;
  },
): Promise<string> {
  if (!remote && (!custom || isProviderType(type))) return Promise.resolve("");
  return on.choice.choose({
    given: options.provider,
    providers: given.providers,
    parent,
    token: type,
    version: given.packageRef?.version ?? options.version,
    url: given.packageRef?.url ?? options.pluginDownloadURL,
    who: given.urn,
  });
}

/** The version and download address of a provider resource are inputs of it. */
function withProviderOptions(
  registration: Registration,
  packageRef: RegisteredPackage | undefined,
): Registration {
  const version = packageRef?.version ?? registration.options.version;
  const url = packageRef?.url ?? registration.options.pluginDownloadURL;
  const properties = { ...registration.properties, ...providerOptions(version, url) };
  return { ...registration, properties };
}

function responseTo(
  request: resource.RegisterResourceRequest,
  { state, result, unknown }: RegistrationResult,
  urn: Urn,
): resource.RegisterResourceResponse {
  const response = new (resourceMessages().RegisterResourceResponse)();
  response.setUrn(urn);
  response.setId(isUnknown(state.id) && !isProviderType(state.type) ? "" : state.id);
  const outcome = { success: 0, failed: 1, skipped: 2 } as const;
  response.setResult(outcome[result] as resource.Result);
  if (unknown) response.setUnknown(true);
  // A component's outputs are what its own program says.
  let properties: PropertyMap = state.custom ? state.outputs : {};
  if (!request.getSupportspartialvalues()) properties = knownOnly(properties);
  return response.setObject(answerTo(request, properties));
}
