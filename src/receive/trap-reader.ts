/** Datagrams of the trap port: who may say it, what it says, and what an inform is answered. Touches no socket. */
import { timingSafeEqual } from "node:crypto";
import { decodeMessage, decodeScopedPdu } from "../snmp/codec/decode-message.ts";
import { encodeMessage } from "../snmp/codec/encode-message.ts";
import type { CommunityMessage, PlainPdu, V3Message } from "../snmp/codec/pdu.ts";
import type { SnmpCredential } from "../snmp/types.ts";
import { AuthoritativeEngine } from "../snmp/usm/authoritative-engine.ts";
import { EngineClock } from "../snmp/usm/engine-clock.ts";
import { credentialProblem, KeyCache } from "../snmp/usm/keys.ts";
import { isAuthentic, openScopedPdu } from "../snmp/usm/message.ts";
import type { EngineIdentity } from "./engine-identity.ts";
import { type Notification, readNotification } from "./notification.ts";
import type { SenderBook } from "./senders.ts";
import type { ReceiveCounters, Sender } from "./types.ts";

type V3Credential = Extract<SnmpCredential, { version: "3" }>;

export type TrapVerdict =
  | { kind: "notification"; by: "trap" | "inform"; notification: Notification; answer?: Buffer }
  /** Nothing was told yet: a report of our engine that the sender needs before its inform. */
  | { kind: "answer"; answer: Buffer }
  | { kind: "drop"; counted: keyof ReceiveCounters };

/** Engines of senders whose clocks are kept; the one heard of longest ago is forgotten. */
const MOST_ENGINES = 8192;
/** RFC 3411 5: an engine ID has 5 to 32 octets. */
const isEngineId = ({ length }: Uint8Array) => length >= 5 && length <= 32;
/** Most credentials of one user name that are tried on a message. */
const MOST_CREDENTIALS = 8;

export class TrapReader {
  readonly #keys = new KeyCache();
  readonly #clocks = new Map<string, EngineClock>();
  /** What our engine is shown of the users: those the sender at hand may be. */
  readonly #users = new Map<string, V3Credential>();
  readonly #engine: AuthoritativeEngine;
  readonly #nowMs: () => number;
  senders: SenderBook;

  /** `identity`: of our engine, which is authoritative for informs (RFC 3414 1.5.1). `nowMs` is monotonic. */
  constructor(senders: SenderBook, identity: EngineIdentity, nowMs: () => number = () => performance.now()) {
    this.senders = senders;
    this.#nowMs = nowMs;
    const { engineId, boots } = identity;
    this.#engine = new AuthoritativeEngine({ engineId, boots, users: this.#users, now: nowMs }, this.#keys);
  }

  /** Judges one datagram of a known sender; never throws. May change the octets. */
  read(datagram: Uint8Array, from: readonly Sender[]): TrapVerdict {
    const decoded = decodeMessage(datagram);
    if (!decoded.ok) return drop("malformed");
    const message = decoded.value;
    return message.version === "3" ? this.#readV3(datagram, message, from) : this.#readCommunity(message);
  }

