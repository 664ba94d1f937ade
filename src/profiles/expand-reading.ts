/** Readings: rules of one scalar, written in one line. */
import type { ReadingFile, RuleFile } from "./schema.ts";
import { mainMeasurement } from "./vocabulary.ts";

/** The rule a reading is short for. */
export function expandReading(reading: ReadingFile): RuleFile {
  const oids = [reading.oid].flat();
  const names = oids.map((_, position) => `value${position}`);
  const measurement =
    reading.measurement ?? (reading.states === undefined ? mainMeasurement(reading.class) : "status");
  const slug = reading.key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return {
    id: `${reading.class}-${slug}`,
    class: reading.class,
    ...(reading.unless && { unless: reading.unless }),
    scalars: Object.fromEntries(
      names.map((name, at) => [
        name,
        reading.match === undefined ? oids[at]! : { column: oids[at]!, match: reading.match },
      ]),
    ),
    key: reading.key,
    label: reading.label,
    measurements: {
      [measurement]: {
        from: names,
        ...(reading.unit !== undefined && { unit: reading.unit }),
        ...(reading.scale !== undefined && { scale: reading.scale }),
        ...(reading.offset !== undefined && { offset: reading.offset }),
        ...(reading.valid && { valid: reading.valid }),
        ...(reading.states !== undefined && { states: reading.states }),
      },
    },
    ...(reading.limits && { limits: reading.limits }),
  };
}
