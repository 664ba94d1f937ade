import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../../src/snmp/codec/decode-message.ts";
import { encodeMessage, encodeVarBind } from "../../../src/snmp/codec/encode-message.ts";
import type { CommunityMessage } from "../../../src/snmp/codec/pdu.ts";
import type { VarBind } from "../../../src/snmp/types.ts";

const subId = fc.nat(0xffffffff).map((n) => n >>> 0);
const oid = fc
  .tuple(fc.nat(2), fc.nat(39), fc.array(subId, { maxLength: 30 }))
  .map(([first, second, rest]) => [first, second, ...rest].join("."));
const unsigned = fc.nat(0xffffffff);
const varBind: fc.Arbitrary<VarBind> = fc.oneof(
  fc.record({ oid, type: fc.constant("Integer32" as const), value: fc.integer() }),
  fc.record({ oid, type: fc.constantFrom("Counter32", "Gauge32", "TimeTicks"), value: unsigned }),
  fc.record({ oid, type: fc.constant("Counter64" as const), value: fc.bigInt(0n, 0xffffffffffffffffn) }),
  fc.record({
    oid,
    type: fc.constantFrom("OctetString", "Opaque"),
    value: fc
      .uint8Array({ maxLength: 300 })
      .filter((a) => a[0] !== 0x9f)
      .map((a) => Buffer.from(a)),
  }),
  fc.record({ oid, type: fc.constant("ObjectIdentifier" as const), value: oid }),
  fc.record({ oid, type: fc.constant("IpAddress" as const), value: fc.ipV4() }),
  fc.record({ oid, type: fc.constant("OpaqueFloat" as const), value: fc.float() }),
  fc.record({ oid, type: fc.constant("OpaqueDouble" as const), value: fc.double() }),
  fc.record({
    oid,
    type: fc.constantFrom("Null", "noSuchObject", "noSuchInstance", "endOfMibView"),
    value: fc.constant(null),
  }),
);
const message: fc.Arbitrary<CommunityMessage> = fc.record({
  version: fc.constantFrom("1", "2c"),
  community: fc.uint8Array({ maxLength: 40 }).map((a) => Buffer.from(a)),
  pdu: fc.oneof(
    fc.record({
      type: fc.constantFrom("get", "get-next", "response", "set", "inform", "trap", "report"),
      requestId: fc.integer(),
      errorStatus: fc.nat(18),
      errorIndex: fc.nat(100),
      varBinds: fc.array(varBind, { maxLength: 12 }),
    }),
    fc.record({
      type: fc.constant("get-bulk" as const),
      requestId: fc.integer(),
      nonRepeaters: fc.nat(10),
      maxRepetitions: fc.nat(1000),
      varBinds: fc.array(varBind, { maxLength: 4 }),
    }),
    fc.record({
      type: fc.constant("trap-v1" as const),
      enterprise: oid,
      agentAddress: fc.ipV4(),
      genericTrap: fc.nat(6),
      specificTrap: fc.nat(),
      timeTicks: unsigned,
      varBinds: fc.array(varBind, { maxLength: 4 }),
    }),
  ),
});

describe("community messages", () => {
  it("decodes what it encodes, both directions and every type", () => {
    fc.assert(
      fc.property(message, (sent) => {
        const result = decodeMessage(encodeMessage(sent));
        expect(result.ok && result.value).toEqual(sent);
      }),
      { numRuns: 2000 },
    );
  });

  it("takes variables that are encoded already", () => {
    const row: VarBind = { oid: "1.3.6.1.2.1.1.3.0", type: "TimeTicks", value: 4294967295 };
    const sent: CommunityMessage = {
      version: "2c",
      community: Buffer.from("public"),
      pdu: { type: "response", requestId: 7, errorStatus: 0, errorIndex: 0, varBinds: [row] },
    };
    const encoded = encodeMessage({
      ...sent,
      pdu: { ...sent.pdu, varBinds: [{ encoded: encodeVarBind(row) }] },
    });
    expect(encoded).toEqual(encodeMessage(sent));
  });

  it("answers every truncation with an error (B1)", () => {
    fc.assert(
      fc.property(message, (sent) => {
        const octets = encodeMessage(sent);
        for (let length = 0; length < octets.length; length++) {
          expect(decodeMessage(octets.subarray(0, length)).ok).toBe(false);
        }
      }),
      { numRuns: 50 },
    );
  });
});
