import type * as alias from "@pulumi/pulumi/proto/alias_pb.js";
import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { Alias } from "../deploy/goal.ts";

/**
 * The aliases of a registration. Old Node SDKs, which do not say `aliasSpecs`, mean "no parent" by giving none,
 * and the default parent by `noParent`.
 */
export function aliasesOf(request: resource.RegisterResourceRequest, fromNode: boolean): Alias[] {
  const swapped = fromNode && !request.getAliasspecs();
  const specs = request.getAliasesList().map((entry) => aliasOf(entry, swapped));
  const urns = request.getAliasurnsList().map((urn) => ({ urn }));
  return [...urns, ...specs];
}

export function aliasOf(entry: alias.Alias, swapped: boolean): Alias {
  const spec = entry.getSpec();
  if (!spec) return { urn: entry.getUrn() };
  const parent = spec.getParenturn();
  const noParent = swapped ? parent === "" && !spec.getNoparent() : spec.getNoparent();
  return {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent,
    noParent,
  };
}
