import { decodeScopedPdu } from "../codec/decode-message.ts";
import { encodeScopedPdu } from "../codec/encode-message.ts";
import type { EncodedVarBind, Pdu, ScopedPdu, V3Message } from "../codec/pdu.ts";
import type { VarBind } from "../types.ts";
import { LAST_BOOTS, TIME_WINDOW_SECONDS } from "./engine-clock.ts";
import { KeyCache, type UserKeys, type UsmCredential } from "./keys.ts";
import { isAuthentic, openScopedPdu, sealMessage } from "./message.ts";
import { USM_STATS, type UsmStat } from "./stats.ts";

/** A request that passed USM, and what its answer needs. */
export interface OpenedRequest {
  scoped: ScopedPdu;
  user: string;
  securityLevel: "noAuthNoPriv" | "authNoPriv" | "authPriv";
  msgId: number;
  keys: UserKeys;
}

export type EngineVerdict =
  | { kind: "request"; request: OpenedRequest }
  /** USM refuses; this report is to be sent back. */
  | { kind: "report"; datagram: Buffer }
  | { kind: "drop" };

export interface EngineOptions {
  engineId: Buffer;
  /** How often the engine was started (snmpEngineBoots). */
  boots: number;
  users: ReadonlyMap<string, UsmCredential>;
  /** Monotonic clock, ms; the engine time counts from its value now. */
  now?: () => number;
}

/** The agent's side of USM (RFC 3414 3.2): the engine whose boots and time count. */
export class AuthoritativeEngine {
  readonly engineId: Buffer;
  boots: number;
  private readonly users: ReadonlyMap<string, UsmCredential>;
  private readonly now: () => number;
  private readonly startedAtMs: number;
  private readonly keys: KeyCache;
  private readonly counters = new Map<UsmStat, number>();

  /** Engines of one process may share a key cache: the megabyte hashes are then done once. */
  constructor(options: EngineOptions, keys = new KeyCache()) {
    this.engineId = options.engineId;
    this.boots = options.boots;
    this.users = options.users;
    this.now = options.now ?? (() => performance.now());
    this.startedAtMs = this.now();
    this.keys = keys;
  }

  /** snmpEngineTime, seconds. */
  get timeSeconds(): number {
    return Math.floor((this.now() - this.startedAtMs) / 1000);
  }

  /** Judges a decoded v3 message; `datagram` is what it was decoded from, and is changed by this. */
  receive(datagram: Uint8Array, message: V3Message): EngineVerdict {
    const { security, flags } = message;
    if (message.securityModel !== 3 || (flags.encrypted && !flags.authenticated)) return { kind: "drop" };
    if (this.engineId.compare(security.engineId) !== 0) return this.report("unknownEngineIDs", message, {});
    const user = Buffer.from(security.user).toString();
    const credential = this.users.get(user);
    if (!credential) return this.report("unknownUserNames", message, {});
    const keys = this.keys.keysFor(credential, this.engineId);
    if ((flags.authenticated && !keys.auth) || (flags.encrypted && !keys.priv)) {
      return this.report("unsupportedSecLevels", message, {});
    }
    if (flags.authenticated) {
      if (!isAuthentic(datagram, message, keys)) return this.report("wrongDigests", message, {});
      const { auth } = keys;
      const late = Math.abs(security.timeSeconds - this.timeSeconds) > TIME_WINDOW_SECONDS;
      if (security.boots !== this.boots || this.boots === LAST_BOOTS || late) {
        return this.report("notInTimeWindows", message, auth ? { auth } : {});
      }
    }
    const octets = openScopedPdu(message, keys);
    const scoped = octets && decodeScopedPdu(octets);
    if (!scoped?.ok) return flags.encrypted ? this.report("decryptionErrors", message, {}) : { kind: "drop" };
    return { kind: "request", request: openedRequest(message, scoped.value, user, keys) };
  }

  /** The datagram that answers `request` at its own security level. */
  respond(request: OpenedRequest, pdu: Pdu<VarBind | EncodedVarBind>): Buffer {
    const { scoped, securityLevel, keys } = request;
    const { auth, priv } = keys;
    const level: UserKeys = {};
    if (auth && securityLevel !== "noAuthNoPriv") level.auth = auth;
    if (priv && securityLevel === "authPriv") level.priv = priv;
    return this.seal(request.msgId, Buffer.from(request.user), level, { ...scoped, pdu });
  }

  private report(stat: UsmStat, message: V3Message, keys: UserKeys): EngineVerdict {
    const count = (this.counters.get(stat) ?? 0) + 1;
    this.counters.set(stat, count);
    if (!message.flags.reportable) return { kind: "drop" };
    const plain = message.flags.encrypted ? undefined : decodeScopedPdu(message.scopedPdu);
    const request = plain?.ok === true && "requestId" in plain.value.pdu ? plain.value : undefined;
    const pdu: Pdu = {
      type: "report",
      requestId: request !== undefined && "requestId" in request.pdu ? request.pdu.requestId : 0,
      errorStatus: 0,
      errorIndex: 0,
      varBinds: [{ oid: USM_STATS[stat], type: "Counter32", value: count >>> 0 }],
    };
    const contextName = request?.contextName ?? new Uint8Array(0);
    const scoped = { contextEngineId: this.engineId, contextName, pdu };
    const user = keys.auth ? message.security.user : new Uint8Array(0);
    return { kind: "report", datagram: this.seal(message.msgId, user, keys, scoped) };
  }

  private seal(
    msgId: number,
    user: Uint8Array,
    keys: UserKeys,
    scoped: ScopedPdu<VarBind | EncodedVarBind>,
  ): Buffer {
    const { engineId, boots, timeSeconds } = this;
    const scopedPdu = encodeScopedPdu(scoped);
    return sealMessage({ msgId, reportable: false, engineId, boots, timeSeconds, user, keys, scopedPdu });
  }
}

function openedRequest(message: V3Message, scoped: ScopedPdu, user: string, keys: UserKeys): OpenedRequest {
  const { authenticated, encrypted } = message.flags;
  const securityLevel = encrypted ? "authPriv" : authenticated ? "authNoPriv" : "noAuthNoPriv";
  return { scoped, user, securityLevel, msgId: message.msgId, keys };
}
