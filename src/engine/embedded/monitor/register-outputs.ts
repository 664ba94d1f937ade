import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import { hashAssets } from "../../properties/assets.ts";
import { fromStruct } from "../../properties/struct.ts";
import { withoutOutputs } from "../../properties/transform.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { MonitorScope } from "./monitor-scope.ts";
import { RpcError, status } from "./status.ts";

/** A component, or the stack, says what its outputs are. */
export async function registerOutputs(
  on: MonitorScope,
  request: resource.RegisterResourceOutputsRequest,
): Promise<void> {
  const urn = request.getUrn();
  if (urn === "") throw new RpcError(status.invalidArgument, "missing required URN");
  const given = await hashAssets(fromStruct(request.getOutputs()), on.setup.workDirectory);
  const outputs = withoutOutputs(given) as PropertyMap;
  await new Promise<void>((done, failed) => on.setup.submit({ kind: "outputs", urn, outputs, done, failed }));
}
