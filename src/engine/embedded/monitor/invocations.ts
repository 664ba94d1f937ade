import { createRequire } from "node:module";
import type * as provider from "@pulumi/pulumi/proto/provider_pb.js";
import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import { messageOf } from "../../interface/errors.ts";
import { hashAssets } from "../../properties/assets.ts";
import { fromStruct, toStruct } from "../../properties/struct.ts";
import { downgrade, plainOutputs, withoutOutputs } from "../../properties/transform.ts";
import { type PropertyMap, UNKNOWN } from "../../properties/values.ts";
import { isProviderType, providerReference, typeOf } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { allDependencies } from "./dependencies.ts";
import { resourceMessages } from "./messages.ts";
import type { MonitorScope } from "./monitor-scope.ts";
import { RpcError, status } from "./status.ts";
import { applyInvokeTransforms } from "./transforms.ts";

const require = createRequire(import.meta.url);

/** Calls a function of a provider. */
export async function invoke(
  on: MonitorScope,
  request: resource.ResourceInvokeRequest,
): Promise<resource.ResourceInvokeResponse> {
  const pb = require("@pulumi/pulumi/proto/provider_pb.js") as typeof provider;
  const response = new (resourceMessages().ResourceInvokeResponse)();
  const packageRef = on.choice.packageOf(request.getPackageref());
  const call = await applyInvokeTransforms(on.callbacks, on.transforms.ofInvokes, {
    token: request.getTok(),
    args: await hashAssets(fromStruct(request.getArgs()), on.setup.workDirectory),
    provider: request.getProvider(),
    version: packageRef?.version ?? request.getVersion(),
    pluginDownloadURL: packageRef?.url ?? request.getPlugindownloadurl(),
  });
  if (on.tree.anyUnresolved(request.getDependsonList())) return response.setUnknown(true);
  const reference = await on.choice.choose({
    given: call.provider,
    providers: {},
    parent: request.getParent(),
    token: call.token,
    version: call.version,
    url: call.pluginDownloadURL,
    who: call.token,
  });
  const instance = on.setup.deployment.providers.get(reference);
  let answer: Awaited<ReturnType<typeof instance.invoke>>;
  try {
    const preview = on.setup.deployment.dryRun;
    answer = await instance.invoke({
      token: call.token,
      args: withoutOutputs(call.args) as PropertyMap,
      preview,
    });
  } catch (error) {
    throw new RpcError(status.unknown, `invocation of ${call.token} returned an error: ${messageOf(error)}`);
  }
  const accepts = { secrets: true, resources: request.getAcceptresources(), outputs: false };
  response.setReturn(toStruct(downgrade(answer.result ?? {}, accepts)));
  for (const failure of answer.failures ?? []) {
    response.addFailures(new pb.CheckFailure().setProperty(failure.property).setReason(failure.reason));
  }
  return response;
}

/** Calls a method of a resource. */
export async function callMethod(
  on: MonitorScope,
  request: resource.ResourceCallRequest,
): Promise<provider.CallResponse> {
  const pb = require("@pulumi/pulumi/proto/provider_pb.js") as typeof provider;
  const args = await hashAssets(fromStruct(request.getArgs()), on.setup.workDirectory);
  const argDependencies: Record<string, string[]> = {};
  request.getArgdependenciesMap().forEach((value, key) => {
    argDependencies[key] = value.getUrnsList();
  });
  const packageRef = on.choice.packageOf(request.getPackageref());
  const reference = await on.choice.choose({
    given: request.getProvider() || providerOfSelf(on.setup.deployment, args),
    providers: {},
    parent: "",
    token: request.getTok(),
    version: packageRef?.version ?? request.getVersion(),
    url: packageRef?.url ?? request.getPlugindownloadurl(),
    who: request.getTok(),
  });
  const instance = on.setup.deployment.providers.get(reference);
  let answer: Awaited<ReturnType<typeof instance.call>>;
  try {
    const context = await on.context();
    answer = await instance.call({
      token: request.getTok(),
      args: plainOutputs(args) as PropertyMap,
      argDependencies,
      context,
    });
  } catch (error) {
    // A method that fails leaves the program without its value: the run ends, and the program gets no answer.
    on.setup.abort(new Error(`call to function '${request.getTok()}' failed: ${messageOf(error)}`));
    return new Promise(() => {});
  }
  const response = new pb.CallResponse();
  const dependencies = allDependencies(answer.resultDependencies ?? {}, answer.result);
  for (const [key, urns] of dependencies) {
    response
      .getReturndependenciesMap()
      .set(key, new pb.CallResponse.ReturnDependencies().setUrnsList([...urns].sort()));
  }
  response.setReturn(toStruct(withoutOutputs(answer.result) as PropertyMap));
  for (const failure of answer.failures ?? []) {
    response.addFailures(new pb.CheckFailure().setProperty(failure.property).setReason(failure.reason));
  }
  return response;
}

/** A method is served by the provider of the resource that it is called on. */
function providerOfSelf(deployment: Deployment, args: PropertyMap): string {
  const self = args.__self__;
  const urn = typeof self === "object" && self !== null && !Array.isArray(self) ? self.urn : undefined;
  if (typeof urn !== "string") return "";
  const state = deployment.news.get(urn);
  if (isProviderType(typeOf(urn)) && state) return providerReference(urn, state.id || UNKNOWN);
  return deployment.goals.get(urn)?.provider ?? "";
}
