import { createRequire } from "node:module";
import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import { toStruct } from "../../properties/struct.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { ErrorHook, HookArguments, ResourceHook } from "../hooks/hook-registry.ts";
import { type Callbacks, callbackOf } from "./callbacks.ts";

const require = createRequire(import.meta.url);
const messages = (): typeof resource => require("@pulumi/pulumi/proto/resource_pb.js") as typeof resource;

const struct = (properties: PropertyMap | undefined) => (properties ? toStruct(properties) : undefined);

/** A hook of the program, as the engine runs it. */
export function resourceHook(
  callbacks: Callbacks,
  request: resource.RegisterResourceHookRequest,
): ResourceHook {
  const callback = callbackOf(request.getCallback()!);
  return {
    name: request.getName(),
    onDryRun: request.getOnDryRun(),
    ignoreErrors: request.getIgnoreErrors(),
    run: async (args) => {
      const message = new (messages().ResourceHookRequest)();
      message.setUrn(args.urn).setId(args.id).setName(args.name).setType(args.type);
      message.setNewInputs(struct(args.newInputs)).setOldInputs(struct(args.oldInputs));
      message.setNewOutputs(struct(args.newOutputs)).setOldOutputs(struct(args.oldOutputs));
      const answer = await callbacks.invoke(callback, message.serializeBinary());
      const error = messages().ResourceHookResponse.deserializeBinary(answer).getError();
      if (error !== "") throw new Error(error);
    },
  };
}

/** A hook of the program that is asked after a failure. */
export function errorHook(callbacks: Callbacks, request: resource.RegisterErrorHookRequest): ErrorHook {
  const callback = callbackOf(request.getCallback()!);
  return {
    name: request.getName(),
    run: async (args: HookArguments, operation: string, errors: readonly string[]) => {
      const message = new (messages().ErrorHookRequest)();
      message.setUrn(args.urn).setId(args.id).setName(args.name).setType(args.type);
      message.setNewInputs(struct(args.newInputs)).setOldInputs(struct(args.oldInputs));
      message.setOldOutputs(struct(args.oldOutputs));
      message.setFailedOperation(operation).setErrorsList([...errors]);
      const answer = await callbacks.invoke(callback, message.serializeBinary());
      const response = messages().ErrorHookResponse.deserializeBinary(answer);
      if (response.getError() !== "") throw new Error(response.getError());
      return response.getRetry();
    },
  };
}
