/** Registers the children of a component with the engine that runs it. */
import { createRequire } from "node:module";
import type { ConstructRequest } from "../../../engine/interface/provider.ts";
import { toStruct } from "../../../engine/properties/struct.ts";
import {
  type PropertyMap,
  type PropertyValue,
  SIGNATURE_KEY,
  signatures,
  UNKNOWN,
} from "../../../engine/properties/values.ts";
import type { Urn } from "../../../engine/urn/urn.ts";
import { kubernetesVersion } from "../version.ts";
import type { ResourceRegistration } from "./registration-order.ts";

const require = createRequire(import.meta.url);
const MAX_MESSAGE_OCTETS = 400 * 1024 * 1024;

export interface Registered {
  readonly urn: Urn;
  /** as a value of a property */
  readonly reference: PropertyValue;
}

export interface MonitorClient {
  component(request: ConstructRequest): Promise<Urn>;
  child(parent: Urn, registration: ResourceRegistration, dependencies: readonly Urn[]): Promise<Registered>;
  outputs(urn: Urn, outputs: PropertyMap): Promise<void>;
  close(): void;
}

/** @param address `host:port` of the engine's resource monitor */
export async function connectMonitor(address: string): Promise<MonitorClient> {
  const grpc = await import("@grpc/grpc-js");
  const pb =
    require("@pulumi/pulumi/proto/resource_pb.js") as typeof import("@pulumi/pulumi/proto/resource_pb.js");
  const { Alias } =
    require("@pulumi/pulumi/proto/alias_pb.js") as typeof import("@pulumi/pulumi/proto/alias_pb.js");
  const { ResourceMonitorClient } =
    require("@pulumi/pulumi/proto/resource_grpc_pb.js") as typeof import("@pulumi/pulumi/proto/resource_grpc_pb.js");
  const client = new ResourceMonitorClient(address, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": MAX_MESSAGE_OCTETS,
    "grpc.max_send_message_length": MAX_MESSAGE_OCTETS,
  });
  const methods = client as unknown as Record<
    string,
    (request: unknown, done: (error: Error | null, response: unknown) => void) => unknown
  >;
  const call = <Response>(method: string, request: unknown): Promise<Response> =>
    new Promise((resolve, reject) => {
      methods[method]?.(request, (error, response) =>
        error ? reject(error) : resolve(response as Response),
      );
    });
  type RegisterResourceRequest = InstanceType<typeof pb.RegisterResourceRequest>;
  type RegisterResourceResponse = InstanceType<typeof pb.RegisterResourceResponse>;
  const register = (request: RegisterResourceRequest) =>
    call<RegisterResourceResponse>("registerResource", request);

  return {
    async component({ type, name, parent, options }) {
      const request = new pb.RegisterResourceRequest().setType(type).setName(name).setParent(parent);
      request.setCustom(false).setAcceptsecrets(true).setAcceptresources(true);
      request.setDependenciesList([...options.dependencies]).setAliasurnsList([...options.aliases]);
      if (options.protect !== undefined) request.setProtect(options.protect);
      if (options.retainOnDelete !== undefined) request.setRetainondelete(options.retainOnDelete);
      if (options.deletedWith) request.setDeletedwith(options.deletedWith);
      for (const [packageName, reference] of Object.entries(options.providers))
        request.getProvidersMap().set(packageName, reference);
      return (await register(request)).getUrn();
    },
    async child(parent, { type, name, aliases, object, retainOnDelete }, dependencies) {
      const request = new pb.RegisterResourceRequest().setType(type).setName(name).setParent(parent);
      request.setCustom(true).setAcceptsecrets(true).setAcceptresources(true).setSupportspartialvalues(true);
      request.setVersion(kubernetesVersion).setDependenciesList([...dependencies]);
      if (retainOnDelete) request.setRetainondelete(true);
      request.setAliasspecs(true);
      request.setAliasesList(aliases.map((former) => new Alias().setSpec(new Alias.Spec().setType(former))));
      request.setObject(toStruct(object) as never);
      const response = await register(request);
      const id = response.getId();
      const urn = response.getUrn();
      return {
        urn,
        reference: {
          [SIGNATURE_KEY]: signatures.resource,
          urn,
          id: id === "" ? UNKNOWN : id,
          packageVersion: kubernetesVersion,
        },
      };
    },
    async outputs(urn, outputs) {
      const request = new pb.RegisterResourceOutputsRequest().setUrn(urn);
      await call("registerResourceOutputs", request.setOutputs(toStruct(outputs) as never));
    },
    close: () => client.close(),
  };
}
