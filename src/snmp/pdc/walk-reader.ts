import { boundsOf, FIRST_REPETITIONS, statusError, type WalkBounds } from "../bounds.ts";
import { PDU_TAG } from "../codec/tags.ts";
import { SnmpRequestError } from "../error.ts";
import type { VarBind, WalkEnding, WalkLimits, WalkResult } from "../types.ts";
import { encodeAsked } from "./asked-variables.ts";
import { type Answer, type Channel, Question, type QuestionListener } from "./question.ts";
import type { Transport } from "./transport.ts";
import { WalkRows } from "./walk-rows.ts";

const NO_SUCH_NAME = 2;

/** Reads everything below one OID, request by request, and hands it over as it comes. */
export class WalkReader implements QuestionListener {
  private readonly channel: Channel;
  private readonly onVarBinds: (varBinds: readonly VarBind[]) => void;
  private readonly settle: (error: unknown, result?: WalkResult) => void;
  private readonly question: Question;
  private readonly bounds: WalkBounds;
  private readonly walked: WalkRows;
  private rows = 0;
  private octets = 0;
  private nowMs: number;
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
    this.nowMs = performance.now();
    this.bounds = boundsOf(limits, this.nowMs);
    this.walked = new WalkRows(root);
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
    this.nowMs = answer.nowMs;
    const start = answer.cursor.position;
    const varBinds: VarBind[] = [];
    const ending = this.walked.take(answer.cursor, answer.listEnd, varBinds);
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
    if (this.nowMs >= this.bounds.endsMs) return this.end("time-limit");
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
    return Math.min(most, peer.size.variables(this.nowMs, this.octetsEach));
  }

  private ask(variables: number): void {
    const { question } = this;
    const bulk = this.channel.security.version !== 0;
    question.pduTag = bulk ? PDU_TAG["get-bulk"] : PDU_TAG["get-next"];
    question.asked = bulk ? variables : 1;
    question.second = bulk ? variables : 0;
    question.variables = encodeAsked([this.walked.position]);
  }

  private refusedWith(errorStatus: number, errorIndex: number): boolean {
    const { peer, security } = this.channel;
    if (errorStatus === NO_SUCH_NAME && (security.version === 0 || this.rows > 0)) return this.end("end");
    if (this.question.asked > 1) {
      peer.size.refused(this.nowMs, this.question.asked);
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
