import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IncidentFollower } from "../../src/actions/incident/follow.ts";
import { recordedIncidents } from "../../src/actions/incident/recorded.ts";
import { reportOf } from "../../src/actions/report/make-report.ts";
import { monthPeriod, type Period } from "../../src/actions/report/period.ts";
import { periodInput } from "../../src/actions/report/period-report.ts";
import { evaluate } from "../../src/health/evaluate.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { type Inventory, type Maintenance, maintenanceSchema } from "../../src/inventory/model.ts";
import { ratedSeries } from "../../src/samples/rates.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { agencyTree } from "../../src/topology/agencies.ts";
import { buildTopology } from "../../src/topology/build.ts";
import {
  bootsBefore,
  MINUTE,
  Moment,
  minutesOf,
  type Poll,
  type Quarter,
  simulate,
  wanOf,
} from "./simulated-quarter.ts";

const HOUR = 60 * MINUTE;
/** July to September 2024 by the province's clock (UTC+7). */
const months = ["2024-07", "2024-08", "2024-09"] as const;
const monthMs = (number: number) => Date.UTC(2024, number - 1, 1) - 7 * HOUR;
const [FROM, TO] = [monthMs(7), monthMs(10)];

const windows: Maintenance[] = [
  {
    id: "trunks",
    reason: "works",
    agencies: [],
    sites: [],
    devices: [],
    links: [],
    from: "2024-07-05T01:00",
    until: "2024-07-05T05:00",
    repeat: "weekly",
  },
  {
    id: "monthly",
    reason: "works",
    agencies: [],
    sites: [],
    devices: [],
    links: [],
    from: "2024-06-30T22:00",
    until: "2024-07-01T03:00",
    repeat: "monthly",
  },
  {
    id: "long",
    reason: "moves",
    agencies: [],
    sites: [],
    devices: [],
    links: [],
    from: "2024-08-10T08:00",
    until: "2024-08-13T17:00",
    repeat: "none",
  },
].map((one) => maintenanceSchema.parse(one));

let quarter: Quarter;
let inventory: Inventory;
let covered: { links: Map<string, Maintenance[]>; agencies: Map<string, Maintenance[]> };
let stateDirectory: string;
let moments: Map<Poll, Moment>;

beforeAll(async () => {
  const whole = await loadInventory(join(import.meta.dirname, "../../inventory/quang-binh"), {
    cacheDirectory: false,
  });
  const base = wanOf(whole, new Map());
  const wan = [...base.links.values()].filter(({ kind }) => kind !== "lan");
  const tree = agencyTree(base, "2024-07-01");
  // Two windows on links, one on an agency with everything it has.
  const moved = tree.agencyOfSite.get(base.devices.get(wan[40]!.b.device)!.site)!;
  windows[0]!.links.push(...wan.slice(0, 12).map(({ id }) => id));
  windows[1]!.links.push(...wan.slice(6, 30).map(({ id }) => id));
  windows[2]!.agencies.push(moved);
  inventory = wanOf(whole, new Map(windows.map((window) => [window.id, window])));
  const ofAgency = (device: string) => tree.agencyOfSite.get(base.devices.get(device)!.site) === moved;
  covered = {
    links: new Map(
      wan.map(({ id, a, b }) => [
        id,
        windows.filter(
          (window) =>
            window.links.includes(id) || (window.id === "long" && (ofAgency(a.device) || ofAgency(b.device))),
        ),
      ]),
    ),
    agencies: new Map([[moved, [windows[2]!]]]),
  };
  quarter = simulate(inventory, 20_240_701, FROM, TO);
  const topology = buildTopology(inventory, { on: "2024-07-01" });
  moments = new Map(
    quarter.polls.map((poll) => [poll, new Moment(inventory, quarter.faults, poll.trueMs, topology.roots)]),
  );

  stateDirectory = mkdtempSync(join(tmpdir(), "pdc-quarter-"));
  const store = openStore(join(stateDirectory, "samples.db"), { mode: "write" });
  let follower = new IncidentFollower(join(stateDirectory, "engine.json"));
  const last = new Map<string, DeviceSample[]>();
  try {
    quarter.polls.forEach((poll, place) => {
      // The poller is started anew now and then: it goes on from what it wrote.
      if (place % 400 === 399) follower = new IncidentFollower(join(stateDirectory, "engine.json"));
      for (const sample of moments.get(poll)!.samples(poll.clockMs, bootsBefore(quarter, poll.trueMs)))
        last.set(sample.device, [...(last.get(sample.device) ?? []).slice(-1), sample]);
      const samples = new Map([...last].map(([device, list]) => [device, [...ratedSeries(list)]]));
      const health = evaluate({ inventory, topology, samples, nowMs: poll.clockMs });
      follower.record({ store, inventory, nowMs: poll.clockMs, health });
    });
  } finally {
    store.close();
  }
}, 300_000);

