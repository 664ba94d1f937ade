import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { archiveFormat, archiveHash } from "./archive.ts";
import { mapChildren } from "./transform.ts";
import {
  isObject,
  type ObjectValue,
  type PropertyMap,
  type PropertyValue,
  SIGNATURE_KEY,
  signatureOf,
  signatures,
} from "./values.ts";

const isAssetLike = (value: PropertyValue): value is ObjectValue => {
  const signature = signatureOf(value);
  return signature === signatures.asset || signature === signatures.archive;
};

/** Assets and archives reduced to their hash: a peer that only compares needs no more. */
export function elideAssets(properties: PropertyMap): PropertyMap {
  return elide(properties) as PropertyMap;
}

function elide(value: PropertyValue): PropertyValue {
  if (isAssetLike(value) && value.hash) {
    return { [SIGNATURE_KEY]: value[SIGNATURE_KEY]!, hash: value.hash };
  }
  return mapChildren(value, elide);
}

/** Whether anything inside is an asset or archive without a hash. */
function needsHash(value: PropertyValue): boolean {
  if (isAssetLike(value)) return !value.hash;
  if (Array.isArray(value)) return value.some(needsHash);
  return isObject(value) && Object.values(value).some(needsHash);
}

/**
 * Gives every asset and archive its hash (SHA-256, hexadecimal), which is how the engine and providers tell
 * whether it changed.
 * @param directory what relative paths are relative to
 * @throws when a file is not there, or an asset is at a remote address (nothing is fetched)
 */
export async function hashAssets(properties: PropertyMap, directory: string): Promise<PropertyMap> {
  if (!needsHash(properties)) return properties;
  return (await hashInside(properties, directory)) as PropertyMap;
}

async function hashInside(value: PropertyValue, directory: string): Promise<PropertyValue> {
  if (isAssetLike(value)) {
    if (signatureOf(value) === signatures.asset)
      return { ...value, hash: hashOf(await assetContent(value, directory)) };
    const assets = isObject(value.assets) ? await hashInside(value.assets, directory) : undefined;
    const archive: ObjectValue = assets ? { ...value, assets } : value;
    return { ...archive, hash: await hashOfArchive(archive, directory) };
  }
  if (Array.isArray(value)) return Promise.all(value.map((child) => hashInside(child, directory)));
  if (!isObject(value)) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, child]) => [key, await hashInside(child, directory)] as const),
  );
  return Object.fromEntries(entries);
}

const hashOf = (data: Buffer) => createHash("sha256").update(data).digest("hex");

/** The octets of an asset. @throws when its file is not there, or it is at a remote address */
export async function assetContent(asset: ObjectValue, directory: string): Promise<Buffer> {
  if (typeof asset.path === "string" && asset.path !== "") return readFile(resolve(directory, asset.path));
  if (typeof asset.uri === "string" && asset.uri !== "") return readFile(localFile(asset.uri, "asset"));
  return Buffer.from(typeof asset.text === "string" ? asset.text : "");
}

function localFile(uri: string, what: string): URL {
  if (uri.startsWith("file://")) return new URL(uri);
  throw new Error(`${what} ${uri}: remote files are not fetched; give a path`);
}

async function hashOfArchive(archive: ObjectValue, directory: string): Promise<string> {
  const path = typeof archive.path === "string" ? archive.path : "";
  if (typeof archive.uri === "string" && archive.uri !== "")
    return hashOf(await readFile(localFile(archive.uri, "archive")));
  // An archive file is hashed as it is; anything else as the tar file that it would make.
  if (path !== "" && archiveFormat(path)) return hashOf(await readFile(resolve(directory, path)));
  return archiveHash(archive, directory);
}
