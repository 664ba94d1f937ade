/** What oclif 5 does wrong out of the box, held against our own launcher and main(). */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pdc, root, shell, startPdc } from "./run-pdc.ts";

const env = { PDC_KITCHEN_SINK: "x" };
const canary = "canary-5f2e";

describe("streams", () => {
  test("a slow reader gets all of it", () => {
    const { status, stdout, stderr } = shell(
      "$PDC kitchen-sink --rows 20000 --output csv | (sleep 12; cat)",
      env,
    );
    expect(stderr).toBe("");
    expect(stdout.match(/device-/g)?.length).toBe(20_000);
    expect(stdout.length).toBeGreaterThan(600_000);
    expect(status).toBe(0);
  }, 60_000);

  test("a reader that leaves is a good end", () => {
    const { status, stdout, stderr } = shell("$PDC kitchen-sink --rows 20000 --output csv | head -1", env);
    expect(stdout.trim()).toBe("id,state,octets,utilisationPercent,text");
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("data goes to stdout, warnings and errors to stderr", () => {
    const { status, stdout, stderr } = pdc(["kitchen-sink", "--fail", "partial", "--rows", "1"], { env });
    expect(status).toBe(21);
    expect(stdout).toBe("device-0\tup\t9007199254740992\t0\tQuảng Bình\n");
    expect(stderr).toContain("warning: one device answered late");
    expect(stderr).toContain("error: device-1: no answer after 2 s");
    expect(stderr).toContain("check its address");
  });

  test("the first SIGTERM ends with 143", async () => {
    const child = startPdc(["kitchen-sink", "--rows", "200000", "--output", "csv"], env);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.stdout.pause();
    child.kill("SIGTERM");
    child.stdout.resume();
    const status = await new Promise((resolve) => child.once("exit", resolve));
    expect(status).toBe(143);
  }, 60_000);
});

describe("json", () => {
  test("a missing required flag says so without argv or configuration", () => {
    const { status, stdout } = pdc(["kitchen-sink", "--json", "--fail", "bug", "--file", canary]);
    expect(status).toBe(2);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schema: "pdc.error/1", ok: false, exitCode: 2 });
    expect(document.errors[0].message).toContain("secret");
    expect(stdout).not.toContain(canary);
    expect(stdout.length).toBeLessThan(1_000);
  });

  test("warnings are inside the document", () => {
    const { stdout, status } = pdc(["kitchen-sink", "--json", "--fail", "partial", "--rows", "1"], { env });
    expect(status).toBe(21);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      exitCode: 21,
      warnings: ["one device answered late"],
    });
  });

  test("Counter64 beyond 2^53 is exact", () => {
    const { stdout } = pdc(["kitchen-sink", "--json", "--rows", "2"], { env });
    expect(JSON.parse(stdout).data[1].octets).toBe("9007199254740993");
  });

  test.each([
    ["an unknown command", ["devise", "lst", "--json"], 2, "unknown-command"],
    ["an unknown flag", ["kitchen-sink", "--nope", "--json"], 2, "usage"],
    ["a told error", ["kitchen-sink", "--fail", "told", "--output", "json"], 25, "locked"],
    ["a bug", ["kitchen-sink", "--fail", "bug", "--output=json"], 1, "bug"],
  ])("%s gives one error document", (_name, args, exitCode, code) => {
    const { status, stdout } = pdc(args, { env });
    expect(status).toBe(exitCode);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode, errors: [{ code }] });
  });
});

describe("usage", () => {
  test("a typo names the nearest command", () => {
    const { status, stdout, stderr } = pdc(["config", "shwo"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("did you mean `pdc config show`?");
  });

  test("a format that the command does not give is refused", () => {
    expect(pdc(["config", "show", "--output", "pdf"])).toMatchObject({ status: 2, stdout: "" });
  });

  test("--no-color is accepted anywhere and colours are off in a pipe", () => {
    const { status, stdout } = pdc(["kitchen-sink", "--no-color", "--output", "table"], { env });
    expect(status).toBe(0);
    expect(stdout).not.toContain("\u001b");
    expect(pdc(["--no-color", "config", "show"]).status).toBe(0);
  });

  test("FORCE_COLOR colours states, and the words stay", () => {
    const { stdout } = pdc(["kitchen-sink", "--output", "table"], { env: { ...env, FORCE_COLOR: "1" } });
    expect(stdout).toContain("\u001b[32mup");
  });

  test("a bug hides its stack until asked", () => {
    expect(pdc(["kitchen-sink", "--fail", "bug"], { env }).stderr).not.toContain("    at ");
    expect(pdc(["kitchen-sink", "--fail", "bug", "--verbose"], { env }).stderr).toContain("    at ");
  });

  test("help, version and no arguments end well", () => {
    for (const args of [
      [],
      ["--help"],
      ["--version"],
      ["help", "exit-codes"],
      ["config", "show", "--help"],
    ]) {
      const { status, stdout } = pdc(args);
      expect({ args, status }).toEqual({ args, status: 0 });
      expect(stdout.length).toBeGreaterThan(10);
    }
  });
});

describe("the environment", () => {
  const inventory = { PDC_INVENTORY: join(root, "inventory/quang-binh"), PDC_STATE_DIR: "/nonexistent" };

  test("a repeatable flag that comes from it is a list of one, not a text", () => {
    const report = pdc(["report", "wan"], { env: { ...inventory, PDC_STORE: "/nonexistent/one.db" } });
    expect(report).toMatchObject({ status: 22, stdout: "" });
    expect(report.stderr).toContain("no sample store at /nonexistent/one.db");
    const poll = pdc(["poll", "--target", "nothing-like-it"], {
      env: { ...inventory, PDC_REMOTE_WRITE: "https://user:password@receiver.example/" },
    });
    expect(poll.status).toBe(2);
    expect(poll.stderr).toContain("the receiver at receiver.example has a password in its address");
  });
});
