/**
 * Starts snmpd, measures every contender in turn, several times, and prints one JSON object: CPU µs per variable.
 * A process of its own, so that it can run in a network namespace.
 */
import { SNMPD_USERS, startSnmpd, v3Credential } from "../../fixtures/snmp/snmpd.ts";
import {
  bareExchange,
  type Contender,
  netSnmpSubtree,
  pdcColumns,
  pdcTable,
  pdcWalk,
  recordRequests,
  snmpBulkWalk,
  snmpNativeCodec,
  snmpNativeSubtree,
} from "./contenders.ts";

const ROUNDS = 41;
/** Variables per round and contender, at least. */
const VARIABLES = 6_000;

const agent = await startSnmpd();
const { port } = agent;
const authPriv = v3Credential(SNMPD_USERS.find(({ user }) => user === "sha256aes")!);
const columnRequests = await recordRequests(port, (relay) => pdcColumns(relay));
const walkRequests = await recordRequests(port, (relay) => pdcWalk(relay));
const contenders: Record<string, Contender> = {
  bareForColumns: bareExchange(port, columnRequests),
  columns: pdcColumns(port),
  table: pdcTable(port),
  bareForWalk: bareExchange(port, walkRequests),
  walk: pdcWalk(port),
  netSnmp: netSnmpSubtree(port),
  columnsV3: pdcColumns(port, authPriv),
  snmpNativeCodec: snmpNativeCodec(port),
};
const { variables } = await contenders.columns!();
const samples = new Map<string, number[]>();

async function measure(name: string, contender: Contender, repeats: number): Promise<void> {
  const before = process.cpuUsage();
  let read = 0;
  let own: number | undefined;
  for (let i = 0; i < repeats; i++) {
    const result = await contender();
    read += result.variables || variables;
    if (result.cpuMicroseconds !== undefined) own = (own ?? 0) + result.cpuMicroseconds;
  }
  const { user, system } = process.cpuUsage(before);
  samples.set(name, [...(samples.get(name) ?? []), (own ?? user + system) / read]);
}

const repeats = Math.max(1, Math.ceil(VARIABLES / variables));
// A poller runs for months: what counts is the code as the compiler leaves it.
for (const contender of Object.values(contenders)) for (let i = 0; i < 30 * repeats; i++) await contender();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, contender] of Object.entries(contenders)) await measure(name, contender, repeats);
}
// Apart from the others: a fork makes this process fault its pages in anew.
for (let round = 0; round < 2; round++) await measure("snmpNative", snmpNativeSubtree(port), 1);
for (let round = 0; round < 5; round++) await measure("snmpBulkWalk", snmpBulkWalk(port), 1);
await agent.stop();

const at = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]!;
// The machine may be busy with other things, which only ever adds: the lower quartile is nearest to the truth.
const cpu = Object.fromEntries([...samples].map(([name, values]) => [name, at(values, 0.25)]));
/** Two contenders are compared round by round, in which they ran one behind the other. */
const ratio = (name: string, to: string): number =>
  at(
    samples.get(name)!.map((value, round) => value / samples.get(to)![round]!),
    0.5,
  );
const outcome = {
  variables,
  datagrams: { columns: columnRequests.length, walk: walkRequests.length },
  cpu,
  ratios: {
    walkToBare: ratio("walk", "bareForWalk"),
    walkToNetSnmp: ratio("walk", "netSnmp"),
    columnsToBare: ratio("columns", "bareForColumns"),
    columnsToV3: ratio("columns", "columnsV3"),
  },
};
console.log(JSON.stringify(outcome));
process.exit(0);
