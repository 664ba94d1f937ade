import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvField, htmlText, jsonText, terminalLines, terminalText } from "../../src/report/encode.ts";

describe("terminalText", () => {
  test("lets no control character through", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(terminalText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  test("shows what was there", () => {
    expect(terminalText("a\u001b[31mb\nc")).toBe("a␛[31mb␊c");
    expect(terminalLines("a\nb\u0007")).toBe("a\nb␇");
  });
});

describe("htmlText", () => {
  test("leaves nothing that opens an element, an entity or ends an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(htmlText(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      }),
    );
  });
});

describe("csvField", () => {
  test.each([
    ["=1+1", "'=1+1"],
    ["+84 52", "'+84 52"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["＝1", "'＝1"],
    ["-5", "-5"],
    ["+5.25", "+5.25"],
    ["a,b", '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ["two\nlines", '"two\nlines"'],
  ])("%j becomes %j", (text, field) => {
    expect(csvField(text)).toBe(field);
  });

  test("numbers stay numbers", () => {
    expect([csvField(-5), csvField(2n ** 64n - 1n), csvField(null), csvField(true)]).toEqual([
      "-5",
      "18446744073709551615",
      "",
      "true",
    ]);
  });
});

test("jsonText keeps Counter64 exact", () => {
  expect(jsonText({ a: 2n ** 53n - 1n, b: 2n ** 53n, c: new Map([["x", 1n]]) })).toBe(
    '{"a":9007199254740991,"b":"9007199254740992","c":{"x":1}}',
  );
});
