/** Measures every contender in turn, several times, and prints one JSON object: CPU µs per variable. */
import { SNMPD_USERS, v3Credential } from "../../fixtures/snmp/snmpd.ts";
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

const port = Number(process.argv[2]);
const rounds = Number(process.argv[3] ?? 15);
const authPriv = v3Credential(SNMPD_USERS.find(({ user }) => user === "sha256aes")!);

const table = pdcTable(port);
const walk = pdcWalk(port);
const tableRequests = await recordRequests(port, (relay) => pdcTable(relay));
const walkRequests = await recordRequests(port, (relay) => pdcWalk(relay));
const contenders: Record<string, Contender> = {
  bareForTable: bareExchange(port, tableRequests),
  columns: pdcColumns(port),
  table,
  bareForWalk: bareExchange(port, walkRequests),
  walk,
  columnsV3: pdcColumns(port, authPriv),
  netSnmp: netSnmpSubtree(port),
  snmpNativeCodec: snmpNativeCodec(port),
};
const { variables } = await table();
const samples = new Map<string, number[]>();
const wall = new Map<string, number[]>();

async function measure(name: string, contender: Contender, repeats: number): Promise<void> {
  const before = process.cpuUsage();
  const started = performance.now();
  let read = 0;
  let own: number | undefined;
  for (let i = 0; i < repeats; i++) {
    const result = await contender();
    read += result.variables || variables;
    if (result.cpuMicroseconds !== undefined) own = (own ?? 0) + result.cpuMicroseconds;
  }
  const { user, system } = process.cpuUsage(before);
  samples.set(name, [...(samples.get(name) ?? []), (own ?? user + system) / read]);
  wall.set(name, [...(wall.get(name) ?? []), ((performance.now() - started) * 1000) / read]);
}

const repeats = Math.max(1, Math.ceil(20_000 / variables));
for (const contender of Object.values(contenders)) for (let i = 0; i < 3; i++) await contender();
for (let round = 0; round < rounds; round++) {
  for (const [name, contender] of Object.entries(contenders)) await measure(name, contender, repeats);
}
// Apart from the others: a fork makes this process fault its pages in anew.
for (let round = 0; round < 2; round++) await measure("snmpNative", snmpNativeSubtree(port), 1);
for (let round = 0; round < 5; round++) await measure("snmpBulkWalk", snmpBulkWalk(port), 1);

// The machine may be busy with other things, which only ever adds: the lower quartile is nearest to the truth.
const quartile = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 4)]!;
const quartiles = (all: Map<string, number[]>): Record<string, number> =>
  Object.fromEntries([...all].map(([name, values]) => [name, quartile(values)]));
console.log(
  JSON.stringify({
    variables,
    datagrams: { table: tableRequests.length, walk: walkRequests.length },
    cpu: quartiles(samples),
    wall: quartiles(wall),
  }),
);
process.exit(0);
