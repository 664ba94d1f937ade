/** What is refused although every file can be read: one line per rule, with the place that is told. */
import { describe, expect, it } from "vitest";
import { smallInventory } from "./synthetic-inventory.ts";
import { briefly, load, problemsOf } from "./temporary.ts";

const files = Object.fromEntries(smallInventory());
const change = (file: string, from: string, to: string) => ({ [file]: files[file]!.replace(from, to) });
const add = (file: string, text: string) => ({ [file]: `${files[file] ?? ""}${text}` });

const D = "devices/devices.yaml";
const L = "links/links.yaml";
const A = "agencies/agencies.yaml";
/** The small inventory's devices with a third one, whose interfaces begin on line 20. */
const third = (address: string, ...interfaces: string[]) =>
  add(
    D,
    `- id: rt-3\n  site: commune\n  role: router\n  address: ${address}\n  credential: v2c\n  interfaces:\n${interfaces.map((one) => `    - ${one}\n`).join("")}`,
  );

describe("references", () => {
  it.each([
    [
      "a site",
      change(D, "site: commune", "site: comune"),
      `${D}:9:9 dangling-reference`,
      'did you mean "commune"?',
    ],
    [
      "a credential",
      change(D, "credential: v2c", "credential: v2"),
      `${D}:5:15 dangling-reference`,
      'did you mean "v2c"?',
    ],
    [
      "an uplink",
      change(D, "role: router", "role: router\n  uplink: rt-centre"),
      `${D}:4:11 dangling-reference`,
      'did you mean "rt-center"?',
    ],
    [
      "a device of a link",
      change(L, "device: rt-commune", "device: rt-comune"),
      `${L}:5:16 dangling-reference`,
      'did you mean "rt-commune"?',
    ],
    [
      "an interface of a link",
      change(L, "interface: ether1", "interface: ether2"),
      `${L}:5:39 unknown-interface`,
      'did you mean "ether1"?',
    ],
    [
      "an agency of a site",
      change("sites/sites.yaml", "agency: center", "agency: centr"),
      "sites/sites.yaml:3:11 dangling-reference",
      'did you mean "center"?',
    ],
    [
      "a parent",
      add(A, "- { id: x, name: X, kind: unit, parents: [ { agency: centre } ] }\n"),
      `${A}:8:54 dangling-reference`,
      'did you mean "center"?',
    ],
    [
      "a link of maintenance",
      {
        "maintenance/m.yaml":
          '- { id: m, reason: r, from: "2026-01-01T01:00", until: "2026-01-01T02:00", links: [ wan ] }\n',
      },
      "maintenance/m.yaml:1:85 dangling-reference",
      undefined,
    ],
    [
      "an owner of a system",
      { "systems/s.yaml": "- { id: s, name: S, nameEn: S, owner: nobody, handledBy: wan }\n" },
      "systems/s.yaml:1:39 dangling-reference",
      undefined,
    ],
  ])("%s that is not there", async (_what, broken, place, hint) => {
    const problems = await problemsOf(broken);
    expect(briefly(problems)).toEqual([place]);
    expect(problems[0]?.hint).toBe(hint);
  });

  it("does not tell a refused object as missing too", async () => {
    const problems = await problemsOf(change(D, "id: rt-commune\n", "id: rt-commune\n  colour: blue\n"));
    expect(briefly(problems)).toEqual([`${D}:9:3 unknown-key`]);
  });
});

