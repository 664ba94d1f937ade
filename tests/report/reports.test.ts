import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/health/evaluate.ts";
import type { State } from "../../src/health/types.ts";
import type { ReportInput } from "../../src/report/input.ts";
import type { ReportKind } from "../../src/report/model.ts";
import { reports } from "../../src/report/reports.ts";
import { collectSeries } from "../../src/report/series.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { measurement as m, NOW, part, port, rated, sample, silent } from "../health/samples.ts";
import { province } from "../topology/province.ts";

const MINUTE = 60_000;
/** Center, a district hub, three communes: one behind the hub's cut line, one on its backup, one with a full disk. */
const inventory = province({
  agencies: [
    { id: "dc", name: "Trung tâm Dữ liệu", nameEn: "Data center", kind: "unit" },
    { id: "huyen", name: "Huyện Cũ", kind: "district", validUntil: "2025-07-01" },
    ...["a", "b", "c"].map((id) => ({
      id,
      name: `Xã ${id.toUpperCase()}`,
      nameEn: `${id.toUpperCase()} commune`,
      code: `1000${id}`,
      parents: [{ agency: "huyen", until: "2025-07-01" }],
    })),
  ],
  sites: [
    { id: "center", agency: "dc", latitude: 17.47, longitude: 106.62 },
    { id: "hub", agency: "dc", latitude: 17.8, longitude: 106.4 },
    ...["a", "b", "c"].map((id, index) => ({
      id,
      agency: id,
      latitude: 17.5 + index / 10,
      longitude: 106.1 + index / 10,
    })),
  ],
  devices: [
    { id: "core", site: "center", name: "Bộ định tuyến lõi" },
    { id: "hub", site: "hub" },
    ...["a", "b", "c"].map((id) => ({ id: `rt-${id}`, site: id })),
    { id: "srv-c", site: "c", role: "server" },
    { id: "sw-a", site: "a", role: "switch" },
  ],
  links: [
    { id: "trunk", a: "core/ge0", b: "hub/ge0", carrier: "VNPT", committedMbps: 100 },
    {
      id: "wan-a",
      a: "hub/ge1",
      b: "rt-a/ge0",
      carrier: "Viettel",
      committedMbps: 20,
      slo: { availabilityPercent: 99 },
    },
    { id: "wan-b-1", a: "hub/ge2", b: "rt-b/ge0", carrier: "Viettel", group: { id: "b", role: "primary" } },
    {
      id: "wan-b-2",
      a: "core/tun0",
      b: "rt-b/lte0",
      carrier: "FPT",
      kind: "cellular",
      group: { id: "b", role: "backup" },
    },
    { id: "wan-c", a: "hub/ge3", b: "rt-c/ge0", carrier: "VNPT", committedMbps: 50 },
  ],
});
const topology = buildTopology(inventory);
const router = (device: string, atMs: number, down: string[] = []) => {
  const seconds = (atMs - NOW) / 1000 + 3600;
  const ports = { core: ["ge0", "tun0"], hub: ["ge0", "ge1", "ge2", "ge3"] }[device] ?? ["ge0", "lte0"];
  return sample(device, atMs, {
    components: ports.map((name) =>
      port(name, {
        oper: down.includes(name) ? "down" : "up",
        counters: { inOctets: 1e6 + seconds * 125_000, outOctets: 1e6 + seconds * 250_000 },
      }),
    ),
  });
};
const cycle = (atMs: number, isBad: boolean): DeviceSample[] => [
  router("core", atMs),
  router("hub", atMs, isBad ? ["ge1", "ge2"] : []),
  isBad ? silent("rt-a", atMs) : router("rt-a", atMs),
  isBad ? silent("sw-a", atMs) : sample("sw-a", atMs),
  router("rt-b", atMs, isBad ? ["ge0"] : []),
  router("rt-c", atMs),
  sample("srv-c", atMs, {
    system: { family: "linux", vendor: "Linux", model: "<b>box</b>" },
    components: [
      part("storage", "/var", { usedPercent: m.gauge(99, "percent") }),
      part("processor", "cpu", { busyPercent: m.gauge(12, "percent") }),
    ],
  }),
];
const morning = [cycle(NOW - 2 * MINUTE, false), cycle(NOW - MINUTE, true), cycle(NOW, true)].flat();

function report(kind: ReportKind, rest: Partial<ReportInput> = {}) {
  const samples = rated(...morning);
  const health = evaluate({ inventory, topology, samples, nowMs: NOW });
  return reports[kind]({ inventory, topology, health, samples, language: "en", madeAtMs: NOW, ...rest });
}
const brief = (rows: readonly Record<string, unknown>[], ...keys: string[]) =>
  rows.map((row) => keys.map((key) => row[key]).join(" | "));

