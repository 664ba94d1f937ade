/**
 * Inputs in the one form in which they are kept and compared, as the official provider keeps them: what the server
 * would make of them anyway is no difference.
 */
import {
  isPlainObject,
  isUnknown,
  type PropertyMap,
  type PropertyValue,
} from "../../../engine/properties/values.ts";
import { apiVersionOf, type KubeObject, kindOf } from "./kube-object.ts";

export function canonical(object: KubeObject): KubeObject {
  if (kindOf(object) === "Secret" && apiVersionOf(object) === "v1") return canonicalSecret(object);
  if (kindOf(object) === "CustomResourceDefinition") return canonicalDefinition(object);
  return object;
}

const encode = (text: string) => Buffer.from(text).toString("base64");

/** `stringData` is only another way to say `data`; the server keeps it there, and drops line breaks in base64. */
function canonicalSecret({ stringData, ...object }: KubeObject): KubeObject {
  const isMapOfTexts = (value: PropertyValue | undefined): value is PropertyMap =>
    isPlainObject(value) &&
    !isUnknown(value) &&
    Object.values(value).every((text) => typeof text === "string");
  const said = stringData ?? {};
  const data = object.data ?? {};
  // What is not known yet, or no text, stays as it is: the server says what is wrong with it.
  if (!isMapOfTexts(said) || !isMapOfTexts(data))
    return stringData === undefined ? object : { ...object, stringData };
  const merged: PropertyMap = {};
  for (const [key, value] of Object.entries(data)) merged[key] = withoutLineBreaks(String(value));
  for (const [key, value] of Object.entries(said))
    merged[key] = isUnknown(value) ? value : encode(String(value));
  return Object.keys(merged).length > 0 ? { ...object, data: merged } : object;
}

function withoutLineBreaks(text: string): string {
  return isUnknown(text) ? text : text.replaceAll(/[\r\n]/g, "");
}

/** The server drops `preserveUnknownFields: false`, and a status that manifests made by generators carry along. */
function canonicalDefinition({ status: _, ...object }: KubeObject): KubeObject {
  const { spec } = object;
  if (!isPlainObject(spec) || spec.preserveUnknownFields !== false) return object;
  const { preserveUnknownFields: __, ...rest } = spec;
  return { ...object, spec: rest };
}
