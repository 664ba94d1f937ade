/** Serves a provider object as a Pulumi plugin: `pulumirpc.ResourceProvider` over gRPC on loopback. */
import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import type { CheckResult, DiffKind, DiffResult, ResourceProvider } from "../engine/interface/provider.ts";
import { fromStruct, toStruct } from "../engine/properties/struct.ts";
import { callError } from "./plugin-errors.ts";

const require = createRequire(import.meta.url);
const proto =
  require("@pulumi/pulumi/proto/provider_pb.js") as typeof import("@pulumi/pulumi/proto/provider_pb.js");
const pluginProto =
  require("@pulumi/pulumi/proto/plugin_pb.js") as typeof import("@pulumi/pulumi/proto/plugin_pb.js");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb.js") as {
  ResourceProviderService: grpc.ServiceDefinition;
};
const { Empty } =
  require("google-protobuf/google/protobuf/empty_pb.js") as typeof import("google-protobuf/google/protobuf/empty_pb.js");

/** As the SDK and the engine have it; properties may hold whole files. */
const MAX_MESSAGE_OCTETS = 400 * 1024 * 1024;

// biome-ignore lint/suspicious/noExplicitAny: one handler type for the generated messages of all methods.
type Request = any;
type Handler = (request: Request) => Promise<unknown>;

/**
 * Starts the server on a free port of 127.0.0.1.
 * @returns the port, and `close`, which lets running calls end
 */
export async function servePlugin(
  provider: ResourceProvider,
  version: string,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_OCTETS,
    "grpc.max_send_message_length": MAX_MESSAGE_OCTETS,
  });
  const handlers = handlersOf(provider, version);
  const implementation: grpc.UntypedServiceImplementation = {};
  for (const method of Object.keys(ResourceProviderService)) {
    const handler = handlers[method];
    implementation[method] = (
      call: grpc.ServerUnaryCall<Request, unknown>,
      callback: grpc.sendUnaryData<unknown>,
    ) => {
      if (!handler)
        return callback({
          code: grpc.status.UNIMPLEMENTED,
          details: `${method} is not offered by this provider`,
        });
      handler(call.request).then(
        (response) => callback(null, response),
        (error: unknown) => callback(callError(error)),
      );
    };
  }
  server.addService(ResourceProviderService, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { port, close: () => new Promise((resolve) => server.tryShutdown(() => resolve())) };
}

