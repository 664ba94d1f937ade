import { BerWriter } from "../codec/ber-writer.ts";
import type { V3Message } from "../codec/pdu.ts";
import { PDU_TAG, TAG } from "../codec/tags.ts";
import { SnmpRequestError } from "../error.ts";
import type { SnmpCredential, SnmpErrorCode } from "../types.ts";
import { EngineClock, LAST_BOOTS } from "../usm/engine-clock.ts";
import type { KeyCache, UserKeys } from "../usm/keys.ts";
import { isAuthentic, openScopedPdu, sealMessage } from "../usm/message.ts";
import { REFUSALS, reportedStat } from "../usm/report.ts";
import type { UsmStat } from "../usm/stats.ts";
import type { Peer } from "./peer.ts";
import type { Question } from "./question.ts";
import { type Security, writeQuestion } from "./security.ts";

/** RFC 3411: snmpEngineID has 5 to 32 octets. */
const LEAST_ENGINE_OCTETS = 5;
const MOST_ENGINE_OCTETS = 32;
/** Exchanges that one question may spend on discovery and time: both, and both once more for a device that forgot. */
const MOST_ROUNDS = 4;
const NO_OCTETS = Buffer.alloc(0);
const writer = new BerWriter(4096);

/** What a v3 message turned out to be. */
export type UsmVerdict =
  /** The answer: the encoding of its scoped PDU. */
  | { kind: "answer"; scopedPdu: Uint8Array }
  /** USM learned what it needed: the question is to be sent again at once. */
  | { kind: "again" }
  | { kind: "drop"; counter: "unauthenticated" | "notInTimeWindow" | "duplicate" };

type V3Credential = SnmpCredential & { version: "3" };

/** SNMPv3 with USM towards one agent: discovery, time synchronisation, and the judgement of what comes back. */
export class UsmSecurity implements Security {
  readonly version = 3;
  private readonly credential: V3Credential;
  private readonly peer: Peer;
  private readonly keyCache: KeyCache;
  private readonly user: Buffer;
  private readonly contextName: Buffer;
  private readonly pinned: Buffer | undefined;
  /** The keys used last, and the engine they are for. */
  private keys: UserKeys = {};
  private keysOf: Buffer | undefined;

  constructor(credential: V3Credential, peer: Peer, keyCache: KeyCache) {
    this.credential = credential;
    this.peer = peer;
    this.keyCache = keyCache;
    this.user = Buffer.from(credential.user);
    this.contextName = Buffer.from(credential.contextName ?? "");
    this.pinned = credential.engineId === undefined ? undefined : Buffer.from(credential.engineId, "hex");
    if (this.pinned && peer.engine === undefined) {
      peer.engine = { id: this.pinned, clock: new EngineClock(0, 0, performance.now()) };
    }
  }

  seal(question: Question, id: number): Buffer {
    const { engine } = this.peer;
    if (engine === undefined) {
      question.discoveryIds.push(id);
      return discovery(id);
    }
    writer.reset();
    writeQuestion(writer, question, id);
    writer.element(TAG.octetString, this.contextName);
    writer.element(TAG.octetString, engine.id);
    writer.close(TAG.sequence, 0);
    const { clock } = engine;
    return sealMessage({
      msgId: id,
      reportable: true,
      engineId: engine.id,
      boots: clock.boots,
      timeSeconds: clock.seconds(performance.now()),
      user: this.user,
      keys: this.keysFor(engine.id),
      scopedPdu: writer.take(),
    });
  }

  /** Judges a message that carries an id of `question`. */
  open(datagram: Uint8Array, message: V3Message, question: Question): UsmVerdict {
    const { security, flags } = message;
    if (message.securityModel !== 3) return { kind: "drop", counter: "unauthenticated" };
    if (!flags.authenticated) return this.openUnauthenticated(message, question);
    const { engine } = this.peer;
    if (
      engine === undefined ||
      engine.id.compare(security.engineId) !== 0 ||
      this.user.compare(security.user) !== 0
    ) {
      return { kind: "drop", counter: "unauthenticated" };
    }
    const keys = this.keysFor(engine.id);
    if (!isAuthentic(datagram, message, keys)) return { kind: "drop", counter: "unauthenticated" };
    const timely = engine.clock.accept(security.boots, security.timeSeconds, performance.now());
    const scopedPdu = openScopedPdu(message, keys);
    if (scopedPdu === undefined) return this.undecipherable(question);
    const stat = reportedStat(scopedPdu);
    if (stat !== undefined) return this.authenticReport(stat, timely, security.boots, question);
    // Clear data are never passed on as private.
    if (keys.priv && !flags.encrypted) return { kind: "drop", counter: "unauthenticated" };
    if (timely) return { kind: "answer", scopedPdu };
    // The id in it is fresh and under the MAC, so it is no replay: the device forgot its boots.
    return this.startOver(question, "notInTimeWindow", security.boots);
  }

  /** Whether a scoped PDU is of the engine and context that were asked. */
  concerns(contextEngineId: Uint8Array, contextName: Uint8Array): boolean {
    const { engine } = this.peer;
    return engine?.id.compare(contextEngineId) === 0 && this.contextName.compare(contextName) === 0;
  }

