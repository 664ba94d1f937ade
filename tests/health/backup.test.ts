import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/health/evaluate.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { province } from "../topology/province.ts";
import { NOW, port, rated, sample, silent } from "./samples.ts";

/** A commune hangs on its district over the primary, and on the center over a backup. */
const inventory = province({
  devices: [
    { id: "core", site: "center" },
    { id: "district", site: "district" },
    { id: "c", site: "c" },
  ],
  links: [
    { id: "trunk", a: "core/ge0", b: "district/ge0" },
    { id: "primary", a: "district/ge1", b: "c/ge0", group: { id: "c", role: "primary" } },
    { id: "backup", a: "core/ge1", b: "c/lte", group: { id: "c", role: "backup" } },
  ],
});
const device = (id: string, ports: Record<string, string>) =>
  sample(id, NOW, { components: Object.entries(ports).map(([name, oper]) => port(name, { oper })) });
const healthOf = (...samples: DeviceSample[]) =>
  evaluate({ inventory, topology: buildTopology(inventory), samples: rated(...samples), nowMs: NOW });

describe("on backup when what is above the primary is cut", () => {
  test.each([
    ["the trunk is down", device("core", { ge0: "down", ge1: "up" }), silent("district"), "up"],
    ["the district's router is dead", device("core", { ge0: "up", ge1: "up" }), silent("district"), "up"],
    [
      "the same, and the commune's port sees it",
      device("core", { ge0: "up", ge1: "up" }),
      silent("district"),
      "down",
    ],
    [
      "the district was not polled, its trunk is down",
      device("core", { ge0: "down", ge1: "up" }),
      undefined,
      "up",
    ],
  ] as const)("%s", (_name, core, district, oper) => {
    const samples = [core, ...(district ? [district] : []), device("c", { ge0: oper, lte: "up" })];
    const { sites, links } = healthOf(...samples);
    expect(links.get("backup")?.state).toBe("up");
    expect(sites.get("c")?.reasons.map(({ code }) => code)).toContain("on-backup");
    expect(sites.get("c")?.state).toBe("degraded");
  });
});
