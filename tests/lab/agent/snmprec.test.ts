import { expect, test } from "vitest";
import { formatSnmprec, parseSnmprec, SnmprecError } from "../../../src/lab/agent/snmprec.ts";

test("reads every type a recording can hold, whatever the order of its lines", () => {
  const records = parseSnmprec(
    [
      "1.3.6.1.2.1.1.3.0|67|4294967295",
      "# a comment",
      "",
      ".1.3.6.1.2.1.1.1.0|4|text with | bars",
      "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1\r",
      "1.3.6.1.2.1.4.20.1.1.10.0.0.1|64|10.0.0.1",
      "1.3.6.1.2.1.4.20.1.1.10.0.0.2|64x|0a000002",
      "1.3.6.1.2.1.2.2.1.6.1|4x|00005e005301",
      "1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615",
      "1.3.6.1.4.1.1.1|2|-5",
      "1.3.6.1.4.1.1.2|5|",
    ].join("\n"),
  );
  expect(new Map(records.map(({ oid, value }) => [oid, value]))).toEqual(
    new Map<string, unknown>([
      ["1.3.6.1.2.1.1.3.0", 4_294_967_295],
      ["1.3.6.1.2.1.1.1.0", Buffer.from("text with | bars")],
      ["1.3.6.1.2.1.1.2.0", "1.3.6.1.4.1.9.1.1"],
      ["1.3.6.1.2.1.4.20.1.1.10.0.0.1", "10.0.0.1"],
      ["1.3.6.1.2.1.4.20.1.1.10.0.0.2", "10.0.0.2"],
      ["1.3.6.1.2.1.2.2.1.6.1", Buffer.from("00005e005301", "hex")],
      ["1.3.6.1.2.1.31.1.1.1.6.1", 18_446_744_073_709_551_615n],
      ["1.3.6.1.4.1.1.1", -5],
      ["1.3.6.1.4.1.1.2", null],
    ]),
  );
});

test("what is written is read back the same", () => {
  const text =
    "1.3.6.1.2.1.1.1.0|4|plain\n1.3.6.1.2.1.1.4.0|4x|c490\n1.3.6.1.2.1.31.1.1.1.6.1|70|9007199254740993\n";
  expect(formatSnmprec(parseSnmprec(text))).toBe(text);
});

test("escapes of a Python string become octets", () => {
  const value = String.raw`\x00\xffa\n\t\\ \"b\' €`;
  expect(parseSnmprec(`1.3.6.1.2.1.1.1.0|4e|${value}\n`)[0]?.value).toEqual(
    Buffer.concat([Buffer.of(0, 0xff), Buffer.from("a\n\t\\ \"b' €")]),
  );
  for (const wrong of [String.raw`\x0`, String.raw`\q`, "\\"])
    expect(() => parseSnmprec(`1.3.6.1.2.1.1.1.0|4e|${wrong}\n`)).toThrow(/line 1: .*escape/);
});

test("numeric modules become rules", () => {
  const [counter, gauge] = parseSnmprec(
    "1.3.6.1.2.1.2.2.1.10.1|65:numeric|initial=7,rate=100\n1.3.6.1.4.1.1.1|66:numeric|initial=40,deviation=5,min=0,max=100\n",
  );
  expect(counter).toMatchObject({ value: 7, variation: { kind: "counter", perSecond: 100 } });
  expect(gauge).toMatchObject({
    value: 40,
    variation: { kind: "gauge", deviation: 5, minimum: 0, maximum: 100 },
  });
});

test("numbers, OIDs and addresses without a value are Null; empty texts stay texts", () => {
  const lines = ["1.3.6.1.2.1.2.2.1.5.1|66|", "1.3.6.1.2.1.2.2.1.22.1|6|", "1.3.6.1.2.1.4.20.1.1.1|64|"];
  for (const record of parseSnmprec(`${lines.join("\n")}\n`))
    expect(record).toMatchObject({ tag: 5, value: null });
  expect(parseSnmprec("1.3.6.1.2.1.1.5.0|4|\n")[0]).toMatchObject({ tag: 4, value: Buffer.alloc(0) });
});

test("what its owner has blanked is played: octets as the text, everything else as Null", () => {
  const blanked = (tag: string) => parseSnmprec(`1.3.6.1.2.1.1.6.0|${tag}|<private>\n`)[0];
  for (const tag of ["4", "4x", "4e"])
    expect(blanked(tag)).toMatchObject({ tag: 4, value: Buffer.from("<private>") });
  for (const tag of ["2", "6", "64", "64x", "66"])
    expect(blanked(tag)).toMatchObject({ tag: 5, value: null });
});

test.each([
  ["2|4294967295", -1],
  ["2|-2147483648", -2147483648],
  ["65|4294967298", 2],
  ["66|4294967296", 4294967295],
  ["66|-1", 4294967295],
  ["67|4294967295", 4294967295],
])("a number that its type cannot hold is played as one that it can: %s", (rest, value) => {
  expect(parseSnmprec(`1.3.6.1.2.1.1.7.0|${rest}\n`)[0]?.value).toBe(value);
});

test.each([
  ["1.3.6.1.2.1.1.1.0 4 text", "not OID|TAG|VALUE"],
  ["sysDescr.0|4|text", "not an OID"],
  ["1.3.6.1.2.1.1.1.0|99|text", 'tag "99"'],
  ["1.3.6.1.2.1.1.1.0|4x|abc", "not hex"],
  ["1.3.6.1.2.1.1.3.0|67|soon", "not an integer"],
  ["1.3.6.1.2.1.1.3.0|67:mystery|a=1", '"mystery" is not played'],
])("refuses %j and says where", (line, why) => {
  const parse = () => parseSnmprec(`1.3.6.1.2.1.1.7.0|2|78\n${line}\n`);
  expect(parse).toThrow(SnmprecError);
  expect(parse).toThrow(why);
  expect(parse).toThrow("line 2");
});
