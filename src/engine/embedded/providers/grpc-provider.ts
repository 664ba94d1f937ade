import { createRequire } from "node:module";
import type { ServiceError } from "@grpc/grpc-js";
import type * as Messages from "@pulumi/pulumi/proto/provider_pb.js";
import { ProviderError } from "../../interface/errors.ts";
import type {
  CheckRequest,
  CheckResult,
  DiffRequest,
  ProgramContext,
  ResourceProvider,
} from "../../interface/provider.ts";
import { fromStruct, toStruct } from "../../properties/struct.ts";
import { callFailed } from "./grpc-errors.ts";
import { checkFailures, dependencyMap, diffResult, optional, setDependencies } from "./grpc-messages.ts";

const require = createRequire(import.meta.url);

/** The limit that Pulumi's SDK uses, both ways. */
export const MAX_MESSAGE_OCTETS = 400 * 1024 * 1024;

/** A provider that is reached over gRPC: `pulumirpc.ResourceProvider` at `host:port`. */
export async function connectProvider(address: string): Promise<ResourceProvider> {
  const grpc = await import("@grpc/grpc-js");
  const pb = require("@pulumi/pulumi/proto/provider_pb.js") as typeof Messages;
  const { ResourceProviderClient } =
    require("@pulumi/pulumi/proto/provider_grpc_pb.js") as typeof import("@pulumi/pulumi/proto/provider_grpc_pb.js");
  const { Empty } =
    require("google-protobuf/google/protobuf/empty_pb.js") as typeof import("google-protobuf/google/protobuf/empty_pb.js");
  const client = new ResourceProviderClient(address, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": MAX_MESSAGE_OCTETS,
    "grpc.max_send_message_length": MAX_MESSAGE_OCTETS,
  });

  type Done = (error: ServiceError | null, response: unknown) => void;
  const methods = client as unknown as Record<string, (request: unknown, done: Done) => unknown>;
  const call = <Response>(method: string, request: unknown): Promise<Response> =>
    new Promise((resolve, reject) => {
      methods[method]!(request, (error, response) =>
        error ? reject(callFailed(error)) : resolve(response as Response),
      );
    });
  /** For methods that older providers lack. */
  const callOptional = async <Response>(method: string, request: unknown): Promise<Response | undefined> => {
    try {
      return await call<Response>(method, request);
    } catch (error) {
      if (error instanceof ProviderError && error.grpcCode === grpc.status.UNIMPLEMENTED) return undefined;
      throw error;
    }
  };

  await callOptional("handshake", new pb.ProviderHandshakeRequest());

  return {
    async checkConfig(request) {
      const response = await callOptional<Messages.CheckResponse>("checkConfig", checkMessage(pb, request));
      return response ? checked(response) : { inputs: request.news };
    },
    async diffConfig(request) {
      const response = await callOptional<Messages.DiffResponse>("diffConfig", diffMessage(pb, request));
      return response ? diffResult(response) : { changes: "unknown" };
    },
    async configure(request) {
      const message = new pb.ConfigureRequest();
      message.setUrn(request.urn).setName(request.name).setType(request.type).setId(request.id);
      message.setArgs(toStruct(request.inputs));
      for (const [key, value] of Object.entries(request.variables)) message.getVariablesMap().set(key, value);
      message.setAcceptsecrets(true).setAcceptresources(true);
      message.setSendsOldInputs(true).setSendsOldInputsToDelete(true);
      const response = await call<Messages.ConfigureResponse>("configure", message);
      return {
        acceptSecrets: response.getAcceptsecrets(),
        acceptResources: response.getAcceptresources(),
        acceptOutputs: response.getAcceptoutputs(),
        supportsPreview: response.getSupportspreview(),
      };
    },
    async check(request) {
      const message = checkMessage(pb, request).setRandomseed(request.randomSeed);
      return checked(await call<Messages.CheckResponse>("check", message));
    },
    async diff(request) {
      return diffResult(await call<Messages.DiffResponse>("diff", diffMessage(pb, request)));
    },
    async create(request) {
      const message = new pb.CreateRequest();
      message.setUrn(request.urn).setName(request.name).setType(request.type);
      message
        .setProperties(toStruct(request.inputs))
        .setTimeout(request.timeoutSeconds)
        .setPreview(request.preview);
      const response = await call<Messages.CreateResponse>("create", message);
      return {
        id: response.getId(),
        outputs: fromStruct(response.getProperties()),
        refreshBeforeUpdate: response.getRefreshBeforeUpdate(),
      };
    },
    async read(request) {
      const message = new pb.ReadRequest();
      message.setUrn(request.urn).setName(request.name).setType(request.type).setId(request.id);
      message.setTimeout(request.timeoutSeconds ?? 0);
      if (!request.anew) message.setInputs(toStruct(request.inputs)).setProperties(toStruct(request.outputs));
      const response = await call<Messages.ReadResponse>("read", message);
      return {
        id: response.getId(),
        outputs: optional(response.getProperties(), fromStruct),
        inputs: optional(response.getInputs(), fromStruct),
        refreshBeforeUpdate: response.getRefreshBeforeUpdate(),
      };
    },
    async update(request) {
      const message = new pb.UpdateRequest();
      message.setUrn(request.urn).setName(request.name).setType(request.type).setId(request.id);
      message
        .setOldInputs(toStruct(request.oldInputs))
        .setOlds(toStruct(request.oldOutputs))
        .setNews(toStruct(request.news));
      message
        .setTimeout(request.timeoutSeconds)
        .setIgnorechangesList([...request.ignoreChanges])
        .setPreview(request.preview);
      const response = await call<Messages.UpdateResponse>("update", message);
      return {
        outputs: fromStruct(response.getProperties()),
        refreshBeforeUpdate: response.getRefreshBeforeUpdate(),
      };
    },
    async delete(request) {
      const message = new pb.DeleteRequest();
      message.setUrn(request.urn).setName(request.name).setType(request.type).setId(request.id);
      message.setProperties(toStruct(request.outputs)).setOldInputs(toStruct(request.inputs));
      message.setTimeout(request.timeoutSeconds);
      await call("delete", message);
    },
    async invoke(request) {
      const message = new pb.InvokeRequest();
      message.setTok(request.token).setArgs(toStruct(request.args)).setPreview(request.preview);
      const response = await call<Messages.InvokeResponse>("invoke", message);
      return {
        result: fromStruct(response.getReturn()),
        failures: checkFailures(response.getFailuresList()),
      };
    },
    async call(request) {
      const { context } = request;
      const message = new pb.CallRequest();
      message.setTok(request.token).setArgs(toStruct(request.args));
      setDependencies(
        message.getArgdependenciesMap(),
        request.argDependencies,
        () => new pb.CallRequest.ArgumentDependencies(),
      );
      setContext(message, context);
      message.setAcceptsOutputValues(true);
      const response = await call<Messages.CallResponse>("call", message);
      return {
        result: fromStruct(response.getReturn()),
        resultDependencies: dependencyMap(response.getReturndependenciesMap()),
        failures: checkFailures(response.getFailuresList()),
      };
    },
    async construct(request) {
      const { context, options } = request;
      const message = new pb.ConstructRequest();
      setContext(message, context);
      message
        .setType(request.type)
        .setName(request.name)
        .setParent(request.parent)
        .setInputs(toStruct(request.inputs));
      setDependencies(
        message.getInputdependenciesMap(),
        request.inputDependencies,
        () => new pb.ConstructRequest.PropertyDependencies(),
      );
      for (const [key, value] of Object.entries(options.providers)) message.getProvidersMap().set(key, value);
      message.setDependenciesList([...options.dependencies]);
      message.setAdditionalsecretoutputsList([...options.additionalSecretOutputs]);
      message.setDeletedwith(options.deletedWith);
      message
        .setIgnorechangesList([...options.ignoreChanges])
        .setReplaceonchangesList([...options.replaceOnChanges]);
      if (options.protect !== undefined) message.setProtect(options.protect);
      if (options.retainOnDelete !== undefined) message.setRetainondelete(options.retainOnDelete);
      if (options.deleteBeforeReplace !== undefined)
        message.setDeletebeforereplace(options.deleteBeforeReplace);
      const { create, update, delete: remove } = options.customTimeouts;
      if (create || update || remove) {
        const timeouts = new pb.ConstructRequest.CustomTimeouts();
        timeouts
          .setCreate(create ?? "")
          .setUpdate(update ?? "")
          .setDelete(remove ?? "");
        message.setCustomtimeouts(timeouts);
      }
      const { Alias } =
        require("@pulumi/pulumi/proto/alias_pb.js") as typeof import("@pulumi/pulumi/proto/alias_pb.js");
      message.setAliasesList(options.aliases.map((urn) => new Alias().setUrn(urn)));
      message.setAcceptsOutputValues(true);
      const response = await call<Messages.ConstructResponse>("construct", message);
      return {
        urn: response.getUrn(),
        outputs: fromStruct(response.getState()),
        outputDependencies: dependencyMap(response.getStatedependenciesMap()),
      };
    },
    async getSchema() {
      return (await call<Messages.GetSchemaResponse>("getSchema", new pb.GetSchemaRequest())).getSchema();
    },
    async cancel() {
      await callOptional("cancel", new Empty()).catch(() => {});
    },
    async close() {
      client.close();
    },
  };
}

