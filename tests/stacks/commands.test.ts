/** `pdc stack check | render | images` as a user runs them: formats, exit codes, what they refuse. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { pdc } from "../acceptance/run-pdc.ts";
import { changedExample } from "../policy/example.ts";
import { canary, writeSecrets } from "./example-secrets.ts";

const example = resolve(import.meta.dirname, "../../inventory/quang-binh");
const run = (verb: string, ...args: string[]) => pdc(["stack", verb, ...args, "--inventory", example]);
const broken = () => changedExample({ "systems/lgsp.yaml": [['quota: { cpu: "14"', 'quota: { cpu: "1"']] });

describe("check", () => {
  test("the example passes with advice; a broken one is 20 in every format, with file, line and remedy", () => {
    expect(run("check", "platform", "--stack", "training").status).toBe(0);
    const inventory = broken();
    const of = (...args: string[]) => pdc(["stack", "check", "platform", "--inventory", inventory, ...args]);
    const json = of("--json");
    expect(json.status).toBe(20);
    const { ok, exitCode, data } = JSON.parse(json.stdout);
    expect({ ok, exitCode, mandatory: data.mandatory }).toEqual({ ok: false, exitCode: 20, mandatory: 1 });
    expect(data.findings[0]).toMatchObject({
      severity: "mandatory",
      rule: "quota/below-use",
      place: expect.stringMatching(/^systems\/lgsp\.yaml:\d+:\d+$/),
      remedy: expect.stringContaining("quota"),
    });
    expect(of("--output", "ndjson").stdout.split("\n")[0]).toContain('"quota/below-use"');
    expect(of("--output", "csv").stdout).toContain("quota/below-use");
    const people = of("--output", "table");
    expect(people.status).toBe(20);
    expect(people.stdout).toMatch(
      /^mandatory quota\/below-use at systems\/lgsp\.yaml:\d+:\d+\n {2}lgsp in production/,
    );
  });

  test("--secrets says which cannot be had, and shows none that can", () => {
    const home = changedExample();
    const of = () =>
      pdc(["stack", "check", "platform", "--inventory", example, "--secrets", "--json"], {
        env: { HOME: home },
      });
    const without = of();
    expect(without.status).toBe(20);
    const rules = JSON.parse(without.stdout).data.findings.map((one: { rule: string }) => one.rule);
    expect(rules.filter((rule: string) => rule === "secret/unresolved")).toHaveLength(14);
    mkdirSync(home, { recursive: true });
    writeSecrets(home);
    const withThem = of();
    expect(withThem.status).toBe(0);
    expect(withThem.stdout + withThem.stderr).not.toContain(canary);
  });

  test("another stack, an environment that is not there and a broken inventory are told", () => {
    const other = run("check", "host");
    expect([other.status, other.stderr]).toEqual([
      2,
      expect.stringContaining("stacks that are checked: platform"),
    ]);
    const environment = run("check", "platform", "--stack", "prod");
    expect([environment.status, environment.stderr]).toEqual([
      2,
      expect.stringContaining("production, training, staging"),
    ]);
    const inventory = changedExample({ "systems/lgsp.yaml": [["template: api", "template: apo"]] });
    const invalid = pdc(["stack", "check", "platform", "--inventory", inventory]);
    expect(invalid.status).toBe(22);
    expect(invalid.stderr).toMatch(/systems\/lgsp\.yaml:\d+:\d+: .*\n.*did you mean "api"/);
  });
});

describe("render and images", () => {
  test("render wants a directory, and refuses one with other files", () => {
    expect(run("render", "platform").status).toBe(2);
    const directory = join(changedExample(), "new");
    const rendered = run("render", "platform", "--stack", "training", "--dir", directory, "--json");
    expect(rendered.status).toBe(0);
    expect(JSON.parse(rendered.stdout).data).toMatchObject({
      objects: expect.any(Number),
      unchanged: 0,
      removed: [],
    });
    const other = changedExample();
    writeFileSync(join(other, "mine.yaml"), "a: b\n");
    const refused = run("render", "platform", "--dir", other);
    expect([refused.status, refused.stderr]).toEqual([
      22,
      expect.stringContaining("no list of an earlier render"),
    ]);
  });

  test("images lists without asking, and an archive that is none is refused", () => {
    const listed = run("images", "platform", "--offline", "--output", "csv");
    expect(listed.status).toBe(0);
    expect(listed.stdout.trim().split("\n")).toHaveLength(20);
    const archive = run("images", "platform", "--resolve", "--archive", join(example, "province.yaml"));
    expect([archive.status, archive.stderr]).toEqual([22, expect.stringContaining("is no tar archive")]);
    expect(run("images", "platform", "--archive", "x").status).toBe(2);
  });
});

test("the history of a stack that is not there is told as that; a new stack has none yet", () => {
  const env = {
    PDC_STATE_DIR: mkdtempSync(join(tmpdir(), "pdc-history-")),
    PULUMI_CONFIG_PASSPHRASE: "right",
  };
  const stack = (verb: string) =>
    pdc(["stack", verb, "host", "--stack", "lab", "--inventory", example, "--output", "table"], { env });
  const missing = stack("history");
  expect([missing.status, missing.stderr]).toEqual([
    22,
    expect.stringMatching(/no stack named 'lab'.*\n.*init/),
  ]);
  expect(stack("init").status).toBe(0);
  const none = stack("history");
  expect([none.status, none.stdout + none.stderr]).toEqual([0, expect.stringContaining("no operations yet")]);
  rmSync(env.PDC_STATE_DIR, { recursive: true });
});
