import { boundsOf, FIRST_REPETITIONS, statusError, type WalkBounds } from "../bounds.ts";
import { PDU_TAG } from "../codec/tags.ts";
import { SnmpRequestError } from "../error.ts";
import type { ColumnsResult, TableOptions, WalkEnding } from "../types.ts";
import { AskedInTurn } from "./asked-variables.ts";
import { type PreparedTable, prepareTable } from "./prepared-table.ts";
import { type Answer, type Channel, Question, type QuestionListener } from "./question.ts";
import { ScalarHead } from "./scalar-head.ts";
import { type TableColumn, TableRows } from "./table-rows.ts";
import type { Transport } from "./transport.ts";

const NO_SUCH_NAME = 2;
const TOO_BIG = 1;
const GENERAL_ERROR = 5;

/**
 * Reads the columns of one table, several per request, one request after the other, with one question for all of
 * them. `settle` hears of the result, or of the error when there are no rows at all.
 */
export class TableReader implements QuestionListener {
  private readonly channel: Channel;
  private readonly settle: (error: SnmpRequestError | undefined, result?: ColumnsResult) => void;
  private readonly prepared: PreparedTable;
  private readonly question: Question;
  private readonly head: ScalarHead;
  private readonly bounds: WalkBounds;
  private rows: TableRows;
  /** The columns of the running request; those that do not fit it wait until these have ended. */
  private active: TableColumn[] = [];
  private readonly askedColumns = new AskedInTurn();
  private octets = 0;
  private nowMs: number;
  private restarts = 0;
  /** The error of a column that the agent cannot give; the others go on. */
  private columnError: SnmpRequestError | undefined;

  constructor(
    channel: Channel,
    transport: Transport,
    columns: readonly string[],
    options: TableOptions | undefined,
    settle: (error: SnmpRequestError | undefined, result?: ColumnsResult) => void,
  ) {
    this.channel = channel;
    this.settle = settle;
    this.nowMs = performance.now();
    this.bounds = boundsOf(options, this.nowMs);
    this.head = new ScalarHead(options?.scalars ?? [], options?.watchRestart ?? false);
    this.prepared = prepareTable(columns, this.head.oids());
    this.rows = new TableRows(this.prepared.prefixes);
    this.question = new Question(channel, this, transport);
    this.active = this.rows.columns;
    this.ask(this.variablesAllowed());
    transport.ask(this.question);
  }

  shrink(): void {
    this.ask(this.channel.peer.size.smaller(this.question.asked));
  }

  failed(error: SnmpRequestError): void {
    if (this.rows.indexes.length === 0) this.settle(error);
    else this.end(error.code === "timeout" ? "timeout" : "error", error);
  }

  answered(answer: Answer): boolean {
    if (answer.errorStatus !== 0) return this.refusedWith(answer.errorStatus, answer.errorIndex);
    const { head, rows, active } = this;
    const before = answer.cursor.position;
    const scalars = head.decode(answer.cursor, answer.listEnd);
    if (head.isRestart(scalars)) return this.restart();
    const variables = rows.take(answer.cursor, answer.listEnd, active);
    head.keep(scalars);
    this.octets += answer.octets;
    if (variables > 0) this.prepared.learnSize(answer.listEnd - before, variables);
    this.nowMs = answer.nowMs;
    if (rows.notIncreasing) return this.end("not-increasing");
    if (variables === 0) return this.emptyAnswer();
    if (active.every((column) => column.ended) && !this.nextColumns()) return this.end("end");
    if (rows.indexes.length >= this.bounds.maxRows) return this.end("row-limit");
    if (this.octets >= this.bounds.maxOctets) return this.end("octet-limit");
    if (this.nowMs >= this.bounds.endsMs) return this.end("time-limit");
    this.ask(this.variablesAllowed());
    return true;
  }

  private get bulk(): boolean {
    return this.channel.security.version !== 0;
  }

  private variablesAllowed(): number {
    return this.channel.peer.size.variables(this.nowMs, this.prepared.octetsEach);
  }

  /** Sets the question to the next request, for at most `variables` variables. */
  private ask(variables: number): void {
    const { question, head } = this;
    this.nextColumns(variables);
    const { active, bulk } = this;
    const repetitions = bulk ? this.repetitions(variables) : 1;
    question.asked = head.length + active.length * repetitions;
    question.pduTag = bulk ? PDU_TAG["get-bulk"] : PDU_TAG["get-next"];
    question.first = bulk ? head.length : 0;
    question.second = bulk ? repetitions : 0;
    question.prepared = head.fresh && active === this.rows.columns && this.rows.indexes.length === 0;
    question.variables = question.prepared ? this.prepared.variables : this.followUp();
  }

