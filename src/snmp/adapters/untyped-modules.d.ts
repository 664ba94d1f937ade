/** The parts of two untyped packages that the adapters use. */

declare module "snmp-native" {
  import type { Buffer } from "node:buffer";

  export interface NativeVarBind {
    oid: number[];
    type: number;
    value: unknown;
    valueRaw: Buffer;
  }

  export class Packet {
    version: number;
    community: string;
    pdu: {
      type: number;
      reqid: number;
      error: number;
      errorIndex: number;
      varbinds: { oid: number[]; type: number; value: null }[];
    };
  }

  export interface ParsedPacket {
    version: number;
    community: string;
    pdu: { type: number; reqid: number; error: number; errorIndex: number; varbinds: NativeVarBind[] };
  }

  export function encode(packet: Packet): Buffer;
  export function parse(octets: Buffer): ParsedPacket;

  export interface SessionOptions {
    family?: "udp4" | "udp6";
    msgReceived?: (octets: Buffer, remote: { address: string; port: number }) => void;
  }

  export class Session {
    constructor(options: SessionOptions);
    reqs: Record<
      number,
      { callback: (error: Error | null, varBinds?: NativeVarBind[]) => void; timeout?: NodeJS.Timeout }
    >;
    socket: import("node:dgram").Socket | undefined;
    sendMsg(
      packet: Packet,
      options: { host: string; port: number; timeouts: number[] },
      callback: (error: Error | null) => void,
    ): void;
    close(): void;
  }
}

declare module "net-snmp" {
  import type { Buffer } from "node:buffer";
  import type { EventEmitter } from "node:events";

  export interface NetVarBind {
    oid: string;
    type: number;
    value: number | string | Buffer | null;
  }

  export interface NetSessionOptions {
    port?: number;
    retries?: number;
    timeout?: number;
    backoff?: number;
    transport?: "udp4" | "udp6";
    version?: number;
    idBitsSize?: number;
    context?: string;
    dgramModule?: { createSocket(type: string): unknown };
  }

  export interface NetUser {
    name: string;
    level: number;
    authProtocol?: number;
    authKey?: string;
    privProtocol?: number;
    privKey?: string;
  }

  type Callback<T> = (error: Error | null, varBinds: T) => void;

  export class Session extends EventEmitter {
    msgSecurityParameters?: {
      msgAuthoritativeEngineID: Buffer;
      msgAuthoritativeEngineBoots: number;
      msgAuthoritativeEngineTime: number;
    };
    get(oids: string[], callback: Callback<NetVarBind[]>): void;
    getNext(oids: string[], callback: Callback<NetVarBind[]>): void;
    getBulk(
      oids: string[],
      nonRepeaters: number,
      maxRepetitions: number,
      callback: Callback<(NetVarBind | NetVarBind[])[]>,
    ): void;
    close(): void;
  }

  interface NetSnmp {
    Version1: number;
    Version2c: number;
    Version3: number;
    SecurityLevel: { noAuthNoPriv: number; authNoPriv: number; authPriv: number };
    AuthProtocols: Record<string, number>;
    PrivProtocols: Record<string, number>;
    ErrorStatus: Record<string, number>;
    createSession(target: string, community: string, options: NetSessionOptions): Session;
    createV3Session(target: string, user: NetUser, options: NetSessionOptions): Session;
  }

  const netSnmp: NetSnmp;
  export default netSnmp;
}
