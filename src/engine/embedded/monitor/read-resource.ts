import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import { hashAssets } from "../../properties/assets.ts";
import { fromStruct } from "../../properties/struct.ts";
import { withoutOutputs } from "../../properties/transform.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { RegistrationResult } from "../deploy/goal.ts";
import { answerTo } from "./answer.ts";
import { resourceMessages } from "./messages.ts";
import type { MonitorScope } from "./monitor-scope.ts";
import { sourcePosition } from "./source-position.ts";

/** Takes an object that exists into the run without managing it: it is read by its id. */
export async function readResource(
  on: MonitorScope,
  request: resource.ReadResourceRequest,
): Promise<resource.ReadResourceResponse> {
  const type = request.getType();
  const name = request.getName();
  const parent = request.getParent();
  const packageRef = on.choice.packageOf(request.getPackageref());
  const provider = await on.choice.choose({
    given: request.getProvider(),
    providers: {},
    parent,
    token: type,
    version: packageRef?.version ?? request.getVersion(),
    url: packageRef?.url ?? request.getPlugindownloadurl(),
    who: name,
  });
  const properties = await hashAssets(fromStruct(request.getProperties()), on.setup.workDirectory);
  on.tree.adopt(on.setup.deployment.urnOf(parent, type, name), parent);
  const { state } = await new Promise<RegistrationResult>((done, failed) => {
    on.setup.submit({
      kind: "read",
      id: request.getId(),
      type,
      name,
      parent,
      provider,
      properties: withoutOutputs(properties) as PropertyMap,
      dependencies: [...new Set(request.getDependenciesList())].sort(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      sourcePosition: sourcePosition(request),
      done,
      failed,
    });
  });
  const response = new (resourceMessages().ReadResourceResponse)();
  response.setUrn(state.urn);
  return response.setProperties(answerTo(request, state.outputs));
}
