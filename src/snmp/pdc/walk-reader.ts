import { boundsOf, FIRST_REPETITIONS, statusError, type WalkBounds } from "../bounds.ts";
import type { BerCursor } from "../codec/ber-cursor.ts";
import { BerWriter } from "../codec/ber-writer.ts";
import { decodeValue, ValueSlot } from "../codec/decode-value.ts";
import { compareOids, oidToOctets, subIdsToText } from "../codec/oid.ts";
import { PDU_TAG, TAG } from "../codec/tags.ts";
import { SnmpRequestError } from "../error.ts";
import type { VarBind, WalkEnding, WalkLimits, WalkResult } from "../types.ts";
import { writeAsked } from "./asked-variables.ts";
import { type Answer, type Channel, Question, type QuestionListener } from "./question.ts";
import type { Transport } from "./transport.ts";

const NO_SUCH_NAME = 2;
const NONE = new Uint8Array(0);
const writer = new BerWriter(512);

/** Reads everything below one OID, request by request, and hands it over as it comes. */
export class WalkReader implements QuestionListener {
  private readonly channel: Channel;
  private readonly onVarBinds: (varBinds: readonly VarBind[]) => void;
  private readonly settle: (error: unknown, result?: WalkResult) => void;
  private readonly question: Question;
  private readonly bounds: WalkBounds;
  private readonly slot = new ValueSlot();
  private readonly root: Uint8Array;
  private readonly rootText: string;
  /** The last OID below the root, behind the root's octets. */
  private last: Uint8Array = NONE;
  private lastStart = 0;
  private lastEnd = 0;
  /** Text of an OID but its last sub-identifier, and the octets it stands for: neighbours share it. */
  private stemText = "";
  private stem: Uint8Array = NONE;
  private stemStart = 0;
  private stemEnd = 0;
  private rows = 0;
  private octets = 0;
  private octetsEach: number | undefined;

  constructor(
    channel: Channel,
    transport: Transport,
    root: string,
    onVarBinds: (varBinds: readonly VarBind[]) => void,
    limits: WalkLimits | undefined,
    settle: (error: unknown, result?: WalkResult) => void,
  ) {
    this.channel = channel;
    this.onVarBinds = onVarBinds;
    this.settle = settle;
    this.bounds = boundsOf(limits, performance.now());
    this.root = oidToOctets(root);
    this.rootText = root.startsWith(".") ? root.slice(1) : root;
    this.stemText = this.rootText;
    this.question = new Question(channel, this, transport);
    this.ask(this.variablesAllowed());
    transport.ask(this.question);
  }

  shrink(): void {
    this.ask(this.channel.peer.size.smaller(this.question.asked));
  }

  failed(error: SnmpRequestError): void {
    if (this.rows === 0) this.settle(error);
    else this.end(error.code === "timeout" ? "timeout" : "error", error);
  }

  answered(answer: Answer): boolean {
    if (answer.errorStatus !== 0) return this.refusedWith(answer.errorStatus, answer.errorIndex);
    const start = answer.cursor.position;
    const varBinds: VarBind[] = [];
    const ending = this.read(answer.cursor, answer.listEnd, varBinds);
    this.rows += varBinds.length;
    this.octets += answer.octets;
    if (varBinds.length > 0) {
      this.octetsEach = (answer.listEnd - start) / varBinds.length;
      try {
        this.onVarBinds(varBinds);
      } catch (error) {
        // The caller's own mistake ends the caller's own walk.
        this.settle(error);
        return false;
      }
    }
    if (ending !== undefined) return this.end(ending);
    if (varBinds.length === 0) {
      return this.end("error", this.error("mismatch", "the agent answered without variables"));
    }
    if (this.rows >= this.bounds.maxRows) return this.end("row-limit");
    if (this.octets >= this.bounds.maxOctets) return this.end("octet-limit");
    if (performance.now() >= this.bounds.endsMs) return this.end("time-limit");
    this.ask(this.variablesAllowed());
    return true;
  }

  private error(code: "mismatch", detail: string): SnmpRequestError {
    return new SnmpRequestError(code, this.channel.peer.address, detail);
  }

