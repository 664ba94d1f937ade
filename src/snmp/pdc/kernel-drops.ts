import { readFile } from "node:fs/promises";

/**
 * How many datagrams the kernel threw away at these local UDP ports because the receive buffer was full, since they
 * were opened. Undefined where the system does not tell (not Linux).
 */
export async function kernelDrops(ports: ReadonlySet<number>): Promise<number | undefined> {
  try {
    const tables = await Promise.all(
      ["/proc/net/udp", "/proc/net/udp6"].map((path) => readFile(path, "utf8")),
    );
    return tables.reduce((sum, table) => sum + dropsIn(table, ports), 0);
  } catch {
    return undefined;
  }
}

/** Sum of the last column ("drops") of the rows whose local address ends with one of the ports (proc(5)). */
export function dropsIn(table: string, ports: ReadonlySet<number>): number {
  let drops = 0;
  for (const line of table.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[1]?.split(":")[1] ?? "", 16);
    if (ports.has(port)) drops += Number(fields.at(-1));
  }
  return drops;
}
