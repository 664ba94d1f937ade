/**
 * One value of a sample over the samples of an hour, as few octets: constant, differences, or differences of
 * differences, whichever is shortest. Every value comes back exactly, its type too.
 */
import { type ByteReader, type ByteWriter, MalformedRecordError } from "./bytes.ts";

export type ColumnValue = number | bigint | string;

/** Numbers below are stored. */
const kind = { constant: 0, delta: 1, deltaOfDelta: 2, list: 3 } as const;
/** What the values are: whole numbers as they are, or × 10, 100, 1000; bigints; texts; anything. */
const type = { scaled0: 0, scaled1: 1, scaled2: 2, scaled3: 3, bigint: 4, text: 5, any: 6 } as const;
const scales = [1, 10, 100, 1000] as const;
const TYPES = 8;
const LARGEST = 2 ** 49;

/** Writes a column of at least one value. */
export function writeColumn(writer: ByteWriter, values: readonly ColumnValue[]): void {
  const first = values[0] as ColumnValue;
  const typeOfAll =
    typeof first === "string" ? type.text : typeof first === "bigint" ? type.bigint : type.any;
  if (values.every((value) => Object.is(value, first))) {
    writer.varint(kind.constant * TYPES + typeOfAll);
    writeOne(writer, first);
    return;
  }
  const whole = values.some((value) => typeof value !== typeof first) ? undefined : wholeNumbers(values);
  if (!whole) {
    const isText = values.every((value) => typeof value === "string");
    writer.varint(kind.list * TYPES + (isText ? type.text : type.any));
    for (const value of values) {
      if (!isText) writer.varint(typeof value === "string" ? 1 : 0);
      writeOne(writer, value);
    }
    return;
  }
  const { deltas } = whole;
  const isSecondShorter = costOfSecond(deltas) < cost(deltas);
  writer.varint((isSecondShorter ? kind.deltaOfDelta : kind.delta) * TYPES + whole.type);
  writer.number(whole.first);
  let before = 0;
  for (const delta of deltas) {
    writer.varint(zigzag(isSecondShorter ? delta - before : delta));
    before = delta;
  }
}

/** @throws MalformedRecordError */
export function readColumn(reader: ByteReader, count: number): ColumnValue[] {
  const code = reader.varint();
  const typeOfAll = code % TYPES;
  switch ((code - typeOfAll) / TYPES) {
    case kind.constant:
      return new Array<ColumnValue>(count).fill(readOne(reader, typeOfAll === type.text));
    case kind.list:
      return Array.from({ length: count }, () =>
        readOne(reader, typeOfAll === type.text || reader.varint() === 1),
      );
    case kind.delta:
      return readDeltas(reader, count, typeOfAll, false);
    case kind.deltaOfDelta:
      return readDeltas(reader, count, typeOfAll, true);
    default:
      throw new MalformedRecordError("a column has a form that is not known");
  }
}

function readDeltas(reader: ByteReader, count: number, typeOfAll: number, isSecond: boolean): ColumnValue[] {
  const first = reader.number();
  const values = new Array<ColumnValue>(count);
  let delta = 0;
  if (typeOfAll === type.bigint) {
    let value = BigInt(first);
    values[0] = value;
    for (let at = 1; at < count; at += 1) {
      delta = isSecond ? delta + unzigzag(reader.varint()) : unzigzag(reader.varint());
      value += BigInt(delta);
      values[at] = value;
    }
    return values;
  }
  const scale = scales[typeOfAll];
  if (scale === undefined || typeof first !== "number")
    throw new MalformedRecordError("a column has a type that is not known");
  let value = first;
  values[0] = value / scale;
  for (let at = 1; at < count; at += 1) {
    delta = isSecond ? delta + unzigzag(reader.varint()) : unzigzag(reader.varint());
    value += delta;
    values[at] = value / scale;
  }
  return values;
}

function writeOne(writer: ByteWriter, value: ColumnValue): void {
  if (typeof value === "string") writer.text(value);
  else writer.number(value);
}

function readOne(reader: ByteReader, isText: boolean): ColumnValue {
  return isText ? reader.text() : reader.number();
}

/** The values as whole numbers with their differences; undefined when they are none, or too far apart to be exact. */
function wholeNumbers(
  values: readonly ColumnValue[],
): { type: number; first: number | bigint; deltas: number[] } | undefined {
  if (typeof values[0] === "string") return undefined;
  const deltas: number[] = [];
  if (typeof values[0] === "bigint") {
    let before = values[0];
    for (let at = 1; at < values.length; at += 1) {
      const value = values[at] as bigint;
      const delta = Number(value - before);
      if (Math.abs(delta) >= LARGEST) return undefined;
      deltas.push(delta);
      before = value;
    }
    return { type: type.bigint, first: values[0], deltas };
  }
  const numbers = values as readonly number[];
  for (let decimals = 0; decimals < scales.length; decimals += 1) {
    const scale = scales[decimals] as number;
    const isExact = numbers.every((value) => {
      const scaled = scale === 1 ? value : Math.round(value * scale);
      return (
        Number.isInteger(scaled) &&
        scaled / scale === value &&
        Math.abs(scaled) < LARGEST &&
        !Object.is(value, -0)
      );
    });
    if (!isExact) continue;
    const scaled = numbers.map((value) => Math.round(value * scale));
    for (let at = 1; at < scaled.length; at += 1)
      deltas.push((scaled[at] as number) - (scaled[at - 1] as number));
    return { type: decimals, first: scaled[0] as number, deltas };
  }
  return undefined;
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** About how many octets the varints take. */
function cost(deltas: readonly number[]): number {
  let octets = 0;
  for (const delta of deltas) octets += octetsOf(delta);
  return octets;
}

function costOfSecond(deltas: readonly number[]): number {
  let octets = 0;
  let before = 0;
  for (const delta of deltas) {
    octets += octetsOf(delta - before);
    before = delta;
  }
  return octets;
}

function octetsOf(value: number): number {
  const size = value < 0 ? -value : value;
  // 0 costs almost nothing once the hour is compressed.
  if (size === 0) return 0.2;
  if (size < 64) return 1;
  if (size < 8192) return 2;
  if (size < 1_048_576) return 3;
  return size < 134_217_728 ? 4 : 5 + (size >= 2 ** 34 ? 2 : 0);
}
