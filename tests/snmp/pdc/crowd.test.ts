import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPdcDriver } from "../../../src/snmp/pdc/driver.ts";
import { secretText } from "../../../src/snmp/secret.ts";
import type { SnmpDriver, SnmpSession, VarBind } from "../../../src/snmp/types.ts";
import {
  respond,
  type ScriptedAgent,
  SmallMib,
  startScriptedAgent,
} from "../../fixtures/snmp/scripted-agent.ts";

const COLUMN = "1.3.6.1.4.1.9.1.1";
const DEVICES = 1000;
const address = (i: number): string => `127.1.${i >> 8}.${i & 255}`;

/** One socket on all addresses of 127/8 stands for a thousand devices: it answers from where it was asked. */
describe("pdc driver: a thousand devices", () => {
  let driver: SnmpDriver;
  let agents: ScriptedAgent[];
  beforeEach(() => {
    driver = createPdcDriver();
    agents = [];
  });
  afterEach(async () => {
    await driver.close();
    await Promise.all(agents.map((agent) => agent.stop()));
  });
  const open = (host: string, port: number, more = {}): SnmpSession =>
    driver.open({
      address: host,
      port,
      credential: { version: "2c", community: secretText("public") },
      ...more,
    });

  it("all silent: repeats stay few, and all end together (S9)", async () => {
    let datagrams = 0;
    const silent = await startScriptedAgent(() => {
      datagrams += 1;
    }, "0.0.0.0");
    agents.push(silent);
    const codes = await Promise.all(
      Array.from({ length: DEVICES }, (_, i) =>
        open(address(i), silent.port, { timeoutMs: 400, retries: 2 })
          .get(["1.3.6.1"])
          .catch((error) => error.code),
      ),
    );
    expect(codes.every((code) => code === "timeout")).toBe(true);
    expect(datagrams).toBeGreaterThanOrEqual(DEVICES);
    // A tenth of the first sends, and what the budget holds for quiet times.
    expect(datagrams).toBeLessThan(DEVICES * 1.1 + 250);
  });

  it("a tenth of silent devices delays no other, and bursts are not lost (S10)", async () => {
    const mib = new SmallMib(
      Array.from(
        { length: 40 },
        (_, i): VarBind => ({
          oid: `${COLUMN}.${i + 1}`,
          type: "OctetString",
          value: Buffer.alloc(20, i),
        }),
      ),
    );
    const living = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        startScriptedAgent((request, send) => send(respond(request, mib.answer(request))), address(i)),
      ),
    );
    const silent = await startScriptedAgent(() => {}, "0.0.0.0");
    agents.push(...living, silent);
    let silentEnded = 0;
    const lost = Array.from({ length: DEVICES / 10 }, (_, i) =>
      open(`127.2.0.${i + 1}`, silent.port, { timeoutMs: 60_000, retries: 0 })
        .get(["1.3.6.1"])
        .catch(() => {
          silentEnded += 1;
        }),
    );
    const tables = await Promise.all(
      Array.from({ length: DEVICES }, (_, i) => open(address(i % 50), living[i % 50]!.port).table([COLUMN])),
    );
    expect(tables.every((table) => table.complete && table.rows === 40)).toBe(true);
    expect(silentEnded).toBe(0);
    const requests = living.reduce((sum, agent) => sum + agent.requests.length, 0);
    // Two or three answers make a table: nothing was repeated for loss.
    expect(requests).toBeLessThan(DEVICES * 3);
    await driver.close();
    await Promise.all(lost);
  });
});
