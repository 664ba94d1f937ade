/** The report commands as a user runs them, over the example province and a store with a few hand-made samples. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { provinceHealth } from "../../src/actions/report/province-health.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { openStore } from "../../src/store/open-store.ts";
import { pdc, root } from "../acceptance/run-pdc.ts";
import { port, sample, silent } from "../health/samples.ts";

const directory = mkdtempSync(join(tmpdir(), "pdc-report-"));
const inventoryDirectory = join(root, "inventory/quang-binh");
const env = { PDC_STATE_DIR: directory, PDC_CACHE_DIR: directory, PDC_INVENTORY: inventoryDirectory };
const run = (...args: string[]) => pdc(["report", ...args], { env });
const nowMs = Date.now();

beforeAll(() => {
  const store = openStore(join(directory, "samples.db"), { mode: "write" });
  for (const atMs of [nowMs - 120_000, nowMs - 60_000]) {
    store.append([
      sample("rt-xa-phuc-trach", atMs, { components: [port("ether1"), port("ether8")] }),
      sample("rt-core-1", atMs, { components: [port("Lo0")] }),
      sample("ups-noc", atMs),
      silent("rt-xa-lam-trach", atMs),
    ]);
  }
  store.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("pdc report", () => {
  test("agency as JSON: raw states, causes and times", () => {
    const { status, stdout } = run("agency", "--agency", "Xã Lâm Trạch", "--json", "--lang", "en");
    expect(status).toBe(0);
    const { schema, data } = JSON.parse(stdout);
    expect(schema).toBe("pdc.report.agency/1");
    expect(data.agencies).toMatchObject([{ id: "xa-lam-trach", state: "down", name: "Lam Trach commune" }]);
    expect(data.attention[0]).toMatchObject({
      id: "rt-xa-lam-trach",
      state: "down",
      why: "does not answer (SNMP, 3 tries)",
    });
    expect(data.at).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  test("in the inventory's language when no other is asked for", () => {
    const { stdout } = run("agency", "--agency", "xa-lam-trach", "--output", "table");
    expect(stdout).toContain("Tình trạng mạng theo cơ quan, đơn vị – Tỉnh Quảng Bình");
    expect(stdout).toContain("Gián đoạn");
    expect(stdout).toContain("không phản hồi (SNMP, 3 lần thử)");
  });

  test("wan as CSV of one period: one header, one line per circuit", () => {
    const { status, stdout } = run("wan", "--carrier", "Viettel", "--from", "1h", "--output", "csv");
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split("\r\n");
    expect(lines[0]).toMatch(/^state,agency,name,carrier,.*availabilityPercent,coveragePercent,objective/);
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.slice(1).every((line) => line.includes("Viettel"))).toBe(true);
  });

  test("plain: tab-separated rows of the one table", () => {
    const { stdout } = run("device", "--device", "ups-noc", "--output", "plain");
    expect(stdout.split("\n").filter(Boolean)).toHaveLength(1);
    expect(stdout).toMatch(/^up\t/);
  });

  test("html into a file, whole", () => {
    const file = join(directory, "wan.html");
    const { status, stdout } = run("wan", "--output", "html", "--file", file);
    expect([status, stdout]).toEqual([0, ""]);
    expect(readFileSync(file, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  test("findings only change the exit code when asked to", () => {
    expect(run("device", "--device", "rt-xa-lam-trach", "--json").status).toBe(0);
    expect(run("device", "--device", "rt-xa-lam-trach", "--exit-code", "--json").status).toBe(20);
    expect(run("device", "--device", "ups-noc", "--exit-code", "--json").status).toBe(0);
  });
});

describe("what cannot be reported", () => {
  test.each([
    [["agency", "--agency", "nowhere-at-all"], 2, /no agency "nowhere-at-all"/],
    [["wan", "--from", "yesterday"], 2, /--from yesterday: not a time/],
    [["wan", "--to", "2026-11-01"], 2, /--to needs --from/],
    [["wan", "--from", "2026-11-02", "--to", "2026-11-01"], 2, /is not before/],
    [["lan", "--lang", "fr"], 2, /--lang/],
    [["lan", "--store", "/nonexistent/samples.db"], 22, /samples\.db/],
  ])("%j: exit %i", (args, exit, message) => {
    const { status, stdout, stderr } = run(...args);
    expect(status).toBe(exit);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
  });
});

describe("for other actions", () => {
  test("the health of a province by its store", async () => {
    const inventory = await loadInventory(inventoryDirectory, { cacheDirectory: directory });
    const { health } = provinceHealth(inventory, join(directory, "samples.db"), nowMs);
    expect(health.devices.get("rt-xa-lam-trach")?.state).toBe("down");
    expect(health.devices.get("rt-core-1")).toMatchObject({
      state: "degraded",
      reasons: expect.arrayContaining([expect.objectContaining({ code: "interface-missing" })]),
    });
    // A store that ended long ago tells of then.
    const later = provinceHealth(inventory, join(directory, "samples.db"), nowMs + 86_400_000);
    expect(later.health.atMs).toBe(nowMs - 60_000);
    expect(later.health.devices.get("rt-xa-lam-trach")?.state).toBe("down");
  });
});
