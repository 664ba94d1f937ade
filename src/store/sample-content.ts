/**
 * What a sample holds beside device, time and layout, as numbers in the order of its layout. The same in a record of its
 * own and in a column of a packed hour: only where the numbers go differs.
 *
 * content = epoch · monotonicMs · durationMs · outcome · parts · [incarnation] · [error] · [reachability] ·
 * [incomplete] · values (a state: code, then term of word and severity)
 */
import type {
  Component,
  ComponentClass,
  DeviceSample,
  Incarnation,
  Measurement,
  Outcome,
  Reachability,
} from "../samples/types.ts";
import { MalformedRecordError, type ValueReader, type ValueWriter } from "./bytes.ts";
import { hasSameFrame, isSameComponent, type MeasurementLayout, type SampleLayout } from "./layout.ts";
import type { Terms } from "./terms.ts";

/** Their positions are stored: only ever append. */
const outcomes: readonly Outcome[] = [
  "complete",
  "partial",
  "no-answer",
  "refused",
  "unauthenticated",
  "unresolved",
  "invalid",
  "skipped",
];
const methods: readonly Reachability["method"][] = ["icmp", "snmp", "tcp"];
const clocks: readonly (keyof Incarnation)[] = [
  "engineBoots",
  "sysUpTimeTicks",
  "hostUpTimeTicks",
  "engineTimeSeconds",
];
const part = { error: 1, reachability: 2, incomplete: 4, rtt: 8, jitter: 16 } as const;

/**
 * What a sample holds beside device, time and layout.
 * @returns false when the sample does not have this layout.
 */
export function writeContent(
  writer: ValueWriter,
  sample: DeviceSample,
  layout: SampleLayout,
  terms: Terms,
): boolean {
  if (!hasSameFrame(layout, sample)) return false;
  writeFrame(writer, sample, terms);
  const { components } = sample;
  for (let at = 0; at < components.length; at += 1) {
    const component = components[at] as Component;
    const known = layout.components[at];
    if (!known || !isSameComponent(known, component)) return false;
    if (!writeValues(writer, component.measurements, known.measurements, terms)) return false;
  }
  return true;
}

function writeFrame(writer: ValueWriter, sample: DeviceSample, terms: Terms): void {
  const { error, reachability, incomplete, incarnation } = sample;
  writer.varint(terms.idOf(sample.pollerEpoch));
  writer.number(sample.monotonicMs);
  writer.number(sample.durationMs);
  writer.varint(outcomes.indexOf(sample.outcome));
  writer.varint(
    (error ? part.error : 0) |
      (reachability ? part.reachability : 0) |
      (incomplete.length > 0 ? part.incomplete : 0) |
      (reachability?.rttMs ? part.rtt : 0) |
      (reachability?.jitterMs !== undefined ? part.jitter : 0),
  );
  writer.varint(
    clocks.reduce((mask, clock, bit) => (incarnation[clock] === undefined ? mask : mask | (1 << bit)), 0),
  );
  for (const clock of clocks) {
    const value = incarnation[clock];
    if (value !== undefined) writer.number(value);
  }
  if (error) {
    writer.text(error.code);
    writer.text(error.message);
    writer.varint(error.fix === undefined ? 0 : 1);
    if (error.fix !== undefined) writer.text(error.fix);
  }
  if (reachability) {
    writer.varint(methods.indexOf(reachability.method));
    writer.varint(reachability.sent);
    writer.varint(reachability.received);
    if (reachability.rttMs) {
      writer.number(reachability.rttMs.min);
      writer.number(reachability.rttMs.mean);
      writer.number(reachability.rttMs.max);
    }
    if (reachability.jitterMs !== undefined) writer.number(reachability.jitterMs);
  }
  if (incomplete.length > 0) {
    writer.varint(incomplete.length);
    for (const componentClass of incomplete) writer.varint(terms.idOf(componentClass));
  }
}