  #readCommunity(message: CommunityMessage): TrapVerdict {
    const community = Buffer.from(message.community);
    if (!this.senders.communities.some((known) => isSame(Buffer.from(known), community)))
      return drop("unauthenticated");
    const { pdu } = message;
    const notification = readNotification(pdu);
    if (!notification) return drop("unexpected");
    if (pdu.type !== "inform") return { kind: "notification", by: "trap", notification };
    const answer = encodeMessage({ ...message, pdu: acknowledgement(pdu) });
    return { kind: "notification", by: "inform", notification, answer };
  }

  #readV3(datagram: Uint8Array, message: V3Message, from: readonly Sender[]): TrapVerdict {
    if (message.securityModel !== 3) return drop("unexpected");
    const { engineId } = message.security;
    // To our engine, or to find it out: an inform. From an engine of its own: a trap.
    if (engineId.length === 0 || this.#engine.engineId.compare(engineId) === 0)
      return this.#readInform(datagram, message, from);
    return isEngineId(engineId) ? this.#readTrap(datagram, message, from) : drop("malformed");
  }

  #readInform(datagram: Uint8Array, message: V3Message, from: readonly Sender[]): TrapVerdict {
    const user = Buffer.from(message.security.user).toString();
    const [credential] = this.#candidates(user, from);
    this.#users.clear();
    if (credential) this.#users.set(user, credential);
    const verdict = this.#engine.receive(datagram, message);
    if (verdict.kind === "report") return { kind: "answer", answer: verdict.datagram };
    if (verdict.kind === "drop") return drop("unauthenticated");
    const { request } = verdict;
    if (!credential || request.securityLevel !== levelOf(credential)) return drop("unauthenticated");
    const { pdu } = request.scoped;
    const notification = readNotification(pdu);
    if (!notification || pdu.type !== "inform") return drop("unexpected");
    const answer = this.#engine.respond(request, acknowledgement(pdu));
    return { kind: "notification", by: "inform", notification, answer };
  }

  #readTrap(datagram: Uint8Array, message: V3Message, from: readonly Sender[]): TrapVerdict {
    const { security, flags } = message;
    const engine = Buffer.from(security.engineId).toString("hex");
    for (const credential of this.#candidates(Buffer.from(security.user).toString(), from)) {
      if (credential.engineId !== undefined && credential.engineId.toLowerCase() !== engine) continue;
      const level = levelOf(credential);
      if (flags.authenticated !== (level !== "noAuthNoPriv") || flags.encrypted !== (level === "authPriv"))
        continue;
      const keys = this.#keys.keysFor(credential, security.engineId);
      // The check zeroes the digest in the octets, so each credential looks at a copy.
      if (flags.authenticated && !isAuthentic(Uint8Array.from(datagram), message, keys)) continue;
      if (flags.authenticated && !this.#isTimely(engine, security.boots, security.timeSeconds))
        return drop("notInTimeWindow");
      const octets = openScopedPdu(message, keys);
      const scoped = octets && decodeScopedPdu(octets);
      if (!scoped?.ok) return drop(flags.encrypted ? "unauthenticated" : "malformed");
      const notification = readNotification(scoped.value.pdu);
      if (!notification || scoped.value.pdu.type !== "trap") return drop("unexpected");
      return { kind: "notification", by: "trap", notification };
    }
    return drop("unauthenticated");
  }

  #isTimely(engine: string, boots: number, timeSeconds: number): boolean {
    const nowMs = this.#nowMs();
    const clock = this.#clocks.get(engine) ?? new EngineClock(boots, timeSeconds, nowMs);
    this.#clocks.delete(engine);
    if (this.#clocks.size >= MOST_ENGINES) this.#clocks.delete(this.#clocks.keys().next().value!);
    this.#clocks.set(engine, clock);
    return clock.accept(boots, timeSeconds, nowMs);
  }

  /** The credentials a user name may stand for: the sender's own first. */
  #candidates(user: string, from: readonly Sender[]): V3Credential[] {
    const own = from.flatMap(({ credential }) =>
      credential?.version === "3" && credential.user === user ? [credential] : [],
    );
    return [...new Set([...own, ...(this.senders.users.get(user) ?? [])])]
      .filter((credential) => credentialProblem(credential) === undefined)
      .slice(0, MOST_CREDENTIALS);
  }
}

function levelOf({ auth, priv }: V3Credential): "noAuthNoPriv" | "authNoPriv" | "authPriv" {
  return priv ? "authPriv" : auth ? "authNoPriv" : "noAuthNoPriv";
}

/** RFC 3416 4.2.7: the response to an inform carries its variables. */
function acknowledgement(pdu: PlainPdu): PlainPdu {
  return { ...pdu, type: "response", errorStatus: 0, errorIndex: 0 };
}

function drop(counted: keyof ReceiveCounters): TrapVerdict {
  return { kind: "drop", counted };
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