describe("duplicates", () => {
  it.each([
    [
      "an id, in another file",
      { "agencies/more.yaml": "- { id: center, name: X, kind: unit }\n" },
      "agencies/more.yaml:1:9 duplicate-id",
    ],
    ["a code", add(A, '- { id: x, code: "19192", name: X, kind: commune }\n'), `${A}:8:18 duplicate-code`],
    [
      "an alias that is an id",
      add(A, "- { id: x, name: X, kind: unit, aliases: [ center ] }\n"),
      `${A}:8:44 duplicate-alias`,
    ],
    ["a management address", change(D, "192.0.2.2", "192.0.2.1"), `${D}:11:12 duplicate-address`],
    [
      "the same in another spelling",
      change(D, "address: 192.0.2.2", 'address: "192.0.2.1"'),
      `${D}:11:12 duplicate-address`,
    ],
    [
      "an interface's address",
      third("192.0.2.3", "{ name: e1, address: 198.51.100.2/30 }"),
      `${D}:21:28 duplicate-address`,
    ],
    [
      "a management address that is another's interface",
      change(D, "192.0.2.2", "198.51.100.1"),
      `${D}:11:12 duplicate-address`,
    ],
    [
      "an interface's name",
      third("192.0.2.3", "{ name: e1 }", "{ name: e1 }"),
      `${D}:22:15 duplicate-interface`,
    ],
    [
      "a serial number",
      { [D]: files[D]!.replaceAll("role: router\n", "role: router\n  serial: S1\n") },
      `${D}:12:11 duplicate-serial`,
    ],
    [
      "a circuit",
      add(
        L,
        "- { id: x, kind: mpls, circuitId: C-1, a: { device: rt-commune, interface: ether1 }, b: { device: rt-center, interface: GigabitEthernet0/0 } }\n",
      ),
      `${L}:6:3 duplicate-link`,
    ],
  ])("%s", async (_what, broken, place) => {
    expect(briefly(await problemsOf(broken))).toContain(place);
  });

  it("allows one code to two agencies at different times, and one address on two ports", async () => {
    await load(
      add(
        A,
        '- { id: x, code: "1", name: X, kind: unit, validUntil: "2025-07-01" }\n- { id: y, code: "1", name: Y, kind: unit, validFrom: "2025-07-01" }\n',
      ),
    );
    await load(change(D, "address: 192.0.2.2", "address: 192.0.2.1\n  port: 1161"));
  });
});

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

describe("trees and times", () => {
  it.each([
    [
      "a circle of parents",
      "- { id: x, name: X, kind: unit, parents: [ { agency: y } ] }\n- { id: y, name: Y, kind: unit, parents: [ { agency: x } ] }\n",
      "parent-cycle",
    ],
    [
      "a circle from some day on",
      '- { id: x, name: X, kind: unit, parents: [ { agency: y, from: "2026-01-01" } ] }\n- { id: y, name: Y, kind: unit, parents: [ { agency: x } ] }\n',
      "parent-cycle",
    ],
    [
      "an agency above itself",
      "- { id: x, name: X, kind: unit, parents: [ { agency: x } ] }\n",
      "parent-cycle",
    ],
    [
      "mergers in a circle",
      '- { id: x, name: X, kind: unit, validUntil: "2025-01-01", mergedInto: { agency: y, on: "2025-01-01" } }\n- { id: y, name: Y, kind: unit, validUntil: "2025-01-01", mergedInto: { agency: x, on: "2025-01-01" } }\n',
      "merger-cycle",
    ],
    [
      "two parents at once",
      '- { id: x, name: X, kind: unit, parents: [ { agency: center, until: "2025-07-02" }, { agency: commune, from: "2025-07-01" } ] }\n',
      "overlapping-parents",
    ],
    [
      "a parent that ends before",
      '- { id: x, name: X, kind: district, validUntil: "2025-07-01" }\n- { id: y, name: Y, kind: unit, parents: [ { agency: x } ] }\n',
      "parent-ended",
    ],
    [
      "an end before the beginning",
      '- { id: x, name: X, kind: unit, validFrom: "2025-07-01", validUntil: "2025-06-01" }\n',
      "invalid-period",
    ],
    [
      "a merger on another day than the end",
      '- { id: x, name: X, kind: unit, mergedInto: { agency: center, on: "2025-01-01" } }\n',
      "invalid-period",
    ],
    ["a day that is none", '- { id: x, name: X, kind: unit, validFrom: "2025-02-30" }\n', "invalid-format"],
  ])("refuses %s", async (_what, text, code) => {
    expect((await problemsOf({ "agencies/more.yaml": text })).map((problem) => problem.code)).toContain(code);
  });

  it("takes a circle that never holds on one day", async () => {
    await load({
      "agencies/more.yaml":
        '- { id: x, name: X, kind: unit, parents: [ { agency: y, until: "2025-01-01" } ] }\n- { id: y, name: Y, kind: unit, parents: [ { agency: x, from: "2025-01-01" } ] }\n',
    });
  });

  it.each([
    ['from: "2026-02-30T01:00", until: "2026-03-01T02:00"', "invalid-time"],
    ['from: "2026-02-01 01:00", until: "2026-03-01T02:00"', "invalid-time"],
    ['from: "2026-03-01T02:00", until: "2026-03-01T02:00"', "invalid-period"],
  ])("refuses maintenance %s", async (times, code) => {
    const problems = await problemsOf({
      "maintenance/m.yaml": `- { id: m, reason: r, ${times}, devices: [ rt-center ] }\n`,
    });
    expect(problems.map((problem) => problem.code)).toContain(code);
  });
});

