/** What stands on one line of plain YAML: scalars, flow lists and flow maps. See parse-plain.ts. */
import { LIMITS } from "./kinds.ts";

/** Thrown inside the plain parser, never out of it: this text is for the full parser. */
export const NOT_PLAIN = Symbol("not plain");

/** How many values, and how deep inside each other, may still be read. */
export class Budget {
  #nodes = 0;
  #depth = 0;

  spend(): void {
    if (++this.#nodes > LIMITS.nodes) throw NOT_PLAIN;
  }

  enter(): void {
    if (++this.#depth > LIMITS.depth) throw NOT_PLAIN;
  }

  leave(): void {
    this.#depth--;
  }
}

/** Letters and digits of any script, and signs that begin nothing else in YAML. */
const PLAIN_START = /[\p{L}\p{N}._/()+~$=;^\\<]/u;
const KEY = /([A-Za-z_][A-Za-z0-9_./-]*): +/y;
const SPACE = 32;
const HASH = 35;
const COLON = 58;
const FLOW = ",[]{}";

export class PlainLine {
  readonly #budget: Budget;
  #text = "";
  #at = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** The value that fills a text to its end, but for a comment. */
  read(text: string): unknown {
    this.#text = text;
    this.#at = 0;
    const value = this.#value(false);
    if (!/^(?: +#.*)?$/.test(this.#text.slice(this.#at))) throw NOT_PLAIN;
    return value;
  }

  #value(isInFlow: boolean): unknown {
    this.#budget.spend();
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") return this.#quoted(first);
    if (first === "[" || first === "{") {
      this.#budget.enter();
      this.#at++;
      const value = first === "[" ? this.#flowList() : this.#flowMap();
      this.#budget.leave();
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
      KEY.lastIndex = this.#at;
      const key = KEY.exec(this.#text)?.[1];
      if (key === undefined || key in map) throw NOT_PLAIN;
      this.#at = KEY.lastIndex;
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
}

/** White space of YAML is the space (and the tab, which is not plain), nothing else. */
export function withoutHead(text: string): string {
  let start = 0;
  while (text.charCodeAt(start) === SPACE) start++;
  return text.slice(start);
}

export function withoutTail(text: string): string {
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
