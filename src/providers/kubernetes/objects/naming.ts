/** Names for objects that the program gives none. */
import { createHash } from "node:crypto";
import { isPlainObject, isSecret, isUnknown, type PropertyMap } from "../../../engine/properties/values.ts";
import { annotations, isAnnotated } from "./annotations.ts";
import { type KubeObject, metadataOf, nameOf, withMetadata } from "./kube-object.ts";

/** Longest name of most objects (RFC 1123 subdomain); the suffix takes nine of it. */
const MAX_NAME = 253;
const SUFFIX = 8;

/** Whether the program says the name, if only later. */
function hasName(news: PropertyMap): boolean {
  const metadata = isSecret(news.metadata) ? news.metadata.value : news.metadata;
  if (isUnknown(metadata)) return true;
  if (!isPlainObject(metadata)) return false;
  return metadata.name !== undefined && metadata.name !== null && metadata.name !== "";
}

export function usesGenerateName(object: KubeObject): boolean {
  const { generateName, name } = metadataOf(object);
  return Boolean(generateName) && !name;
}

/**
 * Gives an unnamed object the name of before when that was made here too, else `<resource name>-<8 hex digits>`.
 * @param randomSeed the same for a preview and its update, so both come to the same name
 */
export function withName(
  object: KubeObject,
  news: PropertyMap,
  old: KubeObject,
  { name, urn, randomSeed }: { name: string; urn: string; randomSeed: Uint8Array },
): KubeObject {
  if (hasName(news) || usesGenerateName(object)) return object;
  const kept = nameOf(old) !== "" && isAnnotated(old, annotations.autonamed) ? nameOf(old) : "";
  const digest = createHash("sha256").update(randomSeed).update(urn).digest("hex");
  const generated = `${name.slice(0, MAX_NAME - SUFFIX - 1)}-${digest.slice(0, SUFFIX)}`;
  const given = metadataOf(object).annotations;
  // Annotations that are not known yet have no place for one more.
  const marked: PropertyMap =
    given === undefined || isPlainObject(given)
      ? { annotations: { ...given, [annotations.autonamed]: "true" } }
      : {};
  return withMetadata(object, { name: kept || generated, ...marked });
}
