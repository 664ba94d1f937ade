/** The images a plan needs, joined with the inventory's images and their lock. Pure. */
import type { Inventory } from "../../../inventory/model.ts";
import { imagesOf, parseImage } from "../../../policy/images.ts";
import type { PlatformPlan } from "../../../policy/objects.ts";

export interface NeededImage {
  /** Without a digest: "registry.example:5000/mot-cua/api:2.4.1". */
  reference: string;
  host: string;
  repository: string;
  /** Tag, or the digest where there is no tag. */
  version: string;
  /** Its id in the inventory; only such images can be locked. */
  id?: string;
  digest?: string;
  /** Systems that run it. */
  systems: string[];
  /** Objects that run it. */
  uses: number;
}

export function neededImages(inventory: Inventory, plan: PlatformPlan): NeededImage[] {
  const ids = new Map(
    [...inventory.images.values()].map(({ id, registry, repository, tag }) => [
      `${inventory.registries.get(registry)?.host}/${repository}:${tag}`,
      id,
    ]),
  );
  return [...imagesOf(plan.objects)].map(([name, users]) => {
    const { host, repository, tag, digest } = parseImage(name);
    const reference = `${host}/${repository}${tag === undefined ? "" : `:${tag}`}`;
    const id = ids.get(reference);
    return {
      reference,
      host,
      repository,
      version: tag ?? digest ?? "latest",
      ...(id !== undefined && { id }),
      ...(digest !== undefined && { digest }),
      systems: [...new Set(users.map(({ system }) => system))],
      uses: users.length,
    };
  });
}
