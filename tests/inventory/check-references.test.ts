/** What an object names is there, and nothing is there twice: the place that is told. */
import { describe, expect, it } from "vitest";
import { A, add, change, D, files, L, third } from "./small-changes.ts";
import { briefly, load, problemsOf } from "./temporary.ts";

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