describe("equipment", () => {
  it.each([
    [
      "a link to itself",
      change(
        L,
        "b: { device: rt-commune, interface: ether1 }",
        "b: { device: rt-center, interface: GigabitEthernet0/0 }",
      ),
      "self-link",
    ],
    ["a group without a primary", add(L, "  group: { id: g, role: backup }\n"), "group-without-primary"],
    [
      "a circle of uplinks",
      add(
        D,
        "- { id: a, site: center, role: switch, address: 192.0.2.7, credential: v2c, uplink: b }\n- { id: b, site: center, role: switch, address: 192.0.2.8, credential: v2c, uplink: a }\n",
      ),
      "uplink-cycle",
    ],
    [
      "an uplink at another site",
      add(
        D,
        "- { id: a, site: center, role: switch, address: 192.0.2.7, credential: v2c, uplink: rt-commune }\n",
      ),
      "uplink-elsewhere",
    ],
    [
      "maintenance of nothing",
      {
        "maintenance/m.yaml": '- { id: m, reason: r, from: "2026-01-01T01:00", until: "2026-01-01T02:00" }\n',
      },
      "covers-nothing",
    ],
    [
      "a secret in the file",
      { "credentials/credentials.yaml": "- { id: v2c, kind: snmp-community, community: public }\n" },
      "invalid-secret-source",
    ],
    [
      "two sources of one secret",
      {
        "credentials/credentials.yaml":
          "- { id: v2c, kind: snmp-community, community: { env: A, file: b } }\n",
      },
      "invalid-secret-source",
    ],
    [
      "privacy without authentication",
      add(
        "credentials/credentials.yaml",
        "- { id: v3, kind: snmp-v3, user: u, priv: { protocol: aes128, password: { env: A } } }\n",
      ),
      "wrong-credential",
    ],
    [
      "SSH's credential for SNMP",
      { "credentials/credentials.yaml": "- { id: v2c, kind: ssh, user: u, password: { env: A } }\n" },
      "wrong-credential",
    ],
    [
      "a kind of credential that is not known",
      { "credentials/credentials.yaml": "- { id: v2c, kind: snmp-comunity, community: { env: A } }\n" },
      "unknown-value",
    ],
    ["a role that is not known", change(D, "role: router", "role: ruter"), "unknown-value"],
  ])("refuses %s", async (_what, broken, code) => {
    const problems = await problemsOf(broken);
    expect(problems.map((problem) => problem.code)).toContain(code);
  });

  it("hints at the near word of a list of words, and at all of them when none is near", async () => {
    const [near] = await problemsOf(change(D, "role: router", "role: ruter"));
    expect(near?.hint).toBe('did you mean "router"?');
    const [far] = await problemsOf(change(D, "role: router", "role: qqqqqq"));
    expect(far?.hint).toContain("access-point");
  });
});

const P = "systems/p.yaml";
const platform = (workloads: string, more = "") =>
  `- id: p\n  name: P\n  nameEn: P\n  owner: center\n  handledBy: workload\n  platform:\n${more}    workloads:\n${workloads}`;
