/** Loading, the validated cache, and the example province. */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { inventorySchemas } from "../../src/inventory/json-schema.ts";
import { KINDS } from "../../src/inventory/kinds.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { temporaryDirectory, written } from "./temporary.ts";

const root = resolve(import.meta.dirname, "../..");
const example = join(root, "inventory/quang-binh");

/** The one file of a cache directory. */
function cacheFile(cacheDirectory: string): string {
  const names = readdirSync(join(cacheDirectory, "inventory"));
  expect(names).toHaveLength(1);
  return join(cacheDirectory, "inventory", names[0]!);
}

describe("the validated cache", () => {
  it("gives the very same inventory", async () => {
    const cacheDirectory = temporaryDirectory();
    const cold = await loadInventory(example, { cacheDirectory });
    expect(statSync(cacheFile(cacheDirectory)).mode & 0o777).toBe(0o600);
    const warm = await loadInventory(example, { cacheDirectory });
    expect(warm).toEqual(cold);
    expect([...warm.devices.keys()]).toEqual([...cold.devices.keys()]);
  });

  it("is what is used: a marked copy with a right checksum shows", async () => {
    const cacheDirectory = temporaryDirectory();
    const directory = written();
    await loadInventory(directory, { cacheDirectory });
    const path = cacheFile(cacheDirectory);
    const [head = "", body = ""] = readFileSync(path, "utf8").split(/\n(.*)/s);
    const { createHash } = await import("node:crypto");
    const marked = body.replace("Tỉnh Nhỏ", "Tỉnh Dấu");
    writeFileSync(
      path,
      `${head.replace(/\S+$/, createHash("sha256").update(marked).digest("hex"))}\n${marked}`,
    );
    expect((await loadInventory(directory, { cacheDirectory })).province.name).toBe("Tỉnh Dấu");
  });

  it.each<[string, (path: string) => void]>([
    ["altered", (path) => writeFileSync(path, readFileSync(path, "utf8").replace("Tỉnh Nhỏ", "Tỉnh Giả"))],
    ["cut off", (path) => writeFileSync(path, readFileSync(path).subarray(0, 200))],
    ["emptied", (path) => writeFileSync(path, "")],
    ["open to others", (path) => chmodSync(path, 0o666)],
    [
      "swapped for a link",
      (path) => {
        renameSync(path, `${path}.elsewhere`);
        symlinkSync(`${path}.elsewhere`, path);
      },
    ],
  ])("is not believed when %s", async (_how, damage) => {
    const cacheDirectory = temporaryDirectory();
    const directory = written();
    await loadInventory(directory, { cacheDirectory });
    damage(cacheFile(cacheDirectory));
    expect((await loadInventory(directory, { cacheDirectory })).province.name).toBe("Tỉnh Nhỏ");
  });

  it("is of one content: any change of a file is checked anew", async () => {
    const cacheDirectory = temporaryDirectory();
    const directory = written();
    const before = await loadInventory(directory, { cacheDirectory });
    writeFileSync(join(directory, "province.yaml"), "id: small\nname: Tỉnh Mới\n");
    const after = await loadInventory(directory, { cacheDirectory });
    expect(after.province.name).toBe("Tỉnh Mới");
    expect(after.contentHash).not.toBe(before.contentHash);
    writeFileSync(join(directory, "province.yaml"), "id: small\nnome: Tỉnh Mới\n");
    await expect(loadInventory(directory, { cacheDirectory })).rejects.toMatchObject({ exitCode: 22 });
  });

  it("costs only time when it cannot be written", async () => {
    const cacheDirectory = temporaryDirectory();
    writeFileSync(join(cacheDirectory, "inventory"), "a file where the folder should be");
    expect((await loadInventory(written(), { cacheDirectory })).devices.size).toBe(2);
  });

  it("keeps no more than a few revisions", async () => {
    const cacheDirectory = temporaryDirectory();
    const directory = written();
    for (let i = 0; i < 12; i++) {
      writeFileSync(join(directory, "province.yaml"), `id: small\nname: Tỉnh ${i}\n`);
      await loadInventory(directory, { cacheDirectory });
    }
    expect(readdirSync(join(cacheDirectory, "inventory"))).toHaveLength(8);
  });

  it("is not written where others could put files", async () => {
    const cacheDirectory = temporaryDirectory();
    mkdirSync(join(cacheDirectory, "inventory"));
    chmodSync(join(cacheDirectory, "inventory"), 0o777);
    await loadInventory(written(), { cacheDirectory });
    expect(readdirSync(join(cacheDirectory, "inventory"))).toEqual([]);
  });
});

