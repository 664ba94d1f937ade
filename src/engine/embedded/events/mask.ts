import type { StepState } from "../../interface/events.ts";
import { mapChildren } from "../../properties/transform.ts";
import {
  isSecret,
  type ObjectValue,
  type PropertyMap,
  type PropertyValue,
  SIGNATURE_KEY,
  signatureOf,
  signatures,
} from "../../properties/values.ts";
import type { ResourceState } from "../../state/resource.ts";

/** What stands in place of a secret wherever one could be read. */
export const MASK = "[secret]";

/** Secrets as an event shows them: an envelope whose content is masked, or open when it was asked for. */
export function maskSecrets(value: PropertyValue, show: boolean): PropertyValue {
  if (isSecret(value)) {
    const plaintext = show ? JSON.stringify(value.value) : MASK;
    return { [SIGNATURE_KEY]: signatures.secret, plaintext };
  }
  return mapChildren(value, (child) => maskSecrets(child, show));
}

/** What an event shows of an asset's text. */
const ELIDED = "<contents elided>";

function forEvent(properties: PropertyMap, showSecrets: boolean): PropertyMap {
  return withoutTexts(maskSecrets(properties, showSecrets)) as PropertyMap;
}

function withoutTexts(value: PropertyValue): PropertyValue {
  if (signatureOf(value) === signatures.asset) {
    const asset = value as ObjectValue;
    return typeof asset.text === "string" && asset.text !== "" ? { ...asset, text: ELIDED } : asset;
  }
  return mapChildren(value, withoutTexts);
}

/** A resource as events show it. */
export function stepState(resource: ResourceState | undefined, showSecrets: boolean): StepState | null {
  if (!resource) return null;
  return {
    type: resource.type,
    urn: resource.urn,
    ...(resource.custom ? { custom: true } : {}),
    ...(resource.delete ? { delete: true } : {}),
    id: resource.id,
    parent: resource.parent,
    ...(resource.protect ? { protect: true } : {}),
    ...(resource.taint ? { taint: true } : {}),
    ...(resource.external ? { external: true } : {}),
    ...(resource.retainOnDelete ? { retainOnDelete: true } : {}),
    inputs: forEvent(resource.inputs, showSecrets),
    outputs: forEvent(resource.outputs, showSecrets),
    provider: resource.provider,
    ...(resource.initErrors.length > 0 ? { initErrors: resource.initErrors } : {}),
    ...(resource.hideDiff.length > 0 ? { hideDiffs: resource.hideDiff } : {}),
  };
}

/** Replaces the texts of secret configuration values in a message by {@link MASK}. */
export function secretFilter(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets.filter((secret) => secret.trim().length > 0).sort((a, b) => b.length - a.length);
  if (hidden.length === 0) return (text) => text;
  return (text) => hidden.reduce((message, secret) => message.replaceAll(secret, MASK), text);
}
