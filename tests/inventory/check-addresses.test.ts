/** Addresses, interfaces and prefixes that cannot be, with the place that is told. */
import { describe, expect, it } from "vitest";
import { add, change, D, files, L, third } from "./small-changes.ts";
import { briefly, load, problemsOf } from "./temporary.ts";

describe("addresses", () => {
  it.each([
    "192.0.2.300",
    "192.0.02.1",
    "1.2.3",
    "0.0.0.0",
    "224.0.0.1",
    "a_b",
    "host name",
    "fe80::1%eth0",
    "ff02::1",
  ])("refuses the address %s", async (address) => {
    expect(briefly(await problemsOf(change(D, "address: 192.0.2.2", `address: "${address}"`)))).toEqual([
      `${D}:11:12 invalid-address`,
    ]);
  });

  it.each(["2001:db8::1", "::ffff:192.0.2.9", "rt-1.example.vn", "127.0.0.1"])(
    "takes the address %s",
    async (address) => {
      expect(
        (await load(change(D, "address: 192.0.2.2", `address: "${address}"`))).devices.get("rt-commune")
          ?.address,
      ).toBe(address);
    },
  );

  it.each(["10.0.0.1", "10.0.0.0/24", "10.0.0.255/24", "10.0.0.1/33", "10.0.0.1/x", "nonsense"])(
    "refuses the interface address %s",
    async (address) => {
      expect(briefly(await problemsOf(third("192.0.2.3", `{ name: e1, address: "${address}" }`)))).toEqual([
        `${D}:21:28 invalid-address`,
      ]);
    },
  );

  it.each([
    ["a prefix inside another", "{ name: e1, address: 198.51.100.9/24 }", ["overlapping-prefix"]],
    ["the same prefix where no link leads", "{ name: e1, address: 10.9.0.1/24 }", ["overlapping-prefix"]],
    [
      "an IPv6 prefix inside another",
      '{ name: e1, address: "2001:db8::1/64" }|{ name: e2, address: "2001:db8::9/32" }',
      ["overlapping-prefix"],
    ],
  ])("refuses %s", async (_what, interfaces, codes) => {
    const lonely = "- { id: far, name: Xa, agency: commune }\n";
    const far =
      "- { id: rt-far, site: far, role: router, address: 192.0.2.9, credential: v2c, interfaces: [ { name: e1, address: 10.9.0.2/24 } ] }\n";
    const broken = third("192.0.2.3", ...interfaces.split("|"))[D]! + far;
    const problems = await problemsOf({ [D]: broken, ...add("sites/sites.yaml", lonely) });
    expect(problems.map(({ code }) => code)).toEqual(codes);
  });

  it("takes one prefix twice in a site, across a link, or in another routing instance", async () => {
    await load(third("192.0.2.3", "{ name: e1, address: 198.51.100.1/30, vrf: guest }"));
    await load(
      change(
        D,
        "198.51.100.2/30 }",
        "198.51.100.2/30 }\n    - { name: lo, address: 198.51.100.2/32, vrf: x }",
      ),
    );
  });

  it("takes one prefix at many sites when their links lead from one to the other, in any order of the files", async () => {
    const spoke = (id: string) =>
      `- { id: ${id}, site: ${id}, role: router, address: ${id === "b" ? "192.0.2.7" : "192.0.2.8"}, credential: v2c, interfaces: [{ name: e1, address: 10.9.0.${id === "b" ? 2 : 3}/24 }] }\n`;
    const sites = `${files["sites/sites.yaml"]}- { id: b, name: B, agency: commune }\n- { id: c, name: C, agency: commune }\n`;
    const hub = files[D]!.replace(
      "interfaces:\n",
      "interfaces:\n    - { name: vpls, address: 10.9.0.1/24 }\n",
    );
    const shared = { "sites/sites.yaml": sites, [D]: spoke("b") + spoke("c") + hub };
    const link = (id: string) =>
      `- { id: ${id}, kind: mpls, a: { device: rt-center, interface: vpls }, b: { device: ${id}, interface: e1 } }\n`;
    await load({ ...shared, ...add(L, link("b") + link("c")) });
    expect(briefly(await problemsOf({ ...shared, ...add(L, link("b")) }))).toEqual([
      `${D}:2:106 overlapping-prefix`,
    ]);
  });

  it("refuses prefixes of two sites that overlap, and prefixes that are no networks", async () => {
    const sites = files["sites/sites.yaml"]!;
    const both =
      sites.replace("agency: center\n", 'agency: center\n  prefixes: [ "10.1.0.0/16" ]\n') +
      '  prefixes: [ "10.1.7.0/24", "10.2.0.1/24" ]\n';
    expect(briefly(await problemsOf({ "sites/sites.yaml": both }))).toEqual([
      "sites/sites.yaml:8:15 overlapping-prefix",
      "sites/sites.yaml:8:30 invalid-address",
    ]);
  });
});
