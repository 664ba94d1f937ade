import { describe, expect, it } from "vitest";
import { BerCursor } from "../../../src/snmp/codec/ber-cursor.ts";
import { DecodeError } from "../../../src/snmp/codec/decode-error.ts";
import { decodeMessage } from "../../../src/snmp/codec/decode-message.ts";
import { decodeValue, ValueSlot } from "../../../src/snmp/codec/decode-value.ts";
import { encodeMessage } from "../../../src/snmp/codec/encode-message.ts";
import { compareOidText, oidToOctets } from "../../../src/snmp/codec/oid.ts";
import type { VarBind } from "../../../src/snmp/types.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

/** A value as the decoder gives it, or the code of its error. */
function decoded(text: string): { type: string; value: unknown; repaired: number } | string {
  const octets = hex(text);
  const slot = new ValueSlot();
  try {
    decodeValue(new BerCursor(octets), octets.length, slot);
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
  return { type: slot.type, value: slot.value, repaired: slot.repaired };
}

const value = (text: string): unknown => {
  const result = decoded(text);
  return typeof result === "string" ? result : result.value;
};

/** A response around variables that are already encoded. */
function response(varBinds: Buffer): Buffer {
  const head = hex("020101 04067075626c6963");
  const wrap = (tag: number, contents: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from([tag, 0x84]),
      Buffer.from(contents.length.toString(16).padStart(8, "0"), "hex"),
      contents,
    ]);
  const pdu = wrap(0xa2, Buffer.concat([hex("020101 020100 020100"), wrap(0x30, varBinds)]));
  return wrap(0x30, Buffer.concat([head, pdu]));
}

const codeOf = (octets: Buffer): string | undefined => {
  const result = decodeMessage(octets);
  return result.ok ? undefined : result.error.code;
};

describe("lengths (B2)", () => {
  const get = encodeMessage({
    version: "2c",
    community: Buffer.from("public"),
    pdu: { type: "get", requestId: 1, errorStatus: 0, errorIndex: 0, varBinds: [] },
  });

  it("refuses the indefinite form, more than four octets, and claims beyond the datagram", () => {
    const rest = get.subarray(2);
    for (const length of [
      "80",
      "ff",
      "84ffffffff",
      "8800000000000000ff",
      "887fffffffffffffff",
      "85000000001b",
      "7f",
    ]) {
      expect(codeOf(Buffer.concat([hex("30"), hex(length), rest]))).toMatch(/bad-length|truncated/);
    }
  });

  it("takes lengths longer than needed: real agents send them", () => {
    const long = Buffer.concat([hex("30"), hex(`84000000${rest().length.toString(16)}`), rest()]);
    expect(codeOf(long)).toBeUndefined();
    function rest(): Buffer {
      return get.subarray(2);
    }
  });

  it("refuses an inner element beyond its outer one, and octets behind any of them", () => {
    expect(codeOf(Buffer.concat([get, hex("00")]))).toBe("trailing-octets");
    const inner = Buffer.from(get);
    inner[1]! -= 1;
    expect(codeOf(inner)).toBeDefined();
    expect(codeOf(response(hex("3007 06012b 0500 0500")))).toBe("trailing-octets");
    expect(codeOf(response(hex("3006 06022b06 0506")))).toBe("truncated");
  });

  it("refuses other versions and PDUs that are none", () => {
    for (const version of ["02", "04", "7f", "ff"]) {
      const octets = Buffer.from(get);
      octets.set(hex(version), 4);
      expect(codeOf(octets)).toBe("bad-version");
    }
    const unknown = Buffer.from(get);
    unknown[13] = 0xa9;
    expect(codeOf(unknown)).toBe("wrong-tag");
  });
});

describe("integers (B3, B5)", () => {
  it.each([
    ["02 01 00", 0],
    ["02 01 80", -128],
    ["02 02 00 80", 128],
    ["02 04 7f ff ff ff", 2147483647],
    ["02 04 80 00 00 00", -2147483648],
    ["02 05 00 00 00 00 07", 7],
    ["02 00", "bad-integer"],
    ["02 05 00 80 00 00 00", "out-of-range"],
    ["02 05 ff 7f ff ff ff", "out-of-range"],
    ["02 06 00 00 00 00 00 01", "bad-integer"],
    ["41 05 00 ff ff ff ff", 4294967295],
    ["42 04 7f ff ff ff", 2147483647],
    ["43 05 00 80 00 00 00", 2147483648],
    ["41 05 01 00 00 00 00", "out-of-range"],
    ["41 05 ff 00 00 00 00", "out-of-range"],
    ["41 00", "bad-integer"],
    ["46 09 00 ff ff ff ff ff ff ff ff", 18446744073709551615n],
    ["46 08 ff ff ff ff ff ff ff ff", 18446744073709551615n],
    ["46 07 20 00 00 00 00 00 01", 9007199254740993n],
    ["46 04 ff ff ff ff", 4294967295n],
    ["46 05 01 00 00 00 00", 4294967296n],
    ["46 01 05", 5n],
    ["46 09 01 00 00 00 00 00 00 00 00", "bad-integer"],
    ["46 00", "bad-integer"],
  ])("%s is %s", (octets, expected) => {
    expect(value(octets)).toEqual(expected);
  });

  it("repairs unsigned numbers that were encoded as negative ones, and counts it", () => {
    expect(decoded("41 01 ff")).toEqual({ type: "Counter32", value: 4294967295, repaired: 1 });
    expect(decoded("42 04 ff ff ff f0")).toEqual({ type: "Gauge32", value: 4294967280, repaired: 1 });
    const varBind = hex("3009 06032b0601 4102ff00");
    varBind[1] = varBind.length - 2;
    expect(decodeMessage(response(varBind))).toMatchObject({ ok: true, repairedValues: 1 });
  });
});

