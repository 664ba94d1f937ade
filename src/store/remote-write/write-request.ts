/**
 * The body of a remote write 1.0 request: a protobuf WriteRequest, compressed with Snappy's block format
 * (prometheus.io/docs/specs/prw/remote_write_spec). Pure.
 */
import snappy from "snappyjs";

/** One value of one series. */
export interface RemoteSample {
  /** Names sorted, `__name__` among them; as the specification asks. */
  labels: readonly (readonly [name: string, value: string])[];
  value: number;
  atMs: number;
}

const CONTENT = { varint: 0, fixed64: 1, octets: 2 } as const;
/** Field numbers of prometheus/prompb: WriteRequest.timeseries, TimeSeries.labels, .samples, Label.name, .value, Sample.value, .timestamp. */
const FIELD = { timeseries: 1, labels: 1, samples: 2, name: 1, text: 2, value: 1, timestamp: 2 } as const;

/** The uncompressed protobuf. Samples of a series must be given in time order. */
export function writeRequest(samples: readonly RemoteSample[]): Uint8Array {
  const message = new ProtobufWriter();
  const series = new ProtobufWriter();
  const part = new ProtobufWriter();
  for (const { labels, value, atMs } of samples) {
    series.reset();
    for (const [name, text] of labels) {
      part.reset();
      part.text(FIELD.name, name);
      part.text(FIELD.text, text);
      series.octets(FIELD.labels, part.bytes());
    }
    part.reset();
    part.double(FIELD.value, value);
    part.varint(FIELD.timestamp, atMs);
    series.octets(FIELD.samples, part.bytes());
    message.octets(FIELD.timeseries, series.bytes());
  }
  return message.bytes();
}

/** As it goes over the wire. */
export function compressed(message: Uint8Array): Uint8Array {
  return snappy.compress(message);
}

class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;

  reset(): void {
    this.#length = 0;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** 0 ≤ value ≤ 2^53 - 1. */
  varint(field: number, value: number): void {
    this.#tag(field, CONTENT.varint);
    this.#number(value);
  }

  double(field: number, value: number): void {
    this.#tag(field, CONTENT.fixed64);
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  text(field: number, value: string): void {
    const octets = Buffer.byteLength(value);
    this.#tag(field, CONTENT.octets);
    this.#number(octets);
    this.#reserve(octets);
    this.#length += this.#bytes.write(value, this.#length);
  }

  octets(field: number, value: Uint8Array): void {
    this.#tag(field, CONTENT.octets);
    this.#number(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #tag(field: number, content: number): void {
    this.#number(field * 8 + content);
  }

  #number(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(octets: number): void {
    if (this.#length + octets <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + octets));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
