/** The commands about the inventory, spawned as a user does. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadInventory } from "../../src/inventory/load.ts";
import { pdc as run } from "../acceptance/run-pdc.ts";
import { smallInventory } from "../inventory/synthetic-inventory.ts";
import { temporaryDirectory, written } from "../inventory/temporary.ts";

const root = resolve(import.meta.dirname, "../..");
const example = join(root, "inventory/quang-binh");

function pdc(directory: string, ...args: string[]) {
  return run([...args, "--inventory", directory], {
    env: { PDC_CACHE_DIR: join(root, "node_modules/.cache/pdc-tests") },
  });
}

/** Every file of a directory with its content. */
function contents(directory: string): string {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  return names
    .map((name) =>
      name.endsWith(".yaml") ? `${name}\n${readFileSync(join(directory, name), "utf8")}` : name,
    )
    .join("\n");
}

describe("pdc inventory validate", () => {
  it("says what a valid inventory holds", () => {
    const { status, stdout } = pdc(example, "inventory", "validate", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "pdc.inventory.validate/1",
      ok: true,
      data: { province: "quang-binh", counts: { sites: 180, systems: 14 } },
    });
  });

  it("exits with 22 and tells every problem with its place, in words and in JSON", () => {
    const devices = smallInventory().get("devices/devices.yaml")!;
    const directory = written({
      "devices/devices.yaml": devices.replaceAll("credential: v2c", "credentail: v2c"),
    });
    const words = pdc(directory, "inventory", "validate");
    expect(words).toMatchObject({ status: 22, stdout: "" });
    expect(words.stderr).toContain("devices/devices.yaml:5:3");
    expect(words.stderr).toContain('did you mean "credential"?');
    const json = pdc(directory, "device", "list", "--json");
    expect(json.status).toBe(22);
    expect(JSON.parse(json.stdout).errors).toMatchObject([
      { code: "unknown-key", target: "devices/devices.yaml:5:3" },
      { code: "unknown-key", target: "devices/devices.yaml:12:3" },
    ]);
  });

  it("says on wish which secrets cannot be read, and shows none", () => {
    const { status, stdout } = pdc(written(), "inventory", "validate", "--secrets", "--json");
    expect(status).toBe(22);
    expect(JSON.parse(stdout).errors).toMatchObject([{ code: "credential-unresolved", target: "v2c" }]);
    const env = { PDC_TEST_COMMUNITY: "canary-Tr4ch" };
    const ok = run(["inventory", "validate", "--secrets", "--inventory", written()], { env });
    expect(ok.status).toBe(0);
    expect(ok.stdout + ok.stderr).not.toContain("canary");
  });
});

