/** A quarter of the example province as it might have been: seeded faults, and what was true of them. */
import type { Inventory } from "../../src/inventory/model.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { agencyTree, withDescendants } from "../../src/topology/agencies.ts";
import { port, sample, silent } from "../health/samples.ts";

export const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const INTERVAL = HOUR;
const DAY = 24 * HOUR;

export interface Fault {
  kind: "line" | "shut" | "dead" | "power";
  /** A link, or a device (dead), or a site (power). */
  id: string;
  fromMs: number;
  toMs: number;
}

export interface Reboot {
  device: string;
  atMs: number;
}

/** A poll: when it truly was, and what the poller's clock said. */
export interface Poll {
  trueMs: number;
  clockMs: number;
}

export interface Quarter {
  inventory: Inventory;
  fromMs: number;
  toMs: number;
  faults: readonly Fault[];
  /** Restarts of a few minutes between two polls: sysUpTime and counters begin anew; no minute is lost by the rule. */
  reboots: readonly Reboot[];
  polls: readonly Poll[];
}

/** A small generator of the same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Three of its districts: their quarter takes a quarter of a minute to live through, the whole province would take minutes. */
const DISTRICTS = ["huyen-le-thuy", "huyen-minh-hoa", "tx-ba-don"];

/** The WAN of a part of the province: the ends of its circuits and what they hang on, windows of the quarter. */
export function wanOf(whole: Inventory, maintenance: Inventory["maintenance"]): Inventory {
  const devices = new Map(whole.devices);
  const tree = agencyTree(whole, "2024-07-01");
  const part = new Set(DISTRICTS.flatMap((id) => [...withDescendants(tree, id)]));
  const circuits = [...whole.links.values()].filter(({ kind }) => kind !== "lan");
  const wan = circuits.filter(({ b }) => part.has(tree.agencyOfSite.get(whole.devices.get(b.device)!.site)!));
  // What these hang on, up to the center.
  for (const { a } of wan)
    for (const link of circuits) if (link.b.device === a.device && !wan.includes(link)) wan.push(link);
  const kept = new Set(wan.flatMap(({ a, b }) => [a.device, b.device]));
  for (const link of whole.links.values())
    if (link.kind === "lan" && kept.has(link.b.device)) kept.add(link.a.device);
  for (const [id, device] of devices) {
    // Other ports than those of circuits have no part in this.
    if (kept.has(id)) devices.set(id, { ...device, interfaces: [] });
    else devices.delete(id);
  }
  const links = new Map(
    [...whole.links].filter(([, { a, b }]) => devices.has(a.device) && devices.has(b.device)),
  );
  return { ...whole, devices, links, maintenance };
}

export function simulate(inventory: Inventory, seed: number, fromMs: number, toMs: number): Quarter {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const wan = [...inventory.links.values()].filter(({ kind }) => kind !== "lan");
  const lower = [...new Set(wan.map(({ b }) => b.device))];
  const faults: Fault[] = [];
  const minutes = (most: number) => Math.max(1, Math.round(most * random() ** 3)) * MINUTE;
  const add = (kind: Fault["kind"], id: string, most: number) => {
    const begin = fromMs + Math.floor(random() * ((toMs - fromMs) / MINUTE)) * MINUTE;
    faults.push({ kind, id, fromMs: begin, toMs: begin + minutes(most) });
  };
  for (let count = 0; count < 120; count++) add("line", pick(wan).id, 40 * 60);
  for (let count = 0; count < 20; count++) add("shut", pick(wan).id, 6 * 60);
  for (let count = 0; count < 30; count++) add("dead", pick(lower), 12 * 60);
  for (let count = 0; count < 20; count++) add("power", inventory.devices.get(pick(lower))!.site, 8 * 60);
  // One circuit that the carrier does not mend for two weeks, and one that runs on beyond the quarter.
  faults.push({ kind: "line", id: wan[3]!.id, fromMs: fromMs + 10 * DAY, toMs: fromMs + 24 * DAY });
  faults.push({ kind: "line", id: wan[9]!.id, fromMs: toMs - 3 * DAY, toMs: toMs + 3 * DAY });
  const reboots = Array.from({ length: 60 }, () => ({
    device: pick(lower),
    atMs: fromMs + Math.floor(random() * ((toMs - fromMs) / HOUR)) * HOUR + 30 * MINUTE,
  }));
  return { inventory, fromMs, toMs, faults, reboots, polls: pollsOf(fromMs, toMs) };
}

/** When each device that restarted did so last before a moment. */
export function bootsBefore({ reboots }: Quarter, trueMs: number): Map<string, number> {
  const boots = new Map<string, number>();
  for (const { device, atMs } of reboots)
    if (atMs < trueMs) boots.set(device, Math.max(atMs, boots.get(device) ?? 0));
  return boots;
}

/** Every hour, but for a poller that was down twice, and a clock that ran an hour slow for a while. */
function pollsOf(fromMs: number, toMs: number): Poll[] {
  const polls: Poll[] = [];
  const slow = [fromMs + 40 * DAY, fromMs + 41 * DAY] as const;
  const down = [
    [fromMs + 20 * DAY + 7 * MINUTE, fromMs + 20 * DAY + 9 * HOUR],
    [fromMs + 66 * DAY, fromMs + 68 * DAY + 3 * HOUR],
  ] as const;
  for (let trueMs = fromMs + 4 * MINUTE; trueMs < toMs; trueMs += INTERVAL) {
    if (down.some(([begin, end]) => trueMs >= begin && trueMs < end)) continue;
    const isSlow = trueMs >= slow[0] && trueMs < slow[1];
    polls.push({ trueMs, clockMs: isSlow ? trueMs - HOUR : trueMs });
  }
  return polls;
}

