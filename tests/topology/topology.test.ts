import { describe, expect, test } from "vitest";
import { buildTopology } from "../../src/topology/build.ts";
import { behind, upstreamPaths } from "../../src/topology/paths.ts";
import { province } from "./province.ts";

/** core (center) — district router — commune router with a second way over cellular; a switch and a printer behind. */
const small = province({
  devices: [
    { id: "core", site: "center" },
    { id: "web", site: "center", role: "server" },
    { id: "le-thuy", site: "district" },
    { id: "commune", site: "commune" },
    { id: "commune-sw", site: "commune", role: "switch" },
    { id: "commune-prn", site: "commune", role: "printer", uplink: "commune-sw" },
  ],
  links: [
    { id: "trunk", a: "core/ge0", b: "le-thuy/ge0" },
    { id: "lte", a: "core/tun1", b: "commune/lte0", kind: "cellular", group: { id: "g", role: "backup" } },
    { id: "fiber", a: "le-thuy/ge1", b: "commune/ge0", group: { id: "g", role: "primary" } },
  ],
});

describe("who hangs on whom", () => {
  const topology = buildTopology(small);

  test("links, uplinks and the site's gateway give the way up, primary before backup", () => {
    expect(topology.roots).toEqual(["core"]);
    expect(topology.uplinks.get("commune")).toEqual([
      { parent: "le-thuy", link: "fiber", role: "primary", source: "link" },
      { parent: "core", link: "lte", role: "backup", source: "link" },
    ]);
    expect(topology.uplinks.get("commune-prn")).toEqual([{ parent: "commune-sw", source: "uplink" }]);
    expect(topology.uplinks.get("commune-sw")).toEqual([{ parent: "commune", source: "site" }]);
    expect(topology.uplinks.get("web")).toEqual([{ parent: "core", source: "site" }]);
    expect(topology.accessLinks.get("commune")).toEqual(["lte", "fiber"]);
    expect(topology.groups.get("g")).toEqual({ id: "g", primary: ["fiber"], backup: ["lte"] });
  });

  test("paths run from the center, backup last", () => {
    expect(upstreamPaths(topology, "commune-prn")).toEqual([
      {
        devices: ["core", "le-thuy", "commune", "commune-sw", "commune-prn"],
        links: ["trunk", "fiber", undefined, undefined],
        isBackup: false,
      },
      {
        devices: ["core", "commune", "commune-sw", "commune-prn"],
        links: ["lte", undefined, undefined],
        isBackup: true,
      },
    ]);
    expect(upstreamPaths(topology, "nobody")).toEqual([]);
  });

  test("only what loses every way is behind something", () => {
    expect(behind(topology, { kind: "link", id: "trunk" })).toEqual(["le-thuy"]);
    expect(behind(topology, { kind: "link", id: "fiber" })).toEqual([]);
    expect(behind(topology, { kind: "device", id: "commune" }).sort()).toEqual(["commune-prn", "commune-sw"]);
    expect(behind(topology, { kind: "device", id: "core" }).sort()).toEqual([
      "commune",
      "commune-prn",
      "commune-sw",
      "le-thuy",
      "web",
    ]);
  });
});

describe("odd shapes", () => {
  test("a ring and a device that is its own uplink end", () => {
    const ring = buildTopology(
      province({
        devices: ["a", "b", "c", "d"].map((id) => ({ id, site: id, ...(id === "d" && { uplink: "d" }) })),
        links: [
          { id: "ab", a: "a/1", b: "b/1" },
          { id: "bc", a: "b/2", b: "c/1" },
          { id: "ca", a: "c/2", b: "a/2" },
        ],
      }),
    );
    expect(ring.roots).toEqual(["d"]);
    expect(upstreamPaths(ring, "a")).toEqual([]);
    expect(behind(ring, { kind: "link", id: "ab" })).toEqual([]);
  });

  test("links that ended or have not begun do not count", () => {
    const inventory = province({
      devices: [
        { id: "core", site: "center" },
        { id: "x", site: "x" },
      ],
      links: [
        { id: "old", a: "core/1", b: "x/1", validUntil: "2025-07-01" },
        { id: "new", a: "core/2", b: "x/2", validFrom: "2025-07-01" },
      ],
    });
    const linksOf = (on?: string) =>
      buildTopology(inventory, on === undefined ? {} : { on }).linksByDevice.get("x");
    expect(linksOf()).toEqual(["new"]);
    expect(linksOf("2025-06-30")).toEqual(["old"]);
    expect(linksOf("2025-07-01")).toEqual(["new"]);
  });
});

describe("LLDP hints", () => {
  const devices = [
    { id: "core", site: "center" },
    { id: "gw", site: "town" },
    { id: "sw1", site: "town", role: "switch", name: "SW-ONE" },
    { id: "sw2", site: "town", role: "switch" },
  ];
  const links = [{ id: "l", a: "core/1", b: "gw/1" }];

  test("order the devices of a site, whatever case or domain the name has", () => {
    const topology = buildTopology(province({ devices, links }), {
      neighbors: [
        { device: "gw", localInterface: "ge1", remoteName: "sw-one" },
        { device: "sw2", localInterface: "ge1", remoteName: "SW-ONE.quangbinh.example" },
      ],
    });
    expect(topology.uplinks.get("sw2")).toEqual([{ parent: "sw1", source: "lldp" }]);
    expect(topology.uplinks.get("sw1")).toEqual([{ parent: "gw", source: "lldp" }]);
    expect(topology.undeclared).toEqual([]);
  });

  test("an adjacency between sites without a link is told once, and changes nothing", () => {
    const topology = buildTopology(province({ devices, links }), {
      neighbors: [
        { device: "sw1", localInterface: "ge9", remoteName: "core" },
        { device: "core", localInterface: "ge9", remoteName: "sw1" },
        { device: "core", localInterface: "ge8", remoteName: "<script>" },
      ],
    });
    expect(topology.undeclared).toEqual([{ a: "sw1", b: "core", interface: "ge9" }]);
    expect(topology.uplinks.get("sw1")).toEqual([{ parent: "gw", source: "site" }]);
  });
});
