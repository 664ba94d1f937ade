/** What people do wrong on their first day, and what they are told. */
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nearest } from "../../src/inventory/near-match.ts";
import { problemsIn, problemsOf, temporaryDirectory } from "./temporary.ts";

describe("what a stranger does first", () => {
  it("names the inventory that lies below a directory that is none", async () => {
    const center = temporaryDirectory();
    mkdirSync(join(center, "inventory", "mine"), { recursive: true });
    writeFileSync(join(center, "pdc.yaml"), "inventory: inventory/mine\n");
    writeFileSync(join(center, "inventory", "mine", "province.yaml"), "id: x\nname: X\n");
    const [problem, ...others] = await problemsIn(center);
    expect(others).toEqual([]);
    expect(problem?.message).toContain(`${realpathSync(center)} is no inventory`);
    expect(problem?.hint).toBe(`did you mean ${join(realpathSync(center), "inventory", "mine")}?`);
  });

  it("tells a tab at the beginning of a line as that, once", async () => {
    for (const text of ["- id: a\n\tname: A\n", "- id: a\n  name: A\n\tagency: center\n  latitude: 1\n"]) {
      const problems = await problemsOf({ "sites/a.yaml": text });
      expect(problems).toMatchObject([
        { message: "the line is indented with a tab", hint: "indent with spaces" },
      ]);
      expect(problems[0]?.line).toBe(text.split("\n").findIndex((line) => line.startsWith("\t")) + 1);
    }
  });

  it.each([
    ["latitude: 95", '"latitude" 95 is too large: at most 90'],
    ["latitude: -95", '"latitude" -95 is too small: at least -90'],
    ['name: ""', '"name" must not be empty'],
  ])("says in words what is wrong with %s", async (line, message) => {
    const name = line.startsWith("name") ? "" : "  name: A\n";
    const problems = await problemsOf({ "sites/a.yaml": `- id: a\n${name}  agency: center\n  ${line}\n` });
    expect(problems.map((problem) => problem.message)).toEqual([message]);
  });

  it("refuses a time zone that no clock has, and names the near one", async () => {
    const problems = await problemsOf({
      "province.yaml": "id: x\nname: X\ntimeZone: Asia/Ho_Chi_Min\n",
    });
    expect(problems).toMatchObject([
      { message: '"timeZone" "Asia/Ho_Chi_Min" is no time zone', hint: 'did you mean "Asia/Ho_Chi_Minh"?' },
    ]);
  });

  it("does not suggest the word itself, nor one letter for another", () => {
    expect(nearest("id", ["id", "is"])).toBe("is");
    expect(nearest("z", ["a", "b"])).toBeUndefined();
    expect(nearest("ID", ["id"])).toBe("id");
  });
});
