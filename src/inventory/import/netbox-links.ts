/** NetBox's circuits as links: those with a cabled interface at both ends. */
import { distinctIds } from "./distinct-ids.ts";
import { compact, idFrom, type RawObject } from "./incoming.ts";
import type { NetBoxOptions } from "./netbox.ts";
import { listAt, type NetBoxData, type NetBoxObject, numberAt, textAt } from "./netbox-data.ts";

/** `idsOfAll` has every device of the source, `deviceIds` those that come in. What is left out is noted. */
export function linksOf(
  data: NetBoxData,
  idsOfAll: ReadonlyMap<NetBoxObject, string>,
  deviceIds: ReadonlySet<string>,
  options: NetBoxOptions,
  notes: string[],
): RawObject[] {
  const idByNumber = new Map([...idsOfAll].map(([device, id]) => [numberAt(device, "id"), id]));
  const names = new Set(idsOfAll.values());
  // The name says it, but where several devices have it.
  const deviceOf = (peer: unknown, name: string) =>
    names.has(idFrom(name)) ? idFrom(name) : (idByNumber.get(numberAt(peer, "device.id")) ?? idFrom(name));
  const linkIds = distinctIds(data.circuits, [
    (one) => idFrom(cidOf(one)),
    (one) => idFrom(`${textAt(one, "provider.slug") ?? textAt(one, "provider.name") ?? ""}-${cidOf(one)}`),
    (one) => idFrom(`${cidOf(one)}-${numberAt(one, "id")}`),
  ]);
  const ends = new Map<number, Partial<Record<"A" | "Z", { device: string; interface: string }>>>();
  for (const termination of data["circuit-terminations"]) {
    const circuit = numberAt(termination, "circuit.id");
    const side = textAt(termination, "term_side");
    const peer = listAt(termination, "link_peers")[0];
    const device = textAt(peer, "device.name");
    const name = textAt(peer, "name");
    if (circuit === undefined || (side !== "A" && side !== "Z") || device === undefined || name === undefined)
      continue;
    ends.set(circuit, {
      ...ends.get(circuit),
      [side]: { device: deviceOf(peer, device), interface: name },
    });
  }
  return data.circuits.flatMap((circuit) => {
    const cid = cidOf(circuit);
    const both = ends.get(numberAt(circuit, "id") ?? -1);
    const upstream = options.upstreamSide ?? "A";
    const a = both?.[upstream];
    const b = both?.[upstream === "A" ? "Z" : "A"];
    if (a === undefined || b === undefined) {
      notes.push(`circuit "${cid}" has no cable to an interface at both ends and was left out`);
      return [];
    }
    const stranger = [a, b].find((end) => !deviceIds.has(end.device));
    if (stranger) {
      notes.push(
        `circuit "${cid}" ends on device "${stranger.device}", which was not imported, and was left out`,
      );
      return [];
    }
    const rate = numberAt(circuit, "commit_rate");
    const name = textAt(circuit, "description");
    const link = {
      id: linkIds.get(circuit) ?? idFrom(cid),
      name,
      kind: kindOf(textAt(circuit, "type.slug") ?? ""),
      carrier: textAt(circuit, "provider.name"),
      circuitId: cid,
    };
    // NetBox keeps committed rates in kbit/s.
    return [compact({ ...link, committedMbps: rate === undefined ? undefined : rate / 1000, a, b })];
  });
}

/** Unique for its provider only. */
function cidOf(circuit: NetBoxObject): string {
  return textAt(circuit, "cid") ?? `circuit-${numberAt(circuit, "id")}`;
}

const LINK_KINDS: readonly (readonly [RegExp, string])[] = [
  [/mpls|l2vpn|l3vpn|metro/, "mpls"],
  [/satellite|vsat/, "satellite"],
  [/[345]g|lte|cellular|mobile/, "cellular"],
  [/microwave|radio/, "microwave"],
  [/vpn|internet|broadband|ftth/, "internet-vpn"],
  [/fib(?:er|re)|dark/, "fiber"],
];

function kindOf(slug: string): string {
  return LINK_KINDS.find(([pattern]) => pattern.test(slug.toLowerCase()))?.[1] ?? "leased-line";
}
