/**
 * The samples of one device in one hour, value by value instead of sample by sample: what hardly changes from poll to
 * poll then lies together, as differences, and is compressed. Everything comes back exactly.
 *
 * format 1 = zstd(groups) · CRC-32 over it, the device and the key (4 octets, LE)
 * groups = format · count · group…; a group holds the samples of one layout that have the same parts:
 * layout · samples · milliseconds into the hour (column) · columns · column…
 */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { DeviceSample } from "../samples/types.ts";
import { ByteReader, ByteWriter, MalformedRecordError, type ValueReader, type ValueWriter } from "./bytes.ts";
import { type ColumnValue, readColumn, writeColumn } from "./column.ts";
import type { SampleLayout } from "./layout.ts";
import { readContent, writeContent } from "./sample-content.ts";
import type { Terms } from "./terms.ts";

export const HOUR_MS = 3_600_000;
const FORMAT = 1;
const CRC_OCTETS = 4;
/** An hour of a chassis of 10,000 ports polled every minute is some 20 MB; a damaged one must not fill the memory. */
const MAX_OCTETS = 256 * 1024 * 1024;
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 6 } };

/** Samples that have the same layout and the same parts: their values line up in columns. */
interface Group {
  layoutId: number;
  timesMs: number[];
  columns: ColumnValue[][];
}

/** Collects what is written as a list of values with their types. */
class ValueList implements ValueWriter {
  values: ColumnValue[] = [];
  varint(value: number): void {
    this.values.push(value);
  }
  number(value: number | bigint): void {
    this.values.push(value);
  }
  text(value: string): void {
    this.values.push(value);
  }
}

/** Collects the samples of one hour, in time order, and packs them. */
export class HourPacker {
  readonly #terms: Terms;
  readonly #hour: number;
  readonly #groups = new Map<string, Group>();

  constructor(hour: number, terms: Terms) {
    this.#hour = hour;
    this.#terms = terms;
  }

  /** Layouts of what was added. */
  get layouts(): Set<number> {
    return new Set([...this.#groups.values()].map(({ layoutId }) => layoutId));
  }

  /** @param layout of the sample, exactly */
  add(sample: DeviceSample, layoutId: number, layout: SampleLayout): void {
    const list = new ValueList();
    if (!writeContent(list, sample, layout, this.#terms))
      throw new Error(`the sample of ${sample.device} does not have its own layout`);
    const { values } = list;
    const name = `${layoutId} ${shapeOf(values)}`;
    let group = this.#groups.get(name);
    if (!group) {
      group = { layoutId, timesMs: [], columns: values.map(() => []) };
      this.#groups.set(name, group);
    }
    group.timesMs.push(sample.atMs - this.#hour * HOUR_MS);
    for (let at = 0; at < values.length; at += 1)
      (group.columns[at] as ColumnValue[]).push(values[at] as ColumnValue);
  }

  /** @param seed what the CRC begins with: device and key. */
  pack(seed: number): Buffer {
    const writer = new ByteWriter();
    writer.varint(FORMAT);
    writer.varint(this.#groups.size);
    for (const { layoutId, timesMs, columns } of this.#groups.values()) {
      writer.varint(layoutId);
      writer.varint(timesMs.length);
      writeColumn(writer, timesMs);
      writer.varint(columns.length);
      for (const column of columns) writeColumn(writer, column);
    }
    const packed = zstdCompressSync(writer.bytes(), compression);
    const crc = Buffer.alloc(CRC_OCTETS);
    crc.writeUInt32LE(crc32(packed, seed));
    return Buffer.concat([packed, crc]);
  }
}

/** Numbers of one sample of a group, in the order they were written. */
class ColumnsReader implements ValueReader {
  readonly #columns: readonly ColumnValue[][];
  readonly #row: number;
  #at = 0;

  constructor(columns: readonly ColumnValue[][], row: number) {
    this.#columns = columns;
    this.#row = row;
  }
  get isAtEnd(): boolean {
    return this.#at === this.#columns.length;
  }
  varint(): number {
    const value = this.#columns[this.#at++]?.[this.#row];
    if (typeof value !== "number") throw new MalformedRecordError("a packed value is of another type");
    return value;
  }
  number(): number | bigint {
    const value = this.#columns[this.#at++]?.[this.#row];
    if (value === undefined || typeof value === "string")
      throw new MalformedRecordError("a packed value is of another type");
    return value;
  }
  text(): string {
    const value = this.#columns[this.#at++]?.[this.#row];
    if (typeof value !== "string") throw new MalformedRecordError("a packed value is of another type");
    return value;
  }
}

/** Checks the CRC of a packed hour. @throws MalformedRecordError */
export function checkPackedHour(body: unknown, seed: number): Uint8Array {
  if (!(body instanceof Uint8Array)) throw new MalformedRecordError("a packed hour is not made of octets");
  const end = body.length - CRC_OCTETS;
  if (end < 1) throw new MalformedRecordError("a packed hour is cut off");
  const packed = body.subarray(0, end);
  const stored = new DataView(body.buffer, body.byteOffset + end, CRC_OCTETS).getUint32(0, true);
  if (crc32(packed, seed) !== stored) throw new MalformedRecordError("a packed hour's CRC is wrong");
  return packed;
}

/** A packed hour that was opened: its samples in time order, each made when it is asked for. */
export interface OpenedHour {
  timesMs: readonly number[];
  /** The sample at a place of `timesMs`. @throws MalformedRecordError */
  sample(at: number): DeviceSample;
}

/** @throws MalformedRecordError */
export function openHour(
  body: unknown,
  {
    device,
    hour,
    seed,
    terms,
    layout,
  }: { device: string; hour: number; seed: number; terms: Terms; layout(id: number): SampleLayout },
): OpenedHour {
  const reader = new ByteReader(inflated(checkPackedHour(body, seed)));
  const format = reader.varint();
  if (format !== FORMAT) throw new MalformedRecordError(`a packed hour has format ${format}, not ${FORMAT}`);
  const rows: { atMs: number; layoutId: number; columns: ColumnValue[][]; row: number }[] = [];
  for (let groups = reader.varint(); groups > 0; groups -= 1) {
    const layoutId = reader.varint();
    const samples = reader.varint();
    if (samples < 1 || samples > HOUR_MS)
      throw new MalformedRecordError("a packed hour has too many samples");
    const times = readColumn(reader, samples);
    const columns: ColumnValue[][] = [];
    for (let left = reader.varint(); left > 0; left -= 1) columns.push(readColumn(reader, samples));
    for (const [row, offset] of times.entries())
      rows.push({ atMs: hour * HOUR_MS + Number(offset), layoutId, columns, row });
  }
  if (!reader.isAtEnd) throw new MalformedRecordError("a packed hour is longer than its groups");
  rows.sort((a, b) => a.atMs - b.atMs);
  return {
    timesMs: rows.map(({ atMs }) => atMs),
    sample(at) {
      const { atMs, layoutId, columns, row } = rows[at]!;
      return readContent(new ColumnsReader(columns, row), device, atMs, layout(layoutId), terms);
    },
  };
}

function inflated(packed: Uint8Array): Buffer {
  try {
    return zstdDecompressSync(packed, { maxOutputLength: MAX_OCTETS });
  } catch (error) {
    throw new MalformedRecordError(`a packed hour does not inflate: ${(error as Error).message}`);
  }
}

/** One letter per value's type: only like samples share columns. */
function shapeOf(values: readonly ColumnValue[]): string {
  let shape = "";
  for (const value of values)
    shape += typeof value === "number" ? "n" : typeof value === "bigint" ? "b" : "t";
  return shape;
}
