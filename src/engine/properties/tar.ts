import { posix } from "node:path";

const BLOCK = 512;
const NAME_OCTETS = 100;
const PREFIX_OCTETS = 155;

/** Zeros that fill the last block of a file of this size. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** The end of a tar file: two empty blocks. */
export const tarTrailer = (): Buffer => Buffer.alloc(2 * BLOCK);

/**
 * The header of a regular file, mode 0600, without owner and time: POSIX.1-1988 ustar, preceded by a pax record
 * when the name does not fit, as Go's `archive/tar` writes it.
 */
export function tarHeader(name: string, size: number): Buffer {
  const ascii = /^[\x01-\x7f]*$/.test(name);
  const split = ascii ? splitName(name) : undefined;
  if (split) return header({ ...split, type: "0", mode: 0o600, size });
  const record = paxRecord("path", name);
  const { dir, base } = posix.parse(name);
  const paxName = toAscii(posix.join(dir, "PaxHeaders.0", base)).slice(0, NAME_OCTETS);
  return Buffer.concat([
    header({ name: paxName, prefix: "", type: "x", mode: 0, size: record.length }),
    record,
    tarPadding(record.length),
    header({ name: toAscii(name).slice(0, NAME_OCTETS), prefix: "", type: "0", mode: 0o600, size }),
  ]);
}

const toAscii = (text: string) => text.replace(/[^\x01-\x7f]/g, "");

/** A name of up to 100 octets, or one that can be cut at a slash into a prefix and a name. */
function splitName(name: string): { name: string; prefix: string } | undefined {
  if (name.length <= NAME_OCTETS) return { name, prefix: "" };
  const slash = name.lastIndexOf("/", Math.min(name.length - 2, PREFIX_OCTETS));
  const rest = name.length - slash - 1;
  if (slash <= 0 || rest > NAME_OCTETS || rest === 0) return undefined;
  return { name: name.slice(slash + 1), prefix: name.slice(0, slash) };
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const body = ` ${key}=${value}\n`;
  const octets = Buffer.byteLength(body);
  let length = octets + String(octets).length;
  if (octets + String(length).length !== length) length = octets + String(length).length;
  return Buffer.from(`${length}${body}`);
}

function header(fields: { name: string; prefix: string; type: string; mode: number; size: number }): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, octets: number) => {
    block.write(`${value.toString(8).padStart(octets - 1, "0")}\0`, at, "latin1");
  };
  block.write(fields.name, 0, NAME_OCTETS, "latin1");
  octal(fields.mode, 100, 8);
  octal(0, 108, 8); // uid
  octal(0, 116, 8); // gid
  octal(fields.size, 124, 12);
  octal(0, 136, 12); // time
  block.write(fields.type, 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  if (fields.type === "0") {
    octal(0, 329, 8); // device numbers
    octal(0, 337, 8);
  }
  block.write(fields.prefix, 345, PREFIX_OCTETS, "latin1");
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, octet) => total + octet, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