function checkMessage(pb: typeof Messages, request: CheckRequest): Messages.CheckRequest {
  const message = new pb.CheckRequest();
  message.setUrn(request.urn).setName(request.name).setType(request.type);
  return message.setOlds(toStruct(request.olds)).setNews(toStruct(request.news));
}

function checked(response: Messages.CheckResponse): CheckResult {
  return { inputs: fromStruct(response.getInputs()), failures: checkFailures(response.getFailuresList()) };
}

function diffMessage(pb: typeof Messages, request: DiffRequest): Messages.DiffRequest {
  const message = new pb.DiffRequest();
  message.setUrn(request.urn).setName(request.name).setType(request.type).setId(request.id);
  message
    .setOldInputs(toStruct(request.oldInputs))
    .setOlds(toStruct(request.oldOutputs))
    .setNews(toStruct(request.news));
  return message.setIgnorechangesList([...request.ignoreChanges]);
}

/** The program's run, as far as a provider that runs a part of it must know. */
function setContext(
  message: Messages.CallRequest | Messages.ConstructRequest,
  context: ProgramContext,
): void {
  message.setProject(context.project).setStack(context.stack).setOrganization(context.organization);
  for (const [key, value] of Object.entries(context.config)) message.getConfigMap().set(key, value);
  message.setConfigsecretkeysList([...context.configSecretKeys]);
  message.setDryrun(context.dryRun).setParallel(context.parallel).setMonitorendpoint(context.monitorAddress);
}
