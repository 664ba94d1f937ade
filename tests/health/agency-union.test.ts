/** Agencies whose sites different pollers ask: two of them together say what one that asks everything says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { agenciesOfSeveral } from "../../src/health/agency-union.ts";
import { evaluate } from "../../src/health/evaluate.ts";
import { observationsOf } from "../../src/health/incident/observations.ts";
import { stateOfSeveral } from "../../src/health/union.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { NOW, port, rated, sample, silent } from "./samples.ts";
import { splitAgencies } from "./split-agencies.ts";

/** How a router can be found; `cut`: silent, and the port above it is down. */
const findings = ["up", "silent", "cut", "unasked"] as const;
type Finding = (typeof findings)[number];
const routers = ["rt-1", "rt-2", "rt-3", "rt-4"] as const;

const directory = mkdtempSync(join(tmpdir(), "pdc-split-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const inventory = await loadInventory(splitAgencies(directory), { cacheDirectory: false });
const topology = buildTopology(inventory);

function center(found: readonly Finding[]): DeviceSample {
  const components = found.map((finding, at) =>
    port(`to-${at + 1}`, { oper: finding === "cut" ? "down" : "up" }),
  );
  return sample("rt-center", NOW, { components });
}

function router(id: string, finding: Finding): DeviceSample[] {
  if (finding === "unasked") return [];
  return [finding === "up" ? sample(id, NOW, { components: [port("wan")] }) : silent(id, NOW)];
}

function seenBy(...samples: DeviceSample[]) {
  const snapshot = evaluate({ inventory, topology, samples: rated(...samples), nowMs: NOW });
  return new Map(observationsOf(snapshot, NOW, 60_000).map((one) => [one.subject, one]));
}

test("in whatever way their sites are found", () => {
  const period = { fromMs: NOW, toMs: NOW + 60_000 };
  const all = findings.flatMap((a) =>
    findings.flatMap((b) => findings.flatMap((c) => findings.map((d) => [a, b, c, d]))),
  ) as Finding[][];
  const counted = new Map<string, number>();
  for (const found of all) {
    const of = (...numbers: number[]) => numbers.flatMap((at) => router(routers[at]!, found[at]!));
    const whole = seenBy(center(found), ...of(0, 1, 2, 3));
    // Each agency has a site in either share.
    const [first, second] = [seenBy(center(found), ...of(0, 2)), seenBy(...of(1, 3))];
    const sites = new Map(
      [...inventory.sites.keys()].map((id) => {
        const subject = `site/${id}`;
        const { state, detail } = stateOfSeveral(subject, [first.get(subject)!, second.get(subject)!]);
        return [id, state === "unknown" ? [] : [{ ...period, state, ...(detail && { detail }) }]];
      }),
    );
    const agencies = agenciesOfSeveral(inventory, sites, period);
    for (const id of inventory.agencies.keys()) {
      const truth = whole.get(`agency/${id}`)!.state;
      counted.set(`${id} ${truth}`, (counted.get(`${id} ${truth}`) ?? 0) + 1);
      expect(agencies.get(id)?.[0]?.state ?? "unknown", `${id}: ${found}`).toBe(truth);
    }
  }
  // Every answer there is was among them.
  for (const id of ["office", "district"])
    for (const state of ["up", "degraded", "down", "unknown"])
      expect(counted.get(`${id} ${state}`)).toBeGreaterThan(0);
});

test("under the tree of each day, with what it is unreachable because of", () => {
  const on = Date.UTC(2026, 10, 30, 17);
  const day = 86_400_000;
  const period = { fromMs: on - day, toMs: on + day };
  const cut = { ...period, state: "unreachable", detail: "link/wan-3" };
  const sites = new Map([
    ["site-3", [cut]],
    ["site-4", [{ ...period, state: "up" }]],
  ]);
  // From the first of December the commune of site 4 is no part of the district any more.
  expect(agenciesOfSeveral(inventory, sites, period).get("district")).toEqual([
    { fromMs: on - day, toMs: on, state: "degraded" },
    { fromMs: on, toMs: on + day, state: "unreachable", detail: "link/wan-3" },
  ]);
});
