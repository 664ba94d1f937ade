/** What is cut off, and by what: independent of the order in which anything was polled or listed. */
import type { Topology } from "../topology/types.ts";
import type { Standing } from "./standing.ts";

/** The thing that cuts a device off: nearest first, a link before the device above it. */
export interface Cause {
  kind: "link" | "device";
  id: string;
}

export interface Reach {
  /** Silent devices with no open way above them, and the nearest thing above that is down. */
  because: ReadonlyMap<string, Cause>;
  /** The same for a device that was not measured: what cuts it off, whatever it would have said. */
  causeOf(device: string): Cause | undefined;
  /** Devices through which the center still gets: those that answer, and unmeasured ones under an open way. */
  isOpen(device: string): boolean;
}

/**
 * Decides which silent devices are down and which are only unreachable. A way is open when its link is not down and
 * the device above answers; one that was not measured is taken to forward when a way to it is open. A silent device
 * with an open way is down itself; one with none is unreachable because of the nearest dead thing above. When
 * nothing above explains it (a ring that nothing connects), it is down.
 */
export function reachOf(
  topology: Topology,
  standing: ReadonlyMap<string, Standing>,
  isLinkDown: (link: string) => boolean,
): Reach {
  const open = new Set<string>();
  const queue: string[] = [];
  const openUp = (device: string) => {
    if (open.has(device)) return;
    open.add(device);
    queue.push(device);
  };
  for (const [device, is] of standing) {
    if (is === "answering" || (is === "unmeasured" && (topology.uplinks.get(device)?.length ?? 0) === 0))
      openUp(device);
  }
  for (const device of queue) {
    for (const { child, link } of topology.downlinks.get(device) ?? []) {
      if (standing.get(child) === "unmeasured" && !(link !== undefined && isLinkDown(link))) openUp(child);
    }
  }

  const isBlocked = (device: string): boolean => {
    const ways = topology.uplinks.get(device) ?? [];
    return (
      ways.length > 0 &&
      !ways.some((way) => open.has(way.parent) && !(way.link !== undefined && isLinkDown(way.link)))
    );
  };
  const blocked = new Set<string>();
  for (const [device, is] of standing) if (is === "silent" && isBlocked(device)) blocked.add(device);

  const because = new Map<string, Cause>();
  for (const device of blocked) {
    const cause = nearestCause(device);
    if (cause) because.set(device, cause);
  }
  return {
    because,
    causeOf: (device) =>
      because.get(device) ??
      (standing.get(device) === "unmeasured" && !open.has(device) ? nearestCause(device) : undefined),
    isOpen: (device) => open.has(device),
  };

  function nearestCause(start: string): Cause | undefined {
    const seen = new Set([start]);
    let level = [start];
    while (level.length > 0) {
      const next: string[] = [];
      for (const device of level) {
        for (const way of topology.uplinks.get(device) ?? []) {
          if (way.link !== undefined && isLinkDown(way.link)) return { kind: "link", id: way.link };
          if (seen.has(way.parent)) continue;
          seen.add(way.parent);
          next.push(way.parent);
        }
      }
      const dead = next.find((device) => standing.get(device) === "silent" && !blocked.has(device));
      if (dead !== undefined) return { kind: "device", id: dead };
      level = next;
    }
    return undefined;
  }
}

/**
 * Silent devices that are seen to forward, with the number of answering devices that prove it: something answers
 * although its only way up leads through them. Their agent is at fault, not the device.
 */
export function forwardingOf(
  topology: Topology,
  standing: ReadonlyMap<string, Standing>,
  isLinkDown: (link: string) => boolean,
): Map<string, number> {
  // Sharing a site with a router proves nothing unless the site's access links are known to end at that router.
  const accessGateways = new Set(
    [...topology.accessLinks.keys()].flatMap((site) => topology.gateways.get(site) ?? []),
  );
  const forwarding = new Map<string, number>();
  const queue = [...standing].filter(([, is]) => is === "answering").map(([device]) => device);
  const counted = new Set(queue);
  for (const device of queue) {
    const ways = topology.uplinks.get(device) ?? [];
    const parents = new Set(ways.map((way) => way.parent));
    const [parent] = parents;
    if (parents.size !== 1 || parent === undefined || standing.get(parent) !== "silent") continue;
    if (ways.every((way) => way.link !== undefined && isLinkDown(way.link))) continue;
    if (ways.every((way) => way.source === "site") && !accessGateways.has(parent)) continue;
    forwarding.set(parent, (forwarding.get(parent) ?? 0) + 1);
    if (counted.has(parent)) continue;
    counted.add(parent);
    queue.push(parent);
  }
  return forwarding;
}
