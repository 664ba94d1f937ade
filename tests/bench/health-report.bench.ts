/** The WAN and agency pages of a whole province: 2,000 devices, 2,000 links, half a day of traffic behind each. */
import { evaluate } from "../../src/health/evaluate.ts";
import { htmlPage } from "../../src/report/html/page.ts";
import { speechFor } from "../../src/report/languages.ts";
import { reports } from "../../src/report/reports.ts";
import { collectSeries } from "../../src/report/series.ts";
import { ratesBetween } from "../../src/samples/rates.ts";
import type { DeviceSample, RatedSample } from "../../src/samples/types.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { NOW, port, sample, silent } from "../health/samples.ts";
import { province } from "../topology/province.ts";
import type { Figure } from "./figure.ts";

const SITES = 2000;
const HUBS = 20;
const STEP_MS = 15 * 60_000;
const STEPS = 48;

export async function run(): Promise<Figure[]> {
  const inventory = bigProvince();
  const topology = buildTopology(inventory);
  const devices = [...inventory.devices.keys()];
  const history = function* (): Generator<DeviceSample> {
    for (const device of devices)
      for (let step = STEPS; step >= 0; step--) yield sampleOf(device, NOW - step * STEP_MS);
  };
  const samples = new Map<string, RatedSample[]>();
  for (const device of devices) {
    const before = sampleOf(device, NOW - STEP_MS);
    samples.set(device, [ratesBetween(undefined, before), ratesBetween(before, sampleOf(device, NOW))]);
  }
  const figures: Figure[] = [];
  const health = evaluate({ inventory, topology, samples, nowMs: NOW });
  let period: ReturnType<typeof collectSeries> | undefined;
  figures.push({
    name: `report: series of ${devices.length * (STEPS + 1)} samples`,
    value: timed(() => {
      period = collectSeries(inventory, history(), NOW - STEPS * STEP_MS, NOW);
    }),
    unit: "ms",
  });
  for (const kind of ["wan", "agency"] as const) {
    let page = "";
    const ms = timed(() => {
      const model = reports[kind]({
        inventory,
        topology,
        health,
        samples,
        language: "vi",
        madeAtMs: NOW,
        period: period!,
      });
      page = htmlPage(model, speechFor(inventory, "vi", NOW));
    });
    const name = `report: ${kind} page of ${SITES} sites`;
    figures.push({ name, value: ms, unit: "ms", target: "<= 3000" });
    figures.push({ name: `${name}, size`, value: Buffer.byteLength(page) / 1e6, unit: "MB", target: "<= 3" });
  }
  return figures;
}

function bigProvince() {
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
      committedMbps: 50,
      slo: { availabilityPercent: 99.5 },
      a: index < HUBS ? `core/p${index}` : `rt-x${index % HUBS}/p${Math.floor(index / HUBS)}`,
      b: `rt-${id}/wan`,
    })),
  });
}

function sampleOf(device: string, atMs: number): DeviceSample {
  const number = Number(device.replace("rt-x", "")) || 0;
  if (number % 97 === 96 && atMs === NOW) return silent(device, atMs);
  const seconds = (atMs - NOW) / 1000 + STEPS * 900;
  const octets = 1e6 + seconds * (1e5 + number * 700) * (1 + 0.3 * Math.sin(seconds / 9000 + number));
  return sample(device, atMs, {
    components: [port("wan", { counters: { inOctets: octets, outOctets: octets / 3 } })],
  });
}

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}
