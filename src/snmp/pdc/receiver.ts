import { BerCursor } from "../codec/ber-cursor.ts";
import { DecodeError } from "../codec/decode-error.ts";
import { decodeMessage } from "../codec/decode-message.ts";
import { PDU_TAG, TAG } from "../codec/tags.ts";
import { noDrops } from "../drops.ts";
import { SnmpRequestError } from "../error.ts";
import type { DropCounters } from "../types.ts";
import type { Answer, Question } from "./question.ts";
import { CommunitySecurity } from "./security.ts";
import type { Transport } from "./transport.ts";
import { UsmSecurity } from "./usm-security.ts";

const MESSAGE_VERSION_3 = 3;

/**
 * The receive path. Whatever arrives is an answer to an open question, from the address and port that was asked,
 * with its id and community or user, or it is counted and dropped. Nothing is thrown out of `receive`.
 */
export class Receiver {
  readonly drops: DropCounters = noDrops();
  private readonly transport: Transport;
  /** One cursor and one answer for all datagrams: they are taken in one after the other. */
  private readonly cursor = new BerCursor(new Uint8Array(0));
  private readonly answer: Answer = {
    errorStatus: 0,
    errorIndex: 0,
    cursor: this.cursor,
    listEnd: 0,
    octets: 0,
    nowMs: 0,
  };
  private question: Question | undefined;
  private provenBefore = 0;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  receive(octets: Buffer, address: string, port: number): void {
    this.question = undefined;
    try {
      this.read(octets, address, port);
    } catch (error) {
      this.drops.malformed += 1;
      this.broken(error);
    }
  }

  private read(octets: Buffer, address: string, port: number): void {
    const { cursor } = this;
    cursor.reset(octets);
    const end = cursor.expect(TAG.sequence, octets.length, "message");
    if (end !== octets.length) cursor.fail("trailing-octets", "octets after the message");
    const version = cursor.integer(end, "version");
    if (version === MESSAGE_VERSION_3) {
      this.readV3(octets, address, port);
      return;
    }
    cursor.expect(TAG.octetString, end, "community");
    const communityStart = cursor.position;
    const communityEnd = cursor.end;
    cursor.position = communityEnd;
    const tag = cursor.open(end);
    const pduEnd = cursor.end;
    if (pduEnd !== end) cursor.fail("trailing-octets", "octets after the PDU");
    const id = cursor.integer(pduEnd, "request-id");
    const question = tag === PDU_TAG.response ? this.find(id, address, port) : this.unknown();
    if (question === undefined) return;
    const { security } = question.channel;
    if (
      !(security instanceof CommunitySecurity) ||
      security.version !== version ||
      !security.isOurs(octets, communityStart, communityEnd)
    ) {
      this.drops.wrongCommunity += 1;
      return;
    }
    this.deliver(question, id, pduEnd, octets.length);
  }

  private readV3(octets: Buffer, address: string, port: number): void {
    const decoded = decodeMessage(octets);
    if (!decoded.ok) throw decoded.error;
    const message = decoded.value;
    if (message.version !== "3") return;
    const question = this.find(message.msgId, address, port);
    if (question === undefined) return;
    const { security } = question.channel;
    if (!(security instanceof UsmSecurity)) {
      this.drops.wrongCommunity += 1;
      return;
    }
    const verdict = security.open(octets, message, question);
    if (verdict.kind === "drop") this.drops[verdict.counter] += 1;
    else if (verdict.kind === "again") this.transport.repeatNow(question);
    else this.readScopedPdu(verdict.scopedPdu, security, question, message.msgId, octets.length);
  }

  private readScopedPdu(
    scopedPdu: Uint8Array,
    security: UsmSecurity,
    question: Question,
    id: number,
    octets: number,
  ): void {
    const { cursor } = this;
    this.question = question;
    cursor.reset(scopedPdu);
    // Behind it there may be the padding of the cipher.
    const end = cursor.expect(TAG.sequence, scopedPdu.length, "scoped PDU");
    cursor.expect(TAG.octetString, end, "contextEngineID");
    const contextEngineId = cursor.contents();
    cursor.expect(TAG.octetString, end, "contextName");
    const contextName = cursor.contents();
    const tag = cursor.open(end);
    const pduEnd = cursor.end;
    if (pduEnd !== end) cursor.fail("trailing-octets", "octets after the PDU");
    const requestId = cursor.integer(pduEnd, "request-id");
    if (tag !== PDU_TAG.response || requestId !== id || !security.concerns(contextEngineId, contextName)) {
      this.drops.unauthenticated += 1;
      return;
    }
    this.deliver(question, id, pduEnd, octets);
  }

  /** The open question with this id, if it was put to this address. */
  private find(id: number, address: string, port: number): Question | undefined {
    const question = this.transport.open.find(id);
    if (question === undefined) {
      if (this.transport.open.wasFinished(id)) this.drops.duplicate += 1;
      else this.drops.unknownRequest += 1;
      return undefined;
    }
    const { peer, target } = question.channel;
    if (peer.port === port && peer.address === address) return question;
    if (target.acceptOtherAddress === true && peer.port === port) return question;
    this.drops.wrongAddress += 1;
    question.hint ??= new SnmpRequestError(
      "timeout",
      peer.address,
      `an answer came from ${address} port ${port} instead`,
      {
        fix: "if both addresses are the same device, allow answers from another address for it",
      },
    );
    return undefined;
  }

  private unknown(): undefined {
    this.drops.unknownRequest += 1;
    return undefined;
  }

  /** Hands the variables to who asked; the cursor is behind the request-id. */
  private deliver(question: Question, id: number, pduEnd: number, octets: number): void {
    const { cursor, answer } = this;
    this.question = question;
    answer.errorStatus = cursor.integer(pduEnd, "error-status");
    answer.errorIndex = cursor.integer(pduEnd, "error-index");
    answer.listEnd = cursor.expect(TAG.sequence, pduEnd, "variable list");
    if (answer.listEnd !== pduEnd) cursor.fail("trailing-octets", "octets after the variable list");
    answer.octets = octets;
    answer.nowMs = performance.now();
    const { peer } = question.channel;
    const { nowMs } = answer;
    // Before the listener decides what to ask for next; taken back when the answer cannot be read.
    this.provenBefore = peer.size.proven;
    if (answer.errorStatus === 0) peer.size.answered(nowMs, question.asked, question.silentAt);
    const sentAtMs = question.sentAtMs[question.ids.indexOf(id)]!;
    const again = question.listener.answered(answer);
    peer.roundTrip.sample(nowMs - sentAtMs);
    peer.answering = true;
    if (!question.settled) this.transport.finish(question, again, nowMs);
  }

  /** An answer to an open question that cannot be read, or a mistake of ours in reading it. */
  private broken(error: unknown): void {
    const { question } = this;
    if (!(error instanceof DecodeError)) process.emitWarning(error instanceof Error ? error : String(error));
    if (question === undefined || question.settled) return;
    const detail = error instanceof Error ? error.message : String(error);
    const { peer } = question.channel;
    // Some agents write rubbish when a response grows beyond their buffer: that is like silence.
    peer.size.proven = this.provenBefore;
    question.hint = new SnmpRequestError(
      "mismatch",
      peer.address,
      `the answer cannot be decoded: ${detail}`,
      {
        fix: "ask for fewer repetitions, or try another driver for this device",
      },
    );
    this.transport.attemptBroken(question);
  }
}
