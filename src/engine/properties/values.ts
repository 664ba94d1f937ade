/**
 * Property values as Pulumi's wire protocol has them (`google.protobuf.Struct` as plain JavaScript):
 * JSON values, and objects that carry {@link SIGNATURE_KEY} for what JSON cannot say. The engine keeps
 * values in this form everywhere; only the state files hold another one (secrets as ciphertext).
 * Source of the constants: `sdk/go/common/resource/sig/sig.go` and `plugin/rpc.go` of pulumi/pulumi.
 */
export type PropertyValue =
  | null
  | boolean
  | number
  | string
  | PropertyValue[]
  | { [key: string]: PropertyValue };

/** Named properties: inputs or outputs of a resource, arguments of an invoke. */
export type PropertyMap = { [key: string]: PropertyValue };

export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";

export const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  byteString: "803fd3297a5875dc03ca845dda5d2a98",
  nonFiniteNumber: "8ad145fe-0d11-4827-bfd7-1abcbf086f5c",
} as const;

/** The sentinel for an unknown string; it also stands for an unknown of any type. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const unknownSentinels = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // bool
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

export type SecretValue = { [SIGNATURE_KEY]: typeof signatures.secret; value: PropertyValue };
export type ObjectValue = { [key: string]: PropertyValue };

export function isUnknown(value: PropertyValue | undefined): boolean {
  return typeof value === "string" && value.length === UNKNOWN.length && unknownSentinels.has(value);
}

/** An object of any kind, also a signed one; not an array, not null. */
export function isObject(value: PropertyValue | undefined): value is ObjectValue {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The signature of a special value, or undefined for plain JSON. */
export function signatureOf(value: PropertyValue | undefined): string | undefined {
  if (!isObject(value)) return undefined;
  const signature = value[SIGNATURE_KEY];
  return typeof signature === "string" ? signature : undefined;
}

/** An object without a signature: a map whose keys are property names. */
export function isPlainObject(value: PropertyValue | undefined): value is ObjectValue {
  return isObject(value) && !(SIGNATURE_KEY in value);
}

export function isSecret(value: PropertyValue | undefined): value is SecretValue {
  return signatureOf(value) === signatures.secret;
}

/** Marks a value as secret; a secret stays as it is. */
export function makeSecret(value: PropertyValue): PropertyValue {
  return isSecret(value) ? value : { [SIGNATURE_KEY]: signatures.secret, value };
}

/** An eventual value with its dependencies (`output` on the wire). */
export interface OutputParts {
  /** undefined: unknown */
  readonly value: PropertyValue | undefined;
  readonly secret: boolean;
  readonly dependencies: readonly string[];
}

export function outputParts(value: ObjectValue): OutputParts {
  const dependencies = Array.isArray(value.dependencies) ? value.dependencies : [];
  return {
    value: value.value,
    secret: value.secret === true,
    dependencies: dependencies.filter((urn): urn is string => typeof urn === "string"),
  };
}

/** A map without a prototype, so that device or user text such as `__proto__` is only a key. */
export function emptyMap(): PropertyMap {
  return Object.create(null) as PropertyMap;
}
