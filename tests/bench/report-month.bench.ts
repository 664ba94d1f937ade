/** The monthly availability report of 2,000 devices and 2,000 links, from a store with a year of states and incidents. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INCIDENT } from "../../src/actions/incident/recorded.ts";
import { type MadeReport, reportOf } from "../../src/actions/report/make-report.ts";
import { monthPeriod } from "../../src/actions/report/period.ts";
import { periodInput } from "../../src/actions/report/period-report.ts";
import { reportHtml } from "../../src/actions/report/presentation.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import type { StateObservation } from "../../src/store/history-types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { incident } from "../report/period-facts.ts";
import { province } from "../topology/province.ts";
import type { Figure } from "./figure.ts";

const SITES = 2000;
const MONTHS = 12;
const OUTAGES = 3;
const HOUR = 3_600_000;
const TO = Date.UTC(2026, 9, 31, 17);

export async function run(): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), "pdc-month-"));
  const path = join(directory, "samples.db");
  const inventory = bigProvince();
  try {
    fill(path, inventory);
    const store = openStore(path, { mode: "read" });
    const period = monthPeriod("2026-10", "Asia/Ho_Chi_Minh", TO);
    let made: MadeReport | undefined;
    const modelMs = timed(() => {
      const { facts, ...found } = periodInput("availability", store, inventory, period);
      made = reportOf("availability", inventory, found, { facts, language: "vi", madeAtMs: TO });
    });
    let page = "";
    const pageMs = timed(() => {
      page = reportHtml(made!);
    });
    store.close();
    const rows = made!.model.sections[0].table.rows.length;
    return [
      {
        name: `report: a month's availability of ${rows} links, ${SITES} agencies from the store`,
        value: modelMs,
        unit: "ms",
        target: "<= 2000",
      },
      {
        name: "report: the same as a page of the whole province",
        value: modelMs + pageMs,
        unit: "ms",
        target: "<= 3000",
      },
      { name: "report: that page, size", value: Buffer.byteLength(page) / 1e6, unit: "MB", target: "<= 3" },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function bigProvince(): Inventory {
  const at = (index: number) => ({ latitude: 17 + (index % 47) / 47, longitude: 105.7 + (index % 53) / 53 });
  const ids = Array.from({ length: SITES }, (_, index) => `x${index}`);
  return province({
    sites: [
      ...ids.map((id, index) => ({ id, agency: id, ...at(index) })),
      { id: "center", agency: "center", ...at(20) },
    ],
    agencies: ids.map((id, index) => ({ id, name: `Xã số ${index}`, kind: "commune" })),
    devices: [{ id: "core", site: "center" }, ...ids.map((id) => ({ id: `rt-${id}`, site: id }))],
    links: ids.map((id, index) => ({
      id: `wan-${id}`,
      carrier: ["VNPT", "Viettel", "FPT"][index % 3],
      circuitId: `QB-${index}`,
      slo: { availabilityPercent: 99.5 },
      a: `core/p${index}`,
      b: `rt-${id}/wan`,
    })),
    maintenance: Array.from({ length: 40 }, (_, index) => ({
      id: `w${index}`,
      links: [`wan-x${index}`],
      from: "2026-01-01T01:00",
      until: "2026-01-01T03:00",
      repeat: index % 2 === 0 ? "weekly" : "monthly",
    })),
  });
}

/** A year in which every subject changes its state six times a month. */
function fill(path: string, inventory: Inventory): void {
  const store = openStore(path, { mode: "write" });
  const subjects = [
    ...[...inventory.links.keys()].map((id) => `link/${id}`),
    ...[...inventory.devices.keys()].map((id) => `device/${id}`),
    ...[...inventory.sites.keys()].map((id) => `site/${id}`),
    ...[...inventory.agencies.keys()].map((id) => `agency/${id}`),
  ];
  for (let month = MONTHS - 1; month >= 0; month--) {
    const fromMs = TO - (month + 1) * 30 * 24 * HOUR;
    const moments: [number, string][] = Array.from({ length: OUTAGES }, (_, index) => index).flatMap(
      (index) => [
        [fromMs + index * 200 * HOUR, "up"],
        [fromMs + (index * 200 + 150) * HOUR, "down"],
      ],
    );
    for (const [atMs, state] of [...moments, [fromMs + 700 * HOUR, "up"] as [number, string]]) {
      const observations: StateObservation[] = subjects.map((subject, place) => ({
        subject,
        state,
        atMs: atMs + place * 1000,
        holdMs: 400 * HOUR,
      }));
      store.history.record(observations, { nowMs: atMs, liveMs: 1e12 });
    }
    store.transaction(() => {
      for (const id of inventory.links.keys()) {
        const { incident: body } = incident({ kind: "link", id }, fromMs + 150 * HOUR, fromMs + 200 * HOUR);
        const { startMs, endMs } = body;
        store.journal.append({
          kind: INCIDENT,
          id: `${body.id}-${month}`,
          subject: `link/${id}`,
          openedMs: startMs,
          closedMs: endMs!,
          body,
        });
      }
    });
  }
  store.close();
}

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}
