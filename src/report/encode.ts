/**
 * One encoder per place where text ends up. Text from devices, files and people is hostile until it went through
 * the encoder of its sink; there is no other way to print it.
 */

// C0 (but for tab and newline where kept), DEL, C1, Unicode's own line ends, and the bidirectional overrides that reorder
// a line (CWE-150).
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const CONTROL_BUT_LINES =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "␡" : "�";
}

/** A cell or a word in a terminal: no escape sequence, no line break survives; control characters become pictures. */
export function terminalText(text: string): string {
  return text.replace(CONTROL, visible);
}

/** Several lines for a terminal: newlines and tabs stay, everything else as in `terminalText`. */
export function terminalLines(text: string): string {
  return text.replace(CONTROL_BUT_LINES, visible);
}

/** Text inside HTML, in an element or a quoted attribute. */
export function htmlText(text: string): string {
  return text
    .replace(CONTROL_BUT_LINES, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/**
 * A field of RFC 4180 CSV. A text that a spreadsheet would run as a formula (= + - @, tab, CR, and their full-width
 * twins) gets an apostrophe in front; numbers stay numbers, negative ones too.
 */
export function csvField(value: string | number | bigint | boolean | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const safe =
    /^\s*[=+\-@\t\r＝＋－＠]/.test(value) && !/^[+-]?\d+(?:\.\d+)?$/.test(value) ? `'${value}` : value;
  const flat = safe.replaceAll("\u0000", "");
  return /[",\r\n]|^\s|\s$/.test(flat) ? `"${flat.replaceAll('"', '""')}"` : flat;
}

/** JSON that keeps what JSON cannot: bigint as a number while it is exact, as a decimal string beyond 2^53. */
export function jsonText(data: unknown, indent?: number): string {
  return JSON.stringify(
    data,
    (_key, value: unknown) => {
      if (typeof value === "bigint") {
        return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)
          ? Number(value)
          : value.toString();
      }
      if (value instanceof Map) return Object.fromEntries(value);
      return value;
    },
    indent,
  );
}
