import { ValueSlot } from "../codec/decode-value.ts";
import { decodeVarBinds } from "../codec/decode-var-binds.ts";
import { PDU_TAG } from "../codec/tags.ts";
import type { SnmpRequestError } from "../error.ts";
import type { Exchange, Reply } from "../get.ts";
import { askedVariables } from "./asked-variables.ts";
import { type Answer, type Channel, Question, type QuestionListener } from "./question.ts";
import type { Transport } from "./transport.ts";

/** One request, one response. */
class PduExchange implements QuestionListener {
  private readonly resolve: (reply: Reply) => void;
  private readonly reject: (error: SnmpRequestError) => void;

  constructor(resolve: (reply: Reply) => void, reject: (error: SnmpRequestError) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }

  answered({ errorStatus, errorIndex, cursor, listEnd }: Answer): boolean {
    this.resolve({ errorStatus, errorIndex, varBinds: decodeVarBinds(cursor, listEnd, new ValueSlot()) });
    return false;
  }

  failed(error: SnmpRequestError): void {
    this.reject(error);
  }
}

/** Requests of one PDU each. `ask` throws RangeError when a text is no OID. */
export function exchangeOf(channel: Channel, transport: Transport): Exchange {
  const { address, size } = channel.peer;
  return {
    address,
    size,
    ask(type, oids, bulk = { nonRepeaters: 0, maxRepetitions: 0 }) {
      const variables = askedVariables(oids);
      return new Promise((resolve, reject) => {
        const question = new Question(channel, new PduExchange(resolve, reject), transport);
        question.pduTag = PDU_TAG[type];
        question.first = bulk.nonRepeaters;
        question.second = bulk.maxRepetitions;
        question.variables = variables;
        question.asked = oids.length;
        transport.ask(question);
      });
    },
  };
}
