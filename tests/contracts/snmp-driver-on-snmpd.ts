import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secretText } from "../../src/snmp/secret.ts";
import type { SnmpCredential, VarBind } from "../../src/snmp/types.ts";
import { findProgram, type RunningAgent } from "../fixtures/snmp/process.ts";
import { COMMUNITY, SNMPD_USERS, snmpdPath, startSnmpd, v3Credential } from "../fixtures/snmp/snmpd.ts";
import { community, type DriverUnderTest } from "./snmp-driver-under-test.ts";

const SYSTEM = "1.3.6.1.2.1.1";
const IF_ENTRY = "1.3.6.1.2.1.2.2.1";
const snmpwalkPath = findProgram("snmpwalk");

/** The contract on the reference agent, in every version and several v3 suites. */
export function onSnmpd({ open, versions, lacksUsers = [] }: DriverUnderTest): void {
  describe.skipIf(snmpdPath === undefined)("on snmpd", () => {
    let agent: RunningAgent;
    beforeAll(async () => {
      agent = await startSnmpd();
    });
    afterAll(() => agent.stop());

    const credentials: [string, SnmpCredential][] = [
      ...(["1", "2c"] as const).map((version): [string, SnmpCredential] => [
        `v${version}`,
        community(version),
      ]),
      ...(versions.includes("3") ? SNMPD_USERS.filter(({ user }) => !lacksUsers.includes(user)) : []).map(
        (user): [string, SnmpCredential] => [`v3 ${user.user}`, v3Credential(user)],
      ),
    ];

    it.each(credentials)("%s: get, getNext, walk, table", async (_, credential) => {
      const session = open(agent.port, credential);
      const [name0, absent] = await session.get([`${SYSTEM}.5.0`, `${SYSTEM}.99.0`]);
      expect(name0).toMatchObject({ oid: `${SYSTEM}.5.0`, type: "OctetString" });
      expect(["noSuchObject", "noSuchInstance"]).toContain(absent?.type);
      expect(absent?.value).toBeNull();
      const [next] = await session.getNext([`${SYSTEM}.4.0`]);
      expect(next).toEqual(name0);

      const walked: VarBind[] = [];
      const walk = await session.walk(SYSTEM, (varBinds) => walked.push(...varBinds));
      expect(walk).toEqual({ ending: "end", complete: true, rows: walked.length });
      if (snmpwalkPath !== undefined)
        expect(walked.map(({ oid }) => oid)).toEqual(oidsOfSnmpwalk(agent.port, SYSTEM));

      const table = await session.table([1, 2, 3, 10].map((column) => `${IF_ENTRY}.${column}`));
      expect(table.complete).toBe(true);
      expect(table.columns[0]?.map((cell) => String(cell?.value))).toEqual(table.indexes);
      expect(table.columns[1]?.map((cell) => String(cell?.value))).toContain("lo");
      expect(table.columns[3]?.every((cell) => cell?.type === "Counter32")).toBe(true);
      expect(session.roundTripTimeMs()).toBeGreaterThan(0);
    });

    it("reads over IPv6", async () => {
      const session = open(agent.port, community("2c"), { address: "0:0:0:0:0:0:0:1" });
      expect(await session.get([`${SYSTEM}.5.0`])).toHaveLength(1);
    });

    it("getBulk gives non-repeaters, then repetitions row by row", async () => {
      const session = open(agent.port);
      const columns = [`${IF_ENTRY}.1`, `${IF_ENTRY}.2`];
      const found = await session.getBulk([`${SYSTEM}.3`, ...columns], {
        nonRepeaters: 1,
        maxRepetitions: 2,
      });
      const [upTime, ...cells] = found.map(({ oid }) => oid);
      const second = cells[2]?.split(".").at(-1);
      expect(upTime).toBe(`${SYSTEM}.3.0`);
      expect(cells).toEqual([
        `${columns[0]}.1`,
        `${columns[1]}.1`,
        `${columns[0]}.${second}`,
        `${columns[1]}.${second}`,
      ]);
    });

    it("refuses GETBULK over v1", async () => {
      const session = open(agent.port, community("1"));
      await expect(session.getBulk([SYSTEM], { maxRepetitions: 2 })).rejects.toMatchObject({
        code: "unsupported",
      });
    });

    it("says what the end of the MIB is", async () => {
      const session = open(agent.port);
      expect(await session.getNext(["1.9.1"])).toEqual([{ oid: "1.9.1", type: "endOfMibView", value: null }]);
    });

    it("answers a hundred requests at once", async () => {
      const sessions = Array.from({ length: 10 }, () => open(agent.port));
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) => sessions[i % 10]!.get([`${SYSTEM}.${(i % 7) + 1}.0`])),
      );
      expect(answers.map(([varBind]) => varBind?.oid)).toEqual(
        answers.map((_, i) => `${SYSTEM}.${(i % 7) + 1}.0`),
      );
    });

    it("gives scalars and sysUpTime with a table", async () => {
      const scalars = [`${SYSTEM}.5.0`, `${SYSTEM}.99.0`];
      const table = await open(agent.port).table([`${IF_ENTRY}.1`], { scalars, watchRestart: true });
      expect(table.scalars?.[0]).toMatchObject({ oid: scalars[0], type: "OctetString" });
      expect(table.scalars?.[1]).toBeUndefined();
      expect(table.upTimeTicks).toBeGreaterThan(0);
    });

    it("a wrong community is silence", async () => {
      const session = open(agent.port, community("2c", "wrong"), { timeoutMs: 100, retries: 0 });
      await expect(session.get([`${SYSTEM}.5.0`])).rejects.toMatchObject({
        code: "timeout",
        address: "127.0.0.1",
      });
    });

    it.runIf(versions.includes("3"))("says what is wrong with a v3 credential", async () => {
      const { user, auth, priv } = SNMPD_USERS.find((each) => each.user === "sha256aes")!;
      const right = v3Credential({ user, auth: auth!, priv: priv! }) as SnmpCredential & { version: "3" };
      const wrong = secretText("not the password");
      const quick = { timeoutMs: 300, retries: 0 };
      const codeOf = (credential: SnmpCredential): Promise<unknown> =>
        open(agent.port, credential, quick)
          .get([`${SYSTEM}.5.0`])
          .catch((error: { code: string }) => error.code);
      expect(await codeOf({ ...right, user: "nobody-here" })).toBe("unknown-user");
      expect(await codeOf({ ...right, auth: { protocol: "sha256", password: wrong } })).toBe(
        "authentication",
      );
      // An agent that cannot decrypt says so, or says nothing.
      expect(["decryption", "timeout"]).toContain(
        await codeOf({ ...right, priv: { protocol: "aes128", password: wrong } }),
      );
      const plain = SNMPD_USERS.find((each) => each.user === "plain")!;
      expect(await codeOf(v3Credential({ ...plain, auth: "sha256" }))).toBe("unsupported-security-level");
    });
  });
}

/** What the reference implementation walks. */
function oidsOfSnmpwalk(port: number, root: string): string[] {
  const argv = ["-v2c", "-c", COMMUNITY, "-On", "-Oq", "-m", "", `127.0.0.1:${port}`, root];
  const lines = execFileSync(snmpwalkPath!, argv, { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => /^\.([\d.]+) /.exec(line)?.[1] ?? []);
}
