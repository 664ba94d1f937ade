/** What a tar file holds and where: names, offsets and sizes, without unpacking it. Touches the outside world. */
import { type FileHandle, open } from "node:fs/promises";
import { RegistryError } from "./registry-error.ts";

export interface TarIndex {
  file: FileHandle;
  entries: ReadonlyMap<string, { offset: number; size: number }>;
}

const block = 512;
/** Archives of a province's images have some hundred blobs. */
const maxEntries = 100_000;
const maxHeaderOctets = 1024 * 1024;

/** Opens and indexes an uncompressed tar (ustar, GNU long names, pax). The caller closes the file. */
export async function indexTar(path: string): Promise<TarIndex> {
  const file = await open(path, "r");
  try {
    return { file, entries: await readEntries(file, path) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readEntries(file: FileHandle, path: string): Promise<TarIndex["entries"]> {
  const bad = (what: string, fix?: string) => new RegistryError("bad-archive", `${path}: ${what}`, fix);
  const entries = new Map<string, { offset: number; size: number }>();
  const { size: total } = await file.stat();
  if (total < block) throw bad("is no tar archive");
  const header = Buffer.alloc(block);
  let longName: string | undefined;
  for (let at = 0; at + block <= total; ) {
    await file.read(header, 0, block, at);
    if (at === 0 && header[0] === 0x1f && header[1] === 0x8b)
      throw bad("is compressed", "unpack it first: gunzip --keep");
    if (header.every((octet) => octet === 0)) break;
    if (!hasChecksum(header)) throw bad(at === 0 ? "is no tar archive" : `is damaged at octet ${at}`);
    const size = numberOf(header.subarray(124, 136));
    const data = at + block;
    if (!Number.isSafeInteger(size) || data + size > total)
      throw bad(`ends in the middle of an entry at octet ${at}`);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === "L" || type === "x") {
      if (size > maxHeaderOctets) throw bad(`has a header of ${size} octets`);
      const text = await readText(file, data, size);
      longName = type === "L" ? text.replace(/\0.*$/s, "") : (paxPath(text) ?? longName);
    } else {
      const name = (longName ?? nameOf(header)).replace(/^\.\//, "");
      longName = undefined;
      if (type === "0" || type === "\0") entries.set(name, { offset: data, size });
      if (entries.size > maxEntries) throw bad(`has more than ${maxEntries} entries`);
    }
    at = data + Math.ceil(size / block) * block;
  }
  return entries;
}

async function readText(file: FileHandle, offset: number, size: number): Promise<string> {
  const buffer = Buffer.alloc(size);
  await file.read(buffer, 0, size, offset);
  return buffer.toString("utf8");
}

function nameOf(header: Buffer): string {
  const text = (from: number, to: number) => header.toString("utf8", from, to).replace(/\0.*$/s, "");
  const prefix = header.toString("latin1", 257, 262) === "ustar" ? text(345, 500) : "";
  return prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`;
}

/** Octal digits, or base 256 where the first bit is set (sizes above 8 GiB). */
function numberOf(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) === 0) {
    const digits = field
      .toString("latin1")
      .replace(/[\0 ]+$/, "")
      .trim();
    return digits === "" ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
  }
  return field.subarray(1).reduce((sum, octet) => sum * 256 + octet, (field[0] ?? 0) & 0x7f);
}

function hasChecksum(header: Buffer): boolean {
  const sum = header.reduce((total, octet, i) => total + (i >= 148 && i < 156 ? 32 : octet), 0);
  return numberOf(header.subarray(148, 156)) === sum;
}

/** "27 path=blobs/sha256/…\n": records of a length, a key and a value. */
function paxPath(text: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];
}
