/** What is kept of an object in the state: the live object, and beside it what was asked for and by whom. */
import { annotateSecrets } from "../../../engine/properties/transform.ts";
import { isPlainObject, isSecret, makeSecret, type PropertyMap } from "../../../engine/properties/values.ts";
import { fromObject, type KubeObject, toObject } from "./kube-object.ts";

const INPUTS = "__inputs";
const INITIAL_API_VERSION = "__initialApiVersion";
const FIELD_MANAGER = "__fieldManager";

export interface Checkpoint {
  readonly inputs: PropertyMap;
  readonly live: KubeObject;
  readonly initialApiVersion: string;
  readonly fieldManager: string;
}

/** Marks what is secret in the inputs; the contents of Secrets are secret whoever says them. */
export function markSecrets(properties: PropertyMap, inputs: PropertyMap): PropertyMap {
  const marked = annotateSecrets(properties, inputs);
  if (marked.kind !== "Secret" || marked.apiVersion !== "v1") return marked;
  for (const key of ["data", "stringData"]) {
    const value = marked[key];
    if (value !== undefined && !isSecret(value)) marked[key] = makeSecret(value);
  }
  return marked;
}

/** The outputs of a resource. `inputs` are as the engine gave them, secrets and all. */
export function toOutputs(checkpoint: Checkpoint): PropertyMap {
  const { inputs, live, initialApiVersion, fieldManager } = checkpoint;
  return {
    ...markSecrets(fromObject(live), inputs),
    [INPUTS]: markSecrets(fromObject(toObject(inputs)), inputs),
    [INITIAL_API_VERSION]: initialApiVersion,
    [FIELD_MANAGER]: fieldManager,
  };
}

/** Reads outputs; also those of states before `__inputs`, which held `inputs` and `live`. */
export function fromOutputs(
  outputs: PropertyMap,
): Partial<Checkpoint> & { live: KubeObject; asked: KubeObject } {
  const plain = (value: unknown): PropertyMap => {
    const open = isSecret(value as never) ? (value as { value: unknown }).value : value;
    return isPlainObject(open as never) ? (open as PropertyMap) : {};
  };
  const isOldShape = isPlainObject(outputs.live) && isPlainObject(outputs.inputs);
  const inputs = plain(isOldShape ? outputs.inputs : outputs[INPUTS]);
  const text = (key: string) => (typeof outputs[key] === "string" ? (outputs[key] as string) : undefined);
  const initialApiVersion = text(INITIAL_API_VERSION);
  const fieldManager = text(FIELD_MANAGER);
  return {
    inputs,
    asked: toObject(inputs),
    live: toObject(isOldShape ? plain(outputs.live) : outputs),
    ...(initialApiVersion !== undefined && { initialApiVersion }),
    ...(fieldManager !== undefined && { fieldManager }),
  };
}
