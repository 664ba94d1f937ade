/** Secrets that went through a template, which knows none: found again in what it made, by what they say. Pure. */
import {
  isObject,
  isSecret,
  makeSecret,
  type PropertyMap,
  type PropertyValue,
} from "../../../engine/properties/values.ts";

/** Shorter ones would be found in texts that have nothing to do with them; they count as a whole text only. */
const leastPart = 4;

/** Texts and numbers in secrets, also as base64 has them. */
export function secretTexts(value: PropertyValue, isInside = false): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (more: Iterable<string>) => {
    for (const one of more) found.add(one);
  };
  if (isSecret(value)) add(secretTexts(value.value, true));
  else if (Array.isArray(value)) for (const child of value) add(secretTexts(child, isInside));
  else if (isObject(value)) for (const child of Object.values(value)) add(secretTexts(child, isInside));
  else if (isInside && (typeof value === "number" || (typeof value === "string" && value !== "")))
    add([String(value), Buffer.from(String(value)).toString("base64")]);
  return found;
}

const holds = (text: string, secrets: ReadonlySet<string>) =>
  secrets.has(text) || [...secrets].some((secret) => secret.length >= leastPart && text.includes(secret));

/** The object with every text that holds one of them secret. */
export function markTexts(object: PropertyMap, secrets: ReadonlySet<string>): PropertyMap {
  if (secrets.size === 0) return object;
  const marked = (value: PropertyValue): PropertyValue => {
    if (typeof value === "string" || typeof value === "number")
      return holds(String(value), secrets) ? makeSecret(value) : value;
    if (Array.isArray(value)) return value.map(marked);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, marked(child)]));
  };
  // What an object is and how it is called is no secret, and has to be read.
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key,
      ["apiVersion", "kind", "metadata"].includes(key) ? value : marked(value),
    ]),
  );
}

/** A message without them. */
export function concealed(message: string, secrets: ReadonlySet<string>): string {
  let text = message;
  for (const secret of secrets) if (secret.length >= leastPart) text = text.replaceAll(secret, "[secret]");
  return text;
}
