/** The seam inside the datacenter provider: one resource type is its rules and what it does to the world. */
import type { PropertyMap } from "../../engine/properties/values.ts";
import type { PropertyRules } from "./property-rules.ts";

export interface Created {
  id: string;
  outputs: PropertyMap;
}

export interface CallContext {
  /** Aborted when the engine cancels or the resource's time is up. */
  signal: AbortSignal;
}

export interface ResourceType {
  description: string;
  rules: PropertyRules;
  /** Names and types of what it gives beside its inputs, for the schema. */
  outputs: Readonly<Record<string, { type: "string" | "number"; description: string }>>;
  /** Replacing deletes the old object first, where two cannot stand at once. */
  deleteBeforeReplace?: boolean;
  create(name: string, inputs: PropertyMap, context: CallContext): Promise<Created>;
  /** Undefined: there is no such object any more. `inputs` are what it looks like now. */
  read(
    id: string,
    inputs: PropertyMap,
    outputs: PropertyMap,
    context: CallContext,
  ): Promise<{ inputs: PropertyMap; outputs: PropertyMap } | undefined>;
  update(id: string, olds: PropertyMap, news: PropertyMap, context: CallContext): Promise<PropertyMap>;
  delete(id: string, inputs: PropertyMap, outputs: PropertyMap, context: CallContext): Promise<void>;
}
