import { integrityError } from "../interface/errors.ts";
import type { ObjectValue } from "../properties/values.ts";
import { makeResource, type ResourceState } from "./resource.ts";
import type { Sealer } from "./sealer.ts";

type Json = Record<string, unknown>;

const text = (value: unknown) => (typeof value === "string" ? value : "");
const texts = (value: unknown) =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === "string") : [];
const record = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

const modelled = new Set([
  "urn",
  "custom",
  "delete",
  "id",
  "type",
  "inputs",
  "outputs",
  "parent",
  "protect",
  "taint",
  "external",
  "dependencies",
  "initErrors",
  "provider",
  "propertyDependencies",
  "pendingReplacement",
  "additionalSecretOutputs",
  "aliases",
  "customTimeouts",
  "importID",
  "retainOnDelete",
  "deletedWith",
  "replaceWith",
  "created",
  "modified",
  "sourcePosition",
  "stackTrace",
  "ignoreChanges",
  "hideDiff",
  "replaceOnChanges",
  "replacementTrigger",
  "refreshBeforeUpdate",
  "viewOf",
  "resourceHooks",
]); // prettier-ignore

/** @throws EngineError (exit 27) when it has no URN or type, or a component has an id */
export function decodeResource(json: unknown, sealer: Sealer): ResourceState {
  const from = record(json);
  const urn = text(from.urn);
  const type = text(from.type);
  if (urn === "") throw integrityError("a resource of the state has no URN");
  if (type === "") throw integrityError(`the resource '${urn}' of the state has no type`);
  const custom = from.custom === true;
  const id = text(from.id);
  if (!custom && id !== "") throw integrityError(`the component '${urn}' of the state has an id`);
  const place = `${urn}\0${from.delete === true ? id : ""}`;
  const unknownKeys = Object.keys(from).filter((key) => !modelled.has(key));
  return makeResource({
    urn,
    type,
    custom,
    id,
    inputs: sealer.open(record(from.inputs) as ObjectValue, `${place}/inputs`),
    outputs: sealer.open(record(from.outputs) as ObjectValue, `${place}/outputs`),
    parent: text(from.parent),
    delete: from.delete === true,
    protect: from.protect === true,
    taint: from.taint === true,
    external: from.external === true,
    dependencies: texts(from.dependencies),
    initErrors: texts(from.initErrors),
    provider: text(from.provider),
    propertyDependencies: Object.fromEntries(
      Object.entries(record(from.propertyDependencies)).map(([key, urns]) => [key, texts(urns)]),
    ),
    pendingReplacement: from.pendingReplacement === true,
    additionalSecretOutputs: texts(from.additionalSecretOutputs),
    aliases: texts(from.aliases),
    customTimeouts: record(from.customTimeouts),
    importID: text(from.importID),
    retainOnDelete: from.retainOnDelete === true,
    deletedWith: text(from.deletedWith),
    replaceWith: texts(from.replaceWith),
    created: text(from.created) || undefined,
    modified: text(from.modified) || undefined,
    sourcePosition: text(from.sourcePosition) || undefined,
    stackTrace: from.stackTrace,
    ignoreChanges: texts(from.ignoreChanges),
    hideDiff: texts(from.hideDiff),
    replaceOnChanges: texts(from.replaceOnChanges),
    replacementTrigger:
      from.replacementTrigger === undefined
        ? undefined
        : sealer.open({ trigger: from.replacementTrigger as ObjectValue }, `${place}/trigger`).trigger,
    refreshBeforeUpdate: from.refreshBeforeUpdate === true,
    viewOf: text(from.viewOf),
    resourceHooks: Object.fromEntries(
      Object.entries(record(from.resourceHooks)).map(([type_, names]) => [type_, texts(names)]),
    ),
    unknownKeys:
      unknownKeys.length > 0 ? Object.fromEntries(unknownKeys.map((key) => [key, from[key]])) : undefined,
  });
}
