/** Every image the platform needs: whether it is locked, whether the center's registry has it, and locking it. */
import type { Inventory } from "../../inventory/model.ts";
import type { ImageDigest } from "../../inventory/platform-model.ts";
import type { TableView } from "../../report/table-view.ts";
import { type NeededImage, neededImages } from "./images/needed-images.ts";
import { presenceOf } from "./images/presence.ts";
import { type Resolution, resolveImages } from "./images/resolve.ts";
import { openPlan } from "./platform-plan.ts";

export interface ImagesOptions {
  name: string;
  environment: string;
  inventoryDirectory: string;
  /** Ask nobody. */
  isOffline: boolean;
  /** Fill the lock from the registries, or from this archive. */
  resolve?: { archive?: string | undefined; acceptMoved: boolean } | undefined;
  signal?: AbortSignal;
}

export interface ImageRow extends NeededImage {
  /** In the center's registry: true, false, or why it is not known. */
  isPresent: boolean | string;
}

export interface ImagesResult {
  data: {
    environment: string;
    registry: string | undefined;
    images: ImageRow[];
    resolution: Resolution | undefined;
  };
  view: TableView;
  warnings: string[];
  /** 0, 20 absent images, 21 some could not be resolved, 22, 23 or 24 the registry cannot be asked. */
  exitCode: number;
}

/** Errors: 2 and 22 as `openPlan`, 22 an archive that is none, 24 refused, 27 a damaged answer. */
export async function stackImages(options: ImagesOptions): Promise<ImagesResult> {
  const { name, environment, inventoryDirectory, signal } = options;
  const { inventory, plan } = await openPlan(name, environment, inventoryDirectory);
  let images = neededImages(inventory, plan);
  let resolution: Resolution | undefined;
  if (options.resolve) {
    resolution = await resolveImages(inventory, images, { ...options.resolve, signal });
    images = images.map((image) => withDigest(image, resolution!.locked));
  }
  const center = [...inventory.registries.values()].find(({ isCenter }) => isCenter);
  const isAsked = !options.isOffline && options.resolve?.archive === undefined && center !== undefined;
  const presence = isAsked ? await presenceOf(inventory, center, images, signal) : undefined;
  const rows = images.map((image) => ({
    ...image,
    isPresent: presence?.found.get(image.reference) ?? "not asked",
  }));
  return {
    data: { environment, registry: center?.host, images: rows, resolution },
    view: viewOf(rows, inventory, center?.host),
    warnings: warningsOf(rows, resolution, isAsked),
    exitCode: exitCodeOf(rows, resolution, presence?.exitCode),
  };
}

function withDigest(image: NeededImage, locked: readonly ImageDigest[]): NeededImage {
  const lock = locked.find(({ id, reference }) => id === image.id && reference === image.reference);
  return lock ? { ...image, digest: lock.digest } : image;
}

function exitCodeOf(
  rows: readonly ImageRow[],
  resolution: Resolution | undefined,
  asking: number | undefined,
): number {
  if (resolution && resolution.failed.length > 0) return resolution.resolved.length > 0 ? 21 : 22;
  if (asking !== undefined) return asking;
  return rows.some(({ isPresent }) => isPresent === false) ? 20 : 0;
}

function warningsOf(
  rows: readonly ImageRow[],
  resolution: Resolution | undefined,
  isAsked: boolean,
): string[] {
  const reasons = isAsked
    ? rows.map(({ isPresent }) => isPresent).filter((one) => typeof one === "string")
    : [];
  return [
    ...new Set(reasons),
    ...(resolution?.failed ?? []).map(({ reference, reason }) => `${reference}: not locked: ${reason}`),
    ...(resolution?.moved ?? []).map(
      ({ reference, before, now }) => `${reference}: was ${before} when it was locked, is now ${now}`,
    ),
  ];
}

function viewOf(rows: readonly ImageRow[], inventory: Inventory, center: string | undefined): TableView {
  const locked = rows.filter(({ digest }) => digest !== undefined).length;
  const absent = rows.filter(({ isPresent }) => isPresent === false).length;
  return {
    columns: [
      { key: "image", header: "IMAGE", dropOrder: 0 },
      { key: "digest", header: "DIGEST", dropOrder: 2 },
      { key: "present", header: "IN THE CENTER", dropOrder: 1 },
      { key: "systems", header: "SYSTEMS", dropOrder: 3 },
    ],
    rows: rows.map(({ reference, digest, isPresent, systems }) => ({
      image: reference,
      digest: digest ?? "",
      present: isPresent === true ? "yes" : isPresent === false ? "no" : "unknown",
      systems: systems.join(" "),
    })),
    notes: [
      `${rows.length} images, ${locked} locked by digest${absent > 0 ? `, ${absent} absent from ${center}` : ""}`,
      ...(center === undefined ? [`no registry of ${inventory.province.id} is the center's (isCenter)`] : []),
    ],
  };
}
