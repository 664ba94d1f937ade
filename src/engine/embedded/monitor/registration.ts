import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { Value } from "google-protobuf/google/protobuf/struct_pb.js";
import { hashAssets } from "../../properties/assets.ts";
import { fromStruct, fromValue } from "../../properties/struct.ts";
import { dependenciesInside, withoutOutputs } from "../../properties/transform.ts";
import type { PropertyMap, PropertyValue } from "../../properties/values.ts";
import { isTypeToken, type Urn } from "../../urn/urn.ts";
import type { Alias, ResourceGoal } from "../deploy/goal.ts";
import { aliasesOf } from "./aliases.ts";
import { durationSeconds } from "./durations.ts";
import { RpcError, status } from "./status.ts";

/** A registration as the program asked for it, before transforms and the choice of a provider. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly remote: boolean;
  readonly parent: Urn;
  readonly properties: PropertyMap;
  readonly options: RegistrationOptions;
}

/** The options that transforms may change. */
export interface RegistrationOptions {
  readonly protect: boolean | undefined;
  readonly dependencies: readonly Urn[];
  readonly propertyDependencies: Readonly<Record<string, readonly Urn[]>>;
  readonly provider: string;
  readonly providers: Readonly<Record<string, string>>;
  readonly version: string;
  readonly pluginDownloadURL: string;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly Alias[];
  readonly importId: string;
  readonly customTimeouts: {
    readonly create: string;
    readonly update: string;
    readonly delete: string;
    readonly read: string;
  };
  readonly replaceOnChanges: readonly string[];
  readonly retainOnDelete: boolean | undefined;
  readonly deletedWith: Urn;
  readonly replaceWith: readonly Urn[];
  readonly replacementTrigger: PropertyValue | undefined;
  readonly hideDiff: readonly string[];
  readonly hooks: Readonly<Record<string, readonly string[]>>;
}

const hookTypes = [
  ["BeforeCreate", "getBeforeCreateList"],
  ["AfterCreate", "getAfterCreateList"],
  ["BeforeUpdate", "getBeforeUpdateList"],
  ["AfterUpdate", "getAfterUpdateList"],
  ["BeforeDelete", "getBeforeDeleteList"],
  ["AfterDelete", "getAfterDeleteList"],
  ["OnError", "getOnErrorList"],
] as const;

type HooksBinding = resource.RegisterResourceRequest.ResourceHooksBinding;

export function hooksOf(binding: HooksBinding | undefined): Record<string, readonly string[]> {
  const hooks: Record<string, readonly string[]> = {};
  for (const [type, getter] of hookTypes) {
    const names = binding?.[getter]() ?? [];
    if (names.length > 0) hooks[type] = names;
  }
  return hooks;
}

/**
 * Reads a registration.
 * @param directory what relative paths of assets are relative to
 * @throws RpcError for a malformed type or value
 */
export async function readRegistration(
  request: resource.RegisterResourceRequest,
  fromNode: boolean,
  directory: string,
): Promise<Registration> {
  const type = request.getType();
  const custom = request.getCustom();
  const remote = request.getRemote();
  if ((custom || remote) && !isTypeToken(type)) {
    throw new RpcError(
      status.invalidArgument,
      `Type '${type}' is not a valid type token (must have format '*:*:*')`,
    );
  }
  const properties = await hashAssets(fromStruct(request.getObject()), directory);
  const timeouts = request.getCustomtimeouts();
  return {
    type,
    name: request.getName(),
    custom,
    remote,
    parent: request.getParent(),
    properties,
    options: {
      protect: request.hasProtect() ? request.getProtect() : undefined,
      dependencies: [...new Set(request.getDependenciesList())].sort(),
      propertyDependencies: propertyDependencies(request),
      provider: request.getProvider(),
      providers: Object.fromEntries(request.getProvidersMap().toArray()),
      version: request.getVersion(),
      pluginDownloadURL: request.getPlugindownloadurl(),
      deleteBeforeReplace:
        request.getDeletebeforereplacedefined() || request.getDeletebeforereplace()
          ? request.getDeletebeforereplace()
          : undefined,
      ignoreChanges: request.getIgnorechangesList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      aliases: aliasesOf(request, fromNode),
      importId: request.getImportid(),
      customTimeouts: {
        create: timeouts?.getCreate() ?? "",
        update: timeouts?.getUpdate() ?? "",
        delete: timeouts?.getDelete() ?? "",
        read: timeouts?.getRead() ?? "",
      },
      replaceOnChanges: request.getReplaceonchangesList(),
      retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
      deletedWith: request.getDeletedwith(),
      replaceWith: request.getReplaceWithList(),
      replacementTrigger: triggerOf(request),
      hideDiff: request.getHidediffsList(),
      hooks: hooksOf(request.getHooks()),
    },
  };
}

