// T6: passphrases that are wrong, empty, missing, with a trailing newline, given twice.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPassphraseManager, openPassphraseManager } from "../../../src/engine/secrets/passphrase.ts";
import { passphraseFromEnvironment } from "../../../src/engine/secrets/passphrase-source.ts";
import { R, World } from "../behaviour/world.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pdc-passphrase-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (text: string): string => {
  const file = join(directory, "passphrase");
  writeFileSync(file, text);
  return file;
};

describe("T6: where it comes from", () => {
  test("the variable, before the file; a file is trimmed", async () => {
    const file = write("from file\n");
    const both = { PULUMI_CONFIG_PASSPHRASE: "from variable", PULUMI_CONFIG_PASSPHRASE_FILE: file };
    expect(await passphraseFromEnvironment(both)()).toBe("from variable");
    expect(await passphraseFromEnvironment({ PULUMI_CONFIG_PASSPHRASE_FILE: file })()).toBe("from file");
    expect(await passphraseFromEnvironment({ ...both, PULUMI_CONFIG_PASSPHRASE: "" })()).toBe("");
  });

  test("neither: refused where nobody can be asked, else asked", async () => {
    await expect(passphraseFromEnvironment({})()).rejects.toMatchObject({ exitCode: 24 });
    expect(await passphraseFromEnvironment({}, async () => "asked")()).toBe("asked");
  });

  test("a file that is not there", async () => {
    const missing = { PULUMI_CONFIG_PASSPHRASE_FILE: join(directory, "none") };
    await expect(passphraseFromEnvironment(missing)()).rejects.toMatchObject({ exitCode: 24 });
  });
});

describe("T6: what it opens", () => {
  // Made by the CLI: pkg/secrets/passphrase/manager_test.go.
  test.each([
    ["password", "v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ=="],
    ["abc123", "v1:4iF78gb0nF0=:v1:Co6IbTWYs/UdrjgY:FSrAWOFZnj9ealCUDdJL7LrUKXX9BA=="],
    ["123abc", "v1:C7H2a7/Ietk=:v1:yfAd1zOi6iY9DRIB:dumdsr+H89VpHIQWdB01XEFqYaYjAg=="],
  ])("the CLI's salt of %j", async (passphrase, salt) => {
    const manager = await openPassphraseManager(passphrase, salt);
    expect(manager.decrypt(manager.encrypt('"x"'))).toBe('"x"');
    await expect(openPassphraseManager(`${passphrase}\n`, salt)).rejects.toMatchObject({ exitCode: 24 });
    await expect(openPassphraseManager("", salt)).rejects.toMatchObject({ exitCode: 24 });
  });

  test("an altered ciphertext is refused", async () => {
    const manager = await createPassphraseManager("right");
    const sealed = manager.encrypt("text");
    const [version, nonce, body] = sealed.split(":");
    const octets = Buffer.from(body!, "base64");
    octets[0]! ^= 1;
    expect(() => manager.decrypt([version, nonce, octets.toString("base64")].join(":"))).toThrow(/altered/);
  });

  test("a new stack needs one that is not empty", async () => {
    await expect(createPassphraseManager("")).rejects.toMatchObject({ exitCode: 24 });
  });
});

test("T6: a wrong one leaves the state and the provider alone", async () => {
  let passphrase = "right";
  const world = await new World({ passphrase: async () => passphrase }).init();
  const program = (value: number) => () => void new R("a", { value });
  await world.up(program(1));
  const [before, calls] = [world.file, world.calls.length];
  passphrase = "wrong";
  for (const attempt of [
    () => world.up(program(2)),
    () => world.preview(program(2)),
    () => world.refresh(),
    () => world.destroy(),
    () => world.state(),
  ])
    await expect(attempt()).rejects.toMatchObject({ exitCode: 24, code: "wrong-passphrase" });
  expect(world.file).toBe(before);
  expect(world.calls).toHaveLength(calls);
  world.remove();
});
