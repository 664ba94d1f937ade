import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { V3Message } from "../../../src/snmp/codec/pdu.ts";
import { createPdcDriver } from "../../../src/snmp/pdc/driver.ts";
import { secretText } from "../../../src/snmp/secret.ts";
import type {
  SnmpCredential,
  SnmpDriver,
  SnmpSession,
  SnmpTarget,
  VarBind,
} from "../../../src/snmp/types.ts";
import { EngineClock, LAST_BOOTS } from "../../../src/snmp/usm/engine-clock.ts";
import { KeyCache } from "../../../src/snmp/usm/keys.ts";
import {
  type EngineScript,
  forged,
  reportOf,
  responseTo,
  type ScriptedEngine,
  startScriptedEngine,
} from "../../fixtures/snmp/scripted-engine.ts";

const NAME = "1.3.6.1.2.1.1.5.0";
const truth: VarBind = { oid: NAME, type: "OctetString", value: Buffer.from("the device itself") };
const lie: VarBind = { oid: NAME, type: "OctetString", value: Buffer.from("somebody else") };
const credential: SnmpCredential & { version: "3" } = {
  version: "3",
  user: "operator",
  auth: { protocol: "sha256", password: secretText("authentication") },
  priv: { protocol: "aes128", password: secretText("privacy-secret") },
};
const users = new Map([["operator", { auth: credential.auth!, priv: credential.priv! }]]);
/** The megabyte hashes are done once for all tests. */
const keys = new KeyCache();