describe("the agency report", () => {
  const model = report("agency");
  const [section] = model.sections;

  test("one row per agency of that day, worst first, each with its reason", () => {
    expect(brief(section.table.rows, "state", "name", "linksNotUp", "devicesNotUp", "why")).toEqual([
      "down | A commune | 1 | 2 | wan-a: interface ge1 of hub is down",
      "degraded | B commune | 1 | 0 | runs on its backup wan-b-2; the primary wan-b-1 does not carry",
      "degraded | C commune | 0 | 1 | srv-c: disk /var 99 % full (limit 95 %)",
      "up | Data center | 0 | 0 | ",
    ]);
  });

  test("counts, causes with what they cut off, and a map", () => {
    expect(model.summary.map(({ kind, total, counts }) => [kind, total, counts.up, counts.down])).toEqual([
      ["agency", 4, 1, 1],
      ["link", 5, 3, 2],
      ["device", 7, 4, 0],
    ]);
    expect(brief(model.attention.rows, "state", "id", "devicesCutOff", "since")).toEqual([
      `down | wan-a | 2 | ${new Date(NOW - MINUTE).toISOString()}`,
      `down | wan-b-1 | 0 | ${new Date(NOW - MINUTE).toISOString()}`,
      `degraded | srv-c | 0 | ${new Date(NOW - 2 * MINUTE).toISOString()}`,
    ]);
    expect(model.attention.rows[1]?.why).toContain("wan-b-2: carries in place of wan-b-1");
    expect(model.map?.sites.map(({ id, state }) => `${id} ${state}`)).toEqual([
      "center up",
      "hub up",
      "a down",
      "b degraded",
      "c degraded",
    ]);
    expect(model.hasFindings).toBe(true);
  });

  test("an earlier day shows that day's tree", () => {
    const before = Date.UTC(2025, 5, 15);
    const health = evaluate({ inventory, topology, samples: new Map(), nowMs: before });
    const rows = report("agency", { health, samples: new Map(), madeAtMs: before }).sections[0].table.rows;
    expect(rows.map(({ id }) => id)).toContain("huyen");
    expect(rows.find(({ id }) => id === "a")?.parent).toBe("Huyện Cũ");
    expect(rows.every(({ state }) => state === "unknown")).toBe(true);
  });
});

describe("one fault, one row", () => {
  test("errors of a link's port are told at the device that counts them", () => {
    const errors = (seconds: number) =>
      sample("rt-c", NOW - (60 - seconds) * 1000, {
        components: [
          port("ge0", { counters: { inUcastPackets: 1e6 + seconds * 100, inErrors: 1e3 + seconds * 20 } }),
        ],
      });
    const samples = rated(router("hub", NOW), errors(0), errors(60));
    const health = evaluate({ inventory, topology, samples, nowMs: NOW });
    expect(health.links.get("wan-c")?.state).toBe("degraded");
    const rows = report("agency", { health, samples }).attention.rows;
    expect(brief(rows, "state", "id", "why")).toEqual([
      "degraded | rt-c | errors on ge0: 16.7 % of packets (20/s)",
    ]);
  });
});

describe("in Vietnamese", () => {
  test("states, reasons and names are", () => {
    const model = report("agency", { language: "vi" });
    expect(model.title).toBe("Tình trạng mạng theo cơ quan, đơn vị");
    expect(model.sections[0].table.rows[1]).toMatchObject({
      state: "degraded",
      name: "Xã B",
      why: "đang chạy đường dự phòng wan-b-2; đường chính wan-b-1 không hoạt động",
    });
    const state = model.sections[0].table.columns.find(({ isState }) => isState);
    expect(state?.format?.("degraded")).toBe("Suy giảm");
  });
});

