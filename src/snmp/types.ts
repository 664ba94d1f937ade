/**
 * The session seam: what every SNMP driver gives (ours, `snmp-native`, `net-snmp`). Nothing above this file knows
 * which driver answers. One contract suite (tests/contracts/snmp-driver.ts) holds for all of them.
 */

export type DriverName = "pdc" | "snmp-native" | "net-snmp";
export type SnmpVersion = "1" | "2c" | "3";
export type AuthProtocol = "md5" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512";
/** `-b` is the Blumenthal key extension, `-r` Reeder's (Cisco's); AES-192/256 have no RFC. */
export type PrivProtocol = "des" | "aes128" | "aes192-b" | "aes192-r" | "aes256-b" | "aes256-r";

/** Secret values, already resolved. Printing or JSON of the object never shows them (see `secret`). */
export type SnmpCredential =
  | { version: "1" | "2c"; community: SecretText }
  | {
      version: "3";
      user: string;
      auth?: { protocol: AuthProtocol; password: SecretText };
      priv?: { protocol: PrivProtocol; password: SecretText };
      contextName?: string;
      /** Hex; pins the engine so that a device cannot be replaced by another. */
      engineId?: string;
    };

/** A string that prints as "[secret]"; `reveal()` gives it. */
export interface SecretText {
  reveal(): string;
  toString(): "[secret]";
  toJSON(): "[secret]";
}

/** Whom to ask, and how patiently. */
export interface SnmpTarget {
  /** IPv4 or IPv6 address; names are resolved by the caller. */
  address: string;
  /** Default 161. */
  port?: number;
  credential: SnmpCredential;
  /** First time-out in ms (default 2000), doubled with each retry. */
  timeoutMs?: number;
  /** Repeats after the first send (default 2). */
  retries?: number;
  /** GETBULK repetitions to begin with (default 25); lowered, and remembered per target, when an agent cannot. */
  maxRepetitions?: number;
  /** Accept answers from another address of the same device (multihomed agents). Default false. */
  acceptOtherAddress?: boolean;
}

/** Names of the ASN.1 types of RFC 2578, and the three exceptions of RFC 3416. */
export type VarBindType =
  | "Integer32"
  | "OctetString"
  | "Null"
  | "ObjectIdentifier"
  | "IpAddress"
  | "Counter32"
  | "Gauge32"
  | "TimeTicks"
  | "Opaque"
  | "Counter64"
  | "OpaqueFloat"
  | "OpaqueDouble"
  | "noSuchObject"
  | "noSuchInstance"
  | "endOfMibView";

/**
 * A variable of a response. `value` by type: number (Integer32, Counter32, Gauge32, TimeTicks, OpaqueFloat,
 * OpaqueDouble), bigint (Counter64), Buffer (OctetString, Opaque), string (ObjectIdentifier, IpAddress), null
 * (Null and the exceptions, which are never values).
 */
export interface VarBind {
  oid: string;
  type: VarBindType;
  value: number | bigint | Buffer | string | null;
}

/** Why a walk ended; everything but `end` means that rows may be missing. */
export type WalkEnding =
  | "end"
  | "not-increasing"
  | "row-limit"
  | "octet-limit"
  | "time-limit"
  | "timeout"
  | "error";

/** Limits of one walk. Defaults: 100,000 rows, 64 MiB, 120 s. */
export interface WalkLimits {
  maxRows?: number;
  maxOctets?: number;
  maxDurationMs?: number;
}

/** What one reading of a table may carry besides. */
export interface TableOptions extends WalkLimits {
  /** Scalar instances ("….0") that ride along with the first request. */
  scalars?: readonly string[];
  /**
   * Reads sysUpTime.0 with every request: when it falls, the agent restarted, the rows are thrown away and read
   * once more.
   */
  watchRestart?: boolean;
}

/** The end of a walk or of a table. */
export interface WalkResult {
  ending: WalkEnding;
  complete: boolean;
  rows: number;
  error?: SnmpError;
}

