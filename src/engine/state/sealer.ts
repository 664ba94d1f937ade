import { mapChildren, withoutOutputs, withoutSecrets } from "../properties/transform.ts";
import {
  isSecret,
  makeSecret,
  type ObjectValue,
  type PropertyMap,
  type PropertyValue,
  SIGNATURE_KEY,
  signatureOf,
  signatures,
} from "../properties/values.ts";
import type { SecretsManager } from "../secrets/passphrase.ts";
import { sortedJson } from "./json.ts";

/**
 * Between open properties and what a state file holds: secrets become ciphertexts, numbers that JSON lacks
 * become signed objects. A secret that did not change keeps its ciphertext from one write to the next.
 */
export class Sealer {
  readonly manager: SecretsManager | undefined;
  private readonly known = new Map<string, { plaintext: string; ciphertext: string }>();

  constructor(manager: SecretsManager | undefined) {
    this.manager = manager;
  }

  /** @param place where the properties belong, unique in the stack: it scopes the reuse of ciphertexts */
  seal(properties: PropertyMap, place: string): ObjectValue {
    return this.sealValue(withoutOutputs(properties), place) as ObjectValue;
  }

  /** The inverse of {@link seal}; also takes `plaintext` of an export with open secrets. */
  open(properties: ObjectValue, place: string): PropertyMap {
    return this.openValue(properties, place) as PropertyMap;
  }

  private sealValue(value: PropertyValue, place: string): PropertyValue {
    if (typeof value === "number" && !Number.isFinite(value)) return nonFinite(value);
    if (isSecret(value)) return this.sealSecret(sortedJson(sealPlain(value.value)), place);
    if (signatureOf(value) === signatures.resource) return reference(value as ObjectValue);
    if (Array.isArray(value)) {
      return mapIndexed(value, (child, i) => this.sealValue(child, `${place}/${i}`));
    }
    if (value === null || typeof value !== "object") return value;
    const sealed: ObjectValue = Object.create(null) as ObjectValue;
    for (const key of Object.keys(value)) sealed[key] = this.sealValue(value[key]!, `${place}/${key}`);
    return sealed;
  }

  private sealSecret(plaintext: string, place: string): PropertyValue {
    const before = this.known.get(place);
    if (before?.plaintext === plaintext) return envelope(before.ciphertext);
    if (!this.manager) throw new Error("a secret cannot be written without a secrets provider");
    const ciphertext = this.manager.encrypt(plaintext);
    this.known.set(place, { plaintext, ciphertext });
    return envelope(ciphertext);
  }

  private openValue(value: PropertyValue, place: string): PropertyValue {
    const signature = signatureOf(value);
    if (signature === signatures.secret) {
      const { ciphertext, plaintext } = value as ObjectValue;
      if (typeof ciphertext === "string") {
        if (!this.manager) throw new Error("a secret cannot be opened without a secrets provider");
        const text = this.manager.decrypt(ciphertext);
        this.known.set(place, { plaintext: text, ciphertext });
        return makeSecret(openPlain(JSON.parse(text) as PropertyValue));
      }
      if (typeof plaintext === "string") return makeSecret(openPlain(JSON.parse(plaintext) as PropertyValue));
      return makeSecret((value as ObjectValue).value ?? null);
    }
    if (signature === signatures.nonFiniteNumber) return numberOf((value as ObjectValue).value);
    if (Array.isArray(value)) return mapIndexed(value, (child, i) => this.openValue(child, `${place}/${i}`));
    if (value === null || typeof value !== "object") return value;
    let copy: ObjectValue | undefined;
    for (const key of Object.keys(value)) {
      const child = value[key]!;
      const opened = this.openValue(child, `${place}/${key}`);
      if (opened !== child) {
        copy ??= { ...value };
        copy[key] = opened;
      }
    }
    return copy ?? value;
  }
}

/**
 * Leaves secrets as they are in the file: for work on a state that needs no passphrase (recovery, unlocking).
 */
export class OpaqueSealer extends Sealer {
  /** @param provider what the checkpoint says about its secrets provider */
  constructor(provider: { type: string; state: unknown } | undefined) {
    super(provider as SecretsManager | undefined);
  }

  override seal(properties: PropertyMap): ObjectValue {
    return properties;
  }

  override open(properties: ObjectValue): PropertyMap {
    return properties;
  }
}

function mapIndexed(
  list: PropertyValue[],
  change: (child: PropertyValue, i: number) => PropertyValue,
): PropertyValue[] {
  return list.map(change);
}

const envelope = (ciphertext: string): PropertyValue => ({ [SIGNATURE_KEY]: signatures.secret, ciphertext });

function sealPlain(value: PropertyValue): PropertyValue {
  const open = withoutSecrets(value);
  if (typeof open === "number" && !Number.isFinite(open)) return nonFinite(open);
  return mapChildren(open, sealPlain);
}

function openPlain(value: PropertyValue): PropertyValue {
  if (signatureOf(value) === signatures.nonFiniteNumber) return numberOf((value as ObjectValue).value);
  return mapChildren(value, openPlain);
}

function reference(value: ObjectValue): ObjectValue {
  const stored: ObjectValue = {
    [SIGNATURE_KEY]: signatures.resource,
    urn: value.urn ?? "",
    packageVersion: value.packageVersion ?? "",
  };
  if (value.id !== undefined) stored.id = value.id;
  return stored;
}

function nonFinite(value: number): PropertyValue {
  const octets = Buffer.alloc(8);
  octets.writeDoubleBE(value);
  return { [SIGNATURE_KEY]: signatures.nonFiniteNumber, value: octets.toString("hex") };
}

function numberOf(hex: PropertyValue | undefined): number {
  const octets = Buffer.from(typeof hex === "string" ? hex.padStart(16, "0") : "", "hex");
  return octets.length === 8 ? octets.readDoubleBE() : Number.NaN;
}
