/** What net-snmp's tools, which are not ours, make of an agent. */
import { spawnSync } from "node:child_process";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type StartedAgent, startAgent } from "../../../src/lab/agent/start-agent.ts";

const hasTools = spawnSync("snmpbulkwalk", ["-V"]).error === undefined;
if (!hasTools)
  console.log(
    "skipped: tests/lab/agent/agent-contract needs net-snmp's tools (Debian: apt-get install snmp)",
  );

const recording = `1.3.6.1.2.1.1.1.0|4|Test device
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.2134
1.3.6.1.2.1.1.3.0|67|123456
1.3.6.1.2.1.2.2.1.2.1|4|eth1
1.3.6.1.2.1.2.2.1.2.300|4|eth300
1.3.6.1.2.1.2.2.1.2.16384|4|eth16384
1.3.6.1.2.1.2.2.1.10.1|65|4294967295
1.3.6.1.2.1.2.2.1.10.300|65|128
1.3.6.1.2.1.4.20.1.1.10.0.0.1|64|10.0.0.1
1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615
1.3.6.1.2.1.31.1.1.1.6.300|70|9007199254740993
1.3.6.1.4.1.99999.1|2|-129
1.3.6.1.4.1.99999.2|2|-1
1.3.6.1.4.1.99999.3|2|128
1.3.6.1.4.1.99999.4|66|4294967295
1.3.6.1.4.1.99999.5|4x|00ff
1.3.6.1.4.1.99999.6|4|
`;
const counter64 = ["1.3.6.1.2.1.31.1.1.1.6.1", "1.3.6.1.2.1.31.1.1.1.6.300"];

/** `.oid = value` lines in numbers. */
async function run(tool: string, agent: StartedAgent, args: string[], oids: string[]): Promise<string> {
  const target = `${agent.address}:${agent.port}`;
  const { all } = await execa(tool, [...args, "-On", "-Oe", "-t", "5", "-r", "1", target, ...oids], {
    all: true,
    reject: false,
  });
  return all;
}

function oidsIn(output: string): string[] {
  return [...output.matchAll(/^\.([\d.]+) = (?!No )/gm)].map((match) => match[1]!);
}

const recorded = recording
  .trim()
  .split("\n")
  .map((line) => line.split("|")[0]!);

describe.skipIf(!hasTools)("an agent with a community", () => {
  let agent: StartedAgent;
  const v2c = ["-v2c", "-c", "secret-1"];
  const v1 = ["-v1", "-c", "secret-1"];
  beforeAll(async () => {
    agent = await startAgent(recording, { community: "secret-1" });
  });
  afterAll(() => agent.stop());

  test.each(["snmpwalk", "snmpbulkwalk"])("%s gets every variable in order, and the end", async (tool) => {
    const output = await run(tool, agent, v2c, [".1"]);
    expect(oidsIn(output)).toEqual(recorded);
    expect(output).toContain("past the end of the MIB tree");
  });

  test("values keep their type and every bit", async () => {
    const output = await run("snmpwalk", agent, v2c, [".1"]);
    for (const value of [
      "Counter64: 18446744073709551615",
      "Counter64: 9007199254740993",
      "Counter32: 4294967295",
      "Counter32: 128",
      "INTEGER: -129",
      "INTEGER: -1\n",
      "INTEGER: 128",
      "Gauge32: 4294967295",
      "IpAddress: 10.0.0.1",
      "OID: .1.3.6.1.4.1.9.1.2134",
      "Timeticks: (123456)",
      "Hex-STRING: 00 FF",
      '1.3.6.1.4.1.99999.6 = ""',
    ]) {
      expect(`${output}\n`).toContain(value);
    }
  });

  test("a v1 manager gets everything but Counter64", async () => {
    expect(oidsIn(await run("snmpwalk", agent, v1, [".1"]))).toEqual(
      recorded.filter((oid) => !counter64.includes(oid)),
    );
    expect(await run("snmpget", agent, v1, [`.${counter64[0]}`])).toContain("noSuchName");
  });

  test("unknown instances and objects are told apart", async () => {
    const output = await run("snmpget", agent, v2c, [".1.3.6.1.2.1.2.2.1.2.2", ".1.3.6.1.2.1.99.1.0"]);
    expect(output).toContain("No Such Instance");
    expect(output).toContain("No Such Object");
    expect(await run("snmpget", agent, v1, [".1.3.6.1.2.1.2.2.1.2.2"])).toContain("noSuchName");
  });

  test("GETBULK repeats columns, with non-repeaters before them", async () => {
    const args = [...v2c, "-Cn1", "-Cr2"];
    const output = await run("snmpbulkget", agent, args, [
      ".1.3.6.1.2.1.1.2",
      ".1.3.6.1.2.1.2.2.1.2",
      ".1.3.6.1.2.1.2.2.1.10",
    ]);
    expect(oidsIn(output)).toEqual([
      "1.3.6.1.2.1.1.2.0",
      "1.3.6.1.2.1.2.2.1.2.1",
      "1.3.6.1.2.1.2.2.1.10.1",
      "1.3.6.1.2.1.2.2.1.2.300",
      "1.3.6.1.2.1.2.2.1.10.300",
    ]);
  });

  test("nothing can be set", async () => {
    const set = [".1.3.6.1.2.1.1.1.0", "s", "changed"];
    expect(await run("snmpset", agent, v2c, set)).toContain("notWritable");
    expect(await run("snmpget", agent, v2c, [".1.3.6.1.2.1.1.1.0"])).toContain("Test device");
  });

  test("another community gets no answer", async () => {
    const before = agent.counters.wrongCredential;
    const target = `${agent.address}:${agent.port}`;
    const { exitCode } = await execa(
      "snmpget",
      ["-v2c", "-c", "other", "-t0.2", "-r0", target, "1.3.6.1.2.1.1.1.0"],
      {
        reject: false,
      },
    );
    expect(exitCode).toBe(1);
    expect(agent.counters.wrongCredential).toBe(before + 1);
  });
});

