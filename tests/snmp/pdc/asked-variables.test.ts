import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeMessage } from "../../../src/snmp/codec/decode-message.ts";
import { oidToOctets } from "../../../src/snmp/codec/oid.ts";
import { AskedInTurn, askedVariables, encodeAsked } from "../../../src/snmp/pdc/asked-variables.ts";

const subIds = (maxLength: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.oneof(fc.nat(127), fc.nat(0xffffffff)), { maxLength })
    .map((all) => all.map((each) => each >>> 0));

it("encodes the same as from the start, whatever was asked before", () => {
  const index = subIds(60);
  const column = subIds(20);
  fc.assert(
    fc.property(
      fc.array(column, { minLength: 1, maxLength: 6 }),
      fc.array(index, { maxLength: 12 }),
      (columns, rows) => {
        const inTurn = new AskedInTurn();
        const names = columns.map((rest) => {
          const prefix = oidToOctets(["1.3", ...rest].join("."));
          return { prefix, octets: Buffer.alloc(0) as Buffer, start: 0, end: 0 };
        });
        expect(inTurn.encode(names)).toEqual(encodeAsked(names));
        for (const row of rows) {
          const octets = oidToOctets(["1.3", ...row].join("."));
          for (const name of names) Object.assign(name, { octets, start: 1, end: octets.length });
          const texts = columns.map((rest) => ["1.3", ...rest, ...row].join("."));
          expect(inTurn.encode(names)).toEqual(askedVariables(texts));
        }
      },
    ),
    { numRuns: 300 },
  );
});

it("asks for names that need the long form of a length", () => {
  const oid = `1.3.${Array.from({ length: 126 }, (_, i) => i * 1000).join(".")}`;
  const variables = askedVariables([oid, "1.3.6"]);
  const { length } = variables;
  const list = Buffer.concat([Buffer.from([0x30, 0x82, length >> 8, length & 0xff]), variables]);
  const pdu = Buffer.concat([Buffer.from("020101020100020100", "hex"), list]);
  const body = Buffer.concat([
    Buffer.from("0201010400", "hex"),
    Buffer.from([0xa1, 0x82, pdu.length >> 8, pdu.length & 0xff]),
    pdu,
  ]);
  const message = Buffer.concat([Buffer.from([0x30, 0x82, body.length >> 8, body.length & 0xff]), body]);
  expect(decodeMessage(message)).toMatchObject({
    ok: true,
    value: { pdu: { type: "get-next", varBinds: [{ oid }, { oid: "1.3.6" }] } },
  });
});