  private keysFor(engineId: Buffer): UserKeys {
    if (this.keysOf !== engineId) {
      this.keys = this.keyCache.keysFor(this.credential, engineId);
      this.keysOf = engineId;
    }
    return this.keys;
  }

  private openUnauthenticated(message: V3Message, question: Question): UsmVerdict {
    const drop: UsmVerdict = { kind: "drop", counter: "unauthenticated" };
    if (message.flags.encrypted) return drop;
    const stat = reportedStat(message.scopedPdu);
    if (stat !== undefined) return this.unauthenticatedReport(stat, message, question);
    const { engine } = this.peer;
    const { security } = message;
    const expected =
      this.credential.auth === undefined &&
      engine?.id.compare(security.engineId) === 0 &&
      this.user.compare(security.user) === 0;
    return expected ? { kind: "answer", scopedPdu: message.scopedPdu } : drop;
  }

  /** Anybody can have written this: it may name an engine to begin with, and hint at what is wrong, no more. */
  private unauthenticatedReport(stat: UsmStat, message: V3Message, question: Question): UsmVerdict {
    if (stat === "unknownEngineIDs") return this.unknownEngine(message, question);
    const hint = REFUSALS[stat];
    if (hint === undefined) {
      question.hint ??= this.error(
        "not-in-time-window",
        "the device calls our messages late, without authentication",
      );
      return { kind: "drop", counter: "unauthenticated" };
    }
    question.hint = this.error(hint.code, hint.detail.replace("USER", this.credential.user));
    question.refused = true;
    return { kind: "drop", counter: "unauthenticated" };
  }

  private unknownEngine(message: V3Message, question: Question): UsmVerdict {
    const { security } = message;
    const { engine } = this.peer;
    const { length } = security.engineId;
    const answersDiscovery = question.discoveryIds.includes(message.msgId);
    if (answersDiscovery && engine !== undefined) return { kind: "drop", counter: "duplicate" };
    if (length < LEAST_ENGINE_OCTETS || length > MOST_ENGINE_OCTETS) {
      question.hint = this.error("unsupported", `its engine ID has ${length} octets instead of 5 to 32`);
      return { kind: "drop", counter: "unauthenticated" };
    }
    if (answersDiscovery) {
      const clock = new EngineClock(security.boots, security.timeSeconds, performance.now());
      this.peer.engine = { id: Buffer.from(security.engineId), clock };
      return this.round(question);
    }
    if (this.pinned) {
      const found = Buffer.from(security.engineId).toString("hex");
      question.hint = this.error(
        "authentication",
        `it has engine ${found}, not the pinned ${this.pinned.toString("hex")}`,
        {
          fix: "if the device was replaced on purpose, change the engine ID of the credential",
        },
      );
      return { kind: "drop", counter: "unauthenticated" };
    }
    return this.startOver(question, "unauthenticated");
  }

  private authenticReport(stat: UsmStat, timely: boolean, boots: number, question: Question): UsmVerdict {
    if (stat !== "notInTimeWindows") {
      const hint = REFUSALS[stat];
      question.hint = this.error(hint?.code ?? "error-status", hint?.detail ?? `the device reports ${stat}`);
      question.refused = true;
      return { kind: "drop", counter: "unauthenticated" };
    }
    return timely ? this.round(question) : this.startOver(question, "notInTimeWindow", boots);
  }

  /** Forgets what is known of the engine and asks again: once per question. */
  private startOver(
    question: Question,
    counter: "unauthenticated" | "notInTimeWindow",
    boots = 0,
  ): UsmVerdict {
    if (question.startedOver) {
      const detail =
        boots === LAST_BOOTS
          ? "its engine boots have reached their end"
          : "its engine boots or time go backwards";
      question.hint = this.error("not-in-time-window", detail);
      return { kind: "drop", counter };
    }
    question.startedOver = true;
    this.peer.engine = this.pinned && { id: this.pinned, clock: new EngineClock(0, 0, performance.now()) };
    return this.round(question);
  }

  private round(question: Question): UsmVerdict {
    question.securityRounds += 1;
    if (question.securityRounds <= MOST_ROUNDS) return { kind: "again" };
    question.hint = this.error("not-in-time-window", "its engine cannot be synchronised with");
    return { kind: "drop", counter: "notInTimeWindow" };
  }

  private undecipherable(question: Question): UsmVerdict {
    question.hint = this.error("decryption", "its answer cannot be decrypted");
    return { kind: "drop", counter: "unauthenticated" };
  }

  private error(code: SnmpErrorCode, detail: string, more: { fix?: string } = {}): SnmpRequestError {
    return new SnmpRequestError(code, this.peer.address, detail, more);
  }
}

/** RFC 3414 4: an empty engine ID, no user, no variables; the report that answers it names the engine. */
function discovery(id: number): Buffer {
  writer.reset();
  writer.close(TAG.sequence, 0);
  writer.integer(0);
  writer.integer(0);
  writer.integer(id);
  writer.close(PDU_TAG.get, 0);
  writer.element(TAG.octetString, NO_OCTETS);
  writer.element(TAG.octetString, NO_OCTETS);
  writer.close(TAG.sequence, 0);
  return sealMessage({
    msgId: id,
    reportable: true,
    engineId: NO_OCTETS,
    boots: 0,
    timeSeconds: 0,
    user: NO_OCTETS,
    keys: {},
    scopedPdu: writer.take(),
  });
}
