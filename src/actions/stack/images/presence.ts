/** Does the center's registry have the images? An image of another registry must be there under the same path. */
import type { Inventory } from "../../../inventory/model.ts";
import type { Registry } from "../../../inventory/platform-model.ts";
import type { NeededImage } from "./needed-images.ts";
import { openRegistry } from "./registry-access.ts";
import type { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";

const askedAtOnce = 8;

export interface Presence {
  /** By reference: whether it is there, or why that is not known. */
  found: Map<string, boolean | string>;
  /** Of the first image that nothing could be learnt of. */
  exitCode?: number;
}

/** Asks for every image; what goes wrong is told per image. */
export async function presenceOf(
  inventory: Inventory,
  center: Registry,
  images: readonly NeededImage[],
  signal?: AbortSignal,
): Promise<Presence> {
  const found = new Map<string, boolean | string>();
  let exitCode: number | undefined;
  let client: RegistryClient;
  try {
    client = await openRegistry(inventory, center, signal);
  } catch (error) {
    for (const { reference } of images) found.set(reference, (error as Error).message);
    return { found, exitCode: (error as { exitCode?: number }).exitCode ?? 22 };
  }
  const queue = [...images];
  let unreachable: string | undefined;
  const ask = async () => {
    for (let image = queue.shift(); image; image = queue.shift()) {
      const { repository, reference, version, digest } = image;
      // Once nobody answers, the others need not wait as long.
      if (unreachable !== undefined) found.set(reference, unreachable);
      else {
        const answer = await client.has(repository, digest ?? version).catch((error: unknown) => {
          if (!(error instanceof RegistryError)) throw error;
          exitCode ??= error.exitCode;
          if (error.code === "registry-unreachable") unreachable = error.message;
          return error.message;
        });
        found.set(reference, answer);
      }
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, ask));
  return { found, ...(exitCode !== undefined && { exitCode }) };
}
