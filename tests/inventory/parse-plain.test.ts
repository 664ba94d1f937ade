import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineCounter } from "yaml";
import { parseFully } from "../../src/inventory/parse-full.ts";
import { parsePlainYaml } from "../../src/inventory/parse-plain.ts";

const example = resolve(import.meta.dirname, "../../inventory/quang-binh");

/** What the full parser makes of a text, or undefined when it finds fault. */
function full(text: string): { value: unknown } | undefined {
  const result = parseFully(text, new LineCounter());
  return "value" in result ? result : undefined;
}

/** As JSON, so that key order counts; -0 is 0 there. */
function json(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (Object.is(inner, -0) ? 0 : inner));
}

/** Whenever the plain parser answers, the full one must answer the same. */
function agrees(text: string): void {
  const plain = parsePlainYaml(text);
  if (plain === undefined) return;
  const other = full(text);
  expect(other, `the full parser refuses:\n${text}`).toBeDefined();
  expect(json(plain.value), text).toBe(json(other?.value));
}

const exampleFiles = readdirSync(example, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".yaml"),
);

describe("the plain parser", () => {
  it("reads every file of the example as the full parser does", () => {
    for (const name of exampleFiles) {
      const text = readFileSync(join(example, name), "utf8");
      expect(parsePlainYaml(text), name).toBeDefined();
      agrees(text);
    }
  });

  it.each([
    ["- id: a\n  n: 0777\n  m: 017.50\n  t: 12:30\n", [{ id: "a", n: 777, m: 17.5, t: "12:30" }]],
    ["a: no\nb: on\nc: y\nd: True\ne: ~\nf:\n", { a: "no", b: "on", c: "y", d: true, e: null, f: null }],
    [
      "a: 10.0.0.1\nb: 2001:db8::1\nc: 2025-07-01\nd: 02:00:5e:00:00:01\n",
      { a: "10.0.0.1", b: "2001:db8::1", c: "2025-07-01", d: "02:00:5e:00:00:01" },
    ],
    ["a: [ x, 'y z', \"w, v\" ] # c\nb: { k: 1, l: [] }\n", { a: ["x", "y z", "w, v"], b: { k: 1, l: [] } }],
    ["list:\n- a: 1\n  b: 2\n- c\nafter: x#y\n", { list: [{ a: 1, b: 2 }, "c"], after: "x#y" }],
    ["# c\r\n- id: a # d\r\n  x: đ\r\n", [{ id: "a", x: "đ" }]],
    ["__proto__: 1\nconstructor: { prototype: x }\n", { ["__proto__"]: 1, constructor: { prototype: "x" } }],
  ])("reads %j", (text, value) => {
    expect(json(parsePlainYaml(text)?.value)).toBe(json(value));
    agrees(text);
  });

  it.each([
    "a: &x 1\nb: *x\n",
    "a: !!str 1\n",
    "a: |\n  text\n",
    "a: one\n  two\n",
    'a: "x\\n"\n',
    "a: 'it''s'\n",
    "a: 1\na: 2\n",
    "a: [1,\n 2]\n",
    "a:\tb\n",
    "%YAML 1.1\n---\na: no\n",
    "---\na: 1\n",
    "a: 1e3\n",
    "a: 0x1f\n",
    "a: .5\n",
    "- - a\n",
    "? a\n: b\n",
    " a: 1\n",
    "a: b: c\n",
    "a: 1\n   b: 2\n",
    "- a: 1\n   b: 2\n",
    "<<: 1\n",
    "a: }\n",
    "a: [x\n",
    "",
    "a: 'x' y\n",
    "Tâ\u0301n: 1\n",
  ])("leaves %j to the full parser", (text) => {
    expect(parsePlainYaml(text)).toBeUndefined();
  });

  it("agrees with the full parser on texts made of the pieces of YAML", () => {
    const piece = fc.constantFrom(
      "- ",
      "-",
      "a: ",
      "b:",
      "id: x",
      ": ",
      ":",
      " ",
      "  ",
      "    ",
      "\n",
      "\n",
      "\n- ",
      "\n  ",
      "\n  b: ",
      "\n- a: ",
      "[",
      "]",
      "{ ",
      " }",
      ", ",
      ",",
      "'",
      '"',
      "#",
      " # c",
      "x",
      "đất",
      "1",
      "0777",
      "1.5",
      "-3",
      "1e3",
      ".5",
      "~",
      "null",
      "true",
      "no",
      "10.0.0.1/30",
      "&a",
      "*a",
      "!t",
      "|",
      ">",
      "?",
      "%",
      "@",
      "`",
      "\\",
      "\t",
      "\r\n",
      "---",
      "...",
      "<<",
      "__proto__: ",
      "2025-07-01",
      "a:b",
      "::",
      "- - ",
      "\u00a0",
      "=",
      "(x)",
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 14 }), (pieces) => agrees(pieces.join(""))),
      { numRuns: 20_000 },
    );
  });

  it("agrees with the full parser on the example with one line broken", () => {
    const lines = exampleFiles.map((name) => readFileSync(join(example, name), "utf8").split("\n"));
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.constantFrom("", " ", "  ", "-", "- ", "#", ":", "'", '"', "[", "}", "x", "\n", "&", "*", ","),
        fc.nat(),
        (f, l, inserted, c) => {
          const file = lines[f % lines.length]!;
          const from = l % file.length;
          const part = file.slice(Math.max(0, from - 6), from + 6);
          const at = Math.min(6, part.length - 1);
          const line = part[at] ?? "";
          const column = c % (line.length + 1);
          part[at] = line.slice(0, column) + inserted + line.slice(column + (inserted === "" ? 1 : 0));
          agrees(part.join("\n"));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
