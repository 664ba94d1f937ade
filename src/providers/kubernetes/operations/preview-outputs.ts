/** Outputs of what does not exist yet. */
import { isPlainObject, isUnknown, type PropertyMap, UNKNOWN } from "../../../engine/properties/values.ts";
import { markSecrets } from "../objects/checkpoint.ts";
import { fromObject, type KubeObject } from "../objects/kube-object.ts";
import { mapAt } from "../readiness/verdict.ts";

const unknownMetadata = {
  uid: UNKNOWN,
  resourceVersion: UNKNOWN,
  creationTimestamp: UNKNOWN,
  generation: UNKNOWN,
};

/** What the inputs alone tell; `status` and all that the server decides is left out, which means unknown. */
export function outputsFromInputs(inputs: PropertyMap): PropertyMap {
  const { metadata } = inputs;
  if (!isPlainObject(metadata) || isUnknown(metadata)) return inputs;
  return { ...inputs, metadata: { ...unknownMetadata, ...metadata } };
}

/** What a dry run came to, without what the server only made up for it. */
export function outputsFromDryRun(object: KubeObject, inputs: PropertyMap, isNew: boolean): PropertyMap {
  const { status: _, ...rest } = object;
  const { managedFields: __, ...metadata } = mapAt(object, "metadata");
  const previewed: PropertyMap = {
    ...rest,
    metadata: {
      ...metadata,
      ...(isNew ? unknownMetadata : { resourceVersion: UNKNOWN, generation: UNKNOWN }),
    },
  };
  if (isNew && object.kind === "Service") {
    // Addresses and ports are given out when the Service is made.
    const asked = mapAt(inputs, "spec");
    const spec = { ...mapAt(object, "spec") };
    for (const key of ["clusterIP", "clusterIPs"]) if (key in spec && !(key in asked)) spec[key] = UNKNOWN;
    previewed.spec = spec;
  }
  return markSecrets(fromObject(previewed), inputs);
}
