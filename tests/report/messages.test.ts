import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reasonValues } from "../../src/health/reasons.ts";
import { languages } from "../../src/report/languages.ts";

/** Every text of a language, by its path ("reasons.no-answer"). */
function texts(messages: object, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === "string") found.set(prefix + key, value);
    else for (const [path, text] of texts(value, `${prefix}${key}.`)) found.set(path, text);
  }
  return found;
}

const placeholders = (text: string) => [...text.matchAll(/\{([^}]*)\}/g)].map(([, inner]) => inner).sort();
const [vi, en] = [texts(languages.vi), texts(languages.en)];

describe("report languages", () => {
  test("say the same things", () => {
    expect([...vi.keys()].sort()).toEqual([...en.keys()].sort());
    expect(vi.size).toBeGreaterThan(200);
    for (const [path, text] of [...vi, ...en]) expect(text.trim(), path).not.toBe("");
  });

  test("have the same placeholders in the same formats", () => {
    for (const [path, text] of vi) expect(placeholders(text), path).toEqual(placeholders(en.get(path) ?? ""));
  });

  test("use only the values that health gives, and know every reason", () => {
    for (const [code, values] of Object.entries(reasonValues)) {
      const used = placeholders(en.get(`reasons.${code}`) ?? "{missing}").map(
        (inner) => inner?.split("|")[0],
      );
      for (const name of used) expect(values as readonly string[], code).toContain(name);
    }
  });

  test("Vietnamese is not English left behind", () => {
    // "ping" is the field's own word.
    const words = (text: string) => text.replaceAll(/\{[^}]*\}|ping/g, "");
    const same = [...vi].filter(([path, text]) => text === en.get(path) && /[a-z]{4}/.test(words(text)));
    expect(same.map(([path]) => path)).toEqual([]);
  });

  test("every word is used somewhere", () => {
    const sources = ["src/report", "src/actions/report"]
      .flatMap((room) =>
        readdirSync(room, { recursive: true, encoding: "utf8" }).map((name) => join(room, name)),
      )
      .filter((name) => name.endsWith(".ts") && !name.startsWith("src/report/messages"))
      .map((name) => readFileSync(name, "utf8"))
      .join("\n");
    const unused = Object.keys(languages.en.words).filter((key) => !sources.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });
});
