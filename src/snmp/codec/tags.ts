import type { VarBindType } from "../types.ts";

/** Identifier octets: X.690 for the universal ones, RFC 2578 and RFC 3416 for the others. */
export const TAG = {
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeTicks: 0x43,
  opaque: 0x44,
  counter64: 0x46,
  uinteger32: 0x47,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
} as const;

/** Context tags of the PDUs (RFC 3416 section 3; 0xa4 is the Trap-PDU of RFC 1157). */
export const PDU_TAG = {
  get: 0xa0,
  "get-next": 0xa1,
  response: 0xa2,
  set: 0xa3,
  "trap-v1": 0xa4,
  "get-bulk": 0xa5,
  inform: 0xa6,
  trap: 0xa7,
  report: 0xa8,
} as const;

export type PduType = keyof typeof PDU_TAG;

/** The type of a PDU by `tag - 0xa0`. */
export const PDU_TYPES: readonly PduType[] = Object.keys(PDU_TAG) as PduType[];

/** Tags of the types that have one of their own (float and double travel inside Opaque). */
export const VALUE_TAG: Readonly<Record<Exclude<VarBindType, "OpaqueFloat" | "OpaqueDouble">, number>> = {
  Integer32: TAG.integer,
  OctetString: TAG.octetString,
  Null: TAG.null,
  ObjectIdentifier: TAG.oid,
  IpAddress: TAG.ipAddress,
  Counter32: TAG.counter32,
  Gauge32: TAG.gauge32,
  TimeTicks: TAG.timeTicks,
  Opaque: TAG.opaque,
  Counter64: TAG.counter64,
  noSuchObject: TAG.noSuchObject,
  noSuchInstance: TAG.noSuchInstance,
  endOfMibView: TAG.endOfMibView,
};

/** error-status of RFC 3416 section 3, by number. */
export const ERROR_STATUS = [
  "noError",
  "tooBig",
  "noSuchName",
  "badValue",
  "readOnly",
  "genErr",
  "noAccess",
  "wrongType",
  "wrongLength",
  "wrongEncoding",
  "wrongValue",
  "noCreation",
  "inconsistentValue",
  "resourceUnavailable",
  "commitFailed",
  "undoFailed",
  "authorizationError",
  "notWritable",
  "inconsistentName",
] as const;
