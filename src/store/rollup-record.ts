/**
 * The record of a component's rollups: for each measurement how many values each step has, then the codes
 * (significant.ts) of mean, and how far minimum and maximum are from it. Not compressed: a report reads ten thousands.
 *
 * format 1 = format · measurements · (term · octets · block)… · CRC-32 over it, the component and the key (4 octets, LE)
 * block = (count · steps)… until all steps are told · 0 and one code when all values are one, else
 * 1 · per step with values: mean - mean before · [mean - min · max - mean, when there are several values]
 */
import { crc32 } from "node:zlib";
import { ByteWriter, MalformedRecordError } from "./bytes.ts";
import { fromSignificant, toSignificant } from "./significant.ts";

const FORMAT = 1;
const CRC_OCTETS = 4;

/** Steps of one measurement; a step without values has count 0. */
export interface Steps {
  count: Float64Array;
  min: Float64Array;
  mean: Float64Array;
  max: Float64Array;
}

export function emptySteps(steps: number): Steps {
  return {
    count: new Float64Array(steps),
    min: new Float64Array(steps),
    mean: new Float64Array(steps),
    max: new Float64Array(steps),
  };
}

const block = new ByteWriter();
const record = new ByteWriter();

/** @returns octets that are valid until the next call. */
export function writeRollup(measurements: ReadonlyMap<number, Steps>, seed: number): Uint8Array {
  record.reset();
  record.varint(FORMAT);
  record.varint(measurements.size);
  for (const [term, steps] of measurements) {
    block.reset();
    writeBlock(block, steps);
    record.varint(term);
    const octets = block.bytes();
    record.varint(octets.length);
    record.octets(octets);
  }
  record.unsigned32(crc32(record.bytes(), seed));
  return record.bytes();
}

/**
 * Reads the measurements that `wanted` names, into the steps it gives from `offset` on.
 * @throws MalformedRecordError
 */
export function readRollup(
  body: unknown,
  seed: number,
  steps: number,
  wanted: (term: number) => { into: Steps; offset: number } | undefined,
): void {
  if (!(body instanceof Uint8Array)) throw new MalformedRecordError("a rollup is not made of octets");
  const end = body.length - CRC_OCTETS;
  if (end < 1) throw new MalformedRecordError("a rollup is cut off");
  const stored = new DataView(body.buffer, body.byteOffset + end, CRC_OCTETS).getUint32(0, true);
  if (crc32(body.subarray(0, end), seed) !== stored)
    throw new MalformedRecordError("a rollup's CRC is wrong");
  const reader = new BlockReader(body, 0);
  const format = reader.varint();
  if (format !== FORMAT) throw new MalformedRecordError(`a rollup has format ${format}, not ${FORMAT}`);
  for (let measurements = reader.varint(); measurements > 0; measurements -= 1) {
    const target = wanted(reader.varint());
    const octets = reader.varint();
    const next = reader.at + octets;
    if (next > end) throw new MalformedRecordError("a rollup is cut off");
    if (target) readBlock(reader, steps, target.into, target.offset);
    reader.at = next;
  }
}

function writeBlock(writer: ByteWriter, { count, min, mean, max }: Steps): void {
  let isOne = true;
  let first = Number.NaN;
  for (let at = 0; at < count.length; at += 1) {
    if (count[at] === 0) continue;
    if (Number.isNaN(first)) first = mean[at]!;
    if (mean[at] !== first || min[at] !== first || max[at] !== first) isOne = false;
  }
  for (let at = 0; at < count.length; ) {
    let end = at + 1;
    while (end < count.length && count[end] === count[at]) end += 1;
    writer.varint(count[at]!);
    writer.varint(end - at);
    at = end;
  }
  if (isOne) {
    writer.varint(0);
    writer.varint(zigzag(toSignificant(Number.isNaN(first) ? 0 : first)));
    return;
  }
  writer.varint(1);
  let before = 0;
  for (let at = 0; at < count.length; at += 1) {
    if (count[at] === 0) continue;
    const code = toSignificant(mean[at]!);
    writer.varint(zigzag(code - before));
    before = code;
    if (count[at] === 1) continue;
    writer.varint(Math.max(0, code - toSignificant(min[at]!)));
    writer.varint(Math.max(0, toSignificant(max[at]!) - code));
  }
}

/** Octets of a record whose CRC is right, read without further ado: a report reads a hundred million numbers. */
class BlockReader {
  readonly octets: Uint8Array;
  at: number;
  constructor(octets: Uint8Array, at: number) {
    this.octets = octets;
    this.at = at;
  }
  varint(): number {
    const { octets } = this;
    let at = this.at;
    let octet = octets[at++]!;
    let value = octet & 0x7f;
    // Codes and counts have no more than 28 bits.
    for (let shift = 7; octet >= 0x80 && shift < 28; shift += 7) {
      octet = octets[at++]!;
      value |= (octet & 0x7f) << shift;
    }
    this.at = at;
    return value;
  }
}

function readBlock(reader: BlockReader, steps: number, into: Steps, offset: number): void {
  const { count, min, mean, max } = into;
  for (let at = 0; at < steps; ) {
    const values = reader.varint();
    const run = reader.varint();
    if (run < 1 || run > steps - at) throw new MalformedRecordError("a rollup has too many steps");
    count.fill(values, offset + at, offset + at + run);
    at += run;
  }
  const isOne = reader.varint() === 0;
  const only = isOne ? fromSignificant(unzigzag(reader.varint())) : 0;
  let code = 0;
  const end = offset + steps;
  for (let at = offset; at < end; at += 1) {
    const values = count[at];
    if (values === 0) continue;
    if (isOne) {
      min[at] = mean[at] = max[at] = only;
      continue;
    }
    code += unzigzag(reader.varint());
    const middle = fromSignificant(code);
    mean[at] = middle;
    if (values === 1) {
      min[at] = max[at] = middle;
    } else {
      min[at] = fromSignificant(code - reader.varint());
      max[at] = fromSignificant(code + reader.varint());
    }
  }
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function unzigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}