describe("object identifiers (B4)", () => {
  it.each([
    ["06 00", "0.0"],
    ["06 01 2b", "1.3"],
    ["06 02 88 37", "2.999"],
    ["06 01 78", "2.40"],
    ["06 06 2b 8f ff ff ff 7f", "1.3.4294967295"],
    ["06 03 2b 80 01", "bad-oid"],
    ["06 02 2b 81", "bad-oid"],
    ["06 06 2b 90 80 80 80 00", "bad-oid"],
    ["06 08 2b ff ff ff ff ff ff 7f", "bad-oid"],
  ])("%s is %s", (octets, expected) => {
    expect(value(octets)).toBe(expected);
  });

  it("has 128 sub-identifiers and not one more", () => {
    const of = (count: number): string => `0681${count.toString(16).padStart(2, "0")}${"01".repeat(count)}`;
    expect(String(value(of(127))).split(".")).toHaveLength(128);
    expect(value(of(128))).toBe("bad-oid");
  });

  it("orders sub-identifiers as numbers, not octets", () => {
    const ordered = [
      "1.3.1",
      "1.3.127",
      "1.3.128",
      "1.3.128.0",
      "1.3.16383",
      "1.3.16384",
      "1.3.4294967295",
      "1.4",
    ];
    for (const [i, a] of ordered.entries()) {
      for (const [j, b] of ordered.entries()) expect(Math.sign(compareOidText(a, b))).toBe(Math.sign(i - j));
    }
  });

  it("refuses texts that are none", () => {
    for (const text of ["", "1.3.", "1..3", "3.1", "1.40", "1.3.x", "1.3.-1", "1.3.4294967296", "1.3 .4"]) {
      expect(() => oidToOctets(text)).toThrow(RangeError);
    }
    expect(oidToOctets(".1.3.6")).toEqual(oidToOctets("1.3.6"));
  });
});

describe("values of other types (B6)", () => {
  it.each([
    ["80 00", "noSuchObject", null],
    ["81 00", "noSuchInstance", null],
    ["82 00", "endOfMibView", null],
    ["05 00", "Null", null],
    ["40 04 c0 00 02 01", "IpAddress", "192.0.2.1"],
    ["44 07 9f 78 04 3f 80 00 00", "OpaqueFloat", 1],
    ["44 0b 9f 79 08 40 09 21 fb 54 44 2d 18", "OpaqueDouble", Math.PI],
    ["44 02 9f 77", "Opaque", hex("9f77")],
    ["44 00", "Opaque", hex("")],
    ["47 01 07", "Gauge32", 7],
  ])("%s is %s", (octets, type, expected) => {
    expect(decoded(octets)).toEqual({ type, value: expected, repaired: 0 });
  });

  it.each([
    ["80 01 00", "bad-value"],
    ["05 01 00", "bad-value"],
    ["40 03 01 02 03", "bad-value"],
    ["40 10 00000000000000000000000000000001", "bad-value"],
    ["44 06 9f 78 04 3f 80 00", "bad-value"],
    ["44 08 9f 78 05 3f 80 00 00 00", "bad-value"],
    ["44 07 9f 79 04 3f 80 00 00", "bad-value"],
    ["30 00", "wrong-tag"],
    ["24 00", "wrong-tag"],
    ["a2 00", "wrong-tag"],
    ["9f 78 00", "truncated"],
  ])("%s is refused: %s", (octets, code) => {
    expect(decoded(octets)).toBe(code);
  });
});

describe("size (B7)", () => {
  it("refuses 10,000 nested sequences without descending into them", () => {
    let nested: Buffer = hex("0500");
    const parts: Buffer[] = [];
    for (let i = 0; i < 10_000; i++) parts.push(Buffer.from([0x30, 0x84, 0, 0, 0xff, 0xff]));
    nested = Buffer.concat([...parts, nested]);
    expect(codeOf(nested)).toBeDefined();
    expect(codeOf(response(nested))).toBeDefined();
  });

  it("reads as many variables as the largest datagram holds, and the largest string", () => {
    const many = Buffer.concat(Array.from({ length: 8180 }, () => hex("3006 06022b06 0500")));
    const result = decodeMessage(response(many));
    expect(result.ok && "pdu" in result.value && result.value.pdu.varBinds).toHaveLength(8180);
    const value: Buffer = Buffer.alloc(65_000, 1);
    const row: VarBind = { oid: "1.3.6.1", type: "OctetString", value };
    const octets = encodeMessage({
      version: "2c",
      community: Buffer.from("x"),
      pdu: { type: "response", requestId: 1, errorStatus: 0, errorIndex: 0, varBinds: [row] },
    });
    expect(decodeMessage(octets)).toMatchObject({ ok: true, value: { pdu: { varBinds: [row] } } });
  });
});
