/** Octets of strangers at the trap port: counted, never thrown, never a hint that nobody may give. */
import { describe, expect, test } from "vitest";
import { SenderBook } from "../../src/receive/senders.ts";
import { TrapReader } from "../../src/receive/trap-reader.ts";
import type { Sender } from "../../src/receive/types.ts";
import { encodeMessage, encodeScopedPdu } from "../../src/snmp/codec/encode-message.ts";
import type { PlainPdu } from "../../src/snmp/codec/pdu.ts";
import { KeyCache } from "../../src/snmp/usm/keys.ts";
import { sealMessage } from "../../src/snmp/usm/message.ts";
import { Dice } from "../snmp/fuzz/mutate.ts";
import { community, identity, strict } from "./center.ts";

const packets = Number(process.env.PDC_FUZZ_PACKETS ?? 20_000);
const sender: Sender = { device: "plain", addresses: ["127.0.0.1"], credential: community };
const reader = (nowMs?: () => number) => new TrapReader(new SenderBook([sender], [strict]), identity, nowMs);

const pdu: PlainPdu = {
  type: "trap",
  requestId: 7,
  errorStatus: 0,
  errorIndex: 0,
  varBinds: [
    { oid: "1.3.6.1.2.1.1.3.0", type: "TimeTicks", value: 5 },
    { oid: "1.3.6.1.6.3.1.1.4.1.0", type: "ObjectIdentifier", value: "1.3.6.1.6.3.1.1.5.3" },
    { oid: "1.3.6.1.2.1.2.2.1.1.7", type: "Integer32", value: 7 },
  ],
};
const theirs = Buffer.from("80001f8804aabbccddee", "hex");
const keys = new KeyCache();

function v3(engineId: Buffer, boots: number, timeSeconds: number, type: "trap" | "inform"): Buffer {
  const credential = strict as Extract<typeof strict, { version: "3" }>;
  return sealMessage({
    msgId: 9,
    reportable: type === "inform",
    engineId,
    boots,
    timeSeconds,
    user: Buffer.from("watcher"),
    keys: keys.keysFor(credential, engineId),
    scopedPdu: encodeScopedPdu({
      contextEngineId: engineId,
      contextName: Buffer.alloc(0),
      pdu: { ...pdu, type },
    }),
  });
}
const v2 = (type: "trap" | "inform") =>
  encodeMessage({ version: "2c", community: Buffer.from("reading"), pdu: { ...pdu, type } });

describe("the trap port", () => {
  test("random and mutated messages, and every truncation: a verdict for each", () => {
    const dice = new Dice(20261128);
    const read = reader();
    const whole = [v2("trap"), v2("inform"), v3(theirs, 1, 1, "trap"), v3(identity.engineId, 3, 0, "inform")];
    for (const message of whole)
      for (let length = 0; length < message.length; length += 1)
        expect(read.read(Buffer.from(message.subarray(0, length)), [sender]).kind).toBe("drop");
    const kinds = new Set<string>();
    for (let i = 0; i < packets; i += 1) {
      const octets = i % 4 === 0 ? dice.octets(dice.below(300)) : Buffer.from(dice.pick(whole));
      if (i % 4 !== 0)
        for (let flips = 1 + dice.below(4); flips > 0; flips -= 1)
          octets[dice.below(octets.length)] = dice.below(256);
      kinds.add(read.read(octets, [sender]).kind);
    }
    expect(kinds).toContain("drop");
  });

  test("a changed octet of an authenticated trap is no trap", () => {
    const message = v3(theirs, 1, 1, "trap");
    expect(reader().read(Buffer.from(message), [sender]).kind).toBe("notification");
    for (let at = 0; at < message.length; at += 1) {
      const changed = Buffer.from(message);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(reader().read(changed, [sender]).kind, `octet ${at}`).not.toBe("notification");
    }
  });

  test("an old trap played again is not in the time window", () => {
    let nowMs = 0;
    const read = reader(() => nowMs);
    const verdict = (boots: number, seconds: number) =>
      read.read(v3(theirs, boots, seconds, "trap"), [sender]);
    expect(verdict(5, 1000).kind).toBe("notification");
    nowMs += 10_000;
    expect(verdict(5, 990).kind).toBe("notification");
    nowMs += 300_000;
    expect(verdict(5, 1000)).toEqual({ kind: "drop", counted: "notInTimeWindow" });
    expect(verdict(4, 999_999)).toEqual({ kind: "drop", counted: "notInTimeWindow" });
    expect(verdict(6, 3).kind).toBe("notification");
  });

  test("requests, responses and reports are not for us", () => {
    for (const type of ["get", "set", "response", "report"] as const) {
      const octets = encodeMessage({
        version: "2c",
        community: Buffer.from("reading"),
        pdu: { ...pdu, type },
      });
      expect(reader().read(octets, [sender])).toEqual({ kind: "drop", counted: "unexpected" });
    }
  });

  test("no answer to a stranger's octets is larger than they are by much", () => {
    const probe = v3(identity.engineId, 0, 0, "inform");
    const verdict = reader().read(Buffer.from(probe), [sender]);
    if (verdict.kind !== "answer") throw new Error(`expected a report, got ${verdict.kind}`);
    expect(verdict.answer.length).toBeLessThan(probe.length * 2);
  });
});
