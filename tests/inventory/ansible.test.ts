/** Row I5: Ansible reads our inventory as data; nothing in it is evaluated. */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ansibleHost, ansibleList } from "../../src/inventory/export/ansible.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { smallInventory } from "./synthetic-inventory.ts";
import { load, temporaryDirectory, written } from "./temporary.ts";

const hasAnsible = spawnSync("ansible", ["--version"]).status === 0;

async function hostile(markerFile: string) {
  const devices = smallInventory().get("devices/devices.yaml")!;
  const evil = `{{ lookup('pipe','touch ${markerFile}') }}`;
  return loadInventory(
    written({
      "devices/devices.yaml": devices.replace(
        "role: router\n",
        `role: router\n  name: ${JSON.stringify(evil)}\n  tags: [ "$(id); {{ x }}", "a b" ]\n`,
      ),
    }),
    { cacheDirectory: false },
  );
}

describe("a dynamic inventory", () => {
  it("has groups by role, site and agency, and every host's variables", async () => {
    const inventory = await load();
    expect(ansibleList(inventory, "2026-01-01")).toMatchObject({
      all: {
        children: [
          "ungrouped",
          "agency_center",
          "agency_commune",
          "role_router",
          "site_center",
          "site_commune",
        ],
      },
      role_router: { hosts: ["rt-center", "rt-commune"] },
      _meta: {
        hostvars: { "rt-center": { ansible_host: "192.0.2.1", pdc_role: "router", pdc_agency: "center" } },
      },
    });
    expect(ansibleHost(inventory, "rt-center", "2026-01-01")).toMatchObject({ ansible_host: "192.0.2.1" });
    expect(ansibleHost(inventory, "nobody", "2026-01-01")).toEqual({});
  });

  it("holds no credential", async () => {
    expect(JSON.stringify(ansibleList(await load(), "2026-01-01"))).not.toMatch(/v2c|PDC_TEST_COMMUNITY/);
  });

  it("marks text that would be evaluated, and names groups in letters only", async () => {
    const list = ansibleList(await hostile("/nowhere"), "2026-01-01");
    const { hostvars } = list._meta as { hostvars: Record<string, Record<string, unknown>> };
    expect(hostvars["rt-center"]?.pdc_name).toEqual({ __ansible_unsafe: expect.stringContaining("lookup") });
    for (const name of Object.keys(list)) expect(name).toMatch(/^[a-z_][a-z0-9_]*$/);
  });

  it.skipIf(!hasAnsible)("is what ansible takes, and nothing of it runs (needs ansible)", async () => {
    const directory = temporaryDirectory();
    const marker = join(directory, "was-here");
    writeFileSync(
      join(directory, "inventory.json"),
      JSON.stringify(ansibleList(await hostile(marker), "2026-01-01")),
    );
    writeFileSync(join(directory, "inventory.sh"), `#!/bin/sh\ncat '${directory}/inventory.json'\n`, {
      mode: 0o755,
    });
    const env = { ...process.env, HOME: directory, ANSIBLE_LOCALHOST_WARNING: "false", ANSIBLE_NOCOLOR: "1" };
    const shown = spawnSync("ansible-inventory", ["-i", join(directory, "inventory.sh"), "--list"], {
      encoding: "utf8",
      env,
    });
    expect(JSON.parse(shown.stdout)._meta.hostvars["rt-center"].ansible_host, shown.stderr).toBe("192.0.2.1");
    const debug = spawnSync(
      "ansible",
      ["-i", join(directory, "inventory.sh"), "rt-center", "-m", "debug", "-a", "var=pdc_name"],
      { encoding: "utf8", env },
    );
    expect(debug.stdout, debug.stderr).toContain("lookup('pipe'");
    expect(existsSync(marker)).toBe(false);
  });
});
