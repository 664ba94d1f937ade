import { createRequire } from "node:module";
import type * as aliasMessages from "@pulumi/pulumi/proto/alias_pb.js";
import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import { messageOf } from "../../interface/errors.ts";
import { fromStruct, toStruct, toValue } from "../../properties/struct.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { Alias } from "../deploy/goal.ts";
import { aliasOf } from "./aliases.ts";
import type { Callbacks } from "./callbacks.ts";
import { hooksOf, type Registration, type RegistrationOptions, triggerOf } from "./registration.ts";
import { RpcError, status } from "./status.ts";

const require = createRequire(import.meta.url);
const messages = (): typeof resource => require("@pulumi/pulumi/proto/resource_pb.js") as typeof resource;
const aliases = (): typeof aliasMessages =>
  require("@pulumi/pulumi/proto/alias_pb.js") as typeof aliasMessages;

/** A function of the program that sees every registration before the engine does. */
export interface Transform {
  readonly target: string;
  readonly token: string;
}

/** Sends a registration through transforms, one after the other; each sees what the one before made of it. */
export async function applyTransforms(
  callbacks: Callbacks,
  transforms: readonly Transform[],
  registration: Registration,
): Promise<Registration> {
  let current = registration;
  for (const transform of transforms) {
    const request = encodeRequest(current);
    let answer: Uint8Array;
    try {
      answer = await callbacks.invoke(transform, request.serializeBinary());
    } catch (error) {
      const reason = `invoke transform: rpc error: code = Unknown desc = ${messageOf(error)}`;
      throw new RpcError(status.unknown, reason);
    }
    const response = messages().TransformResponse.deserializeBinary(answer);
    const properties = response.getProperties();
    const options = response.getOptions();
    current = {
      ...current,
      properties: properties ? fromStruct(properties) : current.properties,
      options: options ? decodeOptions(options, current.options) : current.options,
    };
  }
  return current;
}

function encodeRequest(registration: Registration): resource.TransformRequest {
  const request = new (messages().TransformRequest)();
  request.setType(registration.type).setName(registration.name);
  request.setCustom(registration.custom).setParent(registration.parent);
  request.setProperties(toStruct(registration.properties));
  request.setOptions(encodeOptions(registration.options));
  return request;
}

function encodeOptions(options: RegistrationOptions): resource.TransformResourceOptions {
  const message = new (messages().TransformResourceOptions)();
  message.setDependsOnList([...options.dependencies]);
  if (options.protect !== undefined) message.setProtect(options.protect);
  message
    .setIgnoreChangesList([...options.ignoreChanges])
    .setReplaceOnChangesList([...options.replaceOnChanges]);
  message
    .setVersion(options.version)
    .setProvider(options.provider)
    .setPluginDownloadUrl(options.pluginDownloadURL);
  message.setAliasesList(options.aliases.map(encodeAlias));
  const { create, update, delete: remove, read } = options.customTimeouts;
  if (create || update || remove || read) {
    const timeouts = new (messages().RegisterResourceRequest.CustomTimeouts)();
    timeouts.setCreate(create).setUpdate(update).setDelete(remove).setRead(read);
    message.setCustomTimeouts(timeouts);
  }
  if (options.retainOnDelete !== undefined) message.setRetainOnDelete(options.retainOnDelete);
  message.setDeletedWith(options.deletedWith).setReplaceWithList([...options.replaceWith]);
  if (options.deleteBeforeReplace !== undefined) message.setDeleteBeforeReplace(options.deleteBeforeReplace);
  message.setAdditionalSecretOutputsList([...options.additionalSecretOutputs]);
  for (const [key, value] of Object.entries(options.providers)) message.getProvidersMap().set(key, value);
  message
    .setHooks(encodeHooks(options.hooks))
    .setImport(options.importId)
    .setHideDiffList([...options.hideDiff]);
  if (options.replacementTrigger !== undefined)
    message.setReplacementTrigger(toValue(options.replacementTrigger));
  return message;
}

