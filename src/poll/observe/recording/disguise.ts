/**
 * Other names for what a recording must not tell. The same text gets the same disguise throughout a recording, of
 * the same length and look; the key is random and forgotten, so there is no way back.
 */
import { createHmac, randomBytes } from "node:crypto";

const letters = "abcdefghijklmnopqrstuvwxyz";

/** Texts that are numbers, dates or measures ("23.5 C", "10:22", "98 %") say nothing about their owner. */
const isMeasure = /^(?=.*\d)[-+\d\s.,:/()%]*(?:[a-z%°]{1,4})?$/i;

export class Disguise {
  readonly #key = randomBytes(32);
  readonly #addresses = new Map<string, string>();

  /** Letters for letters, digits for digits; the rest stays. */
  text(text: string): string {
    if (isMeasure.test(text) && text.length <= 16 && !/^\d{6,}$/.test(text.trim())) return text;
    const stream = this.#stream(text, text.length);
    return [...text].map((character, at) => disguised(character, stream[at]!)).join("");
  }

  /** A kept text in which the device's own name stands ("Linux srv-01 6.1.0 …"). */
  without(name: string, text: string): string {
    if (name.length < 2) return text;
    const word = new RegExp(
      `(?<![\\p{L}\\d])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\d])`,
      "giu",
    );
    return text.replace(word, () => this.text(name));
  }

  /** A MAC address: the maker's half stays. */
  mac(octets: Buffer): Buffer {
    const own = this.#stream(octets.toString("hex"), 3);
    return Buffer.concat([octets.subarray(0, octets.length - 3), own]);
  }

  octets(octets: Buffer): Buffer {
    return Buffer.from(this.#stream(octets.toString("hex"), octets.length));
  }

  /** IPv4: addresses of 198.18.0.0/15 (RFC 2544), in the order met; masks, loopback and multicast stay. */
  address(address: string): string {
    const first = Number(address.split(".")[0]);
    if (first === 0 || first === 127 || first >= 224 || isMask(address)) return address;
    let other = this.#addresses.get(address);
    if (other === undefined) {
      const number = this.#addresses.size + 1;
      other = `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${number & 255}`;
      this.#addresses.set(address, other);
    }
    return other;
  }

  /** An OID with every address met before inside its index replaced: the first eight sub-identifiers are never an index. */
  oid(oid: string): string {
    const parts = oid.split(".");
    for (let at = 8; at + 4 <= parts.length; at++) {
      const other = this.#addresses.get(parts.slice(at, at + 4).join("."));
      if (other === undefined) continue;
      parts.splice(at, 4, ...other.split("."));
      at += 3;
    }
    return parts.join(".");
  }

  #stream(text: string, length: number): Buffer {
    const blocks: Buffer[] = [];
    for (let block = 0; block * 32 < length; block++) {
      blocks.push(createHmac("sha256", this.#key).update(`${block} ${text}`).digest());
    }
    return Buffer.concat(blocks).subarray(0, length);
  }
}

function disguised(character: string, octet: number): string {
  if (/[0-9]/.test(character)) return String(octet % 10);
  if (/[A-Z]/.test(character)) return letters[octet % 26]!.toUpperCase();
  return /\p{L}/u.test(character) ? letters[octet % 26]! : character;
}

/** 255.255.255.0 and the like: ones, then zeros. */
function isMask(address: string): boolean {
  const bits = address
    .split(".")
    .map((octet) => Number(octet).toString(2).padStart(8, "0"))
    .join("");
  return /^1+0*$/.test(bits);
}
