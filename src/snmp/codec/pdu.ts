import type { VarBind } from "../types.ts";

/** A variable that is already encoded (its whole SEQUENCE); agents keep their constant rows this way. */
export interface EncodedVarBind {
  encoded: Uint8Array;
}

/** Request, response, trap (v2) or report. `errorStatus` and `errorIndex` are 0 in requests. */
export interface PlainPdu<V = VarBind> {
  type: "get" | "get-next" | "response" | "set" | "inform" | "trap" | "report";
  requestId: number;
  errorStatus: number;
  errorIndex: number;
  varBinds: V[];
}

export interface BulkPdu<V = VarBind> {
  type: "get-bulk";
  requestId: number;
  nonRepeaters: number;
  maxRepetitions: number;
  varBinds: V[];
}

/** The Trap-PDU of RFC 1157. */
export interface TrapV1Pdu<V = VarBind> {
  type: "trap-v1";
  enterprise: string;
  agentAddress: string;
  genericTrap: number;
  specificTrap: number;
  timeTicks: number;
  varBinds: V[];
}

export type Pdu<V = VarBind> = PlainPdu<V> | BulkPdu<V> | TrapV1Pdu<V>;

/** SNMPv1 (RFC 1157) or v2c (RFC 1901). */
export interface CommunityMessage<V = VarBind> {
  version: "1" | "2c";
  community: Uint8Array;
  pdu: Pdu<V>;
}

/** UsmSecurityParameters (RFC 3414 section 2.4). */
export interface UsmParameters {
  engineId: Uint8Array;
  boots: number;
  timeSeconds: number;
  user: Uint8Array;
  authParameters: Uint8Array;
  privParameters: Uint8Array;
}

/** SNMPv3 (RFC 3412 section 6), its scoped PDU still closed: it is opened only after authentication. */
export interface V3Message {
  version: "3";
  msgId: number;
  maxSize: number;
  flags: { authenticated: boolean; encrypted: boolean; reportable: boolean };
  /** 3 is USM. */
  securityModel: number;
  security: UsmParameters;
  /** Where `authParameters` lies in the datagram: the digest is computed with these octets zeroed. */
  authOffset: number;
  /** The ciphertext when encrypted, else the encoding of the scoped PDU. */
  scopedPdu: Uint8Array;
}

export interface ScopedPdu<V = VarBind> {
  contextEngineId: Uint8Array;
  contextName: Uint8Array;
  pdu: Pdu<V>;
}

export type Message = CommunityMessage | V3Message;
