/** The octets of an inventory file as text: UTF-8, with or without a byte order mark, whatever its line ends. */

/** A text, or why there is none, with the octet where it went wrong. */
export type DecodedText = { text: string; hasBom: boolean } | { error: string; hint: string; octet: number };

/** Decodes strictly: UTF-16, NUL octets and octets that are not UTF-8 are refused, never replaced. */
export function decodeText(octets: Uint8Array): DecodedText {
  const [first, second] = octets;
  const isUtf16 =
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    (octets.length > 1 && (first === 0) !== (second === 0));
  if (isUtf16) return { error: "the file is UTF-16", hint: "save it as UTF-8", octet: 0 };
  const nul = octets.indexOf(0);
  if (nul >= 0) return { error: "the file holds a NUL octet", hint: "is it a text file?", octet: nul };
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
    return text.startsWith("\uFEFF") ? { text: text.slice(1), hasBom: true } : { text, hasBom: false };
  } catch {
    return { error: "the file is not UTF-8", hint: "save it as UTF-8", octet: firstInvalidOctet(octets) };
  }
}

function firstInvalidOctet(octets: Uint8Array): number {
  const lossy = Buffer.from(octets).toString("utf8");
  const good = lossy.indexOf("\uFFFD");
  return good < 0 ? 0 : Buffer.byteLength(lossy.slice(0, good));
}
