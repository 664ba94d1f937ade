/**
 * Images of an archive and their digests: an OCI layout (a directory, or a tar of one, as skopeo, buildah, containerd
 * and `docker save` since 25 write it). A digest is that of the manifest's own octets, and the image counts only when
 * everything its manifest names is in the archive. Older `docker save` archives hold no manifest of a registry: their
 * digest arises only when they are pushed, so none is given.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { RegistryError } from "./registry-error.ts";
import { indexTar } from "./tar-index.ts";

export interface ArchivedImage {
  /** As the archive names it: "registry.example/mot-cua/api:2.4.1", "mot-cua/api:2.4.1". */
  name: string;
  digest: string;
}

export interface Archive {
  /** File or directory name, for the lock. */
  name: string;
  images: ArchivedImage[];
  /** Images it names that are not whole or have no digest, with the reason. */
  unusable: { name: string; reason: string }[];
}

/** Reads bytes of an archive by path. */
interface Blobs {
  text(path: string): Promise<string | undefined>;
  /** SHA-256 of an entry, hex; undefined when it is not there. */
  sha256(path: string): Promise<string | undefined>;
}

interface Descriptor {
  mediaType?: string;
  digest: string;
  annotations?: Record<string, string>;
}

/** @throws {RegistryError} for what is no archive of images. */
export async function readArchive(path: string): Promise<Archive> {
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new RegistryError("bad-archive", `${path}: cannot be read (${error.code})`);
  });
  if (status.isDirectory()) return readLayout(path, directoryBlobs(path));
  const { file, entries } = await indexTar(path);
  try {
    return await readLayout(path, {
      text: async (name) => {
        const entry = entries.get(name);
        if (!entry) return undefined;
        if (entry.size > maxManifestOctets) throw tooLarge(path, name);
        const buffer = Buffer.alloc(entry.size);
        await file.read(buffer, 0, entry.size, entry.offset);
        return buffer.toString("utf8");
      },
      sha256: async (name) => {
        const entry = entries.get(name);
        if (!entry) return undefined;
        if (entry.size === 0) return createHash("sha256").digest("hex");
        const options = { start: entry.offset, end: entry.offset + entry.size - 1 };
        return hashOf(createReadStream(path, options));
      },
    });
  } finally {
    await file.close();
  }
}

const maxManifestOctets = 4 * 1024 * 1024;
const maxDepth = 4;

function directoryBlobs(directory: string): Blobs {
  return {
    text: async (name) => {
      const size = await stat(join(directory, name)).then(
        (status) => status.size,
        () => undefined,
      );
      if (size === undefined) return undefined;
      if (size > maxManifestOctets) throw tooLarge(directory, name);
      return readFile(join(directory, name), "utf8");
    },
    sha256: async (name) => hashOf(createReadStream(join(directory, name))).catch(() => undefined),
  };
}

async function readLayout(path: string, blobs: Blobs): Promise<Archive> {
  const archive: Archive = { name: basename(path), images: [], unusable: [] };
  const index = await blobs.text("index.json");
  if (index === undefined) return readOldArchive(archive, path, blobs);
  const { manifests } = parseJson(path, "index.json", index) as { manifests?: Descriptor[] };
  for (const descriptor of manifests ?? []) {
    const { annotations = {} } = descriptor;
    const name = annotations["io.containerd.image.name"] ?? annotations["org.opencontainers.image.ref.name"];
    if (name === undefined) continue;
    const reason = await faultOf(path, descriptor, blobs, new Set(), 0);
    if (reason === undefined) archive.images.push({ name, digest: descriptor.digest });
    else archive.unusable.push({ name, reason });
  }
  return archive;
}

/** What is missing or wrong below a descriptor; undefined when it is whole. Each blob is hashed once. */
async function faultOf(
  path: string,
  { digest }: Descriptor,
  blobs: Blobs,
  seen: Set<string>,
  depth: number,
): Promise<string | undefined> {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return `"${String(digest).slice(0, 80)}" is no digest of sha256`;
  if (seen.has(digest)) return undefined;
  seen.add(digest);
  const name = `blobs/sha256/${digest.slice("sha256:".length)}`;
  const actual = await blobs.sha256(name);
  if (actual === undefined) return `${digest} is not in the archive`;
  if (`sha256:${actual}` !== digest) return `${digest} is damaged`;
  if (depth >= maxDepth) return "manifests inside manifests inside manifests";
  const text = await blobs.text(name);
  const manifest = parseJson(path, name, text ?? "") as {
    manifests?: Descriptor[];
    config?: Descriptor;
    layers?: Descriptor[];
  };
  for (const inner of manifest.manifests ?? []) {
    const fault = await faultOf(path, inner, blobs, seen, depth + 1);
    if (fault !== undefined) return fault;
  }
  for (const leaf of [manifest.config, ...(manifest.layers ?? [])]) {
    const fault = leaf && (await leafFault(leaf, blobs, seen));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

async function leafFault(
  { digest }: Descriptor,
  blobs: Blobs,
  seen: Set<string>,
): Promise<string | undefined> {
  if (seen.has(digest)) return undefined;
  seen.add(digest);
  const actual = await blobs.sha256(`blobs/sha256/${String(digest).replace(/^sha256:/, "")}`);
  if (actual === undefined) return `${digest} is not in the archive`;
  return `sha256:${actual}` === digest ? undefined : `${digest} is damaged`;
}

async function readOldArchive(archive: Archive, path: string, blobs: Blobs): Promise<Archive> {
  const text = await blobs.text("manifest.json");
  if (text === undefined)
    throw new RegistryError(
      "bad-archive",
      `${path}: holds neither index.json nor manifest.json`,
      "an OCI layout: `skopeo copy … oci-archive:FILE:NAME`, or `docker save` of version 25 or later",
    );
  const list = parseJson(path, "manifest.json", text) as { RepoTags?: string[] | null }[];
  const reason =
    "the archive is of an older `docker save`: it holds no manifest, so its digest arises only at a push";
  for (const name of list.flatMap(({ RepoTags }) => RepoTags ?? [])) archive.unusable.push({ name, reason });
  return archive;
}

function parseJson(path: string, name: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Told below.
  }
  throw new RegistryError("bad-archive", `${path}: ${name} is not what it should be`);
}

function tooLarge(path: string, name: string): RegistryError {
  return new RegistryError("bad-archive", `${path}: ${name} is larger than a manifest may be`);
}

async function hashOf(stream: NodeJS.ReadableStream): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
