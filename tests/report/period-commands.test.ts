/** Incidents, maintenance, reports on a period, closing and schedules as a user runs them, over a small province. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IncidentFollower } from "../../src/actions/incident/follow.ts";
import { closeMonth } from "../../src/actions/report/close.ts";
import { standingMonth } from "../../src/actions/report/closed-months.ts";
import { makeReport } from "../../src/actions/report/make-report.ts";
import { runSchedule } from "../../src/actions/report/schedule.ts";
import { evaluate } from "../../src/health/evaluate.ts";
import type { State } from "../../src/health/types.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { ratedSeries } from "../../src/samples/rates.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { pdc } from "../acceptance/run-pdc.ts";
import { port, sample, silent } from "../health/samples.ts";
import { smallInventory } from "../inventory/synthetic-inventory.ts";

const HOUR = 3_600_000;
const directory = mkdtempSync(join(tmpdir(), "pdc-period-"));
const inventoryDirectory = join(directory, "inventory");
const env = {
  PDC_STATE_DIR: directory,
  PDC_CACHE_DIR: join(directory, "cache"),
  PDC_INVENTORY: inventoryDirectory,
};
const run = (...args: string[]) => pdc(args, { env });
/** October 2026 at the province (UTC+7), polled every hour. */
const FROM = Date.UTC(2026, 8, 30, 17);
const TO = Date.UTC(2026, 9, 31, 17);
const DOWN = [FROM + 100 * HOUR, FROM + 103 * HOUR] as const;

