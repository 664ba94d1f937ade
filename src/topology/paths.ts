import type { Topology, UpstreamPath } from "./types.ts";

/** Paths given at most per device; a mesh of n devices has far more than anyone reads. */
const DEFAULT_PATH_LIMIT = 16;

/**
 * The ways from the center to a device, without passing a device twice: those over no backup link first, then the
 * shortest. Empty when nothing above it ends at a root (a cycle), or the device is not known.
 */
export function upstreamPaths(
  topology: Topology,
  device: string,
  limit = DEFAULT_PATH_LIMIT,
): UpstreamPath[] {
  const paths: UpstreamPath[] = [];
  const visit = (here: string, devices: string[], links: (string | undefined)[], isBackup: boolean): void => {
    if (paths.length >= limit) return;
    const ways = topology.uplinks.get(here);
    if (!ways) return;
    if (ways.length === 0)
      paths.push({ devices: [...devices].reverse(), links: [...links].reverse(), isBackup });
    for (const way of ways) {
      if (devices.includes(way.parent)) continue;
      visit(way.parent, [...devices, way.parent], [...links, way.link], isBackup || way.role === "backup");
    }
  };
  visit(device, [device], [], false);
  return paths.sort((x, y) => Number(x.isBackup) - Number(y.isBackup) || x.devices.length - y.devices.length);
}

/**
 * The devices that lose every way to the center when this link or device fails (the device itself not counted).
 * What has another way, over a backup for instance, is not behind it.
 */
export function behind(topology: Topology, subject: { kind: "device" | "link"; id: string }): string[] {
  const before = reached(topology, undefined);
  const after = reached(topology, subject);
  return [...before].filter(
    (device) => !after.has(device) && !(subject.kind === "device" && device === subject.id),
  );
}

function reached(
  topology: Topology,
  without: { kind: "device" | "link"; id: string } | undefined,
): Set<string> {
  const isGone = (kind: "device" | "link", id: string | undefined) =>
    without?.kind === kind && without.id === id;
  const queue = topology.roots.filter((root) => !isGone("device", root));
  const seen = new Set(queue);
  for (const device of queue) {
    for (const { child, link } of topology.downlinks.get(device) ?? []) {
      if (seen.has(child) || isGone("device", child) || isGone("link", link)) continue;
      seen.add(child);
      queue.push(child);
    }
  }
  return seen;
}
