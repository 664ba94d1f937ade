import type { RatedSample } from "../samples/types.ts";
import type { Neighbor } from "../topology/types.ts";

/** The LLDP adjacencies of the newest samples, as hints for `buildTopology`. */
export function neighborsOf(samples: ReadonlyMap<string, readonly RatedSample[]>): Neighbor[] {
  const neighbors: Neighbor[] = [];
  for (const [device, series] of samples) {
    for (const { class: componentClass, attributes } of series.at(-1)?.sample.components ?? []) {
      if (componentClass !== "lldp-neighbor" || !attributes.systemName) continue;
      neighbors.push({
        device,
        localInterface: String(attributes.localPort ?? ""),
        remoteName: String(attributes.systemName),
        ...(attributes.portId !== undefined && { remoteInterface: String(attributes.portId) }),
      });
    }
  }
  return neighbors;
}
