/** Samples and rollups as rows of a table: one value each. Pure. */
import type { DeviceSample } from "../../samples/types.ts";
import type { RollupSeries } from "../../store/history-types.ts";

export interface ExportColumn {
  name: string;
  /** As Parquet has it. */
  type: "STRING" | "DOUBLE" | "INT64" | "TIMESTAMP" | "BOOLEAN";
}

export type ExportRow = (string | number | bigint | boolean | null)[];

const LARGEST_INT64 = 2n ** 63n - 1n;

/** `counter` is exact where `value` is the nearest double. A poll without values is a row without a measurement. */
export const sampleColumns: readonly ExportColumn[] = [
  { name: "time", type: "TIMESTAMP" },
  { name: "device", type: "STRING" },
  { name: "outcome", type: "STRING" },
  { name: "class", type: "STRING" },
  { name: "key", type: "STRING" },
  { name: "measurement", type: "STRING" },
  { name: "kind", type: "STRING" },
  { name: "unit", type: "STRING" },
  { name: "value", type: "DOUBLE" },
  { name: "counter", type: "INT64" },
  { name: "word", type: "STRING" },
];

export function* sampleRows(samples: Iterable<DeviceSample>): Generator<ExportRow> {
  for (const { atMs, device, outcome, components } of samples) {
    const time = new Date(atMs).toISOString();
    if (components.length === 0)
      yield [time, device, outcome, null, null, null, null, null, null, null, null];
    for (const { class: componentClass, key, measurements } of components) {
      for (const name in measurements) {
        const { kind, value, unit, word } = measurements[name]!;
        const isCounter = kind === "counter32" || kind === "counter64";
        const counter = isCounter && BigInt(value) <= LARGEST_INT64 ? BigInt(value) : null;
        yield [
          time,
          device,
          outcome,
          componentClass,
          key,
          name,
          kind,
          unit ?? null,
          Number(value),
          counter,
          word ?? null,
        ];
      }
    }
  }
}

/** Rates are per second of the unit. */
export const rollupColumns: readonly ExportColumn[] = [
  { name: "time", type: "TIMESTAMP" },
  { name: "device", type: "STRING" },
  { name: "class", type: "STRING" },
  { name: "key", type: "STRING" },
  { name: "measurement", type: "STRING" },
  { name: "unit", type: "STRING" },
  { name: "is_rate", type: "BOOLEAN" },
  { name: "min", type: "DOUBLE" },
  { name: "mean", type: "DOUBLE" },
  { name: "max", type: "DOUBLE" },
  { name: "count", type: "DOUBLE" },
];

export function* rollupRows(all: Iterable<RollupSeries>): Generator<ExportRow> {
  for (const { device, class: componentClass, key, measurement, unit, isRate, ...series } of all) {
    for (let at = 0; at < series.atMs.length; at += 1) {
      const time = new Date(series.atMs[at]!).toISOString();
      yield [
        time,
        device,
        componentClass,
        key,
        measurement,
        unit ?? null,
        isRate,
        series.min[at]!,
        series.mean[at]!,
        series.max[at]!,
        series.count[at]!,
      ];
    }
  }
}
