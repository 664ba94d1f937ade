import { describe, expect, test } from "vitest";
import { bindExpression, evaluateBound } from "../../src/profiles/bound.ts";
import { parseExpression } from "../../src/profiles/expression.ts";
import { formatIpv6, indexPart, parseReference } from "../../src/profiles/reference.ts";
import { parseTemplate, renderTemplate } from "../../src/profiles/template.ts";

describe("references", () => {
  test("parts of an index", () => {
    const part = (text: string) =>
      indexPart("3.1.4.10.0.0.1", parseReference(text) as { first?: number; last?: number });
    expect(part("index")).toBe("3.1.4.10.0.0.1");
    expect(part("index.1")).toBe("3");
    expect(part("index.-1")).toBe("1");
    expect(part("index.4-")).toBe("10.0.0.1");
    expect(part("index.1-2")).toBe("3.1");
    expect(part("index.1--3")).toBe("3.1.4.10.0");
    expect(part("index.4--2")).toBe("10.0.0");
    expect(part("index.9")).toBe("");
    expect(part("index.4-:ip")).toBe("10.0.0.1");
    expect(indexPart("3.101.116.104", parseReference("index.2-:text") as { first: number })).toBe("eth");
    expect(indexPart("0.26.43.255.0.1", parseReference("index.1-:mac") as { first: number })).toBe(
      "00:1a:2b:ff:00:01",
    );
    const texts = (index: string) =>
      indexPart(index, parseReference("index.1--2:texts") as { first: number });
    expect(texts("3.101.116.104.2.103.119.7")).toBe("eth gw");
    expect(texts("0.2.103.119.7")).toBe(" gw");
    expect(texts("3.101.116.104.9.103.7")).toBe("eth");
    expect(texts("7")).toBe("");
  });

  test("an IPv6 address is written as RFC 5952 does", () => {
    const octets = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    expect(formatIpv6(octets)).toBe("2001:db8::1");
    expect(formatIpv6(new Array(16).fill(0))).toBe("::");
    expect(indexPart(`2.16.${octets.join(".")}`, parseReference("index.3-:ip") as { first: number })).toBe(
      "2001:db8::1",
    );
  });

  test("lookups nest", () => {
    expect(parseReference("entity[entity[index.1].parent].name")).toEqual({
      kind: "lookup",
      lookup: "entity",
      by: { kind: "lookup", lookup: "entity", by: { kind: "index", first: 1, last: 1 }, column: "parent" },
      column: "name",
    });
  });

  test.each(["", "a.b", "entity[index", "entity[index]", "index.x", "9lives"])(
    "%j is refused with its place",
    (text) => {
      expect(() => parseReference(text)).toThrow(/expected .* at character \d/);
    },
  );
});

describe("templates", () => {
  const render = (template: string, values: Record<string, string>) =>
    renderTemplate(parseTemplate(template), (reference) =>
      reference.kind === "name" ? (values[reference.name] ?? "") : "",
    );

  test("the first alternative that is not empty", () => {
    expect(render("{name|description|'port'} x", { description: "Gi0/1" })).toBe("Gi0/1 x");
    expect(render("{name|'port'}", {})).toBe("port");
  });

  test("nothing said is nothing, not the words around it", () => {
    expect(render("Slot {name}", {})).toBe("");
    expect(render("{a} {b}", { b: "b" })).toBe("b");
    expect(render("Main memory", {})).toBe("Main memory");
  });

  test("white space of devices does not get into keys", () => {
    expect(render("{name}", { name: "  Fan \n 1  " })).toBe("Fan 1");
  });
});

describe("expressions", () => {
  const value = (text: string, columns: Record<string, number> = {}) => {
    const bound = bindExpression(parseExpression(text), (reference) =>
      reference.kind === "name" ? columns[reference.name] : undefined,
    );
    return bound && evaluateBound(bound, () => undefined);
  };

  test.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["10 - 4 - 3", 3],
    ["2 ^ 3 ^ 2", 512],
    ["-3 + 5", 2],
    ["min(3, 2) + max(1, 4)", 6],
    ["if(2 > 1, 10, 20)", 10],
    ["if(2 == 1, 10, 20)", 20],
    ["10 * log10(100)", 20],
    ["abs(0 - 4)", 4],
  ])("%s = %d", (text, expected) => expect(value(text)).toBe(expected));

  test("a missing value, a division by zero and a logarithm of nothing are no number", () => {
    expect(value("a + 1")).toBeUndefined();
    expect(value("1 / 0")).toBeUndefined();
    expect(value("log10(0)")).toBeUndefined();
    expect(value("if(1 > 0, 5, a)")).toBe(5);
  });

  test("ENTITY-SENSOR-MIB: a power of ten that is constant becomes an exact division", () => {
    const sensor = parseExpression("value * 10 ^ (3 * (scale - 9) - precision)");
    const measure = (raw: number, scale: number, precision: number) => {
      const bound = bindExpression(sensor, (reference) => {
        if (reference.kind !== "name") return undefined;
        return { scale, precision, value: { column: 0 } }[reference.name];
      });
      return bound && evaluateBound(bound, () => raw);
    };
    expect(measure(253, 9, 1)).toBe(25.3);
    expect(measure(3300, 8, 0)).toBe(3.3);
    expect(measure(42, 9, 0)).toBe(42);
    expect(measure(2, 10, 0)).toBe(2000);
  });

  test.each(["", "1 +", "(1", "foo(1)", "min(1)", "a b", "1 $ 2"])("%j is refused", (text) => {
    expect(() => parseExpression(text)).toThrow(/expected/);
  });
});