function propertyDependencies(request: resource.RegisterResourceRequest): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((value, key) => {
    result[key] = [...new Set(value.getUrnsList())].sort();
  });
  return result;
}

/** What the step generator gets: options resolved, dependencies of all kinds joined, outputs brought down. */
export function goalOf(
  registration: Registration,
  resolved: {
    readonly provider: string;
    readonly parentGoal: ResourceGoal | undefined;
    readonly sourcePosition: string | undefined;
  },
): ResourceGoal {
  const { options, properties } = registration;
  const { parentGoal } = resolved;
  const dependencies: Record<string, string[]> = {};
  const needed = new Set(options.dependencies);
  const given = Object.keys(options.propertyDependencies).length > 0;
  for (const key of Object.keys(properties)) {
    const urns = given ? (options.propertyDependencies[key] ?? []) : options.dependencies;
    const inside = dependenciesInside(properties[key]!);
    for (const urn of inside) needed.add(urn);
    if (given && !(key in options.propertyDependencies) && inside.size === 0) continue;
    dependencies[key] = [...new Set([...urns, ...inside])].sort();
  }
  for (const [key, urns] of Object.entries(options.propertyDependencies)) dependencies[key] ??= [...urns];
  return {
    type: registration.type,
    name: registration.name,
    custom: registration.custom,
    properties: withoutOutputs(properties) as PropertyMap,
    parent: registration.parent,
    protect: options.protect ?? parentGoal?.protect,
    dependencies: [...needed].sort(),
    provider: resolved.provider,
    propertyDependencies: dependencies,
    deleteBeforeReplace: options.deleteBeforeReplace,
    ignoreChanges: options.ignoreChanges,
    additionalSecretOutputs: options.additionalSecretOutputs,
    aliases: options.aliases,
    importId: options.importId,
    customTimeouts: timeoutsOf(options),
    replaceOnChanges: options.replaceOnChanges,
    retainOnDelete: options.retainOnDelete ?? parentGoal?.retainOnDelete,
    deletedWith: options.deletedWith || (parentGoal?.deletedWith ?? ""),
    replaceWith: options.replaceWith,
    replacementTrigger: options.replacementTrigger,
    hideDiff: options.hideDiff,
    resourceHooks: options.hooks,
    sourcePosition: resolved.sourcePosition,
  };
}

function timeoutsOf(options: RegistrationOptions): ResourceGoal["customTimeouts"] {
  const timeouts: { create?: number; update?: number; delete?: number; read?: number } = {};
  for (const kind of ["create", "update", "delete", "read"] as const) {
    const seconds = durationSeconds(options.customTimeouts[kind]);
    if (seconds) timeouts[kind] = seconds;
  }
  return timeouts;
}

interface WithTrigger {
  hasReplacementTrigger(): boolean;
  getReplacementTrigger(): Value | undefined;
}

/** The replacement trigger of a request, if it has one. */
export function triggerOf(request: WithTrigger): PropertyValue | undefined {
  const value = request.hasReplacementTrigger() ? request.getReplacementTrigger() : undefined;
  return value === undefined ? undefined : withoutOutputs(fromValue(value));
}