describe("the other reports", () => {
  test("WAN: every circuit with its load seen from the center", () => {
    const rows = report("wan").sections[0].table.rows;
    expect(brief(rows, "state", "id", "carrier", "role")).toEqual([
      "down | wan-a | Viettel | ",
      "down | wan-b-1 | Viettel | primary",
      "up | wan-b-2 | FPT | backup",
      "up | wan-c | VNPT | ",
      "up | trunk | VNPT | ",
    ]);
    expect(rows.find(({ id }) => id === "trunk")).toMatchObject({
      committedBitsPerSecond: 100e6,
      inBitsPerSecond: 1e6,
      outBitsPerSecond: 2e6,
      outUtilisationPercent: 2,
    });
    expect(rows.find(({ id }) => id === "wan-a")?.inBitsPerSecond).toBeUndefined();
  });

  test("LAN: ports by status, and those that should be up", () => {
    const { sections } = report("lan");
    const hub = sections[0].table.rows.find(({ id }) => id === "hub");
    expect(hub).toMatchObject({ state: "up", portsUp: 2, portsDown: 2, portsShut: 0, portsExpectedDown: 2 });
    expect(brief(sections[1]!.table.rows, "state", "device", "interface", "why")).toContain(
      "down | hub | ge1 | interface ge1 is down",
    );
  });

  test("devices: main values, and of one device all its parts", () => {
    expect(report("device").sections[0].table.rows.find(({ id }) => id === "srv-c")).toMatchObject({
      state: "degraded",
      busyPercent: 12,
      model: "Linux <b>box</b>",
    });
    const one = report("device", { filter: { devices: ["srv-c"] } });
    expect(one.sections.map(({ id }) => id)).toEqual(["devices", "parts", "interfaces"]);
    expect(brief(one.sections[1]!.table.rows, "state", "name", "value")).toEqual([
      "degraded | /var | usedPercent 99 percent",
      "up | cpu | busyPercent 12 percent",
    ]);
  });
});

describe("filters", () => {
  const ids = (kind: ReportKind, filter: ReportInput["filter"]) =>
    report(kind, { filter: filter! }).sections[0].table.rows.map(({ id }) => id);

  test("by agency, carrier, link, device and state", () => {
    expect(ids("wan", { agencies: ["b"] })).toEqual(["wan-b-1", "wan-b-2"]);
    expect(ids("wan", { carriers: ["viettel"] })).toEqual(["wan-a", "wan-b-1"]);
    expect(ids("wan", { links: ["wan-c"] })).toEqual(["wan-c"]);
    expect(ids("device", { devices: ["core"] })).toEqual(["core"]);
    expect(ids("device", { states: ["unreachable" as State] })).toEqual(["rt-a", "sw-a"]);
    expect(ids("agency", { carriers: ["FPT"] })).toEqual(["b"]);
  });

  test("what cuts the scope off is told though it lies outside", () => {
    const model = report("device", { filter: { devices: ["sw-a"] } });
    expect(brief(model.attention.rows, "id", "devicesCutOff")).toEqual(["wan-a | 1"]);
  });
});

describe("of a period", () => {
  const fromMs = NOW - 60 * MINUTE;
  const samples = Array.from({ length: 60 }, (_, minute) =>
    cycle(fromMs + minute * MINUTE, minute >= 30 && minute < 36),
  ).flat();
  const period = collectSeries(
    inventory,
    [...Map.groupBy(samples, ({ device }) => device).values()].flat(),
    fromMs,
    NOW,
  );
  const model = report("wan", { period });

  test("availability against the objective, with how much was measured", () => {
    expect(model.sections[0].table.rows.find(({ id }) => id === "wan-a")).toMatchObject({
      availabilityPercent: 90,
      coveragePercent: 100,
      downSeconds: 360,
      outages: 1,
      objective: "missed",
    });
    expect(model.sections[0].table.rows.find(({ id }) => id === "wan-c")).toMatchObject({
      availabilityPercent: 100,
    });
  });

  test("means and 95th percentiles per direction, holes left out", () => {
    const rows = model.sections[0].table.rows;
    expect(rows.find(({ id }) => id === "trunk")).toMatchObject({
      inMeanBitsPerSecond: 1e6,
      inPeakBitsPerSecond: 1e6,
      outP95BitsPerSecond: 2e6,
    });
  });

  test("a period that was not measured is not met", () => {
    const hole = collectSeries(
      inventory,
      samples.filter(({ device }) => device === "hub").slice(0, 10),
      fromMs,
      NOW,
    );
    const row = report("wan", { period: hole }).sections[0].table.rows.find(({ id }) => id === "wan-a");
    expect(row).toMatchObject({ objective: "not-measurable" });
    expect(row?.availabilityPercent).toBeUndefined();
    expect(row?.coveragePercent).toBeLessThan(25);
  });

  test("agencies: access is down only while all their links are", () => {
    const rows = report("agency", { period }).sections[0].table.rows;
    expect(rows.find(({ id }) => id === "a")).toMatchObject({ availabilityPercent: 90 });
    expect(rows.find(({ id }) => id === "b")).toMatchObject({ availabilityPercent: 100 });
  });
});

describe("data that is old or missing", () => {
  test("is said", () => {
    expect(report("agency", { madeAtMs: NOW + 60 * MINUTE }).notices[0]).toMatch(/1 h before this report/);
    expect(report("agency", { samples: new Map() }).notices).toEqual([
      "There are no samples yet; run pdc poll.",
    ]);
  });
});
