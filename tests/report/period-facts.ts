/** A small province with a month of states, for the reports on a period. */

import { healthOfHistory } from "../../src/actions/report/history-health.ts";
import type { AnnotatedIncident } from "../../src/health/incident/people.ts";
import type { Incident } from "../../src/health/incident/types.ts";
import { MaintenancePlan } from "../../src/health/maintenance-periods.ts";
import type { Span } from "../../src/health/timeline.ts";
import type { State } from "../../src/health/types.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import type { ReportInput } from "../../src/report/input.ts";
import type { LinkLoad } from "../../src/report/period/facts.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { province } from "../topology/province.ts";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** November 2026 at the province: thirty days. */
export const FROM = Date.UTC(2026, 9, 31, 17);
export const TO = FROM + 30 * DAY;

export function smallProvince(text = ""): Inventory {
  return province({
    agencies: [
      { id: "center", kind: "department", name: `Trung tâm${text}` },
      { id: "d", kind: "district", name: `Huyện D${text}` },
      { id: "c1", kind: "commune", name: `Xã Một${text}`, parents: [{ agency: "d" }] },
      { id: "c2", kind: "commune", name: `Xã Hai${text}`, parents: [{ agency: "d" }] },
      { id: "c3", kind: "commune", name: `Xã Ba${text}`, parents: [{ agency: "d" }] },
    ],
    sites: [
      { id: "center", agency: "center", latitude: 17.48, longitude: 106.6 },
      { id: "c1", agency: "c1", latitude: 17.6, longitude: 106.4, name: `Điểm một${text}` },
      { id: "c2", agency: "c2", latitude: 17.3, longitude: 106.5 },
      { id: "c3", agency: "c3" },
    ],
    devices: [
      { id: "core", site: "center", interfaces: [{ name: "ge9" }] },
      { id: "r1", site: "c1", name: `rt-1${text}` },
      { id: "r2", site: "c2" },
    ],
    links: [
      {
        id: "l1",
        a: "core/ge1",
        b: "r1/ge0",
        carrier: `VNPT${text}`,
        circuitId: `C-1${text}`,
        committedMbps: 100,
        slo: { availabilityPercent: 99.5 },
        group: { id: "c1", role: "primary" },
      },
      {
        id: "l1b",
        a: "core/ge3",
        b: "r1/ge1",
        carrier: "Viettel",
        kind: "cellular",
        committedMbps: 20,
        slo: { availabilityPercent: 99 },
        group: { id: "c1", role: "backup" },
      },
      {
        id: "l2",
        a: "core/ge2",
        b: "r2/ge0",
        carrier: "Viettel",
        committedMbps: 50,
        slo: { availabilityPercent: 99.9 },
      },
    ],
    maintenance: [{ id: "w", links: ["l1"], from: "2026-11-10T01:00", until: "2026-11-10T05:00" }],
  });
}

const span = (state: State, fromMs: number, toMs: number): Span<State> => ({ state, fromMs, toMs });

export function incident(
  subject: Incident["subject"],
  startMs: number,
  endMs: number | undefined,
  rest: Partial<Incident> = {},
): AnnotatedIncident {
  const one: Incident = {
    id: `i-${subject.id}-${startMs}`,
    kind: "outage",
    subject,
    code: "outage",
    severity: "critical",
    startMs,
    ...(endMs !== undefined && { endMs }),
    lastSeenMs: endMs ?? startMs,
    reasons: [],
    cause: { kind: "unknown", evidence: [] },
    impact: "cut-off",
    affected: { agencies: [], sites: [], devices: [], links: [] },
    planned: [],
    unknown: [],
    revision: 1,
    revisions: [],
    ...rest,
  };
  return { incident: one, annotations: [], cause: one.cause.kind, attributedBy: "rule" };
}

/** l1: six hours down, four of them planned, two the carrier's. l2: measured for half of the month. */
export function reportInput(text = "", rest: Partial<ReportInput> = {}): ReportInput {
  const inventory = smallProvince(text);
  const down = FROM + 9 * DAY;
  const states = new Map<string, Span<State>[]>([
    [
      "link/l1",
      [span("up", FROM, down), span("down", down, down + 6 * HOUR), span("up", down + 6 * HOUR, TO)],
    ],
    ["link/l1b", [span("up", FROM, TO)]],
    ["link/l2", [span("up", FROM, FROM + 15 * DAY)]],
    ["agency/c1", [span("up", FROM, TO)]],
    ["agency/c2", [span("up", FROM, FROM + 29 * DAY), span("unreachable", FROM + 29 * DAY, TO)]],
    ["site/c1", [span("degraded", FROM, TO)]],
  ]);
  const spans = new Map(
    [...states].map(([subject, list]) => [subject, list.map((one) => ({ subject, ...one }))]),
  );
  return {
    inventory,
    topology: buildTopology(inventory, { on: "2026-11-30" }),
    health: healthOfHistory(spans, TO),
    samples: new Map(),
    language: "en",
    madeAtMs: TO + HOUR,
    facts: {
      fromMs: FROM,
      toMs: TO,
      states,
      plan: new MaintenancePlan(inventory),
      incidents: [
        incident({ kind: "link", id: "l1" }, down, down + 6 * HOUR, {
          cause: {
            kind: "carrier",
            carrier: "VNPT",
            evidence: [
              {
                code: "port-down",
                atMs: down,
                values: { device: "core", interface: `ge1${text}`, word: "down" },
              },
            ],
          },
          reasons: [
            {
              code: "link-end-down",
              severity: "critical",
              values: { device: "core", interface: `ge1${text}`, word: "down" },
            },
          ],
          affected: { agencies: ["c1"], sites: ["c1"], devices: ["r1"], links: [] },
        }),
        incident({ kind: "device", id: "r2" }, TO - HOUR, undefined),
      ],
      before: {
        fromMs: FROM - 31 * DAY,
        toMs: FROM,
        states: new Map([["link/l1", [span("up", FROM - 31 * DAY, FROM)]]]),
        plan: new MaintenancePlan(inventory),
      },
      loads: new Map([["l1", load()]]),
      lastSeen: new Map([
        ["r1", TO - 60_000],
        ["r2", TO - 3 * DAY],
      ]),
    },
    ...rest,
  };
}

/** Thirty days: from 20 Mbit/s up by one a day, twice as much at nine o'clock, one wild day. */
function load(): LinkLoad {
  const steps = 30 * 288;
  const out = new Float64Array(steps);
  for (let at = 0; at < steps; at++) {
    const day = Math.floor(at / 288);
    const hour = Math.floor((at % 288) / 12);
    out[at] = (20 + day) * 1e6 * (hour === 9 ? 2 : 1) * (day === 13 ? 9 : 1) * 0.5;
  }
  return {
    stepMs: 300_000,
    in: new Float64Array(steps).fill(1e6),
    out,
    peakIn: 2e6,
    peakOut: 99e6,
    rttMs: 12.5,
    lossPercent: 0.01,
  };
}
