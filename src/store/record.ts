/**
 * The record of one sample: its content, closed by a CRC-32 over it, the device and the key it is stored under, so that
 * a flipped bit and a record in another's place are both found.
 *
 * format 1 = format · layout · content (sample-content.ts) · CRC-32 (4 octets, LE)
 */
import { crc32 } from "node:zlib";
import type { DeviceSample } from "../samples/types.ts";
import { ByteReader, type ByteWriter, MalformedRecordError } from "./bytes.ts";
import type { SampleLayout } from "./layout.ts";
import { writeContent } from "./sample-content.ts";
import type { Terms } from "./terms.ts";

const FORMAT = 1;
const CRC_OCTETS = 4;

/**
 * Writes the record of a sample.
 * @returns false when the sample does not have this layout; what was written then is to be thrown away.
 */
export function writeRecord(
  writer: ByteWriter,
  sample: DeviceSample,
  layoutId: number,
  layout: SampleLayout,
  terms: Terms,
  seed: number,
): boolean {
  writer.reset();
  writer.varint(FORMAT);
  writer.varint(layoutId);
  if (!writeContent(writer, sample, layout, terms)) return false;
  writer.unsigned32(crc32(writer.bytes(), seed));
  return true;
}

/** What `writeContent` wrote into a whole record that `writeRecord` made. */
export function contentOf(record: Buffer): Buffer {
  const reader = new ByteReader(record);
  reader.varint();
  reader.varint();
  return record.subarray(reader.position, record.length - CRC_OCTETS);
}

/**
 * Checks a record's CRC and tells its layout, which the caller then hands to `readContent`.
 * @throws MalformedRecordError
 */
export function openRecord(body: unknown, seed: number): { reader: ByteReader; layoutId: number } {
  if (!(body instanceof Uint8Array)) throw new MalformedRecordError("the record is not made of octets");
  const end = body.length - CRC_OCTETS;
  if (end < 1) throw new MalformedRecordError("the record is cut off");
  const content = body.subarray(0, end);
  const stored = new DataView(body.buffer, body.byteOffset + end, CRC_OCTETS).getUint32(0, true);
  if (crc32(content, seed) !== stored) throw new MalformedRecordError("the record's CRC is wrong");
  const reader = new ByteReader(body, end);
  const format = reader.varint();
  if (format !== FORMAT) throw new MalformedRecordError(`the record has format ${format}, not ${FORMAT}`);
  return { reader, layoutId: reader.varint() };
}
