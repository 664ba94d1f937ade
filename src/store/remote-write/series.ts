/**
 * A device sample as series of a Prometheus-like receiver: `pdc_<class>_<measurement>[_<unit>][_total]`, labels
 * `device`, `component` and what the caller knows of the device (agency, site). Values as measured, counters as
 * counters: rates are the receiver's. Pure.
 */
import type { Component, DeviceSample, Measurement } from "../../samples/types.ts";
import type { RemoteSample } from "./write-request.ts";

export type Labels = Readonly<Record<string, string>>;

/** Text of devices is clipped: receivers refuse long values. */
const LONGEST_VALUE = 256;
/** Units that are in a metric's name; what is counted (packets, messages, failures) has its name from that already. */
const unitWords: Readonly<Record<string, string>> = {
  "bits-per-second": "bits_per_second",
  octets: "octets",
  percent: "percent",
  seconds: "seconds",
  milliseconds: "ms",
  minutes: "minutes",
  celsius: "celsius",
  rpm: "rpm",
  watts: "watts",
  volts: "volts",
  amperes: "amperes",
  hertz: "hertz",
  megahertz: "megahertz",
  dBm: "dbm",
};

/** @param labels of the device: "agency", "site" … */
export function seriesOf(sample: DeviceSample, labels: Labels): RemoteSample[] {
  const { atMs, device } = sample;
  const own: Labels = { ...labels, device };
  const found: RemoteSample[] = [];
  const put = (name: string, value: number, more: Labels = own) =>
    found.push({ labels: sorted({ ...more, __name__: name }), value, atMs });
  addDevice(sample, put);
  for (const component of sample.components) {
    const base = { ...own, component: clip(component.key) };
    for (const name in component.measurements) {
      const measurement = component.measurements[name]!;
      if (measurement.unit === "ticks") continue;
      put(metricName(component.class, name, measurement), Number(measurement.value), base);
    }
  }
  return found;
}

function addDevice(sample: DeviceSample, put: (name: string, value: number) => void): void {
  const { outcome, durationMs, reachability, incarnation } = sample;
  const isUp = upOf(outcome);
  if (isUp !== undefined) put("pdc_device_up", isUp ? 1 : 0);
  if (outcome !== "skipped") put("pdc_device_poll_duration_seconds", durationMs / 1000);
  if (incarnation.sysUpTimeTicks !== undefined)
    put("pdc_device_uptime_seconds", incarnation.sysUpTimeTicks / 100);
  if (!reachability || reachability.sent === 0) return;
  const { sent, received, rttMs, jitterMs } = reachability;
  put("pdc_device_packet_loss_ratio", (sent - received) / sent);
  if (rttMs) put("pdc_device_rtt_seconds", rttMs.mean / 1000);
  if (jitterMs !== undefined) put("pdc_device_jitter_seconds", jitterMs / 1000);
}

/** 1: it answered SNMP, 0: it did not, undefined: it was not asked. */
function upOf(outcome: DeviceSample["outcome"]): boolean | undefined {
  if (outcome === "skipped" || outcome === "unresolved") return undefined;
  return outcome === "complete" || outcome === "partial";
}

/** "pdc_interface_in_octets_total", "pdc_temperature_celsius". */
export function metricName(
  componentClass: Component["class"],
  name: string,
  { kind, unit }: Pick<Measurement, "kind" | "unit">,
): string {
  const words = [snake(componentClass)];
  const measured = snake(name);
  if (measured !== "value") words.push(measured);
  const unitWord = unit === undefined ? undefined : unitWords[unit];
  if (unitWord !== undefined && !`_${words.join("_")}_`.includes(`_${unitWord}_`)) words.push(unitWord);
  if (kind === "counter32" || kind === "counter64") words.push("total");
  return `pdc_${words.join("_")}`;
}

function snake(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");
}

/** By octets of the name, which are all ASCII; empty values are no labels. */
function sorted(labels: Labels): (readonly [string, string])[] {
  return Object.entries(labels)
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Not in the middle of a pair of surrogates: the receiver wants UTF-8. */
function clip(text: string): string {
  return text.slice(0, LONGEST_VALUE).toWellFormed();
}
