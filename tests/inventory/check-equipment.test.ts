/** Links, devices and credentials that make no sense beside the others. */
import { describe, expect, it } from "vitest";
import { add, change, D, L } from "./small-changes.ts";
import { problemsOf } from "./temporary.ts";

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
