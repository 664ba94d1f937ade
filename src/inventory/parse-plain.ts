/**
 * The plain part of YAML that inventories are written in, read ten times as fast as by the full parser: block lists
 * and maps, one-line flow lists and maps, one-line scalars, comments. Anything else (anchors, tags, block scalars,
 * escapes, text over several lines, odd indentation, every mistake) is not judged here: the answer is then
 * undefined, and the full parser reads the file. Where there is an answer, it is that parser's answer: a property
 * test compares the two.
 */
import { LIMITS } from "./kinds.ts";

/** Thrown inside, never out: this text is for the full parser. */
const NOT_PLAIN = Symbol("not plain");

/** The value of a YAML text, maps with a null prototype, or undefined when the text is not plain. */
export function parsePlainYaml(text: string): { value: unknown } | undefined {
  // What is composed otherwise in Unicode is for the full parser too, which gives texts in NFC.
  if (NEVER_PLAIN.test(text) || text.normalize("NFC") !== text) return undefined;
  try {
    return { value: new PlainReader(text).document() };
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

/** Tabs, controls and invisible characters, and carriage returns that end a line by themselves. */
const NEVER_PLAIN =
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\r(?!\n)/;

/** Letters and digits of any script, and signs that begin nothing else in YAML. */
const PLAIN_START = /[\p{L}\p{N}._/()+~$=;^\\<]/u;
const KEY = /^([A-Za-z_][A-Za-z0-9_-]*):(?= |$)/;
const KEYS_INLINE = /([A-Za-z_][A-Za-z0-9_-]*): +/y;

interface Line {
  indent: number;
  text: string;
}

class PlainReader {
  readonly #lines: Line[] = [];
  #next = 0;
  /** The line that is read inside, and where. */
  #text = "";
  #at = 0;
  #nodes = 0;
  #depth = 0;

  constructor(text: string) {
    for (const raw of text.split("\n")) {
      const line = withoutTail(raw.endsWith("\r") ? raw.slice(0, -1) : raw);
      let indent = 0;
      while (line.charCodeAt(indent) === 32) indent++;
      if (indent === line.length || line[indent] === "#") continue;
      this.#lines.push({ indent, text: line.slice(indent) });
    }
  }

  document(): unknown {
    const first = this.#lines[0];
    if (first === undefined || first.indent !== 0) throw NOT_PLAIN;
    const value = this.#block(0);
    if (this.#next !== this.#lines.length) throw NOT_PLAIN;
    return value;
  }

  #block(indent: number): unknown {
    this.#count();
    if (++this.#depth > LIMITS.depth) throw NOT_PLAIN;
    const value = isItem(this.#lines[this.#next]!.text) ? this.#list(indent) : this.#map(indent);
    this.#depth--;
    return value;
  }

  #list(indent: number): unknown[] {
    const items: unknown[] = [];
    for (
      let line = this.#lines[this.#next];
      line?.indent === indent && isItem(line.text);
      line = this.#lines[this.#next]
    ) {
      const inner = withoutHead(line.text.slice(1));
      if (inner === "" || inner[0] === "#" || isItem(inner)) throw NOT_PLAIN;
      if (KEY.test(inner)) {
        // "- id: x": the map begins where its first key stands.
        const innerIndent = indent + line.text.length - inner.length;
        this.#lines[this.#next] = { indent: innerIndent, text: inner };
        items.push(this.#block(innerIndent));
      } else items.push(this.#inline(inner));
      this.#endsAt(indent);
    }
    return items;
  }

  #map(indent: number): Record<string, unknown> {
    const map: Record<string, unknown> = Object.create(null);
    for (
      let line = this.#lines[this.#next];
      line?.indent === indent && !isItem(line.text);
      line = this.#lines[this.#next]
    ) {
      const key = KEY.exec(line.text)?.[1];
      if (key === undefined || key in map) throw NOT_PLAIN;
      const inner = withoutHead(line.text.slice(key.length + 1));
      if (inner === "" || inner[0] === "#") {
        this.#next++;
        map[key] = this.#under(indent);
      } else map[key] = this.#inline(inner);
      this.#endsAt(indent);
    }
    return map;
  }

  /** What stands below a key that has nothing on its own line; a list may stand as far out as the key. */
  #under(indent: number): unknown {
    const line = this.#lines[this.#next];
    if (line !== undefined && line.indent > indent) return this.#block(line.indent);
    if (line !== undefined && line.indent === indent && isItem(line.text)) return this.#block(indent);
    this.#count();
    return null;
  }

  /** A line further in after a whole value would continue it. */
  #endsAt(indent: number): void {
    const line = this.#lines[this.#next];
    if (line !== undefined && line.indent > indent) throw NOT_PLAIN;
  }

  /** The value that fills the rest of the line. */
  #inline(text: string): unknown {
    this.#text = text;
    this.#at = 0;
    const value = this.#value(false);
    if (!/^(?: +#.*)?$/.test(this.#text.slice(this.#at))) throw NOT_PLAIN;
    this.#next++;
    return value;
  }

  #value(isInFlow: boolean): unknown {
    this.#count();
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") return this.#quoted(first);
    if (first === "[" || first === "{") {
      if (++this.#depth > LIMITS.depth) throw NOT_PLAIN;
      this.#at++;
      const value = first === "[" ? this.#flowList() : this.#flowMap();
      this.#depth--;
      return value;
    }
    return this.#plain(isInFlow);
  }

  #flowList(): unknown[] {
    const items: unknown[] = [];
    this.#spaces();
    if (this.#take("]")) return items;
    for (;;) {
      items.push(this.#value(true));
      this.#spaces();
      if (this.#take("]")) return items;
      if (!this.#take(",")) throw NOT_PLAIN;
      this.#spaces();
    }
  }

  #flowMap(): Record<string, unknown> {
    const map: Record<string, unknown> = Object.create(null);
    this.#spaces();
    if (this.#take("}")) return map;
    for (;;) {
      KEYS_INLINE.lastIndex = this.#at;
      const key = KEYS_INLINE.exec(this.#text)?.[1];
      if (key === undefined || key in map) throw NOT_PLAIN;
      this.#at = KEYS_INLINE.lastIndex;
      map[key] = this.#value(true);
      this.#spaces();
      if (this.#take("}")) return map;
      if (!this.#take(",")) throw NOT_PLAIN;
      this.#spaces();
    }
  }

  #quoted(quote: string): string {
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end < 0 || this.#text[end + 1] === quote) throw NOT_PLAIN;
    const value = this.#text.slice(this.#at + 1, end);
    if (quote === '"' && value.includes("\\")) throw NOT_PLAIN;
    this.#at = end + 1;
    return value;
  }

  #plain(isInFlow: boolean): unknown {
    const text = this.#text;
    const start = this.#at;
    const first = String.fromCodePoint(text.codePointAt(start) ?? 0);
    if (!PLAIN_START.test(first) && !(first === "-" && /[0-9A-Za-z]/.test(text[start + 1] ?? "")))
      throw NOT_PLAIN;
    let end = start;
    for (; end < text.length; end++) {
      const character = text.charCodeAt(end);
      if (
        character === COLON &&
        (end + 1 === text.length || text.charCodeAt(end + 1) === SPACE || isInFlow)
      ) {
        const next = text[end + 1];
        if (next === undefined || next === " " || (isInFlow && FLOW.includes(next))) throw NOT_PLAIN;
      }
      if (character === HASH && text.charCodeAt(end - 1) === SPACE) {
        if (isInFlow) throw NOT_PLAIN;
        break;
      }
      if (isInFlow && FLOW.includes(text[end]!)) {
        if (text[end] === "[" || text[end] === "{") throw NOT_PLAIN;
        break;
      }
    }
    const value = withoutTail(text.slice(start, end));
    this.#at = start + value.length;
    return resolveScalar(value);
  }

  #spaces(): void {
    while (this.#text.charCodeAt(this.#at) === SPACE) this.#at++;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #count(): void {
    if (++this.#nodes > LIMITS.nodes) throw NOT_PLAIN;
  }
}

const SPACE = 32;
const HASH = 35;
const COLON = 58;
const FLOW = ",[]{}";

function isItem(text: string): boolean {
  return text.charCodeAt(0) === 45 && (text.length === 1 || text.charCodeAt(1) === SPACE);
}

/** White space of YAML is the space (and the tab, which is not plain), nothing else. */
function withoutHead(text: string): string {
  let start = 0;
  while (text.charCodeAt(start) === SPACE) start++;
  return text.slice(start);
}

function withoutTail(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === SPACE) end--;
  return text.slice(0, end);
}

/** Numbers of the core schema (YAML 1.2.2, 10.3.2) but plain decimal ones. */
const OTHER_NUMBER =
  /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.\d+|\d+\.|(?:\.\d+|\d+(?:\.\d*)?)[eE][-+]?\d+|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN))$/;

function resolveScalar(text: string): unknown {
  if (/^[-+]?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (OTHER_NUMBER.test(text)) throw NOT_PLAIN;
  if (/^(?:~|null|Null|NULL)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  return text;
}
