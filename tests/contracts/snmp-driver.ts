import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDriver } from "../../src/snmp/driver.ts";
import type { SnmpDriver } from "../../src/snmp/types.ts";
import { onOddPeers } from "./snmp-driver-on-odd-peers.ts";
import { onSnmpd } from "./snmp-driver-on-snmpd.ts";
import { onSnmpsimd } from "./snmp-driver-on-snmpsimd.ts";
import { community, type DriverTraits, type DriverUnderTest } from "./snmp-driver-under-test.ts";

/** The contract of the session seam, on real agents and on peers that do what no agent should. */
export function describeSnmpDriver(traits: DriverTraits): void {
  describe(`driver ${traits.name}`, () => {
    let driver: SnmpDriver;
    beforeEach(async () => {
      driver = await createDriver(traits.name);
    });
    afterEach(() => driver.close());

    const underTest: DriverUnderTest = {
      ...traits,
      driver: () => driver,
      open: (port, credential = community("2c"), more = {}) =>
        driver.open({ address: "127.0.0.1", port, credential, timeoutMs: 1000, retries: 1, ...more }),
    };
    onSnmpd(underTest);
    onSnmpsimd(underTest);
    onOddPeers(underTest);

    it("rejects what cannot be asked, with a reason", async () => {
      const codeOf = (target: { address: string; port?: number }, oid = "1.3.6.1"): Promise<unknown> =>
        driver
          .open({ credential: community("2c"), timeoutMs: 100, retries: 0, ...target })
          .get([oid])
          .catch((error) => error.code);
      expect(await codeOf({ address: "router.example" })).toBe("unreachable");
      expect(await codeOf({ address: "127.0.0.1", port: 99_999 })).toBe("unreachable");
      expect(await codeOf({ address: "127.0.0.1" }, "1.3.six")).toBe("unsupported");
    });
  });
}
