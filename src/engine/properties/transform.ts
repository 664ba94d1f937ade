import {
  isObject,
  isPlainObject,
  isSecret,
  isUnknown,
  makeSecret,
  type ObjectValue,
  outputParts,
  type PropertyMap,
  type PropertyValue,
  SIGNATURE_KEY,
  signatureOf,
  signatures,
  UNKNOWN,
} from "./values.ts";

/** Applies `change` to every element of an array or object; the same value when nothing changed. */
export function mapChildren(
  value: PropertyValue,
  change: (child: PropertyValue) => PropertyValue,
): PropertyValue {
  if (Array.isArray(value)) {
    let copy: PropertyValue[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const child = value[i]!;
      const changed = change(child);
      if (changed !== child) {
        copy ??= value.slice();
        copy[i] = changed;
      }
    }
    return copy ?? value;
  }
  if (!isObject(value)) return value;
  let copy: ObjectValue | undefined;
  for (const key of Object.keys(value)) {
    const child = value[key]!;
    const changed = change(child);
    if (changed !== child) {
      copy ??= { ...value };
      copy[key] = changed;
    }
  }
  return copy ?? value;
}

/** Whether any value inside fulfils the condition. */
export function someValue(value: PropertyValue, condition: (value: PropertyValue) => boolean): boolean {
  if (condition(value)) return true;
  if (Array.isArray(value)) return value.some((child) => someValue(child, condition));
  if (isObject(value)) return Object.values(value).some((child) => someValue(child, condition));
  return false;
}

function isUnknownOutput(value: PropertyValue): boolean {
  return signatureOf(value) === signatures.output && (value as ObjectValue).value === undefined;
}

export function containsUnknowns(value: PropertyValue): boolean {
  return someValue(value, (child) => isUnknown(child) || isUnknownOutput(child));
}

export function containsSecrets(value: PropertyValue): boolean {
  return someValue(
    value,
    (child) =>
      isSecret(child) || (signatureOf(child) === signatures.output && (child as ObjectValue).secret === true),
  );
}

/** Every secret replaced by what it holds. */
export function withoutSecrets(value: PropertyValue): PropertyValue {
  if (isSecret(value)) return withoutSecrets(value.value);
  return mapChildren(value, withoutSecrets);
}

/** Outputs become their value, a secret of it, or the unknown sentinel. */
export function withoutOutputs(value: PropertyValue): PropertyValue {
  if (signatureOf(value) === signatures.output) {
    const parts = outputParts(value as ObjectValue);
    const inner = parts.value === undefined ? UNKNOWN : withoutOutputs(parts.value);
    return parts.secret ? makeSecret(inner) : inner;
  }
  return mapChildren(value, withoutOutputs);
}

/** As {@link withoutOutputs}, but outputs that carry dependencies stay: only they say more than a plain value. */
export function plainOutputs(value: PropertyValue): PropertyValue {
  if (signatureOf(value) === signatures.output) {
    const parts = outputParts(value as ObjectValue);
    if (parts.dependencies.length > 0) return value;
    const inner = parts.value === undefined ? UNKNOWN : plainOutputs(parts.value);
    return parts.secret ? makeSecret(inner) : inner;
  }
  return mapChildren(value, plainOutputs);
}

/** References become the resource's id, or its URN when it has none (a component). */
export function withoutReferences(value: PropertyValue): PropertyValue {
  if (signatureOf(value) === signatures.resource) {
    const { id, urn } = value as ObjectValue;
    if (id === undefined) return urn ?? null;
    return id === "" ? UNKNOWN : id;
  }
  return mapChildren(value, withoutReferences);
}

/** What a peer understands; the rest is downgraded on the way to it. */
export interface Accepts {
  readonly secrets: boolean;
  readonly resources: boolean;
  readonly outputs: boolean;
}

export function downgrade(properties: PropertyMap, accepts: Accepts): PropertyMap {
  let value: PropertyValue = properties;
  if (!accepts.outputs) value = withoutOutputs(value);
  if (!accepts.secrets) value = withoutSecrets(value);
  if (!accepts.resources) value = withoutReferences(value);
  return value as PropertyMap;
}

/** Drops top-level keys whose value is not fully known. */
export function knownOnly(properties: PropertyMap): PropertyMap {
  const known: PropertyMap = {};
  for (const [key, value] of Object.entries(properties)) if (!containsUnknowns(value)) known[key] = value;
  return known;
}

/**
 * Marks in `results` what is secret in `request`: the answer of a peer that does not understand secrets
 * gets back the secretness of what it was asked (same key, recursively through plain objects; a list
 * that held any secret is secret as a whole).
 */
export function annotateSecrets(results: PropertyMap, request: PropertyMap): PropertyMap {
  const annotated: PropertyMap = { ...results };
  for (const [key, result] of Object.entries(results)) {
    const asked = request[key];
    if (asked === undefined || isSecret(result)) continue;
    const hidden = isSecret(asked) || (Array.isArray(asked) && containsSecrets(asked));
    if (hidden) annotated[key] = makeSecret(result);
    else if (isPlainObject(result) && isPlainObject(asked)) annotated[key] = annotateSecrets(result, asked);
  }
  return annotated;
}

/** The URNs named by outputs inside a value. */
export function dependenciesInside(value: PropertyValue, into: Set<string> = new Set()): Set<string> {
  if (signatureOf(value) === signatures.output)
    for (const urn of outputParts(value as ObjectValue).dependencies) into.add(urn);
  if (Array.isArray(value)) for (const child of value) dependenciesInside(child, into);
  else if (isObject(value))
    for (const [key, child] of Object.entries(value))
      if (key !== SIGNATURE_KEY) dependenciesInside(child, into);
  return into;
}
