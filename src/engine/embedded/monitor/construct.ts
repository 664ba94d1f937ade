import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { ProgramContext } from "../../interface/provider.ts";
import { knownOnly, withoutOutputs } from "../../properties/transform.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { ProviderInstance } from "../providers/provider-instance.ts";
import { answerTo } from "./answer.ts";
import { allDependencies } from "./dependencies.ts";
import { resourceMessages } from "./messages.ts";
import type { Registration } from "./registration.ts";

/** Has a remote component made by its provider, and answers the program with what came of it. */
export async function construct(
  instance: ProviderInstance,
  context: ProgramContext,
  registration: Registration,
  providers: Readonly<Record<string, string>>,
  request: resource.RegisterResourceRequest,
): Promise<resource.RegisterResourceResponse> {
  const { options } = registration;
  const constructed = await instance.construct({
    context,
    type: registration.type,
    name: registration.name,
    parent: registration.parent,
    inputs: registration.properties,
    inputDependencies: Object.fromEntries(
      Object.entries(options.propertyDependencies).map(([key, urns]) => [key, urns]),
    ),
    options: {
      protect: options.protect,
      providers,
      aliases: options.aliases.flatMap((alias) => ("urn" in alias ? [alias.urn] : [])),
      dependencies: options.dependencies,
      additionalSecretOutputs: options.additionalSecretOutputs,
      deletedWith: options.deletedWith,
      deleteBeforeReplace: options.deleteBeforeReplace,
      ignoreChanges: options.ignoreChanges,
      replaceOnChanges: options.replaceOnChanges,
      retainOnDelete: options.retainOnDelete,
      customTimeouts: options.customTimeouts,
    },
  });
  const response = new (resourceMessages().RegisterResourceResponse)();
  response.setUrn(constructed.urn);
  const dependencies = allDependencies(constructed.outputDependencies, constructed.outputs);
  for (const [key, urns] of dependencies) {
    const list = new (resourceMessages().RegisterResourceResponse.PropertyDependencies)();
    list.setUrnsList([...urns].sort());
    response.getPropertydependenciesMap().set(key, list);
  }
  let properties = withoutOutputs(constructed.outputs) as PropertyMap;
  if (!request.getSupportspartialvalues()) properties = knownOnly(properties);
  return response.setObject(answerTo(request, properties));
}
