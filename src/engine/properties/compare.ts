import { withoutOutputs } from "./transform.ts";
import {
  isObject,
  isSecret,
  type ObjectValue,
  type PropertyMap,
  type PropertyValue,
  signatureOf,
  signatures,
  UNKNOWN,
} from "./values.ts";

/**
 * Whether two values are the same. Secrets are equal only to secrets of the same content; a property that is null
 * is as good as absent.
 */
export function sameValue(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === null || b === null) return false;
  if (typeof a !== typeof b) return false;
  if (typeof a === "number") return Number.isNaN(a) && Number.isNaN(b as number);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return a.every((value, i) => sameValue(value, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const signature = signatureOf(a);
  if (signature !== signatureOf(b)) return false;
  // The content of an asset or archive is told by its hash.
  if ((signature === signatures.asset || signature === signatures.archive) && a.hash && b.hash)
    return a.hash === b.hash;
  if (signature === signatures.resource) return a.urn === b.urn && a.id === b.id;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) =>
    sameValue(own(a, key), own(b, key)),
  );
}

const own = (object: ObjectValue, key: string): PropertyValue =>
  Object.hasOwn(object, key) ? (object[key] ?? null) : null;

/** The value itself, out of secrets and outputs; what is inside it is left as it is. */
function bare(value: PropertyValue): PropertyValue {
  let inner = value;
  for (;;) {
    if (signatureOf(inner) === signatures.output) {
      const known: PropertyValue | undefined = (inner as ObjectValue).value;
      inner = known === undefined ? UNKNOWN : known;
    } else if (isSecret(inner)) inner = inner.value;
    else return inner;
  }
}

/** As {@link sameValue}, but whether something is secret or an output does not matter. */
export function sameContent(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const left = bare(a);
  const right = bare(b);
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) && left.length === right.length && left.every((v, i) => sameContent(v, right[i]))
    );
  }
  if (!isObject(left) || !isObject(right)) return sameValue(left, right);
  if (signatureOf(left) || signatureOf(right)) return sameValue(withoutOutputs(left), withoutOutputs(right));
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((k) => k in right && sameContent(left[k], right[k]))
  );
}

/** Top-level comparison of two property maps, whatever is secret. */
export function sameProperties(a: PropertyMap, b: PropertyMap): boolean {
  return sameContent(a as ObjectValue, b as ObjectValue);
}
