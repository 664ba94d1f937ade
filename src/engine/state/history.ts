import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Compression, compress, decompress, extensions } from "./compression.ts";
import { makePrivateDirectory, writeAtomically } from "./files.ts";
import { record, sortedJson } from "./json.ts";
import type { StackPaths } from "./layout.ts";

/** One operation of the past (`apitype.UpdateInfo`). Times are Unix seconds. */
export interface HistoryEntry {
  readonly kind: "update" | "refresh" | "destroy" | "resource-import";
  readonly startTime: number;
  readonly endTime: number;
  readonly message: string;
  readonly environment: Readonly<Record<string, string>>;
  /** as in the stack's settings: secrets stay sealed */
  readonly config: Readonly<Record<string, unknown>>;
  readonly result: "succeeded" | "failed";
  readonly resourceChanges: Readonly<Record<string, number>>;
}

let lastStamp = 0n;

/** Nanoseconds since 1970, never the same twice in a process. */
function stamp(): bigint {
  const now = BigInt(Date.now()) * 1_000_000n;
  lastStamp = now > lastStamp ? now : lastStamp + 1n;
  return lastStamp;
}

function encodeEntry(entry: HistoryEntry): string {
  return record([
    ["kind", sortedJson(entry.kind)],
    ["startTime", String(entry.startTime)],
    ["message", sortedJson(entry.message)],
    ["environment", sortedJson(entry.environment)],
    ["config", sortedJson(entry.config)],
    ["version", "0"],
    ["result", sortedJson(entry.result)],
    ["endTime", String(entry.endTime)],
    ["resourceChanges", sortedJson(entry.resourceChanges)],
  ]);
}

/** Writes an operation and the checkpoint it led to into the history, and a copy into the backups. */
export async function writeHistory(
  paths: StackPaths,
  entry: HistoryEntry,
  checkpoint: string,
  compression: Compression = "none",
): Promise<void> {
  makePrivateDirectory(paths.history);
  makePrivateDirectory(paths.backups);
  const time = stamp();
  const base = join(paths.history, `${paths.name.stack}-${time}`);
  const extension = extensions[compression];
  const options = { syncDirectory: false };
  const content = await compress(checkpoint, compression);
  await writeAtomically(
    `${base}.history.json${extension}`,
    await compress(encodeEntry(entry), compression),
    options,
  );
  await writeAtomically(`${base}.checkpoint.json${extension}`, content, options);
  await writeAtomically(
    join(paths.backups, `${paths.name.stack}.${time}.json${extension}`),
    content,
    options,
  );
}

/** The operations of the past, newest first. A damaged entry is left out. */
export async function readHistory(
  paths: StackPaths,
  limit = Number.POSITIVE_INFINITY,
): Promise<HistoryEntry[]> {
  const names = (await readdir(paths.history).catch(() => []))
    .filter((name) => name.startsWith(`${paths.name.stack}-`) && /\.history\.json(\.gz|\.zst)?$/.test(name))
    .sort()
    .reverse();
  const entries: HistoryEntry[] = [];
  for (const name of names) {
    if (entries.length >= limit) break;
    try {
      const json = JSON.parse(
        await decompress(await readFile(join(paths.history, name))),
      ) as Partial<HistoryEntry>;
      entries.push({
        kind: json.kind ?? "update",
        startTime: json.startTime ?? 0,
        endTime: json.endTime ?? 0,
        message: json.message ?? "",
        environment: json.environment ?? {},
        config: json.config ?? {},
        result: json.result ?? "failed",
        resourceChanges: json.resourceChanges ?? {},
      });
    } catch {
      // One unreadable entry does not hide the others.
    }
  }
  return entries;
}
