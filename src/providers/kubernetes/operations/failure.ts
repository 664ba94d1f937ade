/** Errors of the API as the engine and people get them. */
import { InitializationError, ProviderError } from "../../../engine/interface/errors.ts";
import { someValue } from "../../../engine/properties/transform.ts";
import { isSecret, type PropertyMap, type PropertyValue } from "../../../engine/properties/values.ts";
import { ApiError, ConnectionError, fieldConflicts, isForbidden } from "../api/api-error.ts";
import { annotations } from "../objects/annotations.ts";
import { type KubeObject, titleOf } from "../objects/kube-object.ts";
import { collidingLists } from "./take-lists.ts";

/** Shorter secrets would blot out half of every message. */
const MIN_SECRET = 4;

/** Hides what is secret in `inputs` from a text that a server wrote. */
export function withoutSecretTexts(text: string, ...inputs: readonly PropertyMap[]): string {
  const hidden = new Set<string>();
  const collect = (value: PropertyValue, isEncoded = false) =>
    someValue(value, (child) => {
      if (typeof child !== "string") return false;
      const forms = [child, Buffer.from(child).toString("base64")];
      if (isEncoded) forms.push(Buffer.from(child, "base64").toString("utf8"));
      for (const form of forms) if (form.length >= MIN_SECRET) hidden.add(form);
      return false;
    });
  for (const properties of inputs) {
    someValue(properties, (child) => {
      if (isSecret(child)) collect(child.value);
      return false;
    });
    if (properties.kind === "Secret")
      for (const key of ["data", "stringData"]) collect(properties[key] ?? null, key === "data");
  }
  let clean = text;
  for (const secret of [...hidden].sort((a, b) => b.length - a.length))
    clean = clean.replaceAll(secret, "[secret]");
  return clean;
}

/**
 * The error of an operation on an object.
 * @param verb what did not happen: "created", "updated", "deleted", "read"
 * @param inputs whose secrets are kept out of the message
 */
export function failureOf(
  error: unknown,
  verb: string,
  object: KubeObject,
  ...inputs: readonly PropertyMap[]
): Error {
  if (error instanceof InitializationError || error instanceof ProviderError) return error;
  const outcomeKnown = !(error instanceof ConnectionError && error.sent && verb !== "read");
  const unsure = outcomeKnown ? `was not ${verb}` : `may or may not have been ${verb}`;
  const why = withoutSecretTexts(reasonOf(error, object), ...inputs);
  return new ProviderError(`${titleOf(object)} ${unsure}: ${why}`, { outcomeKnown });
}

function reasonOf(error: unknown, object: KubeObject): string {
  const conflicts = fieldConflicts(error);
  if (conflicts.length > 0) {
    const owned = conflicts.map(({ manager, field }) => `${field} belongs to "${manager}"`).join("; ");
    return `${owned}. Leave ${conflicts.length === 1 ? "the field" : "the fields"} out of the program (or in ignoreChanges), or take over with the annotation ${annotations.patchForce}: "true"`;
  }
  if (isForbidden(error) && isQuota(error)) return `${error.message} (raise the quota, or ask for less)`;
  if (collidingLists(error).length > 0)
    return `${(error as Error).message} (if somebody else put that element there, the annotation ${annotations.patchForce}: "true" takes the list over)`;
  if (error instanceof Error && error.name === "AbortError") return "canceled";
  const message = error instanceof Error ? error.message : String(error);
  // The server begins with the object's name, which is said already.
  return message.replace(
    new RegExp(`^\\S+ "${escaped((object.metadata as PropertyMap)?.name)}" is `),
    "it is ",
  );
}

const escaped = (name: PropertyValue | undefined) => String(name).replaceAll(/[^\w-]/g, "\\$&");

const isQuota = (error: ApiError) => /exceeded quota/.test(error.message);

/** A refusal by access rights, not by quotas or other admission, which also answer 403. */
export function isAccessDenied(error: unknown): boolean {
  return error instanceof ApiError && error.code === 403 && /cannot \w+ resource/.test(error.message);
}
