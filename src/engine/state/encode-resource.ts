import { record, sortedJson } from "./json.ts";
import type { ResourceState } from "./resource.ts";
import type { Sealer } from "./sealer.ts";

const text = (value: string | undefined) => (value ? sortedJson(value) : undefined);
const flag = (value: boolean) => (value ? "true" : undefined);
const list = (value: readonly unknown[]) => (value.length > 0 ? sortedJson(value) : undefined);
const map = (value: object) => (Object.keys(value).length > 0 ? sortedJson(value) : undefined);

/** A resource as JSON in the order of keys that Pulumi writes (`apitype.ResourceV3`). */
export function encodeResource(resource: ResourceState, sealer: Sealer): string {
  const place = `${resource.urn}\0${resource.delete ? resource.id : ""}`;
  return record([
    ["urn", sortedJson(resource.urn)],
    ["custom", resource.custom ? "true" : "false"],
    ["delete", flag(resource.delete)],
    ["id", resource.custom ? text(resource.id) : undefined],
    ["type", sortedJson(resource.type)],
    ["inputs", map(sealer.seal(resource.inputs, `${place}/inputs`))],
    ["outputs", map(sealer.seal(resource.outputs, `${place}/outputs`))],
    ["parent", text(resource.parent)],
    ["protect", flag(resource.protect)],
    ["taint", flag(resource.taint)],
    ["external", flag(resource.external)],
    ["dependencies", list(resource.dependencies)],
    ["initErrors", list(resource.initErrors)],
    ["provider", text(resource.provider)],
    ["propertyDependencies", map(resource.propertyDependencies)],
    ["pendingReplacement", flag(resource.pendingReplacement)],
    ["additionalSecretOutputs", list(resource.additionalSecretOutputs)],
    ["customTimeouts", timeouts(resource)],
    ["importID", text(resource.importID)],
    ["retainOnDelete", flag(resource.retainOnDelete)],
    ["deletedWith", text(resource.deletedWith)],
    ["replaceWith", list(resource.replaceWith)],
    ["created", text(resource.created)],
    ["modified", text(resource.modified)],
    ["sourcePosition", text(resource.sourcePosition)],
    ["stackTrace", resource.stackTrace === undefined ? undefined : sortedJson(resource.stackTrace)],
    ["ignoreChanges", list(resource.ignoreChanges)],
    ["hideDiff", list(resource.hideDiff)],
    ["replaceOnChanges", list(resource.replaceOnChanges)],
    ["replacementTrigger", trigger(resource, sealer, place)],
    ["refreshBeforeUpdate", flag(resource.refreshBeforeUpdate)],
    ["viewOf", text(resource.viewOf)],
    ["resourceHooks", map(resource.resourceHooks)],
    ...Object.entries(resource.unknownKeys ?? {}).map(([key, value]) => [key, sortedJson(value)] as const),
  ]);
}

function timeouts(resource: ResourceState): string | undefined {
  const { create, update, delete: remove, read } = resource.customTimeouts;
  if (!create && !update && !remove && !read) return undefined;
  const seconds = (value: number | undefined) => (value ? String(value) : undefined);
  return record([
    ["create", seconds(create)],
    ["update", seconds(update)],
    ["delete", seconds(remove)],
    ["read", seconds(read)],
  ]);
}

function trigger(resource: ResourceState, sealer: Sealer, place: string): string | undefined {
  if (resource.replacementTrigger === undefined || resource.replacementTrigger === null) return undefined;
  return sortedJson(sealer.seal({ trigger: resource.replacementTrigger }, `${place}/trigger`).trigger);
}
