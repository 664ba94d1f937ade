/** What the lab's links and ports carry. Both ends of a link count the same octets, since both use its seed. */
import type { Device, Link } from "../../inventory/model.ts";
import { seedOf } from "../agent/agent.ts";
import { unitNoise } from "../agent/variation.ts";
import type { Port } from "./ports.ts";

/** Mean octets a second over an office day; the noise on it follows from the seed. */
export interface Traffic {
  inOctetsPerSecond: number;
  outOctetsPerSecond: number;
  inSeed: number;
  outSeed: number;
}

/** Keep-alives of a link that waits for its primary to fail. */
const standbyOctetsPerSecond = 250;
const octetsPerMegabit = 125_000;

/** Mean octets a second of a link in one direction: a share of the committed rate, more towards the agency. */
export function linkOctetsPerSecond(link: Link, direction: "toA" | "toB"): number {
  if (link.group?.role === "backup") return standbyOctetsPerSecond;
  return carriedOctetsPerSecond(link, direction);
}

/** As `linkOctetsPerSecond`, for a link that carries its agency's traffic whatever its role. */
export function carriedOctetsPerSecond(link: Link, direction: "toA" | "toB"): number {
  const { committedMbps = 10 } = link;
  const mbps =
    typeof committedMbps === "number"
      ? committedMbps
      : direction === "toB"
        ? committedMbps.out
        : committedMbps.in;
  const share = 0.06 + 0.2 * unitNoise(seedOf(link.id), 3);
  return mbps * octetsPerMegabit * share * (direction === "toB" ? 1 : 0.35);
}

/** Octets a second of a port the inventory lists (an uplink, a trunk): 8 to 32 Mbit/s. */
function uplinkMean(seed: number): number {
  return 1_000_000 * 4 ** unitNoise(seed, 5);
}

/** Octets a second of a port with somebody's computer at it. */
function accessMean(seed: number): number {
  return 2_000 * 60 ** unitNoise(seed, 5);
}

/** Traffic of a port. `isCarrying` says for a backup link whether it stands in for its primary. */
export function trafficOf(device: Device, port: Port, isCarrying: (link: Link) => boolean): Traffic {
  const { link, side } = port;
  if (link !== undefined && side !== undefined) {
    const octets = isCarrying(link) ? carriedOctetsPerSecond : linkOctetsPerSecond;
    const toA = { octets: octets(link, "toA"), seed: seedOf(`${link.id} to a`) };
    const toB = { octets: octets(link, "toB"), seed: seedOf(`${link.id} to b`) };
    const [inward, outward] = side === "a" ? [toA, toB] : [toB, toA];
    return {
      inOctetsPerSecond: inward.octets,
      outOctetsPerSecond: outward.octets,
      inSeed: inward.seed,
      outSeed: outward.seed,
    };
  }
  const seed = seedOf(`${device.id} ${port.name}`);
  const isListed = device.interfaces.some(({ name }) => name === port.name);
  const mean = !port.isUp || port.speedMbps === 0 ? 0 : isListed ? uplinkMean(seed) : accessMean(seed);
  return { inOctetsPerSecond: mean, outOctetsPerSecond: mean * 2.2, inSeed: seed, outSeed: seed };
}
