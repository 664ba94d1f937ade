/**
 * What the observation costs on top of the wire: a device of 24 ports, answered from memory, observed again and again;
 * and what a plan keeps in memory. Prints figures, asserts none.
 * Run: node tests/bench/observe.bench.ts [devices]
 */
import { discoverDevice, observeDevice } from "../../src/poll/observe.ts";
import { loadProfiles } from "../../src/profiles/index.ts";
import type { SnmpSession, TableOptions, TableResult, VarBind, VarBindType } from "../../src/snmp/types.ts";

const ports = 24;
const devices = Number(process.argv[2] ?? 2000);
const profiles = await loadProfiles();

/** mib-2 columns of a switch with HC counters, and its processors and memory. */
function makeDevice(seed: number): Map<string, Map<string, VarBind>> {
  const columns = new Map<string, Map<string, VarBind>>();
  const put = (column: string, index: string, type: VarBindType, value: VarBind["value"]): void => {
    const oid = `1.3.6.1.2.1.${column}`;
    if (!columns.has(oid)) columns.set(oid, new Map());
    columns.get(oid)!.set(index, { oid: `${oid}.${index}`, type, value });
  };
  for (let port = 1; port <= ports; port++) {
    const index = String(port);
    put("2.2.1.1", index, "Integer32", port);
    put("2.2.1.2", index, "OctetString", Buffer.from(`GigabitEthernet1/0/${port}`));
    put("2.2.1.3", index, "Integer32", 6);
    put("2.2.1.5", index, "Gauge32", 1_000_000_000);
    put("2.2.1.7", index, "Integer32", 1);
    put("2.2.1.8", index, "Integer32", 1);
    put("2.2.1.9", index, "TimeTicks", 500);
    for (const column of [13, 14, 19, 20]) put(`2.2.1.${column}`, index, "Counter32", seed % 1000);
    put("31.1.1.1.1", index, "OctetString", Buffer.from(`Gi1/0/${port}`));
    put("31.1.1.1.15", index, "Gauge32", 1000);
    put("31.1.1.1.18", index, "OctetString", Buffer.from(`port ${port} of ${seed}`));
    for (const column of [6, 7, 8, 9, 10, 11, 12, 13])
      put(`31.1.1.1.${column}`, index, "Counter64", BigInt(seed) * 1_000_003n);
    for (const column of [2, 3, 8]) put(`10.7.2.1.${column}`, index, "Counter32", 0);
    put("10.7.2.1.19", index, "Integer32", 3);
  }
  for (const cpu of ["1", "2"]) put("25.3.3.1.2", cpu, "Integer32", seed % 100);
  return columns;
}

const scalars = new Map<string, VarBind>(
  (
    [
      ["1.3.6.1.2.1.1.1.0", "OctetString", Buffer.from("Bench switch")],
      ["1.3.6.1.2.1.1.2.0", "ObjectIdentifier", "1.3.6.1.4.1.99999"],
      ["1.3.6.1.2.1.1.3.0", "TimeTicks", 1_000_000],
      ["1.3.6.1.2.1.2.1.0", "Integer32", ports],
      ["1.3.6.1.2.1.31.1.5.0", "TimeTicks", 400],
    ] as const
  ).map(([oid, type, value]) => [oid, { oid, type, value }]),
);

/** Answers without a wire; results are made once, as the driver's share is measured elsewhere. */
function memorySession(columns: Map<string, Map<string, VarBind>>): SnmpSession {
  const answers = new Map<readonly string[], TableResult>();
  const scalar = (oid: string): VarBind => scalars.get(oid) ?? { oid, type: "noSuchObject", value: null };
  const table = async (oids: readonly string[], options?: TableOptions): Promise<TableResult> => {
    let answer = answers.get(oids);
    if (answer === undefined) {
      const indexes = [...new Set(oids.flatMap((oid) => [...(columns.get(oid)?.keys() ?? [])]))];
      answer = {
        ending: "end",
        complete: true,
        rows: indexes.length,
        indexes,
        columns: oids.map((oid) => indexes.map((index) => columns.get(oid)?.get(index))),
      };
      if (options?.scalars) answer.scalars = options.scalars.map(scalar);
      answers.set(oids, answer);
    }
    return answer;
  };
  const present = [...columns.keys()];
  return {
    target: { address: "192.0.2.1", credential: undefined as never },
    get: async (oids) => oids.map(scalar),
    getNext: async (oids) =>
      oids.map((oid) => {
        const found = present.find((column) => column.startsWith(`${oid}.`));
        return found
          ? { oid: `${found}.1`, type: "Integer32", value: 1 }
          : { oid, type: "endOfMibView", value: null };
      }),
    getBulk: async () => [],
    walk: async () => ({ ending: "end", complete: true, rows: 0 }),
    table,
    engine: () => undefined,
    roundTripTimeMs: () => undefined,
    close: () => undefined,
  };
}

const session = memorySession(makeDevice(7));
const { plan, observation } = await discoverDevice(session, profiles, { device: "bench" });
const values = observation.components.reduce((sum, one) => sum + Object.keys(one.measurements).length, 0);
for (let warm = 0; warm < 2000; warm++) await observeDevice(session, plan!);
const cycles = 5000;
const began = process.cpuUsage();
for (let cycle = 0; cycle < cycles; cycle++) await observeDevice(session, plan!);
const { user, system } = process.cpuUsage(began);
const microseconds = (user + system) / cycles;
console.log(
  `observeDevice: ${values} values, ${microseconds.toFixed(1)} µs CPU a device, ${(microseconds / values).toFixed(3)} µs a value, ${Math.round((values / microseconds) * 1e6).toLocaleString("en")} values/s of one core`,
);

globalThis.gc?.();
const before = process.memoryUsage();
const plans: unknown[] = [];
const discoveryBegan = process.cpuUsage();
for (let device = 0; device < devices; device++) {
  const discovery = await discoverDevice(memorySession(makeDevice(device)), profiles, {
    device: `device-${device}`,
  });
  plans.push(discovery.plan);
}
const discoveryUsage = process.cpuUsage(discoveryBegan);
globalThis.gc?.();
const after = process.memoryUsage();
console.log(
  `discoverDevice: ${((discoveryUsage.user + discoveryUsage.system) / devices / 1000).toFixed(2)} ms CPU a device`,
);
console.log(
  `${plans.length} plans: ${((after.heapUsed - before.heapUsed) / devices / 1024).toFixed(1)} kB of heap a device (${ports + 2} components)`,
);
