/** Client CPU time per variable: ifTable from snmpd, ours beside the peers and beside an exchange that decodes nothing. */
import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findProgram } from "../fixtures/snmp/process.ts";
import { snmpdPath } from "../fixtures/snmp/snmpd.ts";
import type { Figure } from "./figure.ts";

const WORKER = fileURLToPath(new URL("snmp-cpu/worker.ts", import.meta.url));
/** Pairs of virtual interfaces: with these ifTable has more than 6,000 variables. */
const INTERFACE_PAIRS = 150;

interface Outcome {
  variables: number;
  datagrams: { columns: number; walk: number };
  cpu: Record<
    | "bareForColumns"
    | "columns"
    | "table"
    | "bareForWalk"
    | "walk"
    | "columnsV3"
    | "netSnmp"
    | "snmpNativeCodec"
    | "snmpNative"
    | "snmpBulkWalk",
    number
  >;
  ratios: Record<"walkToBare" | "walkToNetSnmp" | "columnsToBare" | "columnsToV3", number>;
}

export async function run(): Promise<Figure[]> {
  if (snmpdPath === undefined || findProgram("snmpbulkwalk") === undefined) {
    console.log("  skipped: snmpd and snmpbulkwalk are not installed (apt-get install snmpd snmp)");
    return [];
  }
  const space = namespaceWithInterfaces();
  try {
    const [program, ...argv] = [...space.enter, process.execPath, WORKER];
    const { stdout } = await promisify(execFile)(program!, argv);
    return figuresOf(JSON.parse(stdout) as Outcome);
  } finally {
    space.remove();
  }
}

/** A network namespace in which snmpd sees hundreds of interfaces; without the right to make one, those of the machine. */
function namespaceWithInterfaces(): { enter: string[]; remove(): void } {
  const name = `pdc-bench-${process.pid}`;
  const ip = (...argv: string[]): void =>
    void execFileSync("ip", argv, { stdio: ["pipe", "ignore", "ignore"] });
  try {
    ip("netns", "add", name);
  } catch {
    console.log("  no network namespace to be had: the few interfaces of this machine are read many times");
    return { enter: [], remove() {} };
  }
  const pairs = Array.from(
    { length: INTERFACE_PAIRS },
    (_, i) => `link add a${i} type veth peer name b${i}\n`,
  );
  ip("-n", name, "link", "set", "lo", "up");
  execFileSync("ip", ["-n", name, "-batch", "-"], { input: pairs.join("") });
  return { enter: ["ip", "netns", "exec", name], remove: () => ip("netns", "del", name) };
}

function figuresOf({ variables, datagrams, cpu, ratios }: Outcome): Figure[] {
  const what = `ifTable of ${variables} variables from snmpd`;
  return [
    {
      name: `client CPU per variable, walk, ${what} in ${datagrams.walk} datagrams`,
      value: cpu.walk,
      unit: "µs",
      peers: {
        "bare UDP exchange": cpu.bareForWalk,
        "snmpbulkwalk (its start included)": cpu.snmpBulkWalk,
        "net-snmp": cpu.netSnmp,
        "snmp-native (GETNEXT)": cpu.snmpNative,
        "snmp-native's codec with GETBULK": cpu.snmpNativeCodec,
      },
    },
    {
      name: "walk against a bare UDP exchange of the same datagrams",
      value: ratios.walkToBare,
      unit: "times",
      target: "<= 1.4",
    },
    {
      name: "walk against net-snmp",
      value: ratios.walkToNetSnmp,
      unit: "times",
      target: "<= 0.5",
    },
    {
      name: `client CPU per variable, 20 columns at once, in ${datagrams.columns} datagrams`,
      value: cpu.columns,
      unit: "µs",
      peers: { "bare UDP exchange": cpu.bareForColumns, "as a table of variables": cpu.table },
    },
    {
      name: "columns against a bare UDP exchange of the same datagrams",
      value: ratios.columnsToBare,
      unit: "times",
      target: "<= 1.4",
    },
    {
      name: "v3 authPriv SHA-256/AES-128: values per second of client CPU, against v2c",
      value: 100 * ratios.columnsToV3,
      unit: "percent",
      target: ">= 40",
    },
  ];
}
