/** The smallest image: a configuration, one layer, a manifest; to push to a registry or to put into an archive. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { TestRegistry } from "./docker-registry.ts";

export interface MadeImage {
  manifest: Buffer;
  /** Digest → octets of configuration and layer. */
  blobs: Map<string, Buffer>;
}

export const manifestType = "application/vnd.oci.image.manifest.v1+json";

export function digestOf(octets: Uint8Array): string {
  return `sha256:${createHash("sha256").update(octets).digest("hex")}`;
}

export function makeImage(content: string): MadeImage {
  const file = tarEntry("content.txt", Buffer.from(content));
  const tar = Buffer.concat([file, Buffer.alloc(1024)]);
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
    }),
  );
  const part = (mediaType: string, octets: Buffer) => ({
    mediaType,
    digest: digestOf(octets),
    size: octets.length,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: part("application/vnd.oci.image.config.v1+json", config),
      layers: [part("application/vnd.oci.image.layer.v1.tar+gzip", layer)],
    }),
  );
  return { manifest, blobs: new Map([config, layer].map((octets) => [digestOf(octets), octets])) };
}

/** Pushes it and gives the digest that the registry says it has. */
export async function push(
  registry: TestRegistry,
  repository: string,
  tag: string,
  image: MadeImage,
): Promise<string> {
  for (const [digest, octets] of image.blobs) {
    const begun = await registry.send("POST", `/v2/${repository}/blobs/uploads/`);
    if (begun.status !== 202) throw new Error(`upload: ${begun.status} ${begun.body}`);
    const place = new URL(String(begun.headers.location), `https://${registry.host}`);
    place.searchParams.set("digest", digest);
    const headers = { "content-type": "application/octet-stream" };
    const done = await registry.send("PUT", place.pathname + place.search, octets, headers);
    if (done.status !== 201) throw new Error(`blob: ${done.status} ${done.body}`);
  }
  const answer = await registry.send("PUT", `/v2/${repository}/manifests/${tag}`, image.manifest, {
    "content-type": manifestType,
  });
  if (answer.status !== 201) throw new Error(`manifest: ${answer.status} ${answer.body}`);
  return String(answer.headers["docker-content-digest"]);
}

/** A ustar entry with its padding. */
export function tarEntry(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write("0000644\0", 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0" + "00", 257);
  const sum = header.reduce((total, octet) => total + octet, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** Files of an OCI layout: path → octets. */
export function layout(images: readonly { name: string; image: MadeImage }[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>([["oci-layout", Buffer.from('{"imageLayoutVersion":"1.0.0"}')]]);
  const manifests = images.map(({ name, image }) => {
    const digest = digestOf(image.manifest);
    for (const [inner, octets] of image.blobs) files.set(pathOf(inner), octets);
    files.set(pathOf(digest), image.manifest);
    const annotations = { "org.opencontainers.image.ref.name": name };
    return { mediaType: manifestType, digest, size: image.manifest.length, annotations };
  });
  files.set("index.json", Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })));
  return files;
}

export function pathOf(digest: string): string {
  return `blobs/sha256/${digest.slice("sha256:".length)}`;
}