function writeValues(
  writer: ValueWriter,
  measurements: Component["measurements"],
  layout: MeasurementLayout,
  terms: Terms,
): boolean {
  const { names, kinds, units } = layout;
  let at = 0;
  for (const name in measurements) {
    const measurement = measurements[name] as Measurement;
    if (names[at] !== name || kinds[at] !== measurement.kind || units[at] !== (measurement.unit ?? null))
      return false;
    writer.number(measurement.value);
    if (measurement.kind === "state") writer.varint(terms.idOfState(measurement.word, measurement.severity));
    at += 1;
  }
  return at === names.length;
}

/** The sample of an opened record, or of what `writeContent` wrote elsewhere. @throws MalformedRecordError */
export function readContent(
  reader: ValueReader,
  device: string,
  atMs: number,
  layout: SampleLayout,
  terms: Terms,
): DeviceSample {
  const frame = readFrame(reader, device, atMs, layout, terms);
  const components = readComponents(reader, layout, terms);
  if (!reader.isAtEnd) throw new MalformedRecordError("the record is longer than its layout");
  return { ...frame, components };
}

/** The components of a sample, after its frame. @throws MalformedRecordError */
export function readComponents(reader: ValueReader, layout: SampleLayout, terms: Terms): Component[] {
  return layout.components.map(({ measurements, ...component }) => ({
    ...component,
    measurements: readValues(reader, measurements, terms),
  }));
}

/** All of a sample but its components. @throws MalformedRecordError */
export function readFrame(
  reader: ValueReader,
  device: string,
  atMs: number,
  layout: SampleLayout,
  terms: Terms,
): Omit<DeviceSample, "components"> {
  const pollerEpoch = terms.text(reader.varint());
  const monotonicMs = Number(reader.number());
  const durationMs = Number(reader.number());
  const outcome = outcomes[reader.varint()];
  if (!outcome) throw new MalformedRecordError("the record has an outcome that is not known");
  const parts = reader.varint();
  const clockMask = reader.varint();
  const incarnation: Incarnation = {};
  clocks.forEach((clock, bit) => {
    if (clockMask & (1 << bit)) incarnation[clock] = Number(reader.number());
  });
  const error = parts & part.error ? readError(reader) : undefined;
  const reachability = parts & part.reachability ? readReachability(reader, parts) : undefined;
  const incomplete: ComponentClass[] = [];
  if (parts & part.incomplete) {
    for (let left = reader.varint(); left > 0; left -= 1)
      incomplete.push(terms.text(reader.varint()) as ComponentClass);
  }
  return {
    device,
    atMs,
    monotonicMs,
    pollerEpoch,
    durationMs,
    outcome,
    ...(error && { error }),
    incarnation,
    ...(reachability && { reachability }),
    ...(layout.system && { system: layout.system }),
    incomplete,
    absent: layout.absent,
  };
}

function readError(reader: ValueReader): NonNullable<DeviceSample["error"]> {
  const code = reader.text();
  const message = reader.text();
  return reader.varint() === 1 ? { code, message, fix: reader.text() } : { code, message };
}

function readReachability(reader: ValueReader, parts: number): Reachability {
  const method = methods[reader.varint()];
  if (!method) throw new MalformedRecordError("the record has a reachability method that is not known");
  const reachability: Reachability = { method, sent: reader.varint(), received: reader.varint() };
  if (parts & part.rtt) {
    reachability.rttMs = {
      min: Number(reader.number()),
      mean: Number(reader.number()),
      max: Number(reader.number()),
    };
  }
  if (parts & part.jitter) reachability.jitterMs = Number(reader.number());
  return reachability;
}

function readValues(
  reader: ValueReader,
  layout: MeasurementLayout,
  terms: Terms,
): Record<string, Measurement> {
  const measurements: Record<string, Measurement> = {};
  const { names, kinds, units } = layout;
  for (let at = 0; at < names.length; at += 1) {
    const kind = kinds[at] as Measurement["kind"];
    const measurement: Measurement = { kind, value: reader.number() };
    const unit = units[at];
    if (typeof unit === "string") measurement.unit = unit;
    if (kind === "state") Object.assign(measurement, terms.state(reader.varint()));
    measurements[names[at] as string] = measurement;
  }
  return measurements;
}