const images = {
  "registries/r.yaml": "- { id: r, name: R, host: registry.example }\n",
  "images/i.yaml": "- { id: i, registry: r, repository: a/b, tag: v1 }\n",
};
const workload = (name: string, more = "") =>
  `      - { name: ${name}, template: api, image: i, cpu: 100m, memory: 64Mi${more} }\n`;
const cluster =
  '- id: k\n  name: K\n  site: center\n  pools: [{ name: w, nodes: 2, cpu: "4", memory: 8Gi }]\n  storageClasses: [{ name: s, capacity: 1Ti }]\n  services:\n' +
  ["dns", "ingress", "monitoring", "backup"]
    .map((one) => `    ${one}: { namespace: ${one}, labels: { a/b.c: d } }\n`)
    .join("");

describe("the platform", () => {
  it("is accepted as it should be written", async () => {
    const { systems, clusters } = await load({
      ...images,
      "clusters/k.yaml": cluster,
      "environments/e.yaml":
        '- { id: e, name: E, cluster: k, domain: e.example, data: real, quotas: [{ system: p, cpu: "1", memory: 1Gi, pods: 3 }] }\n',
      [P]: platform(workload("a", ", calls: [b]") + workload("b")),
    });
    expect(systems.get("p")?.platform?.workloads.map(({ replicas }) => replicas.min)).toEqual([2, 2]);
    expect(clusters.get("k")?.services.dns.labels).toEqual({ "a/b.c": "d" });
  });

  it.each([
    ["an image", { [P]: platform(workload("a")) }, `${P}:8:42 dangling-reference`],
    [
      "a workload to call",
      { ...images, [P]: platform(workload("a", ", calls: [bb]") + workload("b")) },
      `${P}:8:78 dangling-reference`,
    ],
    [
      "a credential",
      { ...images, [P]: platform(workload("a", ", secrets: [{ name: X, credential: none }]")) },
      `${P}:8:103 dangling-reference`,
    ],
    [
      "a gateway",
      { ...images, [P]: platform(workload("a"), "    gateway: b\n") },
      `${P}:7:14 dangling-reference`,
    ],
    [
      "a name for each",
      { ...images, [P]: platform(workload("a") + workload("a")) },
      `${P}:9:17 duplicate-id`,
    ],
    [
      "a name that no object of the frame has",
      { ...images, [P]: platform(workload("registry-x")) },
      `${P}:8:17 invalid-name`,
    ],
    [
      "one value for a variable",
      {
        ...images,
        [P]: platform(workload("a", ", config: { X: a }, secrets: [{ name: X, credential: v2c }]")),
      },
      `${P}:8:106 duplicate-id`,
    ],
    [
      "a cluster",
      { "environments/e.yaml": "- { id: e, name: E, cluster: k, domain: e.example, data: real }\n" },
      "environments/e.yaml:1:30 dangling-reference",
    ],
    [
      "one end or the other",
      {
        "exchanges/x.yaml":
          "- { id: x, consumer: {}, provider: { endpoint: e }, dataClass: public, purpose: p }\n",
      },
      "exchanges/x.yaml:1:22 invalid-value",
    ],
    [
      "a workload at the end of an exchange",
      {
        ...images,
        [P]: platform(workload("a")),
        "endpoints/e.yaml":
          "- { id: e, name: E, reach: center, addresses: [192.0.2.1/32], port: 443, accepts: public }\n",
        "exchanges/x.yaml":
          "- { id: x, consumer: { system: p, workload: aa }, provider: { endpoint: e }, dataClass: public, purpose: p }\n",
      },
      "exchanges/x.yaml:1:45 dangling-reference",
    ],
    [
      "octets in binary units",
      { ...images, [P]: platform(workload("a").replace("64Mi", "64MB")) },
      `${P}:8:64 invalid-format`,
    ],
  ])("wants %s", async (_what, files, place) => {
    expect(briefly(await problemsOf(files as Record<string, string>))).toEqual([place]);
  });
});
