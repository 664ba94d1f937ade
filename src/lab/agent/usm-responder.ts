/** The agent's side of the User-based Security Model: the authoritative engine of RFC 3414 3.2. */
import { BerWriter } from "../../snmp/codec/ber-writer.ts";
import { decodeMessage } from "../../snmp/codec/decode-message.ts";
import { oidToOctets } from "../../snmp/codec/oid.ts";
import type { V3Message } from "../../snmp/codec/pdu.ts";
import { secretText } from "../../snmp/secret.ts";
import { TIME_WINDOW_SECONDS } from "../../snmp/usm/engine-clock.ts";
import { KeyCache, type UserKeys } from "../../snmp/usm/keys.ts";
import { isAuthentic, openScopedPdu, sealMessage } from "../../snmp/usm/message.ts";
import type { AgentCredential } from "./definition.ts";
import type { Answering, Handled } from "./message.ts";
import { type Pdu, pduType, readElement, readPdu } from "./request.ts";
import { writeResponse } from "./responder.ts";
import { writeVarBind } from "./table.ts";

/** usmStats counters of SNMP-USER-BASED-SM-MIB, which reports carry. */
const usmStats = "1.3.6.1.6.3.15.1.1";
const stats = {
  unsupportedSecurityLevels: oidToOctets(`${usmStats}.1.0`),
  notInTimeWindows: oidToOctets(`${usmStats}.2.0`),
  unknownUserNames: oidToOctets(`${usmStats}.3.0`),
  unknownEngineIds: oidToOctets(`${usmStats}.4.0`),
  wrongDigests: oidToOctets(`${usmStats}.5.0`),
  decryptionErrors: oidToOctets(`${usmStats}.6.0`),
} as const;
type Statistic = keyof typeof stats;

/** Octets of a v3 message around the PDU, at most: header, security parameters with a 48-octet MAC, context. */
const frameOverhead = 190;
/** Enterprise 99999 is nobody's; format 4 is administratively assigned text (RFC 3411 5, SnmpEngineID). */
const engineIdPrefix = Buffer.from([0x80, 0x01, 0x86, 0x9f, 0x04]);
const longestIdText = 27;
const noRequestId = Uint8Array.of(0);
const keys = new KeyCache();
const scopedWriter = new BerWriter(65_535);

export class UsmResponder {
  readonly engineId: Buffer;
  readonly #user: Buffer;
  readonly #contextName: Buffer;
  readonly #keys: UserKeys;
  readonly #counts = new Map<Statistic, number>();
  #boots: number;
  #bootMs: number;