/** What is true at one moment: which links and devices are broken, and what the center can reach. */
export class Moment {
  readonly #inventory: Inventory;
  readonly #trueMs: number;
  readonly broken = new Set<string>();
  readonly shut = new Set<string>();
  readonly dead = new Set<string>();
  readonly reached: ReadonlySet<string>;

  constructor(inventory: Inventory, faults: readonly Fault[], trueMs: number, roots: readonly string[]) {
    this.#inventory = inventory;
    this.#trueMs = trueMs;
    for (const { kind, id, fromMs, toMs } of faults) {
      if (trueMs < fromMs || trueMs >= toMs) continue;
      if (kind === "line") this.broken.add(id);
      if (kind === "shut") {
        this.broken.add(id);
        this.shut.add(id);
      }
      if (kind === "dead") this.dead.add(id);
      // Without power a site's devices are dead, and the lines to it have no light.
      if (kind === "power") {
        for (const device of inventory.devices.values()) if (device.site === id) this.dead.add(device.id);
        for (const link of inventory.links.values())
          if (this.dead.has(link.b.device)) this.broken.add(link.id);
      }
    }
    this.reached = this.#flood(roots);
  }

  #flood(roots: readonly string[]): Set<string> {
    const reached = new Set(roots.filter((id) => !this.dead.has(id)));
    for (let size = -1; size !== reached.size; ) {
      size = reached.size;
      for (const { id, a, b } of this.#inventory.links.values()) {
        if (this.broken.has(id)) continue;
        for (const [here, there] of [
          [a.device, b.device],
          [b.device, a.device],
        ] as const)
          if (reached.has(here) && !this.dead.has(there)) reached.add(there);
      }
    }
    return reached;
  }

  /** Down: an end that is seen says so. Up: both ends are seen. Else nobody can know. */
  linkState(id: string): "up" | "down" | "unknown" {
    const { a, b } = this.#inventory.links.get(id)!;
    const seen = [a.device, b.device].filter((device) => this.reached.has(device)).length;
    if (this.broken.has(id)) return seen > 0 ? "down" : "unknown";
    return seen === 2 ? "up" : "unknown";
  }

  /** What the poller gets: nothing from what is not reached. */
  samples(atMs: number, bootMs: ReadonlyMap<string, number>): DeviceSample[] {
    const ports = new Map<string, DeviceSample["components"][number][]>();
    // The device's own clock and counters run in true time, whatever the poller's clock says.
    const upMs = (id: string) => this.#trueMs - (bootMs.get(id) ?? Date.UTC(2024, 0, 1));
    for (const { id, a, b } of this.#inventory.links.values()) {
      for (const end of [a, b]) {
        const isDown = this.broken.has(id);
        const isShut = this.shut.has(id) && end === a;
        const list = ports.get(end.device) ?? [];
        list.push(
          port(end.interface, {
            oper: isDown ? "down" : "up",
            admin: isShut ? "down" : "up",
            counters: { inOctets: upMs(end.device) },
          }),
        );
        ports.set(end.device, list);
      }
    }
    return [...this.#inventory.devices.keys()].map((id) =>
      this.reached.has(id)
        ? sample(id, atMs, {
            components: ports.get(id) ?? [],
            incarnation: {
              sysUpTimeTicks: Math.round(upMs(id) / 10),
            },
          })
        : silent(id, atMs),
    );
  }
}

const countedOf = new WeakMap<Quarter, Poll[]>();

/** Polls whose clock is later than that of all before. */
function countedPolls(quarter: Quarter): Poll[] {
  let counted = countedOf.get(quarter);
  if (!counted) {
    counted = [];
    for (const poll of quarter.polls) if (poll.clockMs > (counted.at(-1)?.clockMs ?? 0)) counted.push(poll);
    countedOf.set(quarter, counted);
  }
  return counted;
}

/**
 * The sampling rule, second by second in minutes: a poll whose clock is later than all before stands until the next
 * such poll, at most for two intervals; the first stands for a quarter of an hour.
 */
export function minutesOf<S>(
  quarter: Quarter,
  fromMs: number,
  toMs: number,
  stateAt: (poll: Poll) => S,
): (S | undefined)[] {
  const counted = countedPolls(quarter);
  const minutes: (S | undefined)[] = new Array((toMs - fromMs) / MINUTE).fill(undefined);
  counted.forEach((poll, place) => {
    const holdMs = place === 0 ? 15 * MINUTE : 2 * INTERVAL;
    const endMs = Math.min(counted[place + 1]?.clockMs ?? Number.POSITIVE_INFINITY, poll.clockMs + holdMs);
    const begin = Math.max(0, (poll.clockMs - fromMs) / MINUTE);
    const end = Math.min(minutes.length, (endMs - fromMs) / MINUTE);
    if (begin < end) minutes.fill(stateAt(poll), begin, end);
  });
  return minutes;
}
