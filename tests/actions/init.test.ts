import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { initCenter } from "../../src/actions/init/init.ts";
import { loadInventory } from "../../src/inventory/load.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pdc-init-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a new center is valid and names itself", async () => {
  const { inventoryDirectory } = await initCenter(join(directory, "new"), { name: "Tỉnh Đắk Lắk" });
  expect(inventoryDirectory).toBe(join(directory, "new", "inventory", "tinh-dak-lak"));
  const inventory = await loadInventory(inventoryDirectory);
  expect(inventory.province).toMatchObject({ id: "tinh-dak-lak", name: "Tỉnh Đắk Lắk", language: "vi" });
  expect(inventory.links.get("wan-a1")?.committedMbps).toBe(50);
  expect(readFileSync(join(directory, "new", "pdc.yaml"), "utf8")).toContain(
    "inventory: inventory/tinh-dak-lak",
  );
});

test("a directory with files in it is left alone", async () => {
  writeFileSync(join(directory, "mine.txt"), "x");
  await expect(initCenter(directory, { name: "x" })).rejects.toMatchObject({
    code: "not-empty",
    exitCode: 22,
  });
  expect(readdirSync(directory)).toEqual(["mine.txt"]);
});

test("a name that gives no id is refused with the way out", async () => {
  await expect(initCenter(join(directory, "x"), { name: "中心" })).rejects.toMatchObject({
    code: "bad-id",
    exitCode: 2,
    fix: expect.stringContaining("--id"),
  });
});

test("a flag that cannot be is refused before anything is written", async () => {
  for (const [names, code] of [
    [{ name: "" }, "bad-name"],
    [{ name: "A\nB" }, "bad-name"],
    [{ name: "A", id: "Bad Id" }, "bad-id"],
    [{ name: "A", timeZone: "Asia/Ho_Chi_Min" }, "bad-time-zone"],
  ] as const)
    await expect(initCenter(join(directory, "x"), names)).rejects.toMatchObject({ code, exitCode: 2 });
  expect(readdirSync(directory)).toEqual([]);
});