function encodeHooks(
  hooks: RegistrationOptions["hooks"],
): resource.RegisterResourceRequest.ResourceHooksBinding {
  const binding = new (messages().RegisterResourceRequest.ResourceHooksBinding)();
  binding
    .setBeforeCreateList([...(hooks.BeforeCreate ?? [])])
    .setAfterCreateList([...(hooks.AfterCreate ?? [])]);
  binding
    .setBeforeUpdateList([...(hooks.BeforeUpdate ?? [])])
    .setAfterUpdateList([...(hooks.AfterUpdate ?? [])]);
  binding
    .setBeforeDeleteList([...(hooks.BeforeDelete ?? [])])
    .setAfterDeleteList([...(hooks.AfterDelete ?? [])]);
  binding.setOnErrorList([...(hooks.OnError ?? [])]);
  return binding;
}

function encodeAlias(alias: Alias): aliasMessages.Alias {
  const message = new (aliases().Alias)();
  if ("urn" in alias) return message.setUrn(alias.urn);
  const spec = new (aliases().Alias.Spec)();
  spec.setName(alias.name ?? "").setType(alias.type ?? "");
  spec.setStack(alias.stack ?? "").setProject(alias.project ?? "");
  if (alias.noParent) spec.setNoparent(true);
  else if (alias.parent) spec.setParenturn(alias.parent);
  return message.setSpec(spec);
}

function decodeOptions(
  message: resource.TransformResourceOptions,
  before: RegistrationOptions,
): RegistrationOptions {
  const timeouts = message.getCustomTimeouts();
  const providers = Object.fromEntries(message.getProvidersMap().toArray());
  const dependencies = [...new Set(message.getDependsOnList())].sort();
  return {
    protect: message.hasProtect() ? message.getProtect() : undefined,
    dependencies,
    propertyDependencies: before.propertyDependencies,
    provider: message.getProvider(),
    providers: Object.keys(providers).length > 0 ? providers : before.providers,
    version: message.getVersion(),
    pluginDownloadURL: message.getPluginDownloadUrl(),
    deleteBeforeReplace: message.hasDeleteBeforeReplace() ? message.getDeleteBeforeReplace() : undefined,
    ignoreChanges: message.getIgnoreChangesList(),
    additionalSecretOutputs: message.getAdditionalSecretOutputsList(),
    aliases: message.getAliasesList().map((alias) => aliasOf(alias, false)),
    importId: message.getImport(),
    customTimeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
      read: timeouts?.getRead() ?? "",
    },
    replaceOnChanges: message.getReplaceOnChangesList(),
    retainOnDelete: message.hasRetainOnDelete() ? message.getRetainOnDelete() : undefined,
    deletedWith: message.getDeletedWith(),
    replaceWith: message.getReplaceWithList(),
    replacementTrigger: triggerOf(message),
    hideDiff: message.getHideDiffList(),
    hooks: hooksOf(message.getHooks()),
  };
}

/** What an invoke asks for, as its transforms may change it. */
export interface InvokeCall {
  readonly token: string;
  readonly args: PropertyMap;
  readonly provider: string;
  readonly version: string;
  readonly pluginDownloadURL: string;
}

/** As {@link applyTransforms}, for invokes. */
export async function applyInvokeTransforms(
  callbacks: Callbacks,
  transforms: readonly Transform[],
  call: InvokeCall,
): Promise<InvokeCall> {
  let current = call;
  for (const transform of transforms) {
    const request = new (messages().TransformInvokeRequest)();
    const options = new (messages().TransformInvokeOptions)();
    options
      .setProvider(current.provider)
      .setVersion(current.version)
      .setPluginDownloadUrl(current.pluginDownloadURL);
    request.setToken(current.token).setArgs(toStruct(current.args)).setOptions(options);
    const answer = await callbacks.invoke(transform, request.serializeBinary());
    const response = messages().TransformInvokeResponse.deserializeBinary(answer);
    const args = response.getArgs();
    const changed = response.getOptions();
    current = {
      token: current.token,
      args: args ? fromStruct(args) : current.args,
      provider: changed ? changed.getProvider() : current.provider,
      version: changed ? changed.getVersion() : current.version,
      pluginDownloadURL: changed ? changed.getPluginDownloadUrl() : current.pluginDownloadURL,
    };
  }
  return current;
}