  constructor(
    id: string,
    credential: Extract<AgentCredential, { version: "3" }>,
    boots: number,
    bootMs: number,
  ) {
    this.engineId = Buffer.concat([engineIdPrefix, Buffer.from(id).subarray(-longestIdText)]);
    this.#user = Buffer.from(credential.user);
    this.#contextName = Buffer.from(credential.contextName ?? "");
    const { auth, priv } = credential;
    this.#keys = keys.keysFor(
      {
        ...(auth && { auth: { protocol: auth.protocol, password: secretText(auth.password) } }),
        ...(priv && { priv: { protocol: priv.protocol, password: secretText(priv.password) } }),
      },
      this.engineId,
    );
    this.#boots = boots;
    this.#bootMs = bootMs;
  }

  reboot(nowMs: number): void {
    this.#boots++;
    this.#bootMs = nowMs;
  }

  /** Answers a v3 datagram: a response, or a report of what is wrong with it. */
  answer(to: BerWriter, datagram: Buffer, answering: Answering, nowMs: number): Handled {
    const decoded = decodeMessage(datagram);
    if (!decoded.ok || decoded.value.version !== "3") return "malformed";
    const message = decoded.value;
    const { security, flags } = message;
    if (!this.engineId.equals(security.engineId)) return this.#report(to, message, "unknownEngineIds", nowMs);
    if (!this.#user.equals(security.user)) return this.#report(to, message, "unknownUserNames", nowMs);
    const { auth, priv } = this.#keys;
    if (flags.authenticated !== (auth !== undefined) || flags.encrypted !== (priv !== undefined)) {
      return this.#report(to, message, "unsupportedSecurityLevels", nowMs);
    }
    if (auth !== undefined) {
      if (!isAuthentic(datagram, message, this.#keys))
        return this.#report(to, message, "wrongDigests", nowMs);
      if (!this.#isTimely(security.boots, security.timeSeconds, nowMs)) {
        return this.#report(to, message, "notInTimeWindows", nowMs, { auth });
      }
    }
    const scoped = openScopedPdu(message, this.#keys);
    const opened = scoped && openContext(Buffer.from(scoped.buffer, scoped.byteOffset, scoped.length));
    if (opened === undefined) {
      return flags.encrypted ? this.#report(to, message, "decryptionErrors", nowMs) : "malformed";
    }
    if (!this.#contextName.equals(opened.contextName)) return "not-answered";
    const { table, state, maxMessageOctets } = answering;
    const maxOctets = Math.min(maxMessageOctets, Math.max(484, message.maxSize)) - frameOverhead;
    scopedWriter.reset();
    const asked = { pdu: opened.pdu, isV1: false, maxOctets };
    if (!writeResponse(scopedWriter, table, state, asked, nowMs)) return "not-answered";
    this.#send(to, message, this.#keys, nowMs);
    return "answered";
  }

  #secondsAt(nowMs: number): number {
    return Math.max(0, Math.floor((nowMs - this.#bootMs) / 1000));
  }

  #isTimely(boots: number, timeSeconds: number, nowMs: number): boolean {
    return boots === this.#boots && Math.abs(timeSeconds - this.#secondsAt(nowMs)) <= TIME_WINDOW_SECONDS;
  }

  /** A report says which check failed and, by its security parameters, who this engine is and what time it has. */
  #report(
    to: BerWriter,
    message: V3Message,
    statistic: Statistic,
    nowMs: number,
    signing: UserKeys = {},
  ): Handled {
    const count = (this.#counts.get(statistic) ?? 0) + 1;
    this.#counts.set(statistic, count);
    if (!message.flags.reportable) return "wrong-credential";
    scopedWriter.reset();
    writeVarBind(scopedWriter, stats[statistic], () => scopedWriter.unsigned(count, 0x41));
    scopedWriter.close(0x30, 0);
    scopedWriter.integer(0);
    scopedWriter.integer(0);
    scopedWriter.element(0x02, requestIdOf(message) ?? noRequestId);
    scopedWriter.close(pduType.report, 0);
    this.#send(to, message, signing, nowMs);
    return "answered";
  }

  /** Puts what `scopedWriter` holds into a message. */
  #send(to: BerWriter, message: V3Message, signing: UserKeys, nowMs: number): void {
    scopedWriter.element(0x04, this.#contextName);
    scopedWriter.element(0x04, this.engineId);
    scopedWriter.close(0x30, 0);
    const sealed = sealMessage({
      msgId: message.msgId,
      reportable: false,
      engineId: this.engineId,
      boots: this.#boots,
      timeSeconds: this.#secondsAt(nowMs),
      user: message.security.user,
      keys: signing,
      scopedPdu: scopedWriter.take(),
    });
    to.reset();
    to.raw(sealed);
  }
}

/** The request-id of a clear scoped PDU, so that a manager can tell what a report is about. */
function requestIdOf(message: V3Message): Uint8Array | undefined {
  const { scopedPdu, flags } = message;
  if (flags.encrypted) return undefined;
  return openContext(Buffer.from(scopedPdu.buffer, scopedPdu.byteOffset, scopedPdu.length))?.pdu.requestId;
}

/** Reads `ScopedPDU ::= SEQUENCE { contextEngineID, contextName, data }` (RFC 3412 6.8). */
function openContext(octets: Buffer): { contextName: Uint8Array; pdu: Pdu } | undefined {
  const scoped = readElement(octets, 0, octets.length);
  if (scoped?.tag !== 0x30) return undefined;
  const engine = readElement(octets, scoped.start, scoped.end);
  const name = engine && readElement(octets, engine.end, scoped.end);
  if (engine?.tag !== 0x04 || name?.tag !== 0x04) return undefined;
  const pdu = readPdu(octets, name.end, scoped.end);
  return pdu && { contextName: octets.subarray(name.start, name.end), pdu };
}
