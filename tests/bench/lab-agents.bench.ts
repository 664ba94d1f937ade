/** What an answer of a simulated agent costs: it must be cheap, since agents share the machine with what polls them. */
import { Agent } from "../../src/lab/agent/agent.ts";
import { withCounterRules } from "../../src/lab/agent/counter-rules.ts";
import { AgentTable } from "../../src/lab/agent/table.ts";
import { encodeMessage } from "../../src/snmp/codec/encode-message.ts";
import type { VarBind } from "../../src/snmp/types.ts";
import type { Figure } from "./figure.ts";
import { ninetyValues } from "./ninety-values.ts";

const answers = 100_000;
const columns = [
  "1.3.6.1.2.1.2.2.1.8",
  "1.3.6.1.2.1.2.2.1.14",
  "1.3.6.1.2.1.31.1.1.1.6",
  "1.3.6.1.2.1.31.1.1.1.10",
];
const rows = 8;

export async function run(): Promise<Figure[]> {
  const credential = { version: "2c", community: "public" } as const;
  const table = new AgentTable(withCounterRules(ninetyValues()));
  const agent = new Agent({ id: "bench", recording: "", credential }, table, Date.now());
  const varBinds = columns.map((oid): VarBind => ({ oid, type: "Null", value: null }));
  const pdu = { type: "get-bulk", requestId: 7, nonRepeaters: 0, maxRepetitions: rows, varBinds } as const;
  const request = encodeMessage({ version: "2c", community: Buffer.from(credential.community), pdu });
  const cost = (): number => {
    const before = process.cpuUsage();
    for (let count = 0; count < answers; count++) agent.answer(request, Date.now());
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (answers * columns.length * rows);
  };
  cost();
  return [
    { name: "agent CPU per value, GETBULK of four columns (two of them moving)", value: cost(), unit: "µs" },
  ];
}