test.skipIf(!hasTools)(
  "a GET whose answer does not fit is tooBig; a GETBULK answers with what fits",
  async () => {
    const wide = Array.from(
      { length: 40 },
      (_, index) => `1.3.6.1.4.1.99999.${index + 1}|4|${"x".repeat(100)}`,
    );
    const agent = await startAgent(wide.join("\n"), { maxMessageOctets: 1_000 });
    try {
      const v2c = ["-v2c", "-c", "public"];
      const all = wide.map((line) => line.split("|")[0]!);
      // -Cf: do not repair a tooBig by asking for less.
      expect(await run("snmpget", agent, [...v2c, "-Cf"], all.slice(0, 20))).toContain("tooBig");
      const bulk = oidsIn(await run("snmpbulkget", agent, [...v2c, "-Cr40"], [".1.3.6.1.4.1.99999"]));
      expect(bulk.length).toBeGreaterThan(3);
      expect(bulk).toEqual(all.slice(0, bulk.length));
      expect(oidsIn(await run("snmpbulkwalk", agent, v2c, [".1.3.6.1.4.1.99999"]))).toEqual(all);
    } finally {
      await agent.stop();
    }
  },
);

describe.skipIf(!hasTools)("an agent with SNMPv3", () => {
  const user = "pdc";
  const auth = { protocol: "sha256", password: "authentic-words" } as const;
  const priv = { protocol: "aes128", password: "private-words" } as const;
  const login = [
    "-v3",
    "-l",
    "authPriv",
    "-u",
    user,
    "-a",
    "SHA-256",
    "-A",
    auth.password,
    "-x",
    "AES",
    "-X",
    priv.password,
  ];

  test.each([
    ["noAuthNoPriv", { user }, ["-l", "noAuthNoPriv"]],
    [
      "MD5",
      { user, auth: { protocol: "md5", password: auth.password } },
      ["-l", "authNoPriv", "-a", "MD5", "-A", auth.password],
    ],
    ["SHA-256 and AES-128", { user, auth, priv }, login.slice(1)],
    [
      "SHA-512 and AES-256",
      {
        user,
        auth: { protocol: "sha512", password: auth.password },
        priv: { protocol: "aes256-b", password: priv.password },
      },
      ["-l", "authPriv", "-a", "SHA-512", "-A", auth.password, "-x", "AES-256", "-X", priv.password],
    ],
  ] as const)("%s: a walk gets everything", async (_name, credential, args) => {
    const agent = await startAgent(recording, { credential: { version: "3", ...credential } });
    try {
      expect(oidsIn(await run("snmpbulkwalk", agent, ["-v3", "-u", user, ...args], [".1"]))).toEqual(
        recorded,
      );
    } finally {
      await agent.stop();
    }
  });

  test("says what is wrong with a login, and never answers it", async () => {
    const agent = await startAgent(recording, { credential: { version: "3", user, auth, priv } });
    const attempt = (change: Record<string, string>) =>
      run(
        "snmpget",
        agent,
        login.map((word) => change[word] ?? word),
        [".1.3.6.1.2.1.1.1.0"],
      );
    try {
      expect(await attempt({ [user]: "nobody" })).toContain("Unknown user name");
      expect(await attempt({ [auth.password]: "not the password" })).toContain("Authentication failure");
      expect(await attempt({ [priv.password]: "not the password" })).toContain("Decryption error");
      expect(await attempt({ authPriv: "authNoPriv" })).toContain("Unsupported security level");
      expect(await attempt({})).toContain("Test device");
    } finally {
      await agent.stop();
    }
  });

  test("after a reboot boots is one higher, and a manager that asks anew gets in", async () => {
    const agent = await startAgent(recording, {
      credential: { version: "3", user, auth, priv },
      engineBoots: 6,
    });
    try {
      agent.setFault({ kind: "reboot" });
      expect(await run("snmpget", agent, login, [".1.3.6.1.2.1.1.1.0"])).toContain("Test device");
    } finally {
      await agent.stop();
    }
  });
});
