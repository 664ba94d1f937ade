/** `pdc stack` on the toolkit's small real stack, as a user runs it. */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pdc } from "./run-pdc.ts";

const canary = "canary-9d41";

describe("a stack from init to rm", () => {
  let state: string;
  let files: string;
  const run = (args: string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}) =>
    pdc(["stack", ...args], {
      timeoutMs: 120_000,
      ...options,
      env: { PDC_STATE_DIR: state, PULUMI_CONFIG_PASSPHRASE: "right", ...options.env },
    });
  beforeAll(() => {
    state = mkdtempSync(join(tmpdir(), "pdc-stack-"));
    files = join(state, "files");
  });
  afterAll(() => rmSync(state, { recursive: true, force: true }));

  test("up creates real files, and a second up changes nothing", () => {
    expect(run(["init", "host"])).toMatchObject({ status: 0 });
    expect(run(["config", "set", "host", "host:directory", files])).toMatchObject({ status: 0 });
    const preview = run(["preview", "host", "--diff"]);
    expect(preview.stdout).toContain("+ create pdc:host:File hosts");
    expect(preview.stdout).toContain("+ content: (known after up)");
    expect(existsSync(files)).toBe(false);
    const up = run(["up", "host", "--yes", "--json"]);
    expect(up.status).toBe(0);
    expect(JSON.parse(up.stdout)).toMatchObject({
      ok: true,
      data: { result: "succeeded", changes: { create: 5 } },
    });
    expect(readdirSync(files).sort()).toEqual(["SHA256SUMS", "hosts", "ssh_config"]);
    expect(run(["up", "host", "--yes", "--expect-no-changes"])).toMatchObject({ status: 0 });
  }, 120_000);

  test("a pipe is never asked", () => {
    const refused = run(["up", "host"], { input: "yes\n" });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("--yes");
    expect(run(["destroy", "host"], { input: "host/production\n" }).status).toBe(2);
    expect(existsSync(join(files, "hosts"))).toBe(true);
  });

  test("drift is found, shown, and repaired", () => {
    expect(run(["drift", "host"]).status).toBe(0);
    appendFileSync(join(files, "hosts"), "by hand\n");
    rmSync(join(files, "SHA256SUMS"));
    const drift = run(["drift", "host"]);
    expect(drift.status).toBe(26);
    expect(drift.stdout).toMatch(/~ changed pdc:host:File hosts\n {4}~ content: .*by hand/);
    expect(drift.stdout).toContain("- gone pdc:host:File sha256sums");
    expect(run(["refresh", "host", "--yes"]).status).toBe(0);
    expect(run(["preview", "host", "--expect-no-changes"]).status).toBe(26);
    expect(run(["up", "host", "--yes"]).status).toBe(0);
    expect(readFileSync(join(files, "hosts"), "utf8")).not.toContain("by hand");
    expect(existsSync(join(files, "SHA256SUMS"))).toBe(true);
  }, 120_000);

  test("a secret is set from stdin only and is nowhere in clear", () => {
    expect(run(["config", "set", "host", "host:token", canary, "--secret"]).status).toBe(2);
    expect(run(["config", "set", "host", "host:token", "--secret"], { input: `${canary}\n` }).status).toBe(0);
    expect(run(["config", "get", "host", "host:token"]).stdout).toBe("host:token\t[secret]\n");
    expect(run(["config", "get", "host", "host:token", "--show-secrets"]).stdout).toContain(canary);
    const everything = readdirSync(state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    expect(everything.some((text) => text.includes(canary))).toBe(false);
    expect(run(["config", "rm", "host", "host:token"]).status).toBe(0);
  });

  test("a wrong passphrase is refused with 24 and changes nothing", () => {
    const refused = run(["up", "host", "--yes"], { env: { PULUMI_CONFIG_PASSPHRASE: "wrong" } });
    expect(refused.status).toBe(24);
    expect(run(["preview", "host", "--expect-no-changes"]).status).toBe(0);
  });

  test("the state can be exported, edited and put back", () => {
    const exported = run(["export", "host"]);
    const { version, deployment } = JSON.parse(exported.stdout);
    expect(version).toBe(3);
    const { urn } = deployment.resources.find(({ type }: { type: string }) => type === "pdc:host:Command");
    expect(run(["state", "delete", "host", urn, "--yes"]).status).toBe(22);
    expect(run(["state", "rename", "host", urn, "sums", "--yes"]).stdout).toContain("is now");
    expect(run(["import-state", "host", "--yes"], { input: exported.stdout }).status).toBe(0);
    expect(run(["preview", "host", "--expect-no-changes"]).status).toBe(0);
  }, 60_000);

  test("history and outputs", () => {
    expect(run(["output", "host", "directory"]).stdout).toBe(`directory\t${files}\n`);
    const history = JSON.parse(run(["history", "host", "--json"]).stdout).data;
    expect(history.length).toBeGreaterThanOrEqual(3);
    expect(history.at(-1)).toMatchObject({ operation: "update", result: "succeeded" });
  });

  test("destroy leaves nothing, rm removes the stack", () => {
    expect(run(["rm", "host", "--yes"]).status).not.toBe(0);
    expect(run(["destroy", "host", "--yes"]).status).toBe(0);
    expect(readdirSync(files)).toEqual([]);
    expect(run(["rm", "host", "--yes"]).status).toBe(0);
    // Neither half of it stays: no checkpoint, no settings.
    expect(readdirSync(join(state, "stack-settings/host"))).toEqual([]);
    const listed = JSON.parse(run(["list", "--json"]).stdout).data as { project: string }[];
    expect(listed.find(({ project }) => project === "host")).toMatchObject({ stack: "" });
  });

  test("X2: the audit log outlives the stack, and a line of it that was altered is named, with 27", () => {
    const whole = run(["audit", "host", "--json"]);
    expect(whole.status).toBe(0);
    const { operations } = JSON.parse(whole.stdout).data as {
      operations: { operation: string; result: string }[];
    };
    expect(operations[0]).toMatchObject({ operation: "rm", result: "succeeded" });
    const file = join(state, "deployments/.pulumi/audit/host/production.jsonl.attrs");
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, lines.with(2, lines[2]!.replace(/"user":"[^"]*"/, '"user":"somebody"')).join("\n"));
    const broken = run(["audit", "host"]);
    expect(broken.status).toBe(27);
    expect(broken.stderr).toMatch(/record 3 \(line 3\) was altered/);
  });

  test("names that do not exist say which do", () => {
    expect(run(["up", "nothing", "--yes"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("host"),
    });
    expect(run(["preview", "host", "--engine", "pulumi"], { env: { PATH: "/usr/bin:/bin" } }).stderr).toMatch(
      /pulumi/i,
    );
  });
});