beforeAll(async () => {
  for (const [path, text] of smallInventory()) {
    const file = join(inventoryDirectory, path);
    cpSync(writeTemporary(text), file, { recursive: true });
  }
  const inventory = await loadInventory(inventoryDirectory, { cacheDirectory: false });
  const [link] = inventory.links.values();
  const topology = buildTopology(inventory);
  const store = openStore(join(directory, "samples.db"), { mode: "write" });
  const follower = new IncidentFollower(join(directory, "engine.json"));
  const last = new Map<string, DeviceSample[]>();
  for (let nowMs = FROM - 2 * HOUR; nowMs < TO + 3 * HOUR; nowMs += HOUR) {
    const isDown = nowMs >= DOWN[0] && nowMs < DOWN[1];
    const samples = [...inventory.devices.keys()].map((id) =>
      isDown && id === link!.b.device
        ? silent(id, nowMs)
        : sample(id, nowMs, {
            components: inventory.devices
              .get(id)!
              .interfaces.map(({ name }) => port(name, { oper: isDown ? "down" : "up" })),
          }),
    );
    for (const one of samples) last.set(one.device, [...(last.get(one.device) ?? []).slice(-1), one]);
    const rated = new Map([...last].map(([device, list]) => [device, [...ratedSeries(list)]]));
    follower.record({
      store,
      inventory,
      nowMs,
      health: evaluate({ inventory, topology, samples: rated, nowMs }),
    });
  }
  store.close();
}, 180_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function writeTemporary(text: string): string {
  const path = join(directory, "file.tmp");
  writeFileSync(path, text);
  return path;
}

describe("pdc incident", { timeout: 120_000 }, () => {
  test("list, show, ack, attribute and note: what people say stands beside what was seen", () => {
    const listed = JSON.parse(run("incident", "list", "--month", "2026-10", "--json").stdout);
    expect(listed.data).toMatchObject([
      { kind: "outage", subjectKind: "link", durationSeconds: 3 * 3600, isRunning: false },
    ]);
    const { id } = listed.data[0];
    expect(run("incident", "list").stdout).not.toContain(id);
    expect(run("incident", "ack", id, "--by", "Lan", "--note", "carrier called").status).toBe(0);
    expect(run("incident", "attribute", id, "carrier", "--by", "Minh").status).toBe(0);
    expect(run("incident", "note", id, "cable\u001b[31m cut").status).toBe(0);
    const shown = run("incident", "show", id.slice(0, 12));
    expect(shown.stdout).toContain("Carrier (by hand)");
    expect(shown.stdout).toContain("Lan: carrier called");
    expect(shown.stdout).not.toContain("\u001b[31m");
    const { data } = JSON.parse(run("incident", "show", id, "--json").stdout);
    expect(data).toMatchObject({ cause: "carrier", attributedBy: "person", acknowledged: { by: "Lan" } });
    expect(data.incident.cause.kind).not.toBe("nothing");
  });

  test("what is not there, or not said, is refused", () => {
    expect(run("incident", "show", "nothing").status).toBe(2);
    expect(run("incident", "note", "2026", "").status).toBe(2);
    expect(run("incident", "attribute", "2026", "weather").status).toBe(2);
    expect(run("incident", "list", "--month", "2026-13").status).toBe(2);
  });
});

describe("pdc report of a period", { timeout: 120_000 }, () => {
  test("availability as JSON, CSV and workbook: the hours that the line was gone", () => {
    const { status, stdout } = run("report", "availability", "--month", "2026-10", "--json", "--lang", "en");
    expect(status).toBe(0);
    const { data } = JSON.parse(stdout);
    expect(data.links).toMatchObject([{ downSeconds: 3 * 3600, outages: 1 }]);
    expect(data.title).toBe("Availability of WAN links and agencies, in 10/2026");
    expect(run("report", "availability", "--month", "2026-10", "--output", "csv").stdout).toContain(
      "downSeconds",
    );
    const file = join(directory, "october.xlsx");
    expect(
      run("report", "availability", "--month", "2026-10", "--output", "xlsx", "--file", file).status,
    ).toBe(0);
    expect(readFileSync(file).subarray(0, 2).toString()).toBe("PK");
  });

  test.each(["incident", "capacity", "coverage"])("%s: a page of its own", (kind) => {
    const { status, stdout } = run("report", kind, "--month", "2026-10", "--output", "html");
    expect(status).toBe(0);
    expect(stdout).toContain("Nơi nhận");
  });

  test("rows in a state, where rows have one; elsewhere it is refused, not passed over", async () => {
    const options = { inventoryDirectory, stateDirectory: directory, month: "2026-10", language: "en" };
    const rows = async (kind: "incident" | "coverage", ...state: State[]) =>
      (await makeReport(kind, { ...options, state, nowMs: TO + HOUR })).model.sections[0].table.rows.length;
    expect([
      await rows("incident"),
      await rows("incident", "down"),
      await rows("incident", "degraded"),
    ]).toEqual([1, 1, 0]);
    expect([await rows("coverage"), await rows("coverage", "up"), await rows("coverage", "down")]).toEqual([
      1, 1, 0,
    ]);
    for (const kind of ["availability", "capacity"] as const)
      await expect(makeReport(kind, { ...options, state: ["down"] })).rejects.toMatchObject({ exitCode: 2 });
  });

  test("a period of which nothing was recorded says so, and does not ask for a poll", async () => {
    const { model } = await makeReport("availability", {
      inventoryDirectory,
      stateDirectory: directory,
      month: "2020-01",
      language: "en",
    });
    expect(model.notices).toEqual(["Nothing was recorded in this period."]);
  });

  test("periods that cannot be are refused before anything is read", () => {
    for (const flags of [
      ["--month", "2026-10", "--year", "2026"],
      ["--month", "2999-01"],
      ["--to", "2026-10-01"],
      ["--district", "commune"],
    ])
      expect(run("report", "availability", ...flags).status, flags.join(" ")).toBe(2);
  });
});

describe("pdc report close", { timeout: 120_000 }, () => {
  test("a month is closed once, compared after that, and only restated with a reason", async () => {
    const options = {
      inventoryDirectory,
      stateDirectory: directory,
      month: "2026-10",
      toolVersion: "1",
      by: "test",
    };
    await expect(closeMonth({ ...options, nowMs: TO - HOUR })).rejects.toMatchObject({ exitCode: 2 });
    const closed = await closeMonth({ ...options, nowMs: TO + 10 * HOUR });
    expect(closed).toMatchObject({ outcome: "closed", standing: { month: "2026-10" } });
    expect(closed.standing.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await closeMonth({ ...options, nowMs: TO + 20 * HOUR })).toMatchObject({ outcome: "unchanged" });
    // A window added afterwards makes the outage planned: that differs, and is not taken over silently.
    const window = [
      "--link",
      closed.standing.numbers.links[0]!.id as string,
      "--from",
      "2026-10-05T00:00",
      "--until",
      "12h",
    ];
    expect(run("maintenance", "add", ...window, "--reason", "works", "--yes").status).toBe(0);
    const differs = await closeMonth({ ...options, nowMs: TO + 30 * HOUR });
    expect(differs.outcome).toBe("differs");
    expect(differs.standing.sha256).toBe(closed.standing.sha256);
    expect(differs.differences).toContainEqual(
      expect.objectContaining({ table: "links", field: "downSeconds", before: 10_800, after: 0 }),
    );
    const { model } = await makeReport("availability", {
      inventoryDirectory,
      stateDirectory: directory,
      month: "2026-10",
      language: "en",
      nowMs: TO + 31 * HOUR,
    });
    expect(model.facts.at(-1)?.value).toContain(closed.standing.sha256.slice(0, 12));
    expect(model.notices.join()).toContain("What was closed stands");
    const cli = run("report", "close", "--month", "2026-10");
    expect(cli.status).toBe(26);
    const restated = await closeMonth({ ...options, restate: "works were agreed on", nowMs: TO + 40 * HOUR });
    expect(restated).toMatchObject({ outcome: "restated", standing: { reason: "works were agreed on" } });
    const store = openStore(join(directory, "samples.db"), { mode: "read" });
    expect(store.journal.latest("closed-month", "2026-10")?.body).toMatchObject({
      sha256: closed.standing.sha256,
    });
    expect(standingMonth(store, "2026-10")?.sha256).toBe(restated.standing.sha256);
    store.close();
  });
});

describe("pdc maintenance", { timeout: 120_000 }, () => {
  test("add shows a diff and writes nothing without agreement; list and end", () => {
    const add = [
      "maintenance",
      "add",
      "--device",
      "rt-commune",
      "--from",
      "now",
      "--until",
      "2h",
      "--reason",
      "new power supply",
      "--id",
      "psu",
    ];
    const dry = run(...add, "--dry-run");
    expect(dry.stdout).toContain("+- id: psu");
    expect(run("maintenance", "list").stdout).not.toContain("psu");
    expect(run(...add, "--yes").status).toBe(0);
    expect(JSON.parse(run("maintenance", "list", "--json").stdout).data).toMatchObject([
      { id: "psu", state: "open", covers: "rt-commune" },
    ]);
    expect(run(...add, "--yes").status).toBe(2);
    expect(run("maintenance", "end", "ps").stderr).toContain('did you mean "psu"');
    for (const flags of [
      ["--until", "0h"],
      ["--until", "yesterday"],
      ["--repeat", "hourly"],
    ])
      expect(
        run(...add.slice(0, 4), "--from", "2026-12-01T00:00", "--reason", "x", ...flags).status,
        flags.join(" "),
      ).toBe(2);
    expect(run("maintenance", "add", "--from", "now", "--until", "1h", "--reason", "x").stderr).toContain(
      "must cover something",
    );
  });

  test("a recurring window keeps what has begun and does not come again", () => {
    const add = [
      "--agency",
      "commune",
      "--from",
      "2026-01-01T01:00",
      "--until",
      "2026-01-01T02:00",
      "--repeat",
      "daily",
      "--id",
      "nightly",
    ];
    expect(run("maintenance", "add", ...add, "--reason", "backups", "--yes").status).toBe(0);
    expect(run("maintenance", "end", "nightly", "--yes").status).toBe(0);
    expect(readFileSync(join(inventoryDirectory, "maintenance/maintenance.yaml"), "utf8")).toMatch(
      /repeatUntil: "?\d{4}-\d{2}-\d{2}/,
    );
  });
});

describe("pdc report schedule", { timeout: 120_000 }, () => {
  test("the lines for cron and systemd call the same command with every place spelt out", () => {
    const { status, stdout } = run(
      "report",
      "schedule",
      "--every",
      "monthly",
      "--report",
      "availability",
      "--format",
      "csv",
      "--drop",
      join(directory, "it's 100%"),
    );
    expect(status).toBe(0);
    expect(stdout).toContain("CRON_TZ=Asia/Ho_Chi_Minh");
    expect(stdout).toMatch(
      /30 6 1 \* \* .*report schedule --run --every monthly --report availability --format csv --drop '.*it'\\''s 100\\%'/,
    );
    expect(stdout).toContain("OnCalendar=*-*-01 06:30:00 Asia/Ho_Chi_Minh");
    expect(stdout).toMatch(/ExecStart=.*"--drop" ".*it's 100%%"|ExecStart=.*--drop ".*it's 100%%"/);
    expect(run("report", "schedule", "--every", "monthly", "--report", "availability").status).toBe(2);
  });

  test("a month is compared with the month before, and says when it was closed", async () => {
    const drop = join(directory, "monthly");
    const { period } = await runSchedule({
      inventoryDirectory,
      stateDirectory: directory,
      every: "monthly",
      reports: ["availability"],
      formats: ["json"],
      language: "en",
      drop,
      nowMs: TO + 50 * HOUR,
    });
    expect(period).toEqual({ from: "2026-10-01", to: "2026-10-31" });
    const [name] = readdirSync(drop);
    const report = readFileSync(join(drop, name!), "utf8");
    const closed = await closeMonth({
      inventoryDirectory,
      stateDirectory: directory,
      month: "2026-10",
      toolVersion: "1",
      nowMs: TO + 51 * HOUR,
    });
    expect(report).toContain(closed.standing.sha256.slice(0, 12));
  });

  test("one run drops whole files", () => {
    const drop = join(directory, "dropped");
    const { status } = run(
      "report",
      "schedule",
      "--every",
      "monthly",
      "--report",
      "availability",
      "--report",
      "incident",
      "--format",
      "csv",
      "--format",
      "html",
      "--drop",
      drop,
      "--run",
    );
    expect(status).toBe(0);
    const names = readdirSync(drop);
    expect(names.toSorted().map((name) => name.replace(/\d{4}-\d{2}-01/, "DAY"))).toEqual([
      "availability-DAY.csv",
      "availability-DAY.html",
      "incident-DAY.csv",
      "incident-DAY.html",
    ]);
    for (const name of names) expect(statSync(join(drop, name)).mode & 0o007).toBe(0);
  });
});
