/** The incident engine's own cost after the health of one cycle: 5,000 devices, quiet and in a storm. */
import { evaluate } from "../../src/health/evaluate.ts";
import { advance } from "../../src/health/incident/engine.ts";
import { type IncidentState, writeIncidentState } from "../../src/health/incident/state.ts";
import type { HealthSnapshot } from "../../src/health/types.ts";
import { ratesBetween } from "../../src/samples/rates.ts";
import type { RatedSample } from "../../src/samples/types.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { NOW, port, sample, silent } from "../health/samples.ts";
import { province } from "../topology/province.ts";
import type { Figure } from "./figure.ts";

const DEVICES = 5000;
const RUNS = 7;

export async function run(): Promise<Figure[]> {
  const inventory = bigProvince();
  const topology = buildTopology(inventory);
  const healthOf = (nowMs: number, lost: (index: number) => boolean): HealthSnapshot => {
    const samples = new Map<string, RatedSample[]>();
    [...inventory.devices.keys()].forEach((id, index) => {
      const one = lost(index)
        ? silent(id, nowMs)
        : sample(id, nowMs, { components: [port("p0"), port("p1")] });
      samples.set(id, [ratesBetween(undefined, one)]);
    });
    return evaluate({ inventory, topology, samples, nowMs });
  };
  const quiet = healthOf(NOW, () => false);
  const calm = advance(undefined, quiet, NOW, { inventory }).state;
  const storm = healthOf(NOW + 60_000, (index) => index % 5 === 4);
  const after = advance(calm, storm, NOW + 60_000, { inventory });
  const step = (state: IncidentState, snapshot: HealthSnapshot, minute: number) =>
    best(() => advance(state, snapshot, NOW + minute * 60_000, { inventory }));
  const name = `incidents: a cycle of ${DEVICES} devices`;
  return [
    { name: `${name}, quiet`, value: step(calm, quiet, 1), unit: "ms" },
    { name: `${name}, ${after.events.length} incidents begin`, value: step(calm, storm, 1), unit: "ms" },
    {
      name: `${name}, ${after.state.incidents.size} incidents run`,
      value: step(after.state, storm, 2),
      unit: "ms",
    },
    {
      name: "incidents: what is remembered of them",
      value: JSON.stringify(writeIncidentState(after.state)).length / 1e3,
      unit: "kB",
    },
  ];
}

function bigProvince() {
  return province({
    devices: Array.from({ length: DEVICES }, (_, index) => ({
      id: `d${index}`,
      site: `s${Math.floor(index / 5)}`,
    })),
    links: Array.from({ length: DEVICES / 5 - 1 }, (_, index) => ({
      id: `l${index}`,
      a: `d${5 * Math.floor(index / 20)}/p0`,
      b: `d${5 * (index + 1)}/p1`,
    })),
  });
}

function best(work: () => unknown): number {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < RUNS; round++) {
    const startMs = performance.now();
    work();
    bestMs = Math.min(bestMs, performance.now() - startMs);
  }
  return bestMs;
}