  /** As many as fit; one more than the rows this table had the last time shows its end as well. */
  private repetitions(variables: number): number {
    const { peer, target } = this.channel;
    const read = this.rows.indexes.length;
    const fitting = Math.max(1, Math.floor(variables / this.active.length));
    const most = target.maxRepetitions ?? (read === 0 ? FIRST_REPETITIONS : fitting);
    const expected = peer.tableRows.get(this.prepared);
    const missing = expected === undefined || expected < read ? most : expected + 1 - read;
    return Math.max(1, Math.min(fitting, most, missing));
  }

  /**
   * Chooses the columns of the next request: those not ended, as many as may be asked at once. False when none is
   * left.
   */
  private nextColumns(variables = this.variablesAllowed()): boolean {
    const previous = this.active;
    if (previous.length <= variables && !previous.some((column) => column.ended)) return true;
    this.active = this.rows.columns.filter((column) => !column.ended).slice(0, variables);
    if (this.active.some((column) => !previous.includes(column))) this.rows.findRowsByIndex();
    return this.active.length > 0;
  }

  private followUp(): Buffer {
    const columns = this.askedColumns.encode(this.active);
    return this.head.length > 0 ? Buffer.concat([this.head.variables(), columns]) : columns;
  }

  private refusedWith(errorStatus: number, errorIndex: number): boolean {
    const { peer } = this.channel;
    const { asked } = this.question;
    const error = statusError(peer.address, errorStatus, errorIndex);
    const least = this.head.length + 1;
    if (
      (errorStatus === TOO_BIG || errorStatus === GENERAL_ERROR) &&
      asked > this.head.length + this.active.length
    ) {
      peer.size.refused(this.nowMs, asked);
    } else if (errorStatus === TOO_BIG && asked > least) {
      peer.size.refused(this.nowMs, asked);
    } else if (errorStatus === NO_SUCH_NAME && errorIndex <= this.head.length && errorIndex > 0) {
      this.head.drop(errorIndex - 1);
    } else if (errorStatus === NO_SUCH_NAME || errorStatus === GENERAL_ERROR) {
      const column = this.active[errorIndex - 1 - this.head.length];
      if (errorStatus === GENERAL_ERROR) this.columnError ??= error;
      if (column) column.ended = true;
      else for (const each of this.active) each.ended = true;
    } else {
      return this.end("error", error);
    }
    if (!this.nextColumns()) return this.end("end");
    this.ask(this.variablesAllowed());
    return true;
  }

  /** No variable at all: not even one fitted, or the agent is broken. */
  private emptyAnswer(): boolean {
    const { peer } = this.channel;
    if (this.question.asked > this.head.length + 1) {
      peer.size.refused(this.nowMs, this.question.asked);
      this.ask(this.variablesAllowed());
      return true;
    }
    return this.end(
      "error",
      new SnmpRequestError("mismatch", peer.address, "the agent answered without variables"),
    );
  }

  /** Rows from before and after a restart do not belong together. */
  private restart(): boolean {
    const { peer } = this.channel;
    this.restarts += 1;
    this.rows = new TableRows(this.prepared.prefixes);
    this.active = this.rows.columns;
    if (this.restarts > 1) {
      return this.end(
        "error",
        new SnmpRequestError("mismatch", peer.address, "the agent restarted while it was read, twice"),
      );
    }
    this.head.again();
    this.ask(this.variablesAllowed());
    return true;
  }

  private end(ending: WalkEnding, error = this.columnError): false {
    const { indexes, columns } = this.rows.finish();
    const complete = ending === "end" && error === undefined;
    if (complete) this.channel.peer.tableRows.set(this.prepared, indexes.length);
    const result: ColumnsResult = {
      ending: ending === "end" && error !== undefined ? "error" : ending,
      complete,
      rows: indexes.length,
      indexes,
      columns,
    };
    if (error !== undefined) result.error = error;
    if (this.head.values.length > 0) result.scalars = this.head.values;
    if (this.head.upTimeTicks !== undefined) result.upTimeTicks = this.head.upTimeTicks;
    this.settle(undefined, result);
    return false;
  }
}
