import { createSocket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPdcDriver } from "../../../src/snmp/pdc/driver.ts";
import { secretText } from "../../../src/snmp/secret.ts";
import type { SnmpDriver, SnmpSession, SnmpTarget, VarBind } from "../../../src/snmp/types.ts";
import {
  respond,
  type ScriptedAgent,
  SmallMib,
  startScriptedAgent,
} from "../../fixtures/snmp/scripted-agent.ts";

const COLUMN = "1.3.6.1.4.1.9.1.1";
const cell = (row: number): VarBind => ({ oid: `${COLUMN}.${row}`, type: "Integer32", value: row });
const rows = (count: number): VarBind[] => Array.from({ length: count }, (_, i) => cell(i + 1));

describe("pdc driver: lost, late and silent", () => {
  let driver: SnmpDriver;
  let agent: ScriptedAgent;
  beforeEach(() => {
    driver = createPdcDriver();
  });
  afterEach(async () => {
    await driver.close();
    await agent?.stop();
  });
  const open = (more: Partial<SnmpTarget> = {}): SnmpSession =>
    driver.open({
      address: "127.0.0.1",
      port: agent.port,
      credential: { version: "2c", community: secretText("public") },
      ...more,
    });

  it("takes a late answer to the first attempt, once, and its round trip (S2)", async () => {
    agent = await startScriptedAgent((request, send) => {
      // The first attempt is answered after the second was sent; that one is answered as well.
      if (agent.requests.length !== 2) return;
      const [first] = agent.requests;
      send(respond(first!, [{ ...cell(1), value: 100 }]));
      send(respond(request, [{ ...cell(1), value: 200 }]));
      send(respond(first!, [{ ...cell(1), value: 300 }]));
    });
    const session = open({ timeoutMs: 300, retries: 2 });
    expect(await session.get([`${COLUMN}.1`])).toEqual([{ ...cell(1), value: 100 }]);
    await sleep(50);
    expect(driver.drops.duplicate).toBe(2);
    // Each attempt has an id of its own, so the time is that of the first, not of the second.
    expect(session.roundTripTimeMs()).toBeGreaterThan(250);
    expect(new Set(agent.requests.map(({ pdu }) => pdu.requestId)).size).toBe(2);
  });

  it("finds what an agent can give when big requests meet silence, and remembers it (S4)", async () => {
    const mib = new SmallMib(rows(30));
    let silent = 0;
    agent = await startScriptedAgent((request, send) => {
      const asked = request.pdu.type === "get-bulk" ? request.pdu.maxRepetitions : 1;
      if (asked > 7) silent += 1;
      else send(respond(request, mib.answer(request)));
    });
    const session = open({ timeoutMs: 100, retries: 3 });
    const table = await session.table([COLUMN]);
    expect(table).toMatchObject({ complete: true, rows: 30 });
    expect(silent).toBeGreaterThan(0);
    silent = 0;
    expect(await session.table([COLUMN])).toMatchObject({ complete: true, rows: 30 });
    // Another session to the same agent knows as well.
    expect(await open({ timeoutMs: 100, retries: 3 }).table([COLUMN])).toMatchObject({ complete: true });
    expect(silent).toBe(0);
  });

  it("does not take loss for a matter of size", async () => {
    const mib = new SmallMib(rows(300));
    let count = 0;
    agent = await startScriptedAgent((request, send) => {
      count += 1;
      // The third and the sixth request are lost.
      if (count % 3 !== 0 || count > 6) send(respond(request, mib.answer(request)));
    });
    await open({ timeoutMs: 100 }).table([COLUMN]);
    const sizes = agent.requests.map(({ pdu }) => (pdu.type === "get-bulk" ? pdu.maxRepetitions : 0));
    expect(Math.min(...sizes.slice(1, -1))).toBeGreaterThanOrEqual(25);
  });

  it("loses no row and no scalar to an answer that cannot be read to its end", async () => {
    const name: VarBind = { oid: "1.3.6.1.2.1.1.5.0", type: "OctetString", value: Buffer.from("x") };
    const second = "1.3.6.1.4.1.9.1.2";
    const mib = new SmallMib([
      name,
      ...rows(100),
      ...rows(100).map(({ value }): VarBind => ({ oid: `${second}.${value}`, type: "Integer32", value })),
    ]);
    agent = await startScriptedAgent((request, send) => {
      const octets = respond(request, mib.answer(request));
      // Every other answer has a wrong tag in its last variable.
      if (agent.requests.length % 2 === 1) octets[octets.length - 3] = 0x1f;
      send(octets);
    });
    const table = await open().table([COLUMN, second], { scalars: [name.oid], watchRestart: true });
    expect(table).toMatchObject({ complete: true, rows: 100, scalars: [name] });
    expect(table.columns[1]?.map((each) => each?.value)).toEqual(rows(100).map(({ value }) => value));
    const walked: VarBind[] = [];
    expect(await open().walk(COLUMN, (varBinds) => walked.push(...varBinds))).toMatchObject({
      complete: true,
    });
    expect(walked).toEqual(rows(100));
    expect(driver.drops.malformed).toBeGreaterThan(4);
  });

  it("asks for as many rows as there were the last time, and one more", async () => {
    const mib = new SmallMib(rows(4));
    agent = await startScriptedAgent((request, send) => send(respond(request, mib.answer(request))));
    const session = open();
    await session.table([COLUMN]);
    await session.table([COLUMN]);
    expect(agent.requests).toHaveLength(2);
    expect(agent.requests[1]?.pdu).toMatchObject({ maxRepetitions: 5 });
  });

  it("reads on through 30 % loss, duplication and delay (S8)", async () => {
    const mib = new SmallMib(rows(500));
    let seed = 1;
    const chance = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    agent = await startScriptedAgent((request, send) => {
      const octets = respond(request, mib.answer(request));
      if (chance() < 0.3) return;
      setTimeout(() => send(octets), chance() * 40);
      if (chance() < 0.2) setTimeout(() => send(octets), chance() * 60);
    });
    const table = await open({ timeoutMs: 150, retries: 6 }).table([COLUMN]);
    expect(table).toMatchObject({ complete: true, rows: 500 });
    expect(table.columns[0]?.map((each) => each?.value)).toEqual(rows(500).map(({ value }) => value));
  });

  it("reads again, once, when the agent restarts on the way (S6)", async () => {
    const upTime = (value: number): VarBind => ({ oid: "1.3.6.1.2.1.1.3.0", type: "TimeTicks", value });
    const before = new SmallMib([upTime(900_000), ...rows(200)]);
    const after = new SmallMib([upTime(500), ...rows(120)]);
    agent = await startScriptedAgent((request, send) => {
      send(respond(request, (agent.requests.length < 3 ? before : after).answer(request)));
    });
    const table = await open().table([COLUMN], { watchRestart: true });
    expect(table).toMatchObject({ complete: true, rows: 120, upTimeTicks: 500 });
  });

  it("gives up on an agent that restarts all the time", async () => {
    let ticks = 1_000_000;
    agent = await startScriptedAgent((request, send) => {
      ticks -= 1000;
      const mib = new SmallMib([{ oid: "1.3.6.1.2.1.1.3.0", type: "TimeTicks", value: ticks }, ...rows(200)]);
      send(respond(request, mib.answer(request)));
    });
    const table = await open().table([COLUMN], { watchRestart: true });
    expect(table).toMatchObject({ ending: "error", complete: false, error: { code: "mismatch" } });
  });

  it("a wrap of sysUpTime is no restart (P1)", async () => {
    let ticks = 0xffffff00;
    agent = await startScriptedAgent((request, send) => {
      const mib = new SmallMib([
        { oid: "1.3.6.1.2.1.1.3.0", type: "TimeTicks", value: ticks >>> 0 },
        ...rows(200),
      ]);
      ticks += 0xf0;
      send(respond(request, mib.answer(request)));
    });
    const table = await open().table([COLUMN], { watchRestart: true });
    expect(table).toMatchObject({ complete: true, rows: 200 });
  });

  it("knows a closed port before all tries are over (S12)", async () => {
    agent = await startScriptedAgent(() => {});
    const silent = agent.port;
    const unused = createSocket("udp4");
    await new Promise<void>((resolve) => unused.bind(0, "127.0.0.1", resolve));
    const { port } = unused.address();
    await new Promise<void>((resolve) => unused.close(() => resolve()));
    const order: string[] = [];
    const ask = (toPort: number, name: string): Promise<unknown> =>
      open({ port: toPort, timeoutMs: 200, retries: 2 })
        .get(["1.3.6.1"])
        .catch((error) => order.push(`${name}: ${error.code}`));
    await Promise.all([ask(silent, "silent"), ask(port, "closed")]);
    expect(order).toEqual(["closed: unreachable", "silent: timeout"]);
  });

  it("fails at once what the kernel will not send", async () => {
    agent = await startScriptedAgent(() => {});
    const session = open({ address: "255.255.255.255", timeoutMs: 5000 });
    await expect(session.get(["1.3.6.1"])).rejects.toMatchObject({ code: "unreachable" });
  });

  it("says which other address answered, and takes it where that is allowed (S3)", async () => {
    const other = createSocket("udp4");
    await new Promise<void>((resolve) => other.bind(0, "127.0.0.3", resolve));
    agent = await startScriptedAgent(() => {});
    // An agent on port P of one address that answers from the same port of another.
    const twin = await startScriptedAgent((request, _send, remote) => {
      second.socket.send(respond(request, [cell(1)]), remote.port, remote.address);
    }, "127.0.0.4");
    const second = { socket: createSocket("udp4") };
    await new Promise<void>((resolve) => second.socket.bind(twin.port, "127.0.0.5", resolve));
    const strict = open({ address: "127.0.0.4", port: twin.port, timeoutMs: 100, retries: 0 });
    const error = await strict.get([`${COLUMN}.1`]).catch((thrown) => thrown);
    expect(error.message).toContain("127.0.0.4");
    expect(error.message).toContain("127.0.0.5");
    const lenient = open({ address: "127.0.0.4", port: twin.port, acceptOtherAddress: true });
    expect(await lenient.get([`${COLUMN}.1`])).toEqual([cell(1)]);
    await twin.stop();
    second.socket.close();
    other.close();
  });
});
