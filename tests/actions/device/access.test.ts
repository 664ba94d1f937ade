import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { discoverDevices } from "../../../src/actions/device/discover.ts";
import { addressesOf } from "../../../src/actions/device/prefix.ts";
import { openAccess, openDevice } from "../../../src/actions/device/session.ts";
import { startAgent } from "../../../src/lab/agent/start-agent.ts";
import type { SnmpCredential } from "../../../src/snmp/types.ts";
import { snmprec, standard } from "../../poll/observe/playing.ts";

const community = (credential: SnmpCredential) =>
  credential.version === "3" ? undefined : credential.community.reveal();

async function file(mode: number): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "pdc-access-")), "community");
  await writeFile(path, "from-file\n", { mode });
  return path;
}

describe("a community that is not of the inventory", () => {
  test("comes from the environment, a file of one's own, or is the one everybody knows", async () => {
    process.env.TEST_COMMUNITY = "from-environment";
    const access = await openAccess({});
    expect(community(await access.credential("env:TEST_COMMUNITY"))).toBe("from-environment");
    expect(community(await access.credential(`file:${await file(0o600)}`))).toBe("from-file");
    expect(community(await access.credential("public"))).toBe("public");
    expect((await (await openAccess({ version: "1" })).credential("public")).version).toBe("1");
  });

  test.each(["env:NOT_SET_ANYWHERE", "no-such-name"])("%s is a usage error", async (name) => {
    const access = await openAccess({});
    await expect(access.credential(name)).rejects.toMatchObject({ exitCode: 2 });
  });

  test("a file that others can read is refused, with the remedy", async () => {
    const access = await openAccess({});
    const open = access.credential(`file:${await file(0o644)}`);
    await expect(open).rejects.toMatchObject({ exitCode: 2, fix: expect.stringContaining("chmod 600") });
  });

  test("an address without a credential is a usage error that says what may be given", async () => {
    const access = await openAccess({});
    await expect(openDevice("192.0.2.1", access, {})).rejects.toMatchObject({
      exitCode: 2,
      fix: expect.stringContaining("--credential"),
    });
  });
});

describe("prefixes", () => {
  test.each([
    ["192.0.2.7", ["192.0.2.7"]],
    ["192.0.2.8/30", ["192.0.2.9", "192.0.2.10"]],
    ["192.0.2.9/31", ["192.0.2.8", "192.0.2.9"]],
    ["192.0.2.9/32", ["192.0.2.9"]],
    ["2001:db8::4/127", ["2001:db8::4", "2001:db8::5"]],
  ])("%s", (prefix, expected) => expect(addressesOf(prefix)).toEqual(expected));

  test("a /16 is the largest", () => {
    expect(addressesOf("10.1.0.0/16").length).toBe(65_534);
    for (const prefix of ["10.0.0.0/15", "2001:db8::/64", "10.0.0.0/33", "10.0.0/24", "x/24", "10.0.0.0/"]) {
      expect(() => addressesOf(prefix)).toThrow();
    }
  });
});

describe("a scan", () => {
  test("tries the credentials in order and names the right one; silent addresses are no result", async () => {
    process.env.TEST_WRONG = "wrong";
    const agent = await startAgent(snmprec(standard("ups")));
    const report = await discoverDevices({
      prefixes: ["127.0.0.0/29"],
      credentials: ["env:TEST_WRONG", "public"],
      ratePerSecond: 1000,
      port: agent.port,
      timeoutMs: 200,
      retries: 0,
    });
    expect(report).toMatchObject({ asked: 6, answered: 1 });
    expect(report.found).toMatchObject([
      { address: "127.0.0.1", credential: "public", description: "Test UPS" },
    ]);
    await agent.stop();
  });

  test("needs a credential, or an inventory", async () => {
    const options = { credentials: [], ratePerSecond: 10 };
    await expect(discoverDevices({ ...options, prefixes: ["127.0.0.1"] })).rejects.toMatchObject({
      exitCode: 2,
    });
    await expect(discoverDevices({ ...options, prefixes: [] })).rejects.toMatchObject({ exitCode: 2 });
  });
});
