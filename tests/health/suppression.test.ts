import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/health/evaluate.ts";
import type { HealthSnapshot } from "../../src/health/types.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { province } from "../topology/province.ts";
import { NOW, port, rated, sample, silent } from "./samples.ts";

function healthOf(inventory: Inventory, samples: DeviceSample[]): HealthSnapshot {
  return evaluate({ inventory, topology: buildTopology(inventory), samples: rated(...samples), nowMs: NOW });
}

/** center — district — five communes with a switch each. */
const communes = ["c1", "c2", "c3", "c4", "c5"];
const tree = province({
  devices: [
    { id: "core", site: "center" },
    { id: "district", site: "district" },
    ...communes.flatMap((id) => [
      { id, site: id },
      { id: `${id}-sw`, site: id, role: "switch" },
    ]),
  ],
  links: [
    { id: "trunk", a: "core/ge0", b: "district/ge0" },
    ...communes.map((id, index) => ({ id: `l-${id}`, a: `district/ge${index + 1}`, b: `${id}/ge0` })),
  ],
});
const answering = (id: string, oper = "up") =>
  sample(id, NOW, {
    components: ["ge0", "ge1", "ge2", "ge3", "ge4", "ge5"].map((name) =>
      port(name, name === "ge0" ? { oper } : {}),
    ),
  });
const below = [...tree.devices.keys()].filter((id) => id !== "core");

describe("unreachable because of X", () => {
  test("a cut trunk: one thing is down, all behind it is unreachable because of it", () => {
    const { links, devices, sites, agencies } = healthOf(tree, [
      answering("core", "down"),
      ...below.map((id) => silent(id)),
    ]);
    expect(links.get("trunk")?.state).toBe("down");
    for (const id of below)
      expect(devices.get(id)).toMatchObject({ state: "unreachable", because: { kind: "link", id: "trunk" } });
    expect(sites.get("district")?.state).toBe("down");
    expect(sites.get("c3")).toMatchObject({ state: "unreachable", because: { kind: "link", id: "trunk" } });
    expect(agencies.get("c3")).toMatchObject({
      state: "unreachable",
      because: { kind: "link", id: "trunk" },
    });
    expect(links.get("l-c3")).toMatchObject({ state: "unreachable", because: { kind: "link", id: "trunk" } });
  });

  test("a dead district router is down; what hangs on it is unreachable because of it", () => {
    const { devices, links } = healthOf(tree, [answering("core"), ...below.map((id) => silent(id))]);
    expect(devices.get("district")?.state).toBe("down");
    expect(devices.get("c5-sw")?.because).toEqual({ kind: "device", id: "district" });
    expect(links.get("trunk")?.state).toBe("unknown");
  });

  test("a device that failed while its way is open is down, whatever its neighbours do", () => {
    const { devices } = healthOf(tree, [
      answering("core"),
      answering("district"),
      silent("c1"),
      silent("c1-sw"),
      answering("c2"),
      silent("c2-sw"),
    ]);
    expect(devices.get("c1")?.state).toBe("down");
    expect(devices.get("c1-sw")?.because).toEqual({ kind: "device", id: "c1" });
    expect(devices.get("c2-sw")?.state).toBe("down");
  });

  test("what was not polled is unknown, and does not hide the dead thing above it", () => {
    const { devices } = healthOf(tree, [answering("core", "down"), silent("c1")]);
    expect(devices.get("district")?.state).toBe("unknown");
    expect(devices.get("c1")?.because).toEqual({ kind: "link", id: "trunk" });
    const open = healthOf(tree, [answering("core"), silent("c1")]);
    expect(open.devices.get("c1")?.state).toBe("down");
  });

  test("a silent router behind which things answer is an agent's fault", () => {
    const { devices, sites, links } = healthOf(tree, [
      answering("core"),
      silent("district"),
      answering("c1"),
      silent("c2"),
    ]);
    expect(devices.get("district")).toMatchObject({
      state: "degraded",
      reasons: [{ code: "agent-silent-forwards", values: { count: 1 } }, {}],
    });
    expect(devices.get("c2")?.state).toBe("down");
    expect(sites.get("district")?.state).toBe("degraded");
    // What answers behind it proves the link too.
    expect(links.get("trunk")).toMatchObject({ state: "up", reasons: [{ code: "link-end-unmeasured" }] });
  });

  test("a ring that nothing connects to the center is down, not unreachable because of itself", () => {
    const ring = province({
      devices: [
        { id: "a", site: "a" },
        { id: "b", site: "b" },
      ],
      links: [
        { id: "ab", a: "a/1", b: "b/1" },
        { id: "ba", a: "b/2", b: "a/2" },
      ],
    });
    const { devices } = healthOf(ring, [silent("a"), silent("b")]);
    expect([...devices.values()].map(({ state }) => state)).toEqual(["down", "down"]);
  });
});

describe("independent of order", () => {
  const names = Array.from({ length: 9 }, (_, index) => `d${index}`);
  const network = fc.record({
    uplinks: fc.array(fc.record({ up: fc.nat(8), down: fc.nat(8), cut: fc.boolean() }), { maxLength: 14 }),
    answers: fc.array(fc.constantFrom("up", "silent", "never"), { minLength: 9, maxLength: 9 }),
    seed: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 }),
  });

  test("any network, any cuts, cycles included: the samples' order changes nothing, and every cause is down itself", () => {
    fc.assert(
      fc.property(network, ({ uplinks, answers, seed }) => {
        const inventory = province({
          devices: names.map((id) => ({ id, site: id })),
          links: uplinks
            .filter(({ up, down }) => up !== down)
            .map(({ up, down }, index) => ({
              id: `l${index}`,
              a: `d${up}/p${index}`,
              b: `d${down}/q${index}`,
            })),
        });
        const cut = uplinks.filter(({ up, down }) => up !== down).map(({ cut }) => cut);
        const samples = names.flatMap((id, index) => {
          if (answers[index] === "never") return [];
          if (answers[index] === "silent") return [silent(id)];
          const ports = cut.flatMap((isCut, link) => [
            port(`p${link}`, { oper: isCut ? "down" : "up" }),
            port(`q${link}`),
          ]);
          return [sample(id, NOW, { components: ports })];
        });
        const shuffled = samples.toSorted(
          (x, y) => seed[names.indexOf(x.device)]! - seed[names.indexOf(y.device)]!,
        );
        const one = healthOf(inventory, samples);
        const other = healthOf(inventory, shuffled);
        const plain = (health: HealthSnapshot) =>
          [health.devices, health.links, health.sites, health.agencies].map((map) =>
            [...map.entries()].sort(([x], [y]) => (x < y ? -1 : 1)),
          );
        expect(plain(other)).toEqual(plain(one));
        for (const { state, because } of one.devices.values()) {
          expect(state === "unreachable").toBe(because !== undefined);
          if (because)
            expect((because.kind === "link" ? one.links : one.devices).get(because.id)?.state).toBe("down");
        }
      }),
      { numRuns: 300 },
    );
  });
});
