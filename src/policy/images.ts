/** Do images come from where they may, and are they what was looked at? */
import { about, type Finding, type GateInput } from "./finding.ts";
import { type PlannedObject, podTemplateOf } from "./objects.ts";

export interface ImageName {
  host: string;
  repository: string;
  tag?: string;
  digest?: string;
}

/** The parts of a name as container runtimes read it: without a host it means Docker Hub's. */
export function parseImage(reference: string): ImageName {
  const [named = "", digest] = reference.split("@");
  const [first = "", ...rest] = named.split("/");
  const isHost = rest.length > 0 && (first.includes(".") || first.includes(":") || first === "localhost");
  const path = isHost ? rest.join("/") : named;
  const colon = path.lastIndexOf(":");
  const repository = colon < 0 ? path : path.slice(0, colon);
  return {
    host: isHost ? first : "docker.io",
    repository: !isHost && rest.length === 0 ? `library/${repository}` : repository,
    ...(colon >= 0 && { tag: path.slice(colon + 1) }),
    ...(digest !== undefined && { digest }),
  };
}

/** Every image of a plan with the objects that use it, in the order of their names. */
export function imagesOf(objects: readonly PlannedObject[]): Map<string, PlannedObject[]> {
  const found = new Map<string, PlannedObject[]>();
  for (const planned of objects) {
    const { spec } = podTemplateOf(planned.object) ?? {};
    const operatorImage = (planned.object.spec as { imageName?: string } | undefined)?.imageName;
    const names = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ image }) => image);
    for (const name of new Set([...names, ...(operatorImage ? [operatorImage] : [])]))
      found.set(name, [...(found.get(name) ?? []), planned]);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function imageFindings({ inventory, plan }: GateInput): Finding[] {
  const registries = [...inventory.registries.values()];
  const findings: Finding[] = [];
  const unlocked: [string, PlannedObject][] = [];
  for (const [name, users] of imagesOf(plan.objects)) {
    const { host, tag, digest } = parseImage(name);
    const isAllowed = registries.some((registry) => registry.isAllowed && registry.host === host);
    const tell = (rule: string, severity: Finding["severity"], message: string, remedy: string) => {
      findings.push(about(users[0]!, { rule, severity, message, remedy }, imagePath(users[0]!)));
    };
    if (!isAllowed && digest === undefined)
      tell(
        "image/registry",
        "mandatory",
        `${name}: ${host} is no registry that images may come from, and no digest says what it is`,
        "mirror it to the center's registry, or name the registry in registries/",
      );
    else if (digest === undefined && (tag === undefined || tag === "latest"))
      tell("image/tag", "mandatory", `${name}: what it is changes by itself`, "a version, or a digest");
    else if (digest === undefined) unlocked.push([name, users[0]!]);
  }
  const [first] = unlocked;
  if (first)
    findings.push(
      about(
        first[1],
        {
          rule: "image/unlocked",
          severity: "advisory",
          message: `${unlocked.length} images by a tag that may be moved to something else: ${unlocked.map(([name]) => name).join(", ")}`,
          remedy: "`pdc stack images platform --resolve` locks them by digest",
        },
        imagePath(first[1]),
      ),
    );
  for (const { id, reference } of inventory.digests.values()) {
    const image = inventory.images.get(id);
    const registry = image && inventory.registries.get(image.registry);
    const now = image && `${registry?.host}/${image.repository}:${image.tag}`;
    if (now === reference) continue;
    findings.push({
      rule: "image/stale-lock",
      severity: "advisory",
      message: now
        ? `the lock of ${id} is of ${reference}; the image is now ${now}`
        : `the lock of ${id} is of no image any more`,
      remedy: "`pdc stack images platform --resolve` renews the lock",
      at: { kind: "digests", id, path: ["reference"] },
    });
  }
  return findings;
}

/** The key `image` of the workload or database that an object is of. */
function imagePath({ at, file }: PlannedObject): PlannedObject["at"]["path"] {
  return file === undefined && at.path ? [...at.path.slice(0, 3), "image"] : undefined;
}
