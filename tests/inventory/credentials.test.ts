/** Row I7, and that a secret shows itself nowhere. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { Credential, SecretSource } from "../../src/inventory/credential-model.ts";
import { credentialResolver, resolveCredential } from "../../src/inventory/credentials.ts";
import { secret } from "../../src/inventory/secret.ts";
import { temporaryDirectory } from "./temporary.ts";

const canary = "canary-Tr4ch";

function community(source: SecretSource): Credential {
  return { id: "c", kind: "snmp-community", version: "2c", community: source };
}

async function reveal(
  source: SecretSource,
  directory: string,
  env: Record<string, string> = {},
): Promise<string> {
  const resolved = await resolveCredential(community(source), {
    directory,
    env: { PATH: process.env.PATH, ...env },
  });
  if (resolved.kind !== "snmp" || resolved.snmp.version === "3") throw new Error("not a community");
  return resolved.snmp.community.reveal();
}

function secretFile(
  mode: number,
  text = `${canary}\n`,
  name = "secret",
): { directory: string; name: string } {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, name), text);
  chmodSync(join(directory, name), mode);
  return { directory, name };
}

describe("a secret value", () => {
  it("shows itself in no way but the one that is asked for", () => {
    const value = secret(canary);
    const shown = [
      String(value),
      `${value}`,
      JSON.stringify({ value }),
      inspect(value),
      inspect({ deep: { value } }, { depth: 9, showHidden: true }),
      Object.keys(value).join(),
    ];
    expect(shown.join(" ")).not.toContain(canary);
    expect(value.reveal()).toBe(canary);
  });
});

describe("where secrets come from", () => {
  it("the environment", async () => {
    expect(await reveal({ env: "PDC_X" }, "/", { PDC_X: canary })).toBe(canary);
    await expect(reveal({ env: "PDC_X" }, "/")).rejects.toMatchObject({
      exitCode: 22,
      target: "c",
      fix: expect.stringContaining("export PDC_X="),
    });
    await expect(reveal({ env: "PDC_X" }, "/", { PDC_X: "" })).rejects.toThrow("is empty");
  });

  it("a file that only its owner may read, whole or by key", async () => {
    const { directory } = secretFile(0o600);
    expect(await reveal({ file: "secret" }, directory)).toBe(canary);
    expect(await reveal({ file: "~/secret" }, "/", { HOME: directory })).toBe(canary);
    const keyed = secretFile(0o600, `snmp:\n  read: ${canary}\nport: 161\n`);
    expect(await reveal({ file: "secret", key: "snmp.read" }, keyed.directory)).toBe(canary);
    expect(await reveal({ file: "secret", key: "port" }, keyed.directory)).toBe("161");
    await expect(reveal({ file: "secret", key: "snmp" }, keyed.directory)).rejects.toThrow(
      'no text under the key "snmp"',
    );
  });

  it.each([0o644, 0o640, 0o604, 0o660])("not a file of mode %o", async (mode) => {
    const { directory } = secretFile(mode);
    await expect(reveal({ file: "secret" }, directory)).rejects.toMatchObject({
      message: expect.stringContaining(mode.toString(8)),
      fix: "chmod 600 secret",
    });
  });

  it("not a file in git, tracked by it also through a link", async () => {
    const { directory } = secretFile(0o600);
    spawnSync("git", ["init", "-q"], { cwd: directory });
    expect(await reveal({ file: "secret" }, directory)).toBe(canary);
    spawnSync("git", ["add", "secret"], { cwd: directory });
    await expect(reveal({ file: "secret" }, directory)).rejects.toThrow("tracked by git");
    symlinkSync("secret", join(directory, "link"));
    await expect(reveal({ file: "link" }, directory)).rejects.toThrow("tracked by git");
  });

  it("not a directory, a large file, nothing, or YAML that is broken; and no part of it is told", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "folder"), { mode: 0o700 });
    await expect(reveal({ file: "folder" }, directory)).rejects.toThrow("is not a file");
    await expect(reveal({ file: "nothing" }, directory)).rejects.toThrow("there is no file");
    const large = secretFile(0o600, "x".repeat(70_000));
    await expect(reveal({ file: "secret" }, large.directory)).rejects.toThrow("too large");
    const broken = secretFile(0o600, `read: "${canary}\n`);
    const error = await reveal({ file: "secret", key: "read" }, broken.directory).catch(
      (thrown: Error) => thrown,
    );
    expect(inspect(error)).toContain("is not YAML");
    expect(inspect(error)).not.toContain(canary);
  });

  it("a command, without a shell and without our environment", async () => {
    const directory = temporaryDirectory();
    expect(await reveal({ command: ["printf", "%s\\n", canary] }, directory)).toBe(canary);
    expect(await reveal({ command: ["echo", "$(id); `id` $HOME"] }, directory)).toBe("$(id); `id` $HOME");
    const seen = await reveal({ command: ["env"] }, directory, {
      PDC_SECRET: canary,
      AWS_KEY: canary,
      LANG: "C",
    });
    expect(seen).toContain("LANG=C");
    expect(seen).not.toContain(canary);
    await expect(reveal({ command: ["sh", "-c", `echo ${canary} >&2; exit 3`] }, directory)).rejects.toThrow(
      /^credential "c": sh failed \(3\)$/,
    );
    await expect(reveal({ command: ["no-such-program"] }, directory)).rejects.toThrow("no program");
  });

  it("a command that does not end is ended", async () => {
    const options = { directory: "/", env: { PATH: process.env.PATH }, timeoutMs: 100 };
    await expect(resolveCredential(community({ command: ["sleep", "30"] }), options)).rejects.toThrow(
      "did not answer in time",
    );
  });

  it("the sops program, with the key as it wants it", async () => {
    const directory = temporaryDirectory();
    await expect(
      reveal({ sops: "secrets.yaml", key: "snmp.read" }, directory, { PATH: directory }),
    ).rejects.toMatchObject({ fix: "install the sops command line tool" });
    writeFileSync(join(directory, "sops"), '#!/bin/sh\nfor argument; do echo "$argument"; done\n', {
      mode: 0o755,
    });
    const seen = await reveal({ sops: "secrets.yaml", key: "snmp.read" }, directory, {
      PATH: `${directory}:${process.env.PATH}`,
    });
    expect(seen.split("\n")).toEqual([
      "--decrypt",
      "--extract",
      '["snmp"]["read"]',
      join(directory, "secrets.yaml"),
    ]);
  });
});

describe("credentials", () => {
  const v3: Credential = {
    id: "v3",
    kind: "snmp-v3",
    user: "pdc",
    auth: { protocol: "sha256", password: { env: "AUTH" } },
    priv: { protocol: "aes128", password: { env: "PRIV" } },
  };

  it("of SNMPv3 become what a session takes, with overrides before sources", async () => {
    const overrides = new Map([["v3", { auth: "of-the-lab" }]]);
    const resolved = await resolveCredential(v3, { directory: "/", env: { PRIV: canary }, overrides });
    expect(resolved).toMatchObject({
      kind: "snmp",
      snmp: { version: "3", user: "pdc", auth: { protocol: "sha256" }, priv: { protocol: "aes128" } },
    });
    if (resolved.kind !== "snmp" || resolved.snmp.version !== "3") throw new Error("not v3");
    expect([resolved.snmp.auth?.password.reveal(), resolved.snmp.priv?.password.reveal()]).toEqual([
      "of-the-lab",
      canary,
    ]);
    expect(inspect(resolved, { depth: 9 })).not.toContain(canary);
  });

  it("are read once, and unknown ones refused", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "count"), "");
    const command = ["sh", "-c", "echo x >> count; wc -l < count"];
    const resolve = credentialResolver({ directory, credentials: new Map([["c", community({ command })]]) });
    const [first, second] = await Promise.all([resolve("c"), resolve("c")]);
    expect(first).toBe(second);
    await expect(resolve("other")).rejects.toMatchObject({ exitCode: 22, target: "other" });
  });
});