  /** As many as fit a frame; the first request (or all, when the target says how many) asks for no more than is named. */
  private variablesAllowed(): number {
    const { peer, target } = this.channel;
    const most = target.maxRepetitions ?? (this.rows === 0 ? FIRST_REPETITIONS : Number.POSITIVE_INFINITY);
    return Math.min(most, peer.size.variables(performance.now(), this.octetsEach));
  }

  private ask(variables: number): void {
    const { question } = this;
    const bulk = this.channel.security.version !== 0;
    question.pduTag = bulk ? PDU_TAG["get-bulk"] : PDU_TAG["get-next"];
    question.asked = bulk ? variables : 1;
    question.second = bulk ? variables : 0;
    writer.reset();
    writeAsked(writer, this.root, this.last, this.lastStart, this.lastEnd);
    question.variables = writer.take();
  }

  /** Decodes into `varBinds`; returns how the walk ends, if it does. */
  private read(cursor: BerCursor, listEnd: number, varBinds: VarBind[]): WalkEnding | undefined {
    const { octets } = cursor;
    const { root, slot } = this;
    let { last, lastStart, lastEnd } = this;
    while (cursor.position < listEnd) {
      const end = cursor.expect(TAG.sequence, listEnd, "variable");
      const nameEnd = cursor.expect(TAG.oid, end, "name of a variable");
      const nameStart = cursor.position;
      cursor.checkOid(nameStart, nameEnd);
      const start = nameStart + root.length;
      if (!isBelow(octets, nameStart, nameEnd, root)) {
        const order = compareOids(octets, nameStart, nameEnd, root, 0, root.length);
        return order > 0 ? "end" : "not-increasing";
      }
      cursor.position = nameEnd;
      decodeValue(cursor, end, slot);
      cursor.finish(end, "a variable");
      if (slot.value === null && slot.type !== "Null") return "end";
      if (compareOids(octets, start, nameEnd, last, lastStart, lastEnd) <= 0) return "not-increasing";
      last = octets;
      lastStart = start;
      lastEnd = nameEnd;
      varBinds.push({ oid: this.text(octets, start, nameEnd), type: slot.type, value: slot.value });
    }
    this.last = last;
    this.lastStart = lastStart;
    this.lastEnd = lastEnd;
    return undefined;
  }

  private text(octets: Uint8Array, start: number, end: number): string {
    let tail = end - 1;
    while (tail > start && octets[tail - 1]! >= 0x80) tail -= 1;
    if (!this.sameStem(octets, start, tail)) {
      const stem = subIdsToText(octets, start, tail);
      this.stemText = stem === "" ? this.rootText : `${this.rootText}.${stem}`;
      this.stem = octets;
      this.stemStart = start;
      this.stemEnd = tail;
    }
    let value = 0;
    for (let i = tail; i < end; i++) value = value * 128 + (octets[i]! & 0x7f);
    return `${this.stemText}.${value}`;
  }

  private sameStem(octets: Uint8Array, start: number, end: number): boolean {
    const { stem, stemStart, stemEnd } = this;
    if (end - start !== stemEnd - stemStart) return false;
    for (let a = start, b = stemStart; a < end; a++, b++) if (octets[a] !== stem[b]) return false;
    return true;
  }

  private refusedWith(errorStatus: number, errorIndex: number): boolean {
    const { peer, security } = this.channel;
    if (errorStatus === NO_SUCH_NAME && (security.version === 0 || this.rows > 0)) return this.end("end");
    if (this.question.asked > 1) {
      peer.size.refused(performance.now(), this.question.asked);
      this.ask(this.variablesAllowed());
      return true;
    }
    const error = statusError(peer.address, errorStatus, errorIndex);
    if (this.rows > 0) return this.end("error", error);
    this.settle(error);
    return false;
  }

  private end(ending: WalkEnding, error?: SnmpRequestError): false {
    const result: WalkResult = { ending, complete: ending === "end", rows: this.rows };
    if (error !== undefined) result.error = error;
    this.settle(undefined, result);
    return false;
  }
}

function isBelow(octets: Uint8Array, start: number, end: number, root: Uint8Array): boolean {
  if (end - start <= root.length) return false;
  for (let i = root.length - 1; i >= 0; i--) if (octets[start + i] !== root[i]) return false;
  return true;
}
