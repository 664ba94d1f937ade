/** A switch of eight ports, as a recording: a cycle of it is 90 measurements or a little more. */
import type { AgentRecord } from "../../src/lab/agent/snmprec.ts";
import { parseSnmprec } from "../../src/lab/agent/snmprec.ts";

const PORTS = 8;

export function ninetyValues(): readonly AgentRecord[] {
  const lines: string[] = [];
  const put = (oid: string, tag: string, value: string | number) => lines.push(`${oid}|${tag}|${value}`);
  put("1.3.6.1.2.1.1.1.0", "4", "bench switch");
  put("1.3.6.1.2.1.1.2.0", "6", "1.3.6.1.4.1.32473.1");
  put("1.3.6.1.2.1.1.3.0", "67", 360_000_00);
  put("1.3.6.1.2.1.1.5.0", "4", "switch");
  put("1.3.6.1.2.1.2.1.0", "2", PORTS);
  const ports = Array.from({ length: PORTS }, (_, at) => at + 1);
  const column = (entry: string, column: number, tag: string, value: (port: number) => string | number) => {
    for (const port of ports) put(`${entry}.${column}.${port}`, tag, value(port));
  };
  const ifEntry = "1.3.6.1.2.1.2.2.1";
  column(ifEntry, 1, "2", (port) => port);
  column(ifEntry, 2, "4", (port) => `GigabitEthernet0/${port}`);
  column(ifEntry, 3, "2", () => 6);
  column(ifEntry, 5, "66", () => 1_000_000_000);
  column(ifEntry, 7, "2", () => 1);
  column(ifEntry, 8, "2", () => 1);
  column(ifEntry, 13, "65", (port) => port * 3);
  column(ifEntry, 14, "65", (port) => port);
  column(ifEntry, 19, "65", () => 0);
  column(ifEntry, 20, "65", () => 0);
  const ifXEntry = "1.3.6.1.2.1.31.1.1.1";
  column(ifXEntry, 1, "4", (port) => `Gi0/${port}`);
  column(ifXEntry, 6, "70", (port) => String(10n ** 12n + BigInt(port)));
  column(ifXEntry, 7, "70", (port) => String(10n ** 9n + BigInt(port)));
  column(ifXEntry, 10, "70", (port) => String(10n ** 11n + BigInt(port)));
  column(ifXEntry, 15, "66", () => 1000);
  column(ifXEntry, 18, "4", (port) => `circuit ${port}`);
  column(ifXEntry, 19, "67", () => 0);
  put("1.3.6.1.2.1.25.3.3.1.2.1", "2", 17);
  put("1.3.6.1.2.1.25.3.3.1.2.2", "2", 23);
  return parseSnmprec(
    lines
      .map((line) => ({ line, oid: line.split("|")[0]!.split(".").map(Number) }))
      .sort((a, b) => compareOids(a.oid, b.oid))
      .map(({ line }) => line)
      .join("\n"),
  );
}

function compareOids(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    if (a[at] !== b[at]) return (a[at] as number) - (b[at] as number);
  }
  return a.length - b.length;
}
