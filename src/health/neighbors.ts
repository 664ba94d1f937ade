import type { Component, RatedSample } from "../samples/types.ts";
import type { Neighbor } from "../topology/types.ts";

/** The LLDP adjacencies of the newest samples, as hints for `buildTopology`. */
export function neighborsOf(samples: ReadonlyMap<string, readonly RatedSample[]>): Neighbor[] {
  return [...samples].flatMap(([device, series]) =>
    neighborsIn(device, series.at(-1)?.sample.components ?? []),
  );
}

/** Those of one device; they are told by what its components are, not by what was measured of them. */
export function neighborsIn(
  device: string,
  components: readonly Pick<Component, "class" | "attributes">[],
): Neighbor[] {
  const neighbors: Neighbor[] = [];
  for (const { class: componentClass, attributes } of components) {
    if (componentClass !== "lldp-neighbor" || !attributes.systemName) continue;
    neighbors.push({
      device,
      localInterface: String(attributes.localPort ?? ""),
      remoteName: String(attributes.systemName),
      ...(attributes.portId !== undefined && { remoteInterface: String(attributes.portId) }),
    });
  }
  return neighbors;
}
