/** Fills the lock: image → digest, from the registries the images are named for or from an archive. */
import type { Inventory } from "../../../inventory/model.ts";
import type { ImageDigest } from "../../../inventory/platform-model.ts";
import { parseImage } from "../../../policy/images.ts";
import { type Archive, readArchive } from "./archive.ts";
import { writeLock } from "./lock-file.ts";
import type { NeededImage } from "./needed-images.ts";
import { openRegistry } from "./registry-access.ts";
import type { RegistryClient } from "./registry-client.ts";

export interface Resolution {
  /** All rows of the lock as it is now. */
  locked: ImageDigest[];
  resolved: string[];
  failed: { reference: string; reason: string }[];
  /** Images whose tag means something else than when they were locked; kept unless that is accepted. */
  moved: { reference: string; before: string; now: string }[];
  /** Whether the lock file changed. */
  isChanged: boolean;
}

interface Source {
  from: string;
  digestOf(image: NeededImage): Promise<{ digest: string } | { reason: string }>;
}

/**
 * Locks every needed image that the inventory names. What cannot be resolved keeps the row it had. A tag that moved
 * is told and keeps its old digest, unless `acceptMoved`.
 */
export async function resolveImages(
  inventory: Inventory,
  images: readonly NeededImage[],
  options: { archive?: string | undefined; acceptMoved: boolean; signal?: AbortSignal | undefined },
): Promise<Resolution> {
  const rows = new Map([...inventory.digests].filter(([id]) => inventory.images.has(id)));
  const resolution: Resolution = { locked: [], resolved: [], failed: [], moved: [], isChanged: false };
  const sourceOf =
    options.archive === undefined
      ? registrySources(inventory, options.signal)
      : archiveSource(options.archive);
  for (const image of images) {
    const { id, reference } = image;
    const result = await resolved(image, sourceOf);
    if ("reason" in result) {
      resolution.failed.push({ reference, reason: result.reason });
      continue;
    }
    const known = rows.get(id!);
    if (known?.reference === reference && known.digest !== result.digest) {
      resolution.moved.push({ reference, before: known.digest, now: result.digest });
      if (!options.acceptMoved) continue;
    }
    resolution.resolved.push(reference);
    rows.set(id!, { id: id!, reference, digest: result.digest, from: result.from });
  }
  resolution.locked = [...rows.values()];
  if (resolution.resolved.length > 0)
    resolution.isChanged = await writeLock(inventory.directory, resolution.locked);
  return resolution;
}

type Resolved = { digest: string; from: string } | { reason: string };

async function resolved(
  image: NeededImage,
  sourceOf: (image: NeededImage) => Promise<Source | { reason: string }>,
): Promise<Resolved> {
  if (image.id === undefined)
    return { reason: "the inventory's images/ do not have it; a manifest of a system names it" };
  const source = await sourceOf(image);
  if ("reason" in source) return source;
  const result = await source.digestOf(image);
  return "reason" in result ? result : { digest: result.digest, from: source.from };
}

/** Each image from the registry in its name. One that cannot be reached fails its images, and is asked once. */
function registrySources(inventory: Inventory, signal?: AbortSignal) {
  const clients = new Map<string, Promise<RegistryClient>>();
  const failures = new Map<string, string>();
  return async ({ host }: NeededImage): Promise<Source | { reason: string }> => {
    const failure = failures.get(host);
    if (failure !== undefined) return { reason: failure };
    const registry = [...inventory.registries.values()].find((one) => one.host === host);
    if (!registry) return { reason: `${host} is no registry of the inventory` };
    let client = clients.get(host);
    if (!client) {
      client = openRegistry(inventory, registry, signal);
      clients.set(host, client);
    }
    const fail = (error: unknown) => {
      const { code, message, exitCode } = error as { code?: string; message: string; exitCode?: number };
      // Damage and a person's Ctrl-C are no row of a table.
      if (exitCode === undefined || exitCode === 27) throw error;
      if (code === "registry-unreachable" || code !== "registry-answer") failures.set(host, message);
      return { reason: message };
    };
    try {
      const open = await client;
      return {
        from: host,
        digestOf: async ({ repository, version }) => {
          try {
            const manifest = await open.digestOf(repository, version);
            return manifest ?? { reason: `${host} has no ${repository}:${version}` };
          } catch (error) {
            return fail(error);
          }
        },
      };
    } catch (error) {
      return fail(error);
    }
  };
}

/** An image of an archive counts when repository and tag are its own; the host may be another's. */
function archiveSource(path: string) {
  let archive: Promise<Archive> | undefined;
  const isNamed = (name: string, { repository, version }: NeededImage) => {
    const parsed = parseImage(name);
    // "mot-cua/api:1" has no host; only its path counts.
    const path = name.includes("/") ? parsed.repository : name.split(":")[0];
    return (path === repository || parsed.repository === repository) && parsed.tag === version;
  };
  return async (): Promise<Source> => {
    archive ??= readArchive(path);
    const { name, images, unusable } = await archive;
    return {
      from: name,
      digestOf: async (image) => {
        const found = images.filter((one) => isNamed(one.name, image));
        const digests = new Set(found.map(({ digest }) => digest));
        if (digests.size > 1) return { reason: `${name} has ${digests.size} different ones of that name` };
        if (found[0]) return { digest: found[0].digest };
        const broken = unusable.find((one) => isNamed(one.name, image));
        return { reason: broken?.reason ?? `${name} does not have it` };
      },
    };
  };
}