afterAll(() => rmSync(stateDirectory, { recursive: true, force: true }));

/** Whether a window is open at a minute, by the wall clock seven hours ahead of UTC and nothing else. */
function isPlanned(list: readonly Maintenance[], atMs: number): boolean {
  const local = atMs + 7 * HOUR;
  return list.some(({ from, until, repeat }) => {
    const begin = Date.parse(`${from}Z`);
    const length = Date.parse(`${until}Z`) - begin;
    if (local < begin) return false;
    if (repeat === "none") return local < begin + length;
    if (repeat === "weekly") return (local - begin) % (7 * 24 * HOUR) < length;
    for (let hours = 0; hours * HOUR < length; hours++) {
      const start = new Date(Math.floor(local / HOUR) * HOUR - hours * HOUR);
      if (
        start.getUTCDate() === new Date(begin).getUTCDate() &&
        start.getUTCHours() === new Date(begin).getUTCHours()
      )
        return true;
    }
    return false;
  });
}

const known = new Map<string, Uint8Array>();

/** 1 for each minute of a period in which a window is open. */
function plannedMinutes(window: Maintenance, fromMs: number, count: number): Uint8Array {
  const key = `${window.id} ${fromMs}`;
  let minutes = known.get(key);
  if (!minutes) {
    minutes = Uint8Array.from({ length: count }, (_, minute) =>
      Number(isPlanned([window], fromMs + minute * MINUTE)),
    );
    known.set(key, minutes);
  }
  return minutes;
}

type Counted = { planned: number; unknown: number; down: number; up: number; outages: number };

/** Every minute of a period by itself. */
function countMinutes(
  states: readonly ("up" | "down" | "unknown" | undefined)[],
  fromMs: number,
  list: readonly Maintenance[],
): Counted {
  const counted: Counted = { planned: 0, unknown: 0, down: 0, up: 0, outages: 0 };
  const open = list.map((window) => plannedMinutes(window, fromMs, states.length));
  let before = "";
  states.forEach((state, minute) => {
    const is = open.some((minutes) => minutes[minute] === 1) ? "planned" : (state ?? "unknown");
    counted[is]++;
    if (is === "down" && before !== "down") counted.outages++;
    before = is;
  });
  return counted;
}

function reported(kind: "availability" | "incident", period: Period) {
  const store = openStore(join(stateDirectory, "samples.db"), { mode: "read" });
  try {
    const { facts, ...found } = periodInput(kind, store, inventory, period);
    return reportOf(kind, inventory, found, { facts, language: "en", madeAtMs: period.toMs }).model;
  } finally {
    store.close();
  }
}

function rowAsCounted(row: Readonly<Record<string, unknown>>, minutes: number): Counted {
  const [planned, unknown, down] = [row.plannedSeconds, row.unknownSeconds, row.downSeconds].map(
    (seconds) => Number(seconds) / 60,
  ) as [number, number, number];
  return { planned, unknown, down, up: minutes - planned - unknown - down, outages: Number(row.outages) };
}

