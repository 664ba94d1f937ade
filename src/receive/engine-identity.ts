/** Who our SNMP engine is and how often it was started. Touches the disk. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

export interface EngineIdentity {
  engineId: Buffer;
  /** snmpEngineBoots: rises with each start, so that no old message is taken for a new one (RFC 3414 2.2). */
  boots: number;
}

/** RFC 3411 5: first bit set, enterprise number, format 5 (octets of one's own choice). 8072 is Net-SNMP's, in the
 * range whose engine IDs are random; we have no number of our own. */
const PREFIX = Buffer.from("80001f8805", "hex");
const OWN_OCTETS = 8;
const LAST_BOOTS = 2_147_483_647;

/**
 * Reads the identity kept in `path`, counts this start, and writes it back before it is used. A file that cannot be
 * read as one (or has run out of boots) is replaced by a new identity, as RFC 3414 2.2.2 wants it.
 */
export async function startEngine(path: string): Promise<EngineIdentity> {
  const known = await readIdentity(path);
  const identity =
    known && known.boots < LAST_BOOTS - 1
      ? { engineId: known.engineId, boots: known.boots + 1 }
      : { engineId: Buffer.concat([PREFIX, randomBytes(OWN_OCTETS)]), boots: 1 };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.part`;
  const text = JSON.stringify({ engineId: identity.engineId.toString("hex"), boots: identity.boots });
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  return identity;
}

async function readIdentity(path: string): Promise<EngineIdentity | undefined> {
  try {
    const { engineId, boots } = JSON.parse(await readFile(path, "utf8"));
    const isWhole =
      typeof engineId === "string" &&
      /^(?:[0-9a-f]{2}){5,32}$/.test(engineId) &&
      Number.isInteger(boots) &&
      boots >= 1;
    return isWhole ? { engineId: Buffer.from(engineId, "hex"), boots } : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || code === "ENOENT") return undefined;
    throw error;
  }
}