/** Columns of one table read together, as arrays: row i is `indexes[i]`, its cells `columns[c][i]`. */
export interface TableResult extends WalkResult {
  /** The part of the OID after the column ("10101", "1.4.10.0.0.1"), in the order of the agent. */
  indexes: string[];
  /** One array per asked column, same length as `indexes`; undefined where the row lacks that column. */
  columns: (VarBind | undefined)[][];
  /** The asked `scalars`, in their order; undefined where the device has none. */
  scalars?: (VarBind | undefined)[];
  /** sysUpTime.0 as of the first request, hundredths of a second (with `watchRestart`). */
  upTimeTicks?: number;
}

/** A column as plain values: no object per cell, which is what counts with thousands of devices. */
export interface ReadColumn {
  /** Of all values; one per row (arbitrary where there is no value) when an agent mixes types in a column. */
  type: VarBindType | readonly VarBindType[];
  /** By row; undefined where the row lacks this column. */
  values: (VarBind["value"] | undefined)[];
}

/** The same as `TableResult`, column-wise. */
export interface ColumnsResult extends Omit<TableResult, "columns"> {
  columns: ReadColumn[];
}

/** Codes of what can go wrong with one request; `SnmpError.message` says it for people, with the address. */
export type SnmpErrorCode =
  | "timeout"
  | "unreachable"
  | "too-big"
  | "general-error"
  | "no-such-name"
  | "error-status"
  | "authentication"
  | "unknown-user"
  | "unsupported-security-level"
  | "not-in-time-window"
  | "decryption"
  | "unsupported"
  | "mismatch"
  | "closed";

/** Drivers reject with an Error whose `code` is one of these. */
export interface SnmpError extends Error {
  code: SnmpErrorCode;
  address: string;
  /** Index (from 1) of the variable an agent complained of, when it said so. */
  errorIndex?: number;
  fix?: string;
}

/** One device, as a driver talks to it. Every method rejects with `SnmpError`, never with anything else. */
export interface SnmpSession {
  readonly target: SnmpTarget;
  get(oids: readonly string[]): Promise<VarBind[]>;
  getNext(oids: readonly string[]): Promise<VarBind[]>;
  /** v1 targets refuse with `unsupported`; the walks below use GETNEXT there by themselves. */
  getBulk(
    oids: readonly string[],
    options: { nonRepeaters?: number; maxRepetitions: number },
  ): Promise<VarBind[]>;
  /** All variables below `root`, handed over batch by batch as they come. */
  walk(
    root: string,
    onVarBinds: (varBinds: readonly VarBind[]) => void,
    limits?: WalkLimits,
  ): Promise<WalkResult>;
  /** Columns (full OIDs of `...Entry.n`) of one table, several per request. A time-out after some rows gives them, incomplete. */
  table(columns: readonly string[], options?: TableOptions): Promise<TableResult>;
  /** `table` without an object per cell, where a driver has it; `readColumns` of read-columns.ts does it with any. */
  columns?(columns: readonly string[], options?: TableOptions): Promise<ColumnsResult>;
  /** What is known of the engine by now (v3), for the incarnation of a sample. */
  engine(): { engineId: string; boots: number; timeSeconds: number } | undefined;
  /** Smoothed round-trip time of unambiguous answers, ms. */
  roundTripTimeMs(): number | undefined;
  close(): void;
}

/** What was received and not used, for the metrics: nothing is dropped silently. */
export interface DropCounters {
  malformed: number;
  wrongAddress: number;
  unknownRequest: number;
  wrongCommunity: number;
  duplicate: number;
  unauthenticated: number;
  notInTimeWindow: number;
}

/** A driver: a few sockets shared by all its sessions. */
export interface SnmpDriver {
  readonly name: DriverName;
  readonly versions: readonly SnmpVersion[];
  open(target: SnmpTarget): SnmpSession;
  readonly drops: Readonly<DropCounters>;
  /**
   * Engine IDs that several agents claim (cloned or badly configured devices): their time windows would be taken for
   * each other's by tools that know an engine by its ID alone. Where the driver knows engines.
   */
  sharedEngineIds?(): { engineId: string; agents: string[] }[];
  /**
   * Answers that the kernel threw away because they came faster than they were read. Undefined where the system does
   * not tell.
   */
  kernelDrops?(): Promise<number | undefined>;
  close(): Promise<void>;
}
