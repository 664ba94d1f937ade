/** The part of a request an agent needs, taken from the datagram without copying. Anything odd gives `undefined`. */

export interface Pdu {
  /** 0xa0 GetRequest, 0xa1 GetNextRequest, 0xa3 SetRequest, 0xa5 GetBulkRequest. */
  type: number;
  /** Content octets of the request-id, echoed as they came. */
  requestId: Uint8Array;
  /** GETBULK; for the others error-status and error-index, which mean nothing in a request. */
  nonRepeaters: number;
  maxRepetitions: number;
  /** Content octets of the asked OIDs. */
  oids: Uint8Array[];
  /** The variable bindings as they came (for v1 errors, which echo them). */
  varBinds: Uint8Array;
  /** What decides the answer besides the values: everything after the request-id. */
  shape: string;
}

/** 128 sub-identifiers (RFC 2578 3.5) of at most five octets. */
const maxOidOctets = 640;

/** A TLV: where its content begins and ends. */
export interface Element {
  tag: number;
  start: number;
  end: number;
}

export const pduType = {
  get: 0xa0,
  getNext: 0xa1,
  response: 0xa2,
  set: 0xa3,
  getBulk: 0xa5,
  report: 0xa8,
} as const;

/** The TLV at `at`, which must end at or before `limit` (definite lengths of at most 4 octets). */
export function readElement(octets: Uint8Array, at: number, limit: number): Element | undefined {
  if (at + 2 > limit) return undefined;
  const tag = octets[at]!;
  let length = octets[at + 1]!;
  let start = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4 || start + count > limit) return undefined;
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + octets[start + index]!;
    start += count;
  }
  return start + length > limit ? undefined : { tag, start, end: start + length };
}

/** A two's-complement integer of at most 5 octets. */
export function readInteger(octets: Uint8Array, { start, end }: Element): number | undefined {
  const length = end - start;
  if (length < 1 || length > 5) return undefined;
  let value = octets[start]! >= 0x80 ? -1 : 0;
  for (let at = start; at < end; at++) value = value * 256 + octets[at]!;
  return value;
}

/** Reads the PDU between `start` and `end`. */
export function readPdu(datagram: Buffer, start: number, end: number): Pdu | undefined {
  const pdu = readElement(datagram, start, end);
  if (pdu === undefined || pdu.tag < 0xa0 || pdu.tag > 0xa8) return undefined;
  const requestId = readElement(datagram, pdu.start, pdu.end);
  if (requestId?.tag !== 0x02 || requestId.end - requestId.start > 5) return undefined;
  const first = readElement(datagram, requestId.end, pdu.end);
  const second = first && readElement(datagram, first.end, pdu.end);
  const list = second && readElement(datagram, second.end, pdu.end);
  if (list?.tag !== 0x30 || first?.tag !== 0x02 || second?.tag !== 0x02) return undefined;
  const nonRepeaters = readInteger(datagram, first);
  const maxRepetitions = readInteger(datagram, second);
  if (nonRepeaters === undefined || maxRepetitions === undefined) return undefined;
  const oids: Uint8Array[] = [];
  for (let at = list.start; at < list.end; ) {
    const varBind = readElement(datagram, at, list.end);
    const oid = varBind?.tag === 0x30 ? readElement(datagram, varBind.start, varBind.end) : undefined;
    if (oid?.tag !== 0x06 || oid.end === oid.start || oid.end - oid.start > maxOidOctets) return undefined;
    oids.push(datagram.subarray(oid.start, oid.end));
    at = varBind!.end;
  }
  return {
    type: pdu.tag,
    requestId: datagram.subarray(requestId.start, requestId.end),
    nonRepeaters: Math.max(0, nonRepeaters),
    maxRepetitions: Math.max(0, maxRepetitions),
    oids,
    varBinds: datagram.subarray(list.start, list.end),
    shape: String.fromCharCode(pdu.tag) + datagram.toString("latin1", requestId.end, pdu.end),
  };
}
