/**
 * The plain part of YAML that inventories are written in, read ten times as fast as by the full parser: block lists
 * and maps, one-line flow lists and maps, one-line scalars, comments. Anything else (anchors, tags, block scalars,
 * escapes, text over several lines, odd indentation, every mistake) is not judged here: the answer is then
 * undefined, and the full parser reads the file. Where there is an answer, it is that parser's answer: a property
 * test compares the two.
 */
import { Budget, NOT_PLAIN, PlainLine, withoutHead, withoutTail } from "./plain-line.ts";

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

const KEY = /^([A-Za-z_][A-Za-z0-9_./-]*):(?= |$)/;

interface Line {
  indent: number;
  text: string;
}

class PlainReader {
  readonly #lines: Line[] = [];
  #next = 0;
  readonly #budget = new Budget();
  readonly #line = new PlainLine(this.#budget);

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
    this.#budget.spend();
    this.#budget.enter();
    const value = isItem(this.#lines[this.#next]!.text) ? this.#list(indent) : this.#map(indent);
    this.#budget.leave();
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
    this.#budget.spend();
    return null;
  }

  /** A line further in after a whole value would continue it. */
  #endsAt(indent: number): void {
    const line = this.#lines[this.#next];
    if (line !== undefined && line.indent > indent) throw NOT_PLAIN;
  }

  #inline(text: string): unknown {
    this.#next++;
    return this.#line.read(text);
  }
}

function isItem(text: string): boolean {
  return text.charCodeAt(0) === 45 && (text.length === 1 || text.charCodeAt(1) === 32);
}