describe("USM among forgers and forgetful devices", () => {
  let driver: SnmpDriver;
  let agent: ScriptedEngine;
  beforeEach(() => {
    driver = createPdcDriver();
  });
  afterEach(async () => {
    await driver.close();
    await agent?.stop();
  });
  const start = async (script: Partial<EngineScript> = {}): Promise<void> => {
    agent = await startScriptedEngine({ users, keys, answer: () => [truth], ...script });
  };
  const open = (more: Partial<SnmpTarget> = {}): SnmpSession =>
    driver.open({ address: "127.0.0.1", port: agent.port, credential, timeoutMs: 300, retries: 1, ...more });
  const codeOf = (session: SnmpSession): Promise<unknown> => session.get([NAME]).catch((error) => error.code);

  it("needs one exchange to find the engine, then one per request", async () => {
    await start();
    const session = open();
    expect(await session.get([NAME])).toEqual([truth]);
    expect(agent.messages).toHaveLength(2);
    expect(await session.get([NAME])).toEqual([truth]);
    // Other sessions to the same agent know its engine too.
    expect(await open().get([NAME])).toEqual([truth]);
    expect(agent.messages).toHaveLength(4);
    expect(session.engine()).toMatchObject({ engineId: "8000000001020304", boots: 3 });
  });

  it.each(["notInTimeWindows", "wrongDigests", "unknownUserNames", "decryptionErrors"] as const)(
    "an unsigned report of %s changes nothing (U2)",
    async (stat) => {
      await start({
        before(message, send, { engine }) {
          if (message.flags.authenticated) {
            send(
              forged(message, reportOf(stat), { engineId: engine.engineId, boots: 900_000, timeSeconds: 5 }),
            );
          }
          return undefined;
        },
      });
      const session = open();
      expect(await session.get([NAME])).toEqual([truth]);
      expect(await session.get([NAME])).toEqual([truth]);
      expect(session.engine()?.boots).toBe(3);
      expect(driver.drops.unauthenticated).toBe(2);
    },
  );

  it("a request fails only at its end, with what the report said", async () => {
    await start({
      before(message, send, { engine }) {
        if (!message.flags.authenticated) return undefined;
        send(forged(message, reportOf("unknownUserNames"), { engineId: engine.engineId }));
        return "instead";
      },
    });
    const began = performance.now();
    expect(await codeOf(open({ timeoutMs: 200, retries: 3 }))).toBe("unknown-user");
    expect(performance.now() - began).toBeGreaterThan(190);
    // It does not go on to offer the password.
    expect(agent.messages.filter(({ flags }) => flags.authenticated)).toHaveLength(1);
  });

  it("never passes clear or foreign data on as private (U1, U3)", async () => {
    await start({
      before(message, send, { engine }) {
        if (!message.flags.authenticated) return undefined;
        const { engineId, boots, timeSeconds } = engine;
        const response = { ...responseTo(fakeRequest, [lie]), requestId: message.msgId };
        send(forged(message, response, { engineId, boots, timeSeconds, user: "operator" }));
        const other = Buffer.from("8000000009090909", "hex");
        send(forged(message, response, { engineId: other, boots, timeSeconds, user: "operator" }));
        return undefined;
      },
    });
    expect(await open().get([NAME])).toEqual([truth]);
    expect(driver.drops.unauthenticated).toBe(2);
  });

  it("drops a signed answer with one flipped bit, wherever it is (U1)", async () => {
    let flips = 0;
    await start({
      before(message, send, self, datagram) {
        const octets = message.flags.authenticated ? honestAnswer(self, message, datagram) : undefined;
        if (octets === undefined) return undefined;
        for (let position = 2; position < octets.length; position += 5) {
          const broken = Buffer.from(octets);
          broken[position]! ^= 1 << (position & 7);
          send(broken);
          flips += 1;
        }
        send(octets);
        return "instead";
      },
    });
    expect(await open({ timeoutMs: 1000 }).get([NAME])).toEqual([truth]);
    const { malformed, unauthenticated, unknownRequest, duplicate } = driver.drops;
    expect(flips).toBeGreaterThan(20);
    expect(malformed + unauthenticated + unknownRequest + duplicate).toBeGreaterThanOrEqual(flips);
  });

  it("finds a device again that forgot its boots (U4)", async () => {
    await start({ boots: 7 });
    const session = open();
    expect(await session.get([NAME])).toEqual([truth]);
    agent.engine.boots = 1;
    expect(await session.get([NAME])).toEqual([truth]);
    expect(session.engine()?.boots).toBe(1);
  });

  it("follows a device that counted its restart", async () => {
    await start({ boots: 7 });
    const session = open();
    expect(await session.get([NAME])).toEqual([truth]);
    agent.engine.boots = 8;
    expect(await session.get([NAME])).toEqual([truth]);
    expect(session.engine()?.boots).toBe(8);
  });

  it("says what to do about boots at their end (U4)", async () => {
    await start({ boots: LAST_BOOTS });
    const error = await open({ timeoutMs: 150, retries: 0 })
      .get([NAME])
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "not-in-time-window", fix: expect.stringContaining("engine") });
    expect(agent.messages.length).toBeLessThan(8);
  });

  it.each([0, 4, 33, 250])("refuses an engine ID of %i octets (U5)", async (length) => {
    await start({
      before(message, send) {
        send(forged(message, reportOf("unknownEngineIDs"), { engineId: Buffer.alloc(length, 1) }));
        return "instead";
      },
    });
    expect(await codeOf(open({ timeoutMs: 100, retries: 0 }))).toBe("unsupported");
  });

  it("is not led on by an agent with a new engine ID each time (U5)", async () => {
    let count = 0;
    await start({
      before(message, send) {
        count += 1;
        const engineId = Buffer.from(`80000000${String(count).padStart(8, "0")}`, "hex");
        send(forged(message, reportOf("unknownEngineIDs"), { engineId }));
        return "instead";
      },
    });
    expect(await codeOf(open({ timeoutMs: 100, retries: 1 }))).not.toEqual([truth]);
    expect(count).toBeLessThan(8);
  });

  it("keeps two devices apart that have one engine ID, and names them (U5)", async () => {
    await start({ boots: 9 });
    const twin = await startScriptedEngine({ users, keys, boots: 2, answer: () => [lie] });
    const first = open();
    const second = open({ port: twin.port });
    expect(await first.get([NAME])).toEqual([truth]);
    expect(await second.get([NAME])).toEqual([lie]);
    expect(await first.get([NAME])).toEqual([truth]);
    expect(driver.sharedEngineIds?.()).toEqual([
      {
        engineId: "8000000001020304",
        agents: [`127.0.0.1 port ${agent.port}`, `127.0.0.1 port ${twin.port}`],
      },
    ]);
    await twin.stop();
  });

  it("does not talk to another engine than the pinned one", async () => {
    await start();
    const pinned = open({ credential: { ...credential, engineId: "8000000001020304" } });
    expect(await pinned.get([NAME])).toEqual([truth]);
    await driver.close();
    driver = createPdcDriver();
    const other = open({ credential: { ...credential, engineId: "80000000ffffffff" }, retries: 0 });
    const error = await other.get([NAME]).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "authentication" });
    expect(error.message).toContain("8000000001020304");
  });

  it("shows no password in an error, in its JSON or in the session", async () => {
    await start({ users: new Map() });
    const session = open({ retries: 0 });
    const error = await session.get([NAME]).catch((thrown) => thrown);
    const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${JSON.stringify(session.target)}`;
    expect(shown).not.toMatch(/authentication-|privacy-secret/);
    expect(JSON.stringify(session.target)).toContain("[secret]");
  });
});

describe("engine clock", () => {
  it("accepts what is within 150 s, and only forwards (U4)", () => {
    const clock = new EngineClock(0, 0, 0);
    expect(clock.accept(5, 1000, 0)).toBe(true);
    expect(clock.seconds(10_000)).toBe(1010);
    expect(clock.accept(5, 861, 10_000)).toBe(true);
    expect(clock.accept(5, 859, 10_000)).toBe(false);
    // A replay does not hold the time back.
    expect(clock.seconds(10_000)).toBe(1010);
    expect(clock.accept(4, 5000, 10_000)).toBe(false);
    expect(clock.accept(6, 1, 10_000)).toBe(true);
    expect(clock.boots).toBe(6);
    expect(clock.accept(LAST_BOOTS, 1, 10_000)).toBe(false);
  });
});

const fakeRequest = { scoped: { pdu: { requestId: 0 } } } as Parameters<typeof responseTo>[0];

/** What the engine would answer, if it takes the message. */
function honestAnswer({ engine }: ScriptedEngine, message: V3Message, datagram: Buffer): Buffer | undefined {
  // It zeroes the digest in what it checks: that must be a copy.
  const verdict = engine.receive(Buffer.from(datagram), message);
  if (verdict.kind !== "request") return undefined;
  return engine.respond(verdict.request, responseTo(verdict.request, [truth]));
}