function handlersOf(provider: ResourceProvider, version: string): Record<string, Handler | undefined> {
  const resource = (request: Request) => ({
    urn: request.getUrn(),
    name: request.getName(),
    type: request.getType() || typeOfUrn(request.getUrn()),
  });
  const check = async (request: Request, run: ResourceProvider["check"]) => {
    const news = fromStruct(request.getNews());
    const result: CheckResult = run
      ? await run({
          ...resource(request),
          olds: fromStruct(request.getOlds()),
          news,
          randomSeed: request.getRandomseed_asU8(),
        })
      : { inputs: news };
    const response = new proto.CheckResponse();
    response.setInputs(toStruct(result.inputs) as never);
    response.setFailuresList(failures(result.failures));
    return response;
  };
  const diff = async (request: Request, run: ResourceProvider["diff"]) =>
    diffResponse(
      await run?.({
        ...resource(request),
        id: request.getId(),
        oldInputs: fromStruct(request.getOldInputs()),
        oldOutputs: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
      }),
    );
  return {
    checkConfig: (request) => check(request, provider.checkConfig),
    check: (request) => check(request, provider.check),
    diff: (request) => diff(request, provider.diff),
    diffConfig: provider.diffConfig && ((request) => diff(request, provider.diffConfig)),
    configure: async (request) => {
      const inputs = fromStruct(request.getArgs());
      const variables = Object.fromEntries(request.getVariablesMap().toObject());
      const result = await provider.configure?.({
        ...resource(request),
        id: request.getId(),
        inputs,
        variables,
      });
      return new proto.ConfigureResponse()
        .setAcceptsecrets(result?.acceptSecrets ?? true)
        .setAcceptresources(result?.acceptResources ?? true)
        .setAcceptoutputs(result?.acceptOutputs ?? true)
        .setSupportspreview(result?.supportsPreview ?? true);
    },
    create: async (request) => {
      const { id, outputs } = await provider.create({
        ...resource(request),
        inputs: fromStruct(request.getProperties()),
        timeoutSeconds: request.getTimeout(),
        preview: request.getPreview(),
      });
      return new proto.CreateResponse().setId(id).setProperties(toStruct(outputs) as never);
    },
    read:
      provider.read &&
      (async (request) => {
        const result = await provider.read?.({
          ...resource(request),
          id: request.getId(),
          inputs: fromStruct(request.getInputs()),
          outputs: fromStruct(request.getProperties()),
        });
        const response = new proto.ReadResponse().setId(result?.id ?? "");
        if (result?.outputs) response.setProperties(toStruct(result.outputs) as never);
        if (result?.inputs) response.setInputs(toStruct(result.inputs) as never);
        return response;
      }),
    update:
      provider.update &&
      (async (request) => {
        const result = await provider.update?.({
          ...resource(request),
          id: request.getId(),
          oldInputs: fromStruct(request.getOldInputs()),
          oldOutputs: fromStruct(request.getOlds()),
          news: fromStruct(request.getNews()),
          timeoutSeconds: request.getTimeout(),
          ignoreChanges: request.getIgnorechangesList(),
          preview: request.getPreview(),
        });
        return new proto.UpdateResponse().setProperties(toStruct(result?.outputs ?? {}) as never);
      }),
    delete: async (request) => {
      await provider.delete?.({
        ...resource(request),
        id: request.getId(),
        inputs: fromStruct(request.getOldInputs()),
        outputs: fromStruct(request.getProperties()),
        timeoutSeconds: request.getTimeout(),
      });
      return new Empty();
    },
    invoke:
      provider.invoke &&
      (async (request) => {
        const result = await provider.invoke?.({
          token: request.getTok(),
          args: fromStruct(request.getArgs()),
          preview: request.getPreview(),
        });
        const response = new proto.InvokeResponse().setFailuresList(failures(result?.failures));
        return response.setReturn(toStruct(result?.result ?? {}) as never);
      }),
    getSchema: async () => new proto.GetSchemaResponse().setSchema((await provider.getSchema?.()) ?? "{}"),
    getPluginInfo: async () => new pluginProto.PluginInfo().setVersion(version),
    cancel: async () => {
      await provider.cancel?.();
      return new Empty();
    },
  };
}

function failures(list: CheckResult["failures"]) {
  return (list ?? []).map(({ property, reason }) =>
    new proto.CheckFailure().setProperty(property).setReason(reason),
  );
}

const wireKinds: Readonly<Record<DiffKind, number>> = {
  add: 0,
  "add-replace": 1,
  delete: 2,
  "delete-replace": 3,
  update: 4,
  "update-replace": 5,
};
const wireChanges = { unknown: 0, none: 1, some: 2 } as const;

function diffResponse(result: DiffResult | undefined) {
  const response = new proto.DiffResponse();
  response.setChanges(wireChanges[result?.changes ?? "unknown"]);
  response.setReplacesList([...(result?.replaces ?? [])]);
  response.setStablesList([...(result?.stables ?? [])]);
  response.setDiffsList([...(result?.diffs ?? [])]);
  response.setDeletebeforereplace(result?.deleteBeforeReplace ?? false);
  response.setHasdetaileddiff(result?.detailedDiff !== undefined);
  for (const [path, { kind, inputDiff }] of Object.entries(result?.detailedDiff ?? {})) {
    const property = new proto.PropertyDiff().setInputdiff(inputDiff);
    property.setKind(wireKinds[kind] as never);
    response.getDetaileddiffMap().set(path, property);
  }
  return response;
}

/** Engines before 3.140 send no type: the last segment of the qualified type in the URN. */
function typeOfUrn(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}
