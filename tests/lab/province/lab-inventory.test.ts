/** The copy of an inventory that a lab polls holds everything that the inventory refers to. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { resolveCredential } from "../../../src/inventory/credentials.ts";
import { loadInventory } from "../../../src/inventory/load.ts";
import { createSecrets } from "../../../src/lab/province/lab-credentials.ts";
import { writeLabInventory } from "../../../src/lab/province/lab-inventory.ts";
import { loadProfiles } from "../../../src/profiles/index.ts";
import { pdc, root } from "../../acceptance/run-pdc.ts";

const example = resolve(import.meta.dirname, "../../../inventory/quang-binh");

test("manifests, profiles, authorities and secrets of the center are found from there; its alerts are not", {
  timeout: 90_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), "pdc-lab-inventory-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const original = join(directory, "center");
  cpSync(example, original, { recursive: true });
  const put = (path: string, content: string) => {
    mkdirSync(join(original, path, ".."), { recursive: true });
    writeFileSync(join(original, path), content, { mode: 0o600 });
  };
  put("profiles/own.yaml", "family: own-family\nvendor: Own\ntitle: Own\n");
  put("alerts/alerts.yaml", "channels: [{ id: mail, kind: command, command: [mail] }]\n");
  put("secrets/own", "found\n");
  put("credentials/own.yaml", "- { id: own, kind: password, password: { file: secrets/own } }\n");
  put(
    "registries/own.yaml",
    "- { id: own, name: Own, host: registry.example.vn, authorityFile: secrets/own }\n",
  );
  const inventory = await loadInventory(original, { cacheDirectory: false });
  const endpoints = [...inventory.devices.keys()].map((id, at) => ({
    id,
    address: "127.0.0.1",
    port: 20_000 + at,
  }));

  const files = await writeLabInventory(
    join(directory, "lab"),
    inventory,
    endpoints,
    createSecrets(inventory),
  );
  const copy = await loadInventory(files.inventoryDirectory, { cacheDirectory: false });

  expect(copy.devices.size).toBe(inventory.devices.size);
  const families = (await loadProfiles({ directories: [join(copy.directory, "profiles")] })).families;
  expect(families).toContain("own-family");
  const credential = copy.credentials.get("own")!;
  const secret = await resolveCredential(credential, { directory: copy.directory, env: {} });
  expect(secret.kind === "password" && secret.password.reveal()).toBe("found");
  expect(copy.registries.get("own")?.authorityFile).toBe(join(original, "secrets/own"));
  expect(existsSync(join(copy.directory, "alerts"))).toBe(false);
  // The plan of the platform is made of everything that is referred to, and says of the copy what it says of the center.
  const check = (inventoryDirectory: string) => {
    const { status, stdout } = pdc(
      ["stack", "check", "platform", "--json", "--inventory", inventoryDirectory],
      {
        env: { PDC_CACHE_DIR: join(root, "node_modules/.cache/pdc-tests") },
      },
    );
    // Files are laid out otherwise in the copy: places in them differ.
    return { status, data: JSON.parse(stdout.replaceAll(/"systems\/[^"]*"/g, '"systems"')).data };
  };
  expect(check(copy.directory)).toEqual(check(original));
});
