/** The playbook of the poller: its syntax, a dry run on this host, and the service it installs. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { findCommand } from "../../src/probe/ping-command.ts";
import { makeCenter } from "../poll/center.ts";

const root = resolve(import.meta.dirname, "../..");
const playbook = join(root, "playbooks/poller.yaml");
const unit = join(root, "playbooks/files/pdc-poller.service");
const ansible = findCommand("ansible-playbook");
const analyze = findCommand("systemd-analyze");
const setpriv = findCommand("setpriv");

function run(command: string, ...args: string[]) {
  const environment = {
    ...process.env,
    LC_ALL: "C.UTF-8",
    ANSIBLE_NOCOLOR: "1",
    ANSIBLE_PIPELINING: "1",
    ANSIBLE_LOCALHOST_WARNING: "0",
  };
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    env: environment,
  });
  return { status, output: stdout + stderr };
}

describe("the playbook (with ansible-core)", () => {
  test.skipIf(!ansible)("has no mistake of syntax", () => {
    const { status, output } = run(ansible as string, "--syntax-check", "-i", "localhost,", playbook);
    expect(status, output).toBe(0);
  });

  test.skipIf(!ansible)("refuses to begin without an inventory", () => {
    const { status, output } = run(
      ansible as string,
      "--check",
      "-i",
      "localhost,",
      "-c",
      "local",
      "-e",
      "pdc_hosts=all",
      playbook,
    );
    expect(status).not.toBe(0);
    expect(output).toContain("pdc_inventory");
  });

  test.skipIf(!ansible || process.getuid?.() !== 0)(
    "would do all of it on this host, and shows no secret (dry run, needs root)",
    { timeout: 300_000 },
    () => {
      const secrets = mkdtempSync(join(tmpdir(), "pdc-secrets-"));
      onTestFinished(() => rmSync(secrets, { recursive: true }));
      writeFileSync(join(secrets, "community"), "canary-community");
      const center = makeCenter([]);
      onTestFinished(() => center.dispose());
      const { status, output } = run(
        ansible as string,
        "--check",
        "--diff",
        "-i",
        "localhost,",
        "-c",
        "local",
        "-e",
        "pdc_hosts=all",
        "-e",
        `pdc_inventory=${center.inventoryDirectory}`,
        "-e",
        `pdc_secrets=${secrets}`,
        "-e",
        "pdc_shard=1/2",
        "-e",
        "ansible_become=false",
        playbook,
      );
      expect(status, output).toBe(0);
      expect(output).toMatch(/failed=0/);
      expect(output).toContain("PDC_POLL_SHARD=1/2");
      expect(output).not.toContain("canary-community");
    },
  );
});

describe("the service", () => {
  test.skipIf(!analyze)("is understood by systemd", () => {
    const directory = mkdtempSync(join(tmpdir(), "pdc-unit-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    // systemd looks whether the program is there; here Node is somewhere else.
    const copy = join(directory, "pdc-poller.service");
    writeFileSync(
      copy,
      readFileSync(unit, "utf8").replace("/opt/pdc/node_modules/node/bin/node", process.execPath),
    );
    const { output } = run(analyze as string, "verify", "--man=no", copy);
    expect(output).not.toMatch(/pdc-poller\.service:/);
  });

  test.skipIf(!analyze)("is exposed to little", () => {
    const { status, output } = run(analyze as string, "security", "--offline=true", "--threshold=20", unit);
    expect(status, output).toBe(0);
  });

  test.skipIf(!setpriv || process.getuid?.() !== 0)(
    "starts without privileges and capabilities (needs root)",
    () => {
      const output = execFileSync(
        setpriv as string,
        [
          "--no-new-privs",
          "--bounding-set=-all",
          "--inh-caps=-all",
          "--clear-groups",
          process.execPath,
          join(root, "bin/run.js"),
          "poll",
          "--help",
        ],
        { encoding: "utf8", env: { PATH: process.env.PATH, HOME: tmpdir() } },
      );
      expect(output).toContain("--every");
      const started =
        readFileSync(unit, "utf8")
          .match(/^ExecStart=(.*)$/m)?.[1]
          ?.split(" ")
          .slice(2) ?? [];
      expect(started).toEqual(["poll", "--output", "plain"]);
    },
  );
});
