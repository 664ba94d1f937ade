/** The last snapshot, kept so that the next start shows something at once. Touches the disk. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { WatchSnapshot } from "./snapshot.ts";

/** One file per inventory and stores. */
export function lastSeenPath(
  cacheDirectory: string,
  inventoryDirectory: string,
  storePaths: readonly string[],
): string {
  const name = createHash("sha256")
    .update([inventoryDirectory, ...storePaths].join("\n"))
    .digest("hex")
    .slice(0, 16);
  return join(cacheDirectory, "watch", `${name}.json`);
}

/** What was seen last; undefined when there is nothing that can be read. */
export function readLastSeen(path: string): WatchSnapshot | undefined {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as WatchSnapshot;
    return value.version === 1 && Array.isArray(value.rows) && Array.isArray(value.incidents)
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

/** A cache: when it cannot be written, the next start is a little slower and nothing else. */
export function writeLastSeen(path: string, snapshot: WatchSnapshot): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = `${path}.${process.pid}.part`;
    writeFileSync(temporary, JSON.stringify(snapshot), { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // See above.
  }
}
