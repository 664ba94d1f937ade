import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { loadInventory } from "../../../src/inventory/load.ts";
import type { Inventory } from "../../../src/inventory/model.ts";
import { createFaults } from "../../../src/lab/faults/create-faults.ts";
import type { Fault } from "../../../src/lab/faults/types.ts";
import { buildTopology } from "../../../src/topology/build.ts";
import { behind } from "../../../src/topology/paths.ts";

const seeds = [0, 1, 2, 3, 4, 5, 6, 7, 42, 2026];
let inventory: Inventory;
let mornings: Map<number, Fault[]>;

beforeAll(async () => {
  inventory = await loadInventory(join(import.meta.dirname, "../../../inventory/quang-binh"));
  mornings = new Map(seeds.map((seed) => [seed, createFaults(inventory, seed)]));
});

function faultOf<K extends Fault["kind"]>(seed: number, kind: K): Extract<Fault, { kind: K }> {
  return mornings.get(seed)!.find((fault) => fault.kind === kind) as Extract<Fault, { kind: K }>;
}

/** Devices at which something is to be seen. */
function subjects(fault: Fault): string[] {
  switch (fault.kind) {
    case "link-cut":
      return [inventory.links.get(fault.link)!.a.device, ...fault.cutOff];
    case "on-backup":
      return [inventory.links.get(fault.primary)!.b.device];
    default:
      return [fault.device];
  }
}

test("a seed always means the same morning, and seeds differ", () => {
  for (const seed of seeds) expect(createFaults(inventory, seed)).toEqual(mornings.get(seed));
  expect(new Set([...mornings.values()].map((faults) => JSON.stringify(faults))).size).toBe(seeds.length);
});

test.each(seeds)("seed %i: one fault of each kind, no two at one site", (seed) => {
  const faults = mornings.get(seed)!;
  expect(faults.map(({ kind }) => kind).sort()).toEqual([
    "disk-full",
    "duplex-errors",
    "garbage",
    "link-cut",
    "on-backup",
    "router-reboot",
    "ups-on-battery",
  ]);
  const sites = faults.map((fault) => new Set(subjects(fault).map((id) => inventory.devices.get(id)!.site)));
  const all = sites.flatMap((each) => [...each]);
  expect(new Set(all).size).toBe(all.length);
});

test.each(seeds)(
  "seed %i: the cut link has five communes behind it, and cuts off what has no other way",
  (seed) => {
    const { link, carrier, agencies, cutOff } = faultOf(seed, "link-cut");
    expect(inventory.links.get(link)?.carrier).toBe(carrier);
    expect(agencies.length).toBeGreaterThanOrEqual(5);
    for (const id of agencies) expect(inventory.agencies.get(id)?.kind).toBe("commune");
    // What the lab's own walk says, and what the topology room says, which the lab does not know.
    expect([...cutOff].sort()).toEqual(behind(buildTopology(inventory), { kind: "link", id: link }).sort());
    expect(cutOff.length).toBeGreaterThan(0);
  },
);

test.each(seeds)("seed %i: the commune on backup has both links; the router is a district's", (seed) => {
  const { agency, primary, backup } = faultOf(seed, "on-backup");
  const [first, second] = [inventory.links.get(primary)!, inventory.links.get(backup)!];
  expect(first.group?.id).toBe(second.group?.id);
  expect([first.group?.role, second.group?.role]).toEqual(["primary", "backup"]);
  expect(inventory.agencies.get(agency)?.kind).toBe("commune");
  const router = inventory.devices.get(faultOf(seed, "router-reboot").device)!;
  expect(router.role).toBe("router");
  expect(inventory.agencies.get(inventory.sites.get(router.site)!.agency)?.kind).not.toBe("commune");
});

test("an inventory without candidates has a quiet morning", () => {
  const empty = { ...inventory, devices: new Map(), links: new Map() };
  expect(createFaults(empty, 1)).toEqual([]);
});
