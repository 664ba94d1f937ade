import { afterEach, describe, expect, it } from "vitest";
import { encodeMessage } from "../../src/snmp/codec/encode-message.ts";
import type { VarBind } from "../../src/snmp/types.ts";
import {
  respond,
  type ScriptedAgent,
  SmallMib,
  startScriptedAgent,
} from "../fixtures/snmp/scripted-agent.ts";
import { community, type DriverUnderTest } from "./snmp-driver-under-test.ts";

/** The contract on peers that lose, forge, shuffle, loop and fall silent. */
export function onOddPeers({ open, driver }: DriverUnderTest): void {
  describe("on peers that misbehave", () => {
    let agent: ScriptedAgent;
    afterEach(() => agent.stop());
    const row = (index: number): VarBind => ({
      oid: `1.3.6.1.4.1.9.1.1.${index}`,
      type: "Integer32",
      value: index,
    });

    it("takes only the answer to its own question (S1, B1)", async () => {
      agent = await startScriptedAgent((request, send) => {
        const varBinds: VarBind[] = [{ oid: request.pdu.varBinds[0]!.oid, type: "Integer32", value: 666 }];
        const right = respond(request, [{ ...varBinds[0]!, value: 42 }]);
        send(Buffer.from("<34>Oct 11 22:14:15 switch su: failed"));
        send(Buffer.alloc(0));
        send(right.subarray(0, right.length - 3));
        send(respond(request, varBinds, 0, 0, request.pdu.requestId ^ 1));
        send(
          encodeMessage({
            ...request,
            community: Buffer.from("other"),
            pdu: { ...request.pdu, type: "response", errorStatus: 0, errorIndex: 0, varBinds },
          }),
        );
        send(right);
        send(right);
      });
      const session = open(agent.port, community("2c"), { timeoutMs: 500, retries: 2 });
      expect(await session.get(["1.3.6.1.4.1.9.1.0"]).catch((error) => error)).toEqual([
        { oid: "1.3.6.1.4.1.9.1.0", type: "Integer32", value: 42 },
      ]);
      expect(driver().drops.malformed).toBeGreaterThan(0);
    });

    it("does not take an answer from another address (S1, S3)", async () => {
      const other = await startScriptedAgent(() => {}, "127.0.0.2");
      agent = await startScriptedAgent((request, _send, remote) => {
        const forged = respond(request, [
          { oid: request.pdu.varBinds[0]!.oid, type: "Integer32", value: 666 },
        ]);
        other.socket.send(forged, remote.port, remote.address);
      });
      const session = open(agent.port, community("2c"), { timeoutMs: 150, retries: 1 });
      const error = await session.get(["1.3.6.1.4.1.9.1.0"]).catch((thrown) => thrown);
      await other.stop();
      expect(error).toMatchObject({ code: "timeout" });
      expect(driver().drops.wrongAddress).toBeGreaterThan(0);
    });

    it("repeats a request that was lost", async () => {
      agent = await startScriptedAgent((request, send) => {
        if (agent.requests.length > 1)
          send(respond(request, [{ oid: "1.3.6.1", type: "Integer32", value: 1 }]));
      });
      const session = open(agent.port, community("2c"), { timeoutMs: 200, retries: 2 });
      expect(await session.get(["1.3.6.1"])).toEqual([{ oid: "1.3.6.1", type: "Integer32", value: 1 }]);
    });

    it("asks for less when the agent says tooBig (S4)", async () => {
      const mib = new SmallMib(Array.from({ length: 40 }, (_, i) => row(i + 1)));
      agent = await startScriptedAgent((request, send) => {
        const varBinds = mib.answer(request);
        send(varBinds.length > 5 ? respond(request, [], 1) : respond(request, varBinds));
      });
      const session = open(agent.port);
      expect(await session.table(["1.3.6.1.4.1.9.1.1"])).toMatchObject({ complete: true, rows: 40 });
      const names = Array.from({ length: 12 }, (_, i) => row(i + 1).oid);
      expect((await session.get(names)).map(({ value }) => value)).toEqual(names.map((_, i) => i + 1));
    });

    it("matches values by their OID, not their place (S4)", async () => {
      agent = await startScriptedAgent((request, send) => {
        const varBinds = request.pdu.varBinds.map(
          ({ oid }): VarBind => ({ oid, type: "ObjectIdentifier", value: oid }),
        );
        send(respond(request, request.pdu.varBinds.length > 2 ? varBinds.slice(1) : varBinds.reverse()));
      });
      const session = open(agent.port);
      expect((await session.get(["1.3.6.1", "1.3.6.2"])).map(({ value }) => value)).toEqual([
        "1.3.6.1",
        "1.3.6.2",
      ]);
      await expect(session.get(["1.3.1", "1.3.2", "1.3.3"])).rejects.toMatchObject({ code: "mismatch" });
    });

    it("ends a walk that does not increase, and one without end (S5)", async () => {
      let counter = 0;
      agent = await startScriptedAgent((request, send) => {
        const stuck = request.pdu.varBinds[0]!.oid.startsWith("1.3.6.1.4.1.7");
        const oid = (): string => (stuck ? "1.3.6.1.4.1.7.5" : `1.3.6.1.4.1.9.1.1.${++counter}`);
        const varBinds = Array.from(
          { length: 3 },
          (): VarBind => ({ oid: oid(), type: "Integer32", value: 0 }),
        );
        send(respond(request, varBinds));
      });
      const session = open(agent.port, community("2c"), { maxRepetitions: 3 });
      const seen: VarBind[] = [];
      const walk = await session.walk("1.3.6.1.4.1.7", (varBinds) => seen.push(...varBinds));
      expect(walk).toMatchObject({ ending: "not-increasing", complete: false });
      expect(await session.table(["1.3.6.1.4.1.7"])).toMatchObject({
        ending: "not-increasing",
        complete: false,
        rows: 1,
      });
      const endless = await session.walk("1.3.6.1.4.1.9", () => {}, { maxRows: 50 });
      expect(endless).toMatchObject({ ending: "row-limit", complete: false });
      expect(endless.rows).toBeLessThan(60);
      expect(await session.walk("1.3.6.1.4.1.9", () => {}, { maxDurationMs: 50 })).toMatchObject({
        ending: "time-limit",
      });
    });

    it("gives the rows it has when the agent falls silent", async () => {
      const mib = new SmallMib(Array.from({ length: 400 }, (_, i) => row(i + 1)));
      agent = await startScriptedAgent((request, send) => {
        if (agent.requests.length < 3) send(respond(request, mib.answer(request)));
      });
      const session = open(agent.port, community("2c"), { timeoutMs: 100, retries: 0, maxRepetitions: 10 });
      const table = await session.table(["1.3.6.1.4.1.9.1.1"]);
      expect(table).toMatchObject({ ending: "timeout", complete: false, rows: 20 });
      expect(table.error).toMatchObject({ code: "timeout" });
      await expect(session.table(["1.3.6.1.4.1.9.1.1"])).rejects.toMatchObject({ code: "timeout" });
    });

    it("ends what is under way when it is closed", async () => {
      agent = await startScriptedAgent(() => {});
      const session = open(agent.port);
      const first = session.get(["1.3.6.1"]).catch((error) => error.code);
      const second = session.table(["1.3.6.1"]).catch((error) => error.code);
      session.close();
      expect(await Promise.all([first, second])).toEqual(["closed", "closed"]);
      await expect(session.get(["1.3.6.1"])).rejects.toMatchObject({ code: "closed" });
    });
  });
}