describe("lists", () => {
  it.each([
    [["inventory", "list"], 512],
    [["inventory", "list", "--kind", "sites", "--limit", "7"], 7],
    [["inventory", "list", "--kind", "credentials"], 48],
    [["inventory", "list", "--kind", "exchanges"], 17],
    [["agency", "list", "--kind", "district", "--date", "2025-06-30"], 8],
    [["link", "list", "--kind", "satellite"], 4],
    [["device", "list", "--role", "firewall", "--agency", "trung-tam-du-lieu"], 2],
  ])("pdc %j", (args, rows) => {
    const { status, stdout, stderr } = pdc(example, ...args, "--json");
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout).data).toHaveLength(rows);
  });

  it("do not load the parser or the schemas when the cache has the inventory", async () => {
    const cacheDirectory = temporaryDirectory();
    await loadInventory(example, { cacheDirectory });
    const program = `
      import { registerHooks } from "node:module";
      const urls = [];
      registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
      const { listInventory } = await import(${JSON.stringify(join(root, "src/actions/inventory/list.ts"))});
      const place = { directory: ${JSON.stringify(example)}, cacheDirectory: ${JSON.stringify(cacheDirectory)} };
      const { rows } = await listInventory(place, { kind: "devices" });
      console.log(JSON.stringify({ rows: rows.length, libraries: urls.filter((url) => url.includes("node_modules")) }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
    });
    expect(JSON.parse(stdout || "{}"), stderr).toEqual({ rows: 512, libraries: [] });
  });

  it("refuse days and filters that are none", () => {
    expect(pdc(example, "agency", "list", "--date", "2025-06-31").status).toBe(2);
    expect(pdc(example, "device", "list", "--agency", "nowhere").status).toBe(2);
    expect(pdc(example, "inventory", "list", "--kind", "device").status).toBe(2);
  });
});

describe("shows", () => {
  it("an agency by what people call it, with its way in", () => {
    const { status, stdout } = pdc(example, "agency", "show", "tan trach", "--date", "2025-06-30", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).data).toMatchObject({
      agency: { id: "xa-tan-trach" },
      above: ["huyen-bo-trach"],
      links: [{ kind: "microwave" }, { kind: "satellite" }],
    });
  });

  it("a link with what stands in for it, and any object by its id", () => {
    expect(
      JSON.parse(pdc(example, "link", "show", "VTL-QB-19192-01", "--json").stdout).data.group,
    ).toMatchObject([{ id: "wan-xa-tan-trach-2" }]);
    expect(
      JSON.parse(pdc(example, "inventory", "show", "site/xa-tan-trach", "--json").stdout).data,
    ).toMatchObject({ sites: { agency: "xa-tan-trach" } });
    const unknown = pdc(example, "inventory", "show", "rt-core-9");
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain("did you mean");
  });
});

describe("changes", () => {
  const rename = ["inventory", "rename", "commune", "--name", "Xã Mới", "--on", "2025-07-01"];

  it("are shown and not made with --dry-run, and not without --yes where nobody can be asked", () => {
    const directory = written();
    const before = contents(directory);
    const dry = pdc(directory, ...rename, "--dry-run");
    expect(dry.status).toBe(0);
    expect(dry.stdout).toContain("-  name: Xã Nhỏ\n+  name: Xã Mới\n");
    const asked = pdc(directory, ...rename);
    expect(asked.status).toBe(2);
    expect(asked.stderr).toContain("--yes");
    expect(contents(directory)).toBe(before);
  });

  it("are made with --yes, and the JSON says so", () => {
    const directory = written();
    const { status, stdout } = pdc(directory, ...rename, "--yes", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).data).toMatchObject({
      written: true,
      changes: [{ path: "agencies/agencies.yaml" }],
    });
    expect(JSON.parse(pdc(directory, "agency", "show", "Xã Nhỏ", "--json").stdout).data.name).toBe("Xã Mới");
    const merged = pdc(
      directory,
      "inventory",
      "merge",
      "commune",
      "--into",
      "center",
      "--on",
      "2026-01-01",
      "--yes",
    );
    expect(merged.status, merged.stderr).toBe(0);
    const renumbered = pdc(directory, "inventory", "renumber", "center=H46", "--on", "2026-01-01", "--yes");
    expect(renumbered.status, renumbered.stderr).toBe(0);
    expect(pdc(directory, "inventory", "validate").status).toBe(0);
  });

  it("by import begin with a diff too, and a second import changes nothing", () => {
    const directory = written();
    const file = join(temporaryDirectory(), "sites.csv");
    writeFileSync(file, "id,name,agency\nnew,Điểm mới,commune\n");
    const args = ["inventory", "import", "--csv", file, "--table", "sites"];
    expect(pdc(directory, ...args)).toMatchObject({
      status: 2,
      stdout: expect.stringContaining("+- id: new"),
    });
    expect(pdc(directory, ...args, "--yes").status).toBe(0);
    expect(pdc(directory, ...args)).toMatchObject({ status: 0, stdout: "Nothing changes.\n" });
    const saved = pdc(directory, "inventory", "import", "--netbox-saved", "tests/fixtures/netbox");
    expect(saved).toMatchObject({ status: 2, stderr: expect.stringContaining("--credential") });
  });
});

describe("exports", () => {
  it("for Ansible are its JSON and nothing else", () => {
    const list = JSON.parse(pdc(example, "inventory", "export", "--list").stdout);
    expect(list._meta.hostvars["rt-core-1"].ansible_host).toBe("10.45.255.1");
    expect(JSON.parse(pdc(example, "inventory", "export", "--host", "rt-core-1").stdout).pdc_family).toBe(
      "cisco-iosxe",
    );
    expect(JSON.parse(pdc(example, "inventory", "export", "--host", "nobody").stdout)).toEqual({});
  });

  it("as CSV, one table or all of them", () => {
    const { stdout } = pdc(example, "inventory", "export", "--output", "csv", "--table", "links");
    expect(stdout.split("\r\n")).toHaveLength(303);
    const folder = temporaryDirectory();
    expect(pdc(example, "inventory", "export", "--dir", folder).status).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(
      ["agencies", "devices", "interfaces", "links", "maintenance", "sites", "systems"].map(
        (name) => `${name}.csv`,
      ),
    );
  });

  it("as schemas that are as they were", () => {
    const { stdout } = pdc(example, "inventory", "schema", "--json");
    expect(JSON.parse(stdout).data.filter((one: { written: boolean }) => one.written)).toEqual([]);
  });
});