describe("a simulated quarter of the example province", { timeout: 120_000 }, () => {
  test.each(months)(
    "P1, P3, P4: %s: every circuit's minutes are what was true under the sampling rule",
    (month) => {
      const period = monthPeriod(month, inventory.province.timeZone, TO);
      const { sections } = reported("availability", period);
      const minutes = (period.toMs - period.fromMs) / MINUTE;
      let outages = 0;
      const rows = new Map(sections[0].table.rows.map((row) => [String(row.id), row]));
      expect(rows.size).toBeGreaterThan(60);
      for (const [id, list] of covered.links) {
        const states = minutesOf(quarter, period.fromMs, period.toMs, (poll) =>
          moments.get(poll)!.linkState(id),
        );
        const truth = countMinutes(states, period.fromMs, list);
        outages += truth.outages;
        expect({ id, ...rowAsCounted(rows.get(id)!, minutes) }).toEqual({ id, ...truth });
        const measured = truth.up + truth.down;
        const isMeasurable = measured / (minutes - truth.planned) >= 0.95;
        const percent = rows.get(id)!.availabilityPercent;
        if (isMeasurable) expect(Number(percent)).toBeCloseTo((100 * truth.up) / measured, 3);
        else
          expect({ percent, objective: rows.get(id)!.objective }).toEqual({
            percent: undefined,
            objective: "not-measurable",
          });
      }
      expect(outages).toBeGreaterThan(15);
    },
  );

  test.each(months)("%s: every agency's minutes without the center are what was true", (month) => {
    const period = monthPeriod(month, inventory.province.timeZone, TO);
    const { sections } = reported("availability", period);
    const minutes = (period.toMs - period.fromMs) / MINUTE;
    const tree = agencyTree(inventory, "2024-07-01");
    const own = new Map<string, string[]>();
    for (const device of inventory.devices.values()) {
      const agency = tree.agencyOfSite.get(device.site)!;
      own.set(agency, [...(own.get(agency) ?? []), device.id]);
    }
    const stateOf = (agency: string, { reached }: Moment): "up" | "down" | "unknown" => {
      const devices = own.get(agency);
      if (devices) return devices.some((id) => reached.has(id)) ? "up" : "down";
      const below = (tree.children.get(agency) ?? []).map((child) => stateOf(child, { reached } as Moment));
      return below.length === 0
        ? "unknown"
        : below.every((state) => state === "down")
          ? "down"
          : below.includes("up")
            ? "up"
            : "unknown";
    };
    const rows = sections.find(({ id }) => id === "agencies")!.table.rows;
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) {
      const id = String(row.id);
      const states = minutesOf(quarter, period.fromMs, period.toMs, (poll) =>
        stateOf(id, moments.get(poll)!),
      );
      const truth = countMinutes(states, period.fromMs, covered.agencies.get(id) ?? []);
      expect({ id, ...rowAsCounted(row, minutes) }).toEqual({ id, ...truth });
    }
  });

  test("P1: each restart that two polls in a row show is told once, and is no outage", () => {
    const store = openStore(join(stateDirectory, "samples.db"), { mode: "read" });
    const told = recordedIncidents(store.journal, {}).filter(({ incident }) => incident.kind === "restart");
    store.close();
    // Away from faults and from what the poller's clock did, where nothing else explains a restart.
    const clear = quarter.reboots.filter(({ device, atMs }) => {
      const near = quarter.polls.filter(({ trueMs }) => Math.abs(trueMs - atMs) < 4 * HOUR);
      return (
        near.length === 8 &&
        near.every((poll) => poll.clockMs === poll.trueMs && moments.get(poll)!.reached.has(device)) &&
        near.every((poll) =>
          [...inventory.links.values()].every(
            ({ id, b }) => b.device !== device || moments.get(poll)!.linkState(id) === "up",
          ),
        )
      );
    });
    expect(clear.length).toBeGreaterThan(20);
    for (const { device, atMs } of clear) {
      const seenMs = quarter.polls.find(({ trueMs }) => trueMs > atMs)!.clockMs;
      const found = told.filter(
        ({ incident }) => incident.subject.id === device && incident.startMs === seenMs,
      );
      expect(found.length, `${device} at ${new Date(atMs).toISOString()}`).toBe(1);
    }
    const devices = new Set(quarter.reboots.map(({ device }) => device));
    expect(told.filter(({ incident }) => !devices.has(incident.subject.id))).toEqual([]);
  });

  test("one incident for each cause: links and devices that were down, none for what was cut off, and those that run", () => {
    const store = openStore(join(stateDirectory, "samples.db"), { mode: "read" });
    const incidents = recordedIncidents(store.journal, {}).filter(
      ({ incident }) => incident.kind === "outage",
    );
    store.close();
    const running = incidents.filter(({ incident }) => incident.endMs === undefined);
    const last = moments.get(quarter.polls.at(-1)!)!;
    const downNow = [...inventory.links.keys()].filter((id) => last.linkState(id) === "down");
    expect(
      running
        .filter(({ incident }) => incident.subject.kind === "link")
        .map(({ incident }) => incident.subject.id)
        .toSorted(),
    ).toEqual(downNow.toSorted());
    for (const { incident } of incidents) {
      if (incident.subject.kind !== "link" || incident.flapping || incident.revision > 1) continue;
      // At each poll that counted inside it, the link was down.
      const inside = quarter.polls.filter(
        ({ clockMs }) => clockMs >= incident.startMs && clockMs < (incident.endMs ?? TO),
      );
      const states = inside.map((poll) => moments.get(poll)!.linkState(incident.subject.id));
      expect({
        id: incident.id,
        up: states.filter((state) => state === "up").length > 0 && inside.length === 1,
      }).toEqual({ id: incident.id, up: false });
    }
    const shut = quarter.faults.find(({ kind, toMs, fromMs }) => kind === "shut" && toMs - fromMs > HOUR);
    if (shut) {
      const found = incidents.find(
        ({ incident }) =>
          incident.subject.id === shut.id && incident.startMs >= shut.fromMs && incident.startMs < shut.toMs,
      );
      if (found) expect(found.cause).toBe("configuration");
    }
  });
});