describe("the example province", async () => {
  const inventory = await loadInventory(example, { cacheDirectory: false });
  const agencies = [...inventory.agencies.values()];
  const devices = [...inventory.devices.values()];
  const links = [...inventory.links.values()];

  it("is a whole province", () => {
    expect(agencies.filter(({ kind }) => kind === "department")).toHaveLength(20);
    expect(agencies.filter(({ kind }) => kind === "district")).toHaveLength(8);
    expect(agencies.filter(({ kind }) => kind === "commune")).toHaveLength(151);
    expect(inventory.sites.size).toBe(180);
    expect(devices.length).toBeGreaterThanOrEqual(400);
    expect(new Set(devices.map(({ profile }) => profile)).size).toBeGreaterThanOrEqual(10);
    expect(inventory.systems.size).toBe(14);
    // Digests come from a registry; there is none to invent them for.
    for (const kind of KINDS.filter((kind) => kind !== "digests"))
      expect(inventory[kind].size).toBeGreaterThan(0);
  });

  it("has the communes of the source, by code", () => {
    const source = readFileSync(join(root, "tests/fixtures/inventory/quang-binh-communes.csv"), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    const codes = source.map((line) => line.split(",")[0]).sort();
    expect(agencies.flatMap(({ kind, code }) => (kind === "commune" ? [code] : [])).sort()).toEqual(codes);
  });

  it("names only families that there are profiles for", () => {
    const families = new Set(
      readdirSync(join(root, "src/profiles/families")).map((name) => name.replace(/\.yaml$/, "")),
    );
    expect(
      [...new Set(devices.map(({ profile }) => profile))].filter((name) => !families.has(name ?? "")),
    ).toEqual([]);
  });

  it("uses private and documentation addresses only", () => {
    const all = devices.flatMap(({ address, interfaces }) => [
      address,
      ...interfaces.flatMap((one) => one.address ?? []),
    ]);
    expect(
      all.filter((address) => !/^(10\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)/.test(address)),
    ).toEqual([]);
  });

  it("gives every district's hub two ways, and two border communes a satellite", () => {
    const hubs = links.filter(({ group }) =>
      /^wan-(dong-hoi|minh-hoa|tuyen-hoa|quang-trach|bo-trach|quang-ninh|le-thuy|ba-don)$/.test(
        group?.id ?? "",
      ),
    );
    expect(hubs.map(({ group }) => group?.role).sort()).toEqual([
      ...Array(8).fill("backup"),
      ...Array(8).fill("primary"),
    ]);
    for (const commune of ["xa-tan-trach", "xa-thuong-trach"])
      expect(inventory.links.get(`wan-${commune}-2`)?.kind).toBe("satellite");
  });

  it("has a circuit behind which five communes hang and nothing else leads", () => {
    const behind = links
      .filter(({ a }) => a.device === "rt-xa-mai-hoa")
      .map(({ b }) => inventory.devices.get(b.device)?.site);
    expect(behind).toHaveLength(4);
    for (const site of ["xa-mai-hoa", ...behind]) {
      expect(links.filter(({ b }) => inventory.devices.get(b.device)?.site === site)).toHaveLength(1);
    }
  });

  it("points editors to schemas that are as the model is", () => {
    for (const [name, schema] of inventorySchemas()) {
      expect(
        JSON.parse(readFileSync(join(root, "inventory/schema", name), "utf8")),
        `${name}: run pdc inventory schema`,
      ).toEqual(JSON.parse(JSON.stringify(schema)));
    }
    for (const name of readdirSync(example, { recursive: true, encoding: "utf8" }).filter(
      (path) => path.endsWith(".yaml") && !path.startsWith("manifests/"),
    )) {
      const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(
        readFileSync(join(example, name), "utf8"),
      )?.[1];
      expect(statSync(join(example, name, "..", schema ?? "missing")).isFile(), name).toBe(true);
    }
  });
});
