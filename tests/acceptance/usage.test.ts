/** A command line that is wrong: what is said of it, and that help is where people look for it. */
import { Config } from "@oclif/core";
import { describe, expect, test } from "vitest";
import { helpText } from "../../src/cli/help-class.ts";
import { pdc, root } from "./run-pdc.ts";

describe("what is wrong is said in one line, and what to write instead in the next", () => {
  test.each([
    [["agency", "list", "--knd", "commune"], "unknown flag --knd", "did you mean --kind?"],
    [["agency", "list", "--kind", "comune"], "--kind comune: not one of province", "did you mean commune?"],
    [["agency", "list", "--limit", "many"], "--limit many: not a whole number", "pdc agency list --help"],
    [["agency", "list", "--limit", "0"], "--limit 0: must be at least 1", "pdc agency list --help"],
    [["agency", "list", "--output"], "--output needs a value", "pdc agency list --help"],
    [["agency", "list", "extra"], "unexpected argument: extra", "pdc agency list --help"],
    [["agency", "show", "a", "b"], "unexpected argument: b", "pdc agency show --help"],
    [["agency", "show"], "AGENCY is missing: id, code or name", "pdc agency show --help"],
    [["incident", "attribute", "x", "carier"], "carier: not one of carrier", "did you mean carrier?"],
    [["maintenance", "add"], "--from, --reason, --until must be given", "pdc maintenance add --help"],
    [["inventory", "import"], "one of --csv, --netbox, --netbox-saved must be given", "import --help"],
    [["lab", "up", "--nodes", "3"], "--nodes needs --control-plane", "pdc lab up --help"],
    [["poll", "--once", "--every", "60s"], "--once and --every exclude each other", "pdc poll --help"],
    [["stack", "state", "rename", "host"], "URN is missing", "pdc stack state rename NAME URN NEW-NAME"],
    [["--quiet", "agency", "list"], "a command comes before --quiet", "pdc --help"],
    [["help", "exit-code"], "no help on exit-code", "did you mean `pdc help exit-codes`?"],
    [["help", "devise"], "no help on devise", "did you mean `pdc help device`?"],
  ])("pdc %j", (args, message, fix) => {
    const { status, stdout, stderr } = pdc(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    const [first, second, ...others] = stderr.trimEnd().split("\n");
    expect(first).toContain(`error: ${message}`);
    expect(second).toMatch(/^ {2}hint: /);
    expect(second).toContain(fix);
    expect(others).toEqual([]);
  });

  test("a format of the environment that a command does not give says where it comes from", () => {
    const { status, stderr } = pdc(["help"], { env: { PDC_OUTPUT: "csv" } });
    expect(status).toBe(2);
    expect(stderr).toContain("PDC_OUTPUT");
  });

  test.each([["agency"], []])("a topic without a command gives one error document: %j", (...args) => {
    const { status, stdout } = pdc([...args, "--json"]);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 2, errors: [{ code: "usage" }] });
  });
});

describe("help", () => {
  test.each([["-h"], ["agency", "-h"], ["agency", "list", "-h"], ["agency", "list", "--kind", "-h"]])(
    "-h is --help: %j",
    (...args) => {
      const { status, stdout, stderr } = pdc(args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toContain("USAGE");
    },
  );

  test("is an envelope where JSON is asked for", () => {
    const { status, stdout } = pdc(["help", "agency", "list", "--json"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "pdc.help/1",
      data: { topic: "agency list", text: expect.stringContaining("USAGE") },
    });
  });

  test("of every command names its formats and a word for each value, and fits its summary into a line", async () => {
    const config = await Config.load({ root, userPlugins: false });
    for (const { id, hidden } of config.commands) {
      if (hidden || id === "help") continue;
      const text = await helpText(config, id.split(":"));
      expect(text).toMatch(/format:\s/);
      expect(text).not.toContain("<value>");
      expect(text).not.toContain("[--json]");
      const [summary = ""] = text.split("\n");
      expect(summary.length, summary).toBeLessThanOrEqual(80);
      expect(summary, summary).not.toMatch(/\.$/);
      expect(text.split(summary).length, `${id} says its summary twice`).toBe(2);
    }
  });
});
