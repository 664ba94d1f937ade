import { createHash, type Hash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join, posix, resolve } from "node:path";
import { unsupported } from "../interface/errors.ts";
import { assetContent } from "./assets.ts";
import { tarHeader, tarPadding, tarTrailer } from "./tar.ts";
import { isObject, type ObjectValue, signatureOf, signatures } from "./values.ts";

/** Directories of this name are Pulumi's own and never part of an archive. */
const BOOKKEEPING = ".pulumi";

interface Member {
  readonly name: string;
  readonly content: () => Promise<Buffer>;
}

/** The kind of an archive file by its name; undefined: not one. */
export function archiveFormat(path: string): string | undefined {
  return [".tar", ".tgz", ".tar.gz", ".zip", ".jar"].find((extension) => path.endsWith(extension));
}

/**
 * SHA-256 of the tar file that an archive makes: how Pulumi tells whether its content changed
 * (`sdk/go/common/resource/archive`). Files come in the order of their names, the first of a name counts.
 */
export async function archiveHash(archive: ObjectValue, directory: string): Promise<string> {
  const hash = createHash("sha256");
  const seen = new Set<string>();
  for (const member of await members(archive, directory)) {
    if (seen.has(member.name)) continue;
    seen.add(member.name);
    await addMember(hash, member);
  }
  hash.update(tarTrailer());
  return hash.digest("hex");
}

async function addMember(hash: Hash, member: Member): Promise<void> {
  const content = await member.content();
  hash.update(tarHeader(member.name, content.length));
  hash.update(content);
  hash.update(tarPadding(content.length));
}

async function members(archive: ObjectValue, directory: string): Promise<Member[]> {
  if (typeof archive.path === "string" && archive.path !== "") {
    if (archiveFormat(archive.path))
      throw unsupported(`the archive file ${archive.path} inside another archive`);
    return directoryMembers(resolve(directory, archive.path), "");
  }
  const found: Member[] = [];
  if (!isObject(archive.assets)) return found;
  for (const name of Object.keys(archive.assets).sort()) {
    const asset = archive.assets[name];
    if (!isObject(asset)) continue;
    if (signatureOf(asset) === signatures.archive) {
      const inner = await members(asset, directory);
      for (const member of inner) found.push({ ...member, name: posix.join(name, member.name) });
    } else found.push({ name, content: () => assetContent(asset, directory) });
  }
  return found;
}

async function directoryMembers(root: string, prefix: string): Promise<Member[]> {
  const found: Member[] = [];
  const names = (await readdir(join(root, prefix))).sort();
  for (const name of names) {
    if (name === BOOKKEEPING) continue;
    const path = posix.join(prefix, name);
    const info = await stat(join(root, path));
    if (info.isDirectory()) {
      // A link to a directory is left out: it could lead in circles.
      if (!(await isLink(join(root, path)))) found.push(...(await directoryMembers(root, path)));
    } else found.push({ name: path, content: () => assetContent({ path: join(root, path) }, root) });
  }
  return found;
}

async function isLink(path: string): Promise<boolean> {
  const { lstat } = await import("node:fs/promises");
  return (await lstat(path)).isSymbolicLink();
}
