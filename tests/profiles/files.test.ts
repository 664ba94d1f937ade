import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadProfiles, ProfileError } from "../../src/profiles/index.ts";

const family = `
family: acme
vendor: Acme
title: Acme boxes
match:
  - {sysObjectId: enterprises.99999}
prefixes: {acme: enterprises.99999}
states:
  health: {1: [fine, ok], 2: [bad, critical]}
components:
  - class: fan
    table: acme.1.1
    columns: {state: 2}
    fixed: {name: 3}
    key: "{name}"
    measurements: {status: {from: state, states: health}}
`;

async function folder(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "pdc-profiles-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

async function problemsOf(text: string): Promise<string[]> {
  try {
    const set = await loadProfiles({ directories: [await folder({ "acme.yaml": text })] });
    set.compileAll();
    return [];
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    expect(error.exitCode).toBe(22);
    return error.problems.map(
      ({ file, line, code, hint }) => `${file.split("/").at(-1)}:${line} ${code}${hint ? ` (${hint})` : ""}`,
    );
  }
}

test("every family and module of the project loads, and every rule of theirs compiles", async () => {
  const set = await loadProfiles();
  expect(() => set.compileAll()).not.toThrow();
  for (const name of set.families) expect(set.profile(name).rules.length).toBeGreaterThan(0);
});

test("a new family is one file in the center's own folder", async () => {
  const set = await loadProfiles({ directories: [await folder({ "acme.yaml": family }), "/nowhere/at/all"] });
  expect(set.candidates({ sysObjectId: "1.3.6.1.4.1.99999.7" })[0]).toEqual({ family: "acme" });
  const rules = set.profile("acme").rules.map((rule) => rule.id);
  expect(rules[0]).toBe("acme.fan");
  expect(rules).toContain("if.interface");
});

describe("mistakes are told with their place, and what was meant", () => {
  test.each([
    [
      "an unknown key",
      family.replace("    table:", "    tabel:"),
      'acme.yaml:12 unknown-key (did you mean "table"?)',
    ],
    [
      "a measurement that is none",
      family.replace("{status:", "{statsu:"),
      'acme.yaml:16 unknown-measurement (did you mean "status"?)',
    ],
    [
      "an unknown column",
      family.replace("from: state", "from: stat"),
      'acme.yaml:16 unknown-column (did you mean "state"?)',
    ],
    [
      "an unknown state map",
      family.replace("states: health", "states: healht"),
      'acme.yaml:16 unknown-states (did you mean "health"?)',
    ],
    [
      "an unknown prefix",
      family.replace("acme.1.1", "acne.1.1"),
      'acme.yaml:12 unknown-prefix (did you mean "acme"?)',
    ],
    [
      "a scalar that is a row of a table",
      `${family}readings:\n  - {class: state, key: door, label: Door, oid: acme.2.7, states: health}\n`,
      "acme.yaml:18 bad-column",
    ],
    ["the name of a standard module", family.replace("family: acme", "family: if"), "acme.yaml:2 name-taken"],
    ["a broken template", family.replace('"{name}"', '"{name"'), "acme.yaml:15 bad-grammar"],
    [
      "a broken pattern",
      family.replace("sysObjectId: enterprises.99999", "sysDescr: '('"),
      "acme.yaml:6 custom",
    ],
    ["a duplicate key", `${family}\nvendor: Other\n`, "acme.yaml:18 yaml"],
    ["a family that does not exist", `${family}\nextends: nosuch\n`, "acme.yaml:18 unknown-family"],
    [
      "an unknown module to skip",
      `${family}\nskip: [host-resource.memory]\n`,
      'acme.yaml:18 unknown-module (did you mean "host-resources.memory"?)',
    ],
  ])("%s", async (_, text, expected) => {
    expect(await problemsOf(text)).toContain(expected);
  });

  test("an alias bomb and an empty file are refused, not swallowed", async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`;
    expect(await problemsOf(bomb)).not.toEqual([]);
    expect(await problemsOf("")).not.toEqual([]);
  });
});

describe("choice of a family", () => {
  const choose = async (
    files: Record<string, string>,
    identity: { sysObjectId?: string; sysDescr?: string },
  ) => {
    const set = await loadProfiles({ directories: [await folder(files)] });
    return set.candidates(identity);
  };
  const minimal = (name: string, match: string, more = "") =>
    `family: ${name}\nvendor: V\ntitle: T\nmatch: [${match}]\n${more}`;

  test("the longest sysObjectID prefix wins; prefixes end at dots", async () => {
    const files = {
      "a.yaml": minimal("a", "{sysObjectId: enterprises.88888}"),
      "b.yaml": minimal("b", "{sysObjectId: enterprises.88888.1}"),
    };
    expect(await choose(files, { sysObjectId: "1.3.6.1.4.1.88888.1.5" })).toEqual([{ family: "b" }]);
    expect(await choose(files, { sysObjectId: "1.3.6.1.4.1.88888.10" })).toEqual([{ family: "a" }]);
    expect((await choose(files, { sysObjectId: "1.3.6.1.4.1.888880" })).at(-1)).toEqual({
      family: "generic",
    });
  });

  test("among equal prefixes, sysDescr refines; a probe is asked before the rest", async () => {
    const files = {
      "a.yaml": minimal("a", "{sysObjectId: enterprises.88888}"),
      "b.yaml": minimal("b", "{sysObjectId: enterprises.88888, sysDescr: switch}"),
      "c.yaml": minimal("c", "{sysObjectId: enterprises.88888, probe: enterprises.88888.9.1.0}"),
    };
    expect(await choose(files, { sysObjectId: "1.3.6.1.4.1.88888", sysDescr: "A Switch" })).toEqual([
      { family: "b" },
    ]);
    expect(await choose(files, { sysObjectId: "1.3.6.1.4.1.88888", sysDescr: "router" })).toEqual([
      { family: "c", probe: { oid: "1.3.6.1.4.1.88888.9.1.0" } },
      { family: "a" },
    ]);
  });

  test("a device that says nothing of itself is generic", async () => {
    expect((await choose({}, {})).at(-1)).toEqual({ family: "generic" });
  });
});

test("a family takes over another's rules with its own prefix", async () => {
  const other =
    "family: acme-clone\nvendor: Clone\ntitle: T\nextends: acme\nprefixes: {acme: enterprises.77777}\nmatch: [{sysObjectId: enterprises.77777}]\n";
  const set = await loadProfiles({
    directories: [await folder({ "acme.yaml": family, "clone.yaml": other })],
  });
  expect(set.profile("acme-clone").rules[0]?.table).toBe("1.3.6.1.4.1.77777.1.1");
});
