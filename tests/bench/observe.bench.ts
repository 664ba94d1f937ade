/**
 * What the observation costs on top of the wire: a switch of 24 ports, answered from memory, observed again and again;
 * what its discovery costs; and, under `node --expose-gc`, what its plan keeps in memory.
 */
import { discoverDevice, observeDevice } from "../../src/poll/observe.ts";
import { loadProfiles } from "../../src/profiles/index.ts";
import type { SnmpSession, TableOptions, TableResult, VarBind, VarBindType } from "../../src/snmp/types.ts";
import type { Figure } from "./figure.ts";

const PORTS = 24;
const DEVICES = 1000;
const CYCLES = 5000;
const profiles = await loadProfiles();

/** mib-2 columns of a switch with HC counters, and its processors and memory. */
function makeDevice(seed: number): Map<string, Map<string, VarBind>> {
  const columns = new Map<string, Map<string, VarBind>>();
  const put = (column: string, index: string, type: VarBindType, value: VarBind["value"]): void => {
    const oid = `1.3.6.1.2.1.${column}`;
    if (!columns.has(oid)) columns.set(oid, new Map());
    columns.get(oid)!.set(index, { oid: `${oid}.${index}`, type, value });
  };
  for (let port = 1; port <= PORTS; port++) {
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
      ["1.3.6.1.2.1.2.1.0", "Integer32", PORTS],
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

export async function run(): Promise<Figure[]> {
  const session = memorySession(makeDevice(7));
  const { plan, observation } = await discoverDevice(session, profiles, { device: "bench" });
  const values = observation.components.reduce((sum, one) => sum + Object.keys(one.measurements).length, 0);
  for (let warm = 0; warm < 2000; warm++) await observeDevice(session, plan!);
  const observing = await cpuMicroseconds(CYCLES, () => observeDevice(session, plan!));

  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const plans: unknown[] = [];
  let discovering = 0;
  for (let device = 0; device < DEVICES; device++) {
    const other = memorySession(makeDevice(device));
    discovering += await cpuMicroseconds(1, async () => {
      plans.push((await discoverDevice(other, profiles, { device: `device-${device}` })).plan);
    });
  }
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed - before;
  return [
    {
      name: `observe: a cycle's ${values} values, above the wire`,
      value: observing / values,
      unit: "µs CPU a value",
    },
    {
      name: "observe: a discovery, above the wire",
      value: discovering / DEVICES / 1000,
      unit: "ms CPU a device",
    },
    ...(globalThis.gc
      ? [{ name: `observe: a plan of ${PORTS} ports`, value: heap / plans.length / 1024, unit: "kB" }]
      : []),
  ];
}

/** User and system time of one of `times` runs. */
async function cpuMicroseconds(times: number, work: () => Promise<unknown>): Promise<number> {
  const began = process.cpuUsage();
  for (let time = 0; time < times; time++) await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / times;
}
