import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VarBind } from "../../src/snmp/types.ts";
import type { RunningAgent } from "../fixtures/snmp/process.ts";
import { snmpsimdPath, startSnmpsimd } from "../fixtures/snmp/snmpsimd.ts";
import { community, type DriverUnderTest } from "./snmp-driver-under-test.ts";

const IF_ENTRY = "1.3.6.1.2.1.2.2.1";

/** The contract on a simulator that plays every type, and a table with holes. */
export function onSnmpsimd({ open }: DriverUnderTest): void {
  describe.skipIf(snmpsimdPath === undefined)("on snmpsimd", () => {
    let agent: RunningAgent;
    beforeAll(async () => {
      const values = readFileSync(new URL("../fixtures/snmp/values.snmprec", import.meta.url), "utf8");
      agent = await startSnmpsimd({ values });
    });
    afterAll(() => agent.stop());

    it("gives every type exactly (B5, B6)", async () => {
      const found: VarBind[] = [];
      await open(agent.port, community("2c", "values")).walk("1.3.6.1", (varBinds) =>
        found.push(...varBinds),
      );
      const value = (oid: string): VarBind["value"] | undefined =>
        found.find((each) => each.oid === oid)?.value;
      expect(found).toHaveLength(23);
      expect(value("1.3.6.1.2.1.31.1.1.1.6.1")).toBe(18446744073709551615n);
      expect(value("1.3.6.1.2.1.31.1.1.1.6.2")).toBe(9007199254740993n);
      expect(value("1.3.6.1.2.1.2.2.1.10.1")).toBe(4294967295);
      expect(value("1.3.6.1.2.1.2.2.1.10.3")).toBe(2147483648);
      expect(value("1.3.6.1.4.1.55555.1.1.0")).toBe(-2147483648);
      expect(value("1.3.6.1.4.1.55555.1.3.0")).toBe(1);
      expect(value("1.3.6.1.4.1.55555.1.4.0")).toBe(Math.PI);
      expect(value("1.3.6.1.4.1.55555.1.5.0")).toEqual(Buffer.from([1, 2]));
      expect(value("1.3.6.1.2.1.1.5.0")).toEqual(Buffer.from("c3a9ff00", "hex"));
      expect(value("1.3.6.1.2.1.1.2.0")).toBe("1.3.6.1.4.1.8072.3.2.10");
      expect(value("1.3.6.1.2.1.4.20.1.1.192.0.2.1")).toBe("192.0.2.1");
      expect(value("1.3.6.1.2.1.1.3.0")).toBe(4294967295);
    });

    it.each(["1", "2c"] as const)("v%s: a table with holes, and columns that end early", async (version) => {
      const columns = [1, 2, 10].map((column) => `${IF_ENTRY}.${column}`);
      const table = await open(agent.port, community(version, "values")).table(columns);
      expect(table).toMatchObject({ complete: true, rows: 4, indexes: ["1", "2", "3", "70000"] });
      const text = table.columns.map((cells) => cells.map((cell) => cell && String(cell.value)));
      expect(text).toEqual([
        ["1", "2", "3", "70000"],
        ["lo", "eth0", undefined, "eth0.70000"],
        ["4294967295", "0", "2147483648", undefined],
      ]);
    });
  });
}
