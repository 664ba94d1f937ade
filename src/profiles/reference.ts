/**
 * References: how a profile names a value of the row at hand.
 *
 *   speed                         a column or scalar of the rule
 *   index, index.2, index.-1      the row's index, its second sub-identifier, its last
 *   index.2-, index.1-4           from the second on, the first four
 *   index.1--3                    without the last two
 *   index.3-:ip                   read as an address; also :mac, :text (characters, as DisplayString indexes are) and
 *                                 :texts (several of them, each after its length)
 *   entity[index.1].name          a column of a lookup's row, found by another reference
 */

export type Reference =
  | { kind: "index"; first?: number; last?: number; as?: IndexForm }
  | { kind: "name"; name: string }
  | { kind: "lookup"; lookup: string; by: Reference; column: string };

/** What the sub-identifiers of an index stand for, when they are not numbers. */
export type IndexForm = "ip" | "text" | "texts" | "mac";

/** A profile's text that cannot be read; `message` says what was expected. */
export class GrammarError extends Error {
  constructor(text: string, position: number, expected: string) {
    super(`"${text}": expected ${expected} at character ${position + 1}`);
    this.name = "GrammarError";
  }
}

/** A text and a position in it; what all parsers of this room read from. */
export class Cursor {
  position = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Takes `pattern` (sticky) at the position, or nothing. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text);
    if (!found) return undefined;
    this.position = pattern.lastIndex;
    return found[0];
  }

  skipSpace(): void {
    this.take(/\s*/y);
  }

  expect(pattern: RegExp, expected: string): string {
    const taken = this.take(pattern);
    if (taken === undefined) throw this.error(expected);
    return taken;
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  error(expected: string): GrammarError {
    return new GrammarError(this.text, this.position, expected);
  }
}

const namePattern = /[a-zA-Z][a-zA-Z0-9]*/y;

/** Reads a reference at the cursor. Ranges of the index are not read inside arithmetic, where "-" subtracts. */
export function readReference(cursor: Cursor, ranges: boolean): Reference {
  const name = cursor.expect(namePattern, "a name");
  if (name === "index") return readIndex(cursor, ranges);
  if (cursor.take(/\[/y) === undefined) return { kind: "name", name };
  const by = readReference(cursor, true);
  cursor.expect(/\]/y, '"]"');
  cursor.expect(/\./y, '"." and a column of the lookup');
  return { kind: "lookup", lookup: name, by, column: cursor.expect(namePattern, "a column of the lookup") };
}

function readIndex(cursor: Cursor, ranges: boolean): Reference {
  const range = readRange(cursor, ranges);
  const form = ranges ? cursor.take(/:(?:ip|texts|text|mac)/y)?.slice(1) : undefined;
  return { kind: "index", ...range, ...(form !== undefined && { as: form as IndexForm }) };
}

function readRange(cursor: Cursor, ranges: boolean): { first?: number; last?: number } {
  const part = cursor.take(/\.-?\d+/y);
  if (part === undefined) return {};
  const first = Number(part.slice(1));
  if (!ranges || first < 0 || cursor.take(/-/y) === undefined) return { first, last: first };
  const last = cursor.take(/-?\d+/y);
  return last === undefined ? { first } : { first, last: Number(last) };
}

/** Parses a whole text as one reference. Throws GrammarError. */
export function parseReference(text: string): Reference {
  const cursor = new Cursor(text);
  const reference = readReference(cursor, true);
  if (!cursor.atEnd) throw cursor.error("the end");
  return reference;
}

/** The part of an index ("1.4.10.0.0.1") a reference asks for; "" when the index is shorter than that. */
export function indexPart(
  index: string,
  reference: { first?: number; last?: number; as?: IndexForm },
): string {
  if (reference.first === undefined) return indexText(index.split("."), reference.as);
  const parts = index.split(".");
  const from = reference.first < 0 ? parts.length + reference.first : reference.first - 1;
  const last = reference.last ?? parts.length;
  const to = last < 0 ? parts.length + last + 1 : last;
  return indexText(parts.slice(Math.max(from, 0), to), reference.as);
}

function indexText(parts: readonly string[], form: IndexForm | undefined): string {
  switch (form) {
    case undefined:
      return parts.join(".");
    case "texts":
      return textsOf(parts).join(" ");
    case "text":
      return String.fromCharCode(...parts.map(Number).filter((code) => code >= 32 && code < 256));
    case "mac":
      return parts.map((part) => Number(part).toString(16).padStart(2, "0")).join(":");
    case "ip":
      // 16 sub-identifiers are an IPv6 address; more (20) end in a zone index (InetAddressIPv6z).
      return parts.length >= 16 ? formatIpv6(parts.slice(0, 16).map(Number)) : parts.slice(0, 4).join(".");
  }
}

/** Texts of an index, each after its length; what comes after a length that is too long is not read. */
function textsOf(parts: readonly string[]): string[] {
  const texts: string[] = [];
  for (let at = 0; at < parts.length; ) {
    const end = at + 1 + Number(parts[at]);
    if (!(end <= parts.length)) break;
    texts.push(indexText(parts.slice(at + 1, end), "text"));
    at = end;
  }
  return texts;
}

/** 16 octets as RFC 5952 writes them. */
export function formatIpv6(octets: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    (octets[2 * at]! * 256 + octets[2 * at + 1]!).toString(16),
  );
  const text = groups.join(":");
  const longest = (text.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? []).sort(
    (left, right) => right.length - left.length,
  )[0];
  if (longest === undefined) return text;
  const at = text.indexOf(longest);
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, "")}`;
}

/** Every reference inside `reference`, itself first. */
export function* referencesOf(reference: Reference): Generator<Reference> {
  yield reference;
  if (reference.kind === "lookup") yield* referencesOf(reference.by);
}
