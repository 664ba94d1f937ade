/** Measurements in words and units, as `pdc device show` prints them. */

import { createFormat } from "../../report/format.ts";
import type { Measurement } from "../../samples/types.ts";

const format = createFormat("en", "UTC");

/** Binary prefixes, as operating systems and devices count memory and disks. */
function octets(value: number): string {
  const steps = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let rest = value;
  let step = 0;
  while (Math.abs(rest) >= 1024 && step < steps.length - 1) {
    rest /= 1024;
    step += 1;
  }
  return `${format.decimal(rest, step === 0 ? 0 : 1)} ${steps[step]}`;
}

const short: Readonly<Record<string, string>> = {
  celsius: "°C",
  volts: "V",
  amperes: "A",
  watts: "W",
  hertz: "Hz",
  milliseconds: "ms",
  minutes: "min",
  megahertz: "MHz",
  load: "",
  count: "",
  packets: "",
  units: "",
};

/** "12.4 GiB", "up", "43.5 °C", "1 Gbit/s", "3 d 4 h". Counters as whole numbers, octets in binary units. */
export function measurementText({ kind, value, unit, word }: Measurement): string {
  if (kind === "state") return word ?? String(value);
  const number = Number(value);
  switch (unit) {
    case "octets":
      return octets(number);
    case "bits-per-second":
      return format.bitRate(number);
    case "percent":
      return format.percent(number);
    case "seconds":
      return format.duration(number);
    case "ticks":
      return format.duration(number / 100);
    default: {
      const digits = Math.abs(number) < 10 ? 3 : Math.abs(number) < 100 ? 2 : 1;
      const symbol = unit === undefined ? "" : (short[unit] ?? unit);
      return symbol === "" ? format.decimal(number, digits) : `${format.decimal(number, digits)} ${symbol}`;
    }
  }
}

/** "inUcastPackets" → "IN UCAST", "busyPercent" → "BUSY": the unit is in the cells. */
export function headerOf(name: string): string {
  const bare = name.replace(
    /(?<=[a-z])(?:Octets|Percent|BitsPerSecond|Ticks|Packets|Seconds|Celsius|Volts|Ms)$/,
    "",
  );
  return bare.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toUpperCase();
}
