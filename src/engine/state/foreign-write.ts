import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RawCheckpoint } from "./checkpoint.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { decompress } from "./compression.ts";
import { readIfPresent } from "./files.ts";
import { digestOf } from "./journal.ts";
import { sortedJson } from "./json.ts";
import type { StackPaths } from "./layout.ts";

const textOf = async (file: string): Promise<string | undefined> => {
  const data = await readIfPresent(file).catch(() => undefined);
  return data && decompress(data).catch(() => undefined);
};

/**
 * Whether the last thing that changed a stack was an operation of the Pulumi CLI: its history has an entry after the
 * seal, made by the CLI (`exec.kind` stands in each of its entries), whose copy of the checkpoint is the one that stands.
 * @param content of the checkpoint, decompressed
 * @param sinceMs when this engine sealed the state
 */
export async function cliWroteLast(paths: StackPaths, content: string, sinceMs: number): Promise<boolean> {
  const names = await readdir(paths.history).catch(() => []);
  const newest = names
    .flatMap((name) => {
      const stamp = /-(\d+)\.history\.json(\.gz|\.zst)?$/.exec(name)?.[1];
      return stamp && name.startsWith(`${paths.name.stack}-`) ? [{ name, stamp: BigInt(stamp) }] : [];
    })
    .reduce<{ name: string; stamp: bigint } | undefined>(
      (best, entry) => (best && best.stamp > entry.stamp ? best : entry),
      undefined,
    );
  if (!newest || newest.stamp <= BigInt(sinceMs) * 1_000_000n) return false;
  try {
    const text = await decompress(await readFile(join(paths.history, newest.name)));
    const { environment } = JSON.parse(text) as { environment?: Record<string, unknown> };
    if (typeof environment?.["exec.kind"] !== "string") return false;
  } catch {
    return false;
  }
  const copies = names.filter((name) => name.includes(`-${newest.stamp}.checkpoint.json`));
  for (const name of copies) if ((await textOf(join(paths.history, name))) === content) return true;
  return false;
}

interface Entry {
  urn?: string;
  delete?: boolean;
  [key: string]: unknown;
}

/**
 * What distinguishes a checkpoint from the sealed one, a line each, when a copy of that is among the backups.
 * @param digests of the sealed checkpoint files
 * @returns undefined when there is no copy
 */
export async function differenceFromSealed(
  paths: StackPaths,
  current: RawCheckpoint,
  digests: readonly string[],
): Promise<{ copy: string; lines: string[] } | undefined> {
  const backups = (await readdir(paths.backups).catch(() => []))
    .filter((name) => name.startsWith(`${paths.name.stack}.`) && /\.json(\.gz|\.zst)?$/.test(name))
    .sort()
    .reverse()
    .map((name) => join(paths.backups, name));
  for (const copy of [...backups.slice(0, 20), `${paths.checkpoint}.bak`]) {
    const data = await readIfPresent(copy).catch(() => undefined);
    if (!data || !digests.includes(digestOf(data))) continue;
    const sealed = parseCheckpoint(await decompress(data), copy);
    return { copy, lines: differences(sealed, current) };
  }
  return undefined;
}

function differences(sealed: RawCheckpoint, current: RawCheckpoint): string[] {
  const before = byName(sealed);
  const after = byName(current);
  const lines: string[] = [];
  for (const [name, entry] of before) {
    const now = after.get(name);
    if (!now) lines.push(`${name} is gone`);
    else if (sortedJson(now) !== sortedJson(entry))
      lines.push(`${name} differs in ${keysThatDiffer(entry, now)}`);
  }
  for (const name of after.keys()) if (!before.has(name)) lines.push(`${name} was added`);
  for (const key of ["manifest", "secrets_providers", "pending_operations", "metadata"]) {
    const [old, now] = [sealed.deployment?.[key], current.deployment?.[key]];
    if (sortedJson(old ?? null) !== sortedJson(now ?? null)) lines.push(`the ${key} differ`);
  }
  return lines.length > 0 ? lines : ["the same resources, written in another way or order"];
}

function byName(raw: RawCheckpoint): Map<string, Entry> {
  const entries = (raw.deployment?.resources ?? []) as Entry[];
  return new Map(entries.map((entry) => [`${entry.urn}${entry.delete ? " (to be deleted)" : ""}`, entry]));
}

/** `inputs.password, id`: names of keys, never values. */
function keysThatDiffer(before: Entry, after: Entry): string {
  const differing = (a: Record<string, unknown>, b: Record<string, unknown>) =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
      (key) => sortedJson(a[key] ?? null) !== sortedJson(b[key] ?? null),
    );
  return differing(before, after)
    .flatMap((key) => {
      if (key !== "inputs" && key !== "outputs") return [key];
      const [a, b] = [before[key], after[key]] as Record<string, unknown>[];
      return differing(a ?? {}, b ?? {}).map((inner) => `${key}.${inner}`);
    })
    .join(", ");
}
