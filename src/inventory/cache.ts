/**
 * The validated inventory on disk, so that the next command need neither parse nor check it again. A cache file is
 * named by what it was made from: the content of the inventory, the version of pdc and the code of this room. It
 * is used only when it is a regular file of this user that nobody else may write, and its checksum holds; anything
 * else is as if it were not there.
 */
import { createHash, randomBytes } from "node:crypto";
import { constants, readdirSync, readFileSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { KINDS, type Kind } from "./kinds.ts";
import type { Inventory } from "./model.ts";

const FORMAT = "pdc-inventory-cache/1";
/** Older revisions kept beside the newest, so that two inventories do not push each other out. */
const KEPT_FILES = 8;

/** The key of an inventory's cache file; changes with its content and with the code that checked it. */
export function cacheKey(contentHash: string): string {
  return createHash("sha256").update(`${FORMAT}\n${codeFingerprint()}\n${contentHash}`).digest("hex");
}

let fingerprint: string | undefined;

/** SHA-256 over the files of this room: no version number to forget when a rule changes. */
function codeFingerprint(): string {
  if (fingerprint === undefined) {
    const hash = createHash("sha256").update(process.version);
    const names = readdirSync(import.meta.dirname)
      .filter((name) => /\.[jt]s$/.test(name))
      .sort();
    for (const name of names) hash.update(`${name}\0`).update(readFileSync(join(import.meta.dirname, name)));
    fingerprint = hash.digest("hex");
  }
  return fingerprint;
}

/** The inventory of this content, if a trustworthy cache file of it is there. Never rejects. */
export async function readCache(
  cacheDirectory: string,
  contentHash: string,
  directory: string,
): Promise<Inventory | undefined> {
  try {
    const key = cacheKey(contentHash);
    await using file = await open(cachePath(cacheDirectory, key), constants.O_RDONLY | constants.O_NOFOLLOW);
    const status = await file.stat();
    if (!status.isFile() || (status.mode & 0o077) !== 0 || status.uid !== process.getuid?.())
      return undefined;
    const octets = await file.readFile();
    const end = octets.indexOf(10);
    const body = octets.subarray(end + 1);
    if (octets.toString("utf8", 0, end) !== header(key, body)) return undefined;
    return revive(JSON.parse(body.toString("utf8")), contentHash, directory);
  } catch {
    return undefined;
  }
}

/** Keeps a checked inventory for the next time. Never rejects: a full or read-only disk costs only time. */
export async function writeCache(cacheDirectory: string, inventory: Inventory): Promise<void> {
  const key = cacheKey(inventory.contentHash);
  const folder = join(cacheDirectory, "inventory");
  const path = cachePath(cacheDirectory, key);
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const owner = await stat(folder);
    if (owner.uid !== process.getuid?.() || (owner.mode & 0o022) !== 0) return;
    const body = JSON.stringify({
      province: inventory.province,
      ...Object.fromEntries(KINDS.map((kind) => [kind, [...inventory[kind].values()]])),
    });
    {
      await using file = await open(temporary, "wx", 0o600);
      await file.writeFile(`${header(key, body)}\n${body}`);
    }
    await rename(temporary, path);
    await removeOld(folder);
  } catch {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

function cachePath(cacheDirectory: string, key: string): string {
  return join(cacheDirectory, "inventory", `${key}.json`);
}

function header(key: string, body: string | Uint8Array): string {
  return `${FORMAT} ${key} ${createHash("sha256").update(body).digest("hex")}`;
}

function revive(
  data: Record<Kind, { id: string }[]> & { province: Inventory["province"] },
  contentHash: string,
  directory: string,
): Inventory {
  const maps = Object.fromEntries(
    KINDS.map((kind) => [kind, new Map(data[kind].map((one) => [one.id, one]))]),
  );
  return { directory, contentHash, province: data.province, ...maps } as unknown as Inventory;
}

async function removeOld(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}\.json/.test(name));
  if (names.length <= KEPT_FILES) return;
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  dated.sort((a, b) => b.at - a.at);
  for (const { name } of dated.slice(KEPT_FILES)) await rm(join(folder, name), { force: true });
}
