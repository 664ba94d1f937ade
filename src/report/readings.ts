/** The values of a device that a table has room for, out of its newest sample. */
import type { Component, ComponentClass, DeviceSample, RatedSample } from "../samples/types.ts";

/** IANAifType of ports one can plug something into: ethernetCsmacd and the older ones some agents still send. */
const PHYSICAL_TYPES: ReadonlySet<string> = new Set(["6", "62", "69", "117"]);

/** Ports by status. */
export interface PortCounts {
  up: number;
  down: number;
  /** Shut down by configuration. */
  shut: number;
  total: number;
}

/** The newest sample that holds measurements; undefined when the newest one holds none. */
export function newestMeasured(series: readonly RatedSample[] | undefined): DeviceSample | undefined {
  const sample = series?.at(-1)?.sample;
  return sample && (sample.outcome === "complete" || sample.outcome === "partial") ? sample : undefined;
}

/** The last sample in which the device said what it is. */
export function newestIdentity(series: readonly RatedSample[] | undefined): DeviceSample["system"] {
  return series?.findLast(({ sample }) => sample.system !== undefined)?.sample.system;
}

/** Physical ports by status; every interface where the device gives no types. */
export function countPorts(sample: DeviceSample): PortCounts | undefined {
  const interfaces = sample.components.filter((component) => component.class === "interface");
  if (interfaces.length === 0) return undefined;
  const typed = interfaces.filter(({ attributes }) => PHYSICAL_TYPES.has(String(attributes.type)));
  const counts: PortCounts = { up: 0, down: 0, shut: 0, total: 0 };
  for (const { measurements } of typed.length > 0 ? typed : interfaces) {
    counts.total++;
    if (measurements.adminStatus?.word === "down") counts.shut++;
    else if (measurements.operStatus?.word === "up") counts.up++;
    else counts.down++;
  }
  return counts;
}

/**
 * The highest value of a measurement over the parts of a class: the busiest processor, the hottest sensor. Parts that
 * are full by design (a profile says so with a limit above 100 percent) are left out.
 */
export function highest(
  sample: DeviceSample,
  componentClass: ComponentClass,
  name: string,
): number | undefined {
  let found: number | undefined;
  for (const component of sample.components) {
    const measurement = component.class === componentClass ? component.measurements[name] : undefined;
    if (!measurement || measurement.kind === "state") continue;
    if (measurement.unit === "percent" && Number(component.attributes.warningAbove ?? 0) > 100) continue;
    const value = Number(measurement.value);
    if (Number.isFinite(value) && (found === undefined || value > found)) found = value;
  }
  return found;
}

/** Seconds since the host, its engine or its agent started, whichever ran longest. */
export function uptimeSeconds({ incarnation }: DeviceSample): number | undefined {
  const known = [
    incarnation.hostUpTimeTicks === undefined ? undefined : incarnation.hostUpTimeTicks / 100,
    incarnation.sysUpTimeTicks === undefined ? undefined : incarnation.sysUpTimeTicks / 100,
    incarnation.engineTimeSeconds,
  ].filter((seconds) => seconds !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** A component's measurements in one line: "busyPercent 12 percent, status ok". All of it may be device text. */
export function valueText(component: Component, write: (value: number) => string): string {
  return Object.entries(component.measurements)
    .filter(([, { kind }]) => kind === "gauge" || kind === "state")
    .map(([name, { kind, value, unit, word }]) =>
      kind === "state"
        ? `${name} ${word ?? value}`
        : `${name} ${write(Number(value))}${unit ? ` ${unit}` : ""}`,
    )
    .join(", ");
}
