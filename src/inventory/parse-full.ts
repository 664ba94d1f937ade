/**
 * Any YAML text as plain data, by the full parser, bounded: depth, nodes and what aliases add are counted before
 * anything is expanded. YAML 1.2 core schema only, so `no` is a word and `0777` a number.
 */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type LineCounter,
  type Node,
  Parser,
} from "yaml";
import { LIMITS } from "./kinds.ts";

/** What is wrong with a text, and at which character. */
export interface YamlFault {
  offset: number;
  code: string;
  message: string;
  hint?: string;
}

/** The value of the one document of a text, or its faults. Maps are null-prototype objects. */
export function parseFully(text: string, lines: LineCounter): { value: unknown } | { faults: YamlFault[] } {
  const fault = (offset: number, code: string, message: string, hint?: string) => ({
    faults: [{ offset, code, message, ...(hint !== undefined && { hint }) }],
  });
  const { tokens, deep } = tokensOf(text, lines);
  if (deep !== undefined)
    return fault(deep, "too-deep", `more than ${LIMITS.depth} lists and maps inside each other`);
  // A directive could switch to YAML 1.1, where `no` is false and times are numbers.
  const directive = tokens.find((token) => token.type === "directive");
  if (directive)
    return fault(directive.offset, "yaml-directive", "YAML directives are not used here", "remove the line");
  const composer = new Composer({ uniqueKeys: false, strict: true, version: "1.2" });
  if (text.trim() === "") {
    return fault(0, "empty", "the file holds nothing", "remove it, or write `[]` for an empty list");
  }
  const [document, second] = [...composer.compose(tokens, true, text.length)] as [
    Document.Parsed,
    Document.Parsed?,
  ];
  if (second !== undefined) {
    return fault(
      second.range[0],
      "several-documents",
      "the file holds several YAML documents",
      "keep one per file",
    );
  }
  const syntax = [...document.errors, ...document.warnings].map((error) => {
    const message = error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
    const hint = syntaxHint(error.code, text, error.pos[0]);
    return { offset: error.pos[0], code: "yaml-syntax", message, ...(hint !== undefined && { hint }) };
  });
  const [first] = syntax;
  // What comes after the first is mostly its consequence.
  if (first) return { faults: [tabbed(text, first.offset) ?? first] };
  const plain = new PlainData();
  const value = plain.of(document);
  return plain.faults.length > 0 ? { faults: plain.faults } : { value };
}

/** The tokens of a text; reading stops at the first list or map nested deeper than the limit, and tells its offset. */
function tokensOf(text: string, lines: LineCounter): { tokens: CST.Token[]; deep?: number } {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    // The parser's stack holds the document and the open lists and maps, the innermost last.
    if (parser.stack.length > LIMITS.depth + 2) return { tokens, deep: parser.stack.at(-1)!.offset };
  }
  tokens.push(...parser.end());
  return { tokens };
}

/** Invisible and control characters, and those that turn the direction of text (CWE-150). */
const CONTROL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const NOT_ASCII = /[^\x00-\x7f]/;

/** Aliases are followed with a budget; cycles and repeated keys are faults; text comes out in NFC. */
class PlainData {
  readonly faults: YamlFault[] = [];
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  #nodes = 0;
  #aliasNodes = 0;
  #isSpent = false;

  of(document: Document): unknown {
    return this.#visit(document.contents, false);
  }

  #fault(node: Node, code: string, message: string, hint?: string): void {
    if (this.faults.length >= LIMITS.problems) return;
    this.faults.push({ offset: node.range?.[0] ?? 0, code, message, ...(hint !== undefined && { hint }) });
  }

  #visit(node: unknown, isInAlias: boolean): unknown {
    if (this.#isSpent || node === null || node === undefined) return null;
    const here = node as Node;
    if (!this.#hasBudget(here, isInAlias)) return null;
    if (isAlias(here)) {
      const target = this.#anchors.get(here.source);
      if (target !== undefined && !this.#open.has(target)) return this.#visit(target, true);
      const message = target
        ? `alias "${here.source}" holds itself`
        : `alias "${here.source}" has no anchor before it`;
      this.#fault(here, "bad-alias", message);
      return null;
    }
    if ("anchor" in here && here.anchor) this.#anchors.set(here.anchor, here);
    if (here.tag !== undefined)
      this.#fault(here, "yaml-tag", `the tag ${here.tag} is not used here`, "write the value without it");
    if (isScalar(here)) return typeof here.value === "string" ? this.#text(here, here.value) : here.value;
    this.#open.add(here);
    const value = isSeq(here)
      ? here.items.map((item) => this.#visit(item, isInAlias))
      : this.#map(here, isInAlias);
    this.#open.delete(here);
    return value;
  }

  #hasBudget(node: Node, isInAlias: boolean): boolean {
    this.#nodes += 1;
    if (isInAlias) this.#aliasNodes += 1;
    this.#isSpent = this.#nodes > LIMITS.nodes || this.#aliasNodes > LIMITS.aliasNodes;
    if (this.#nodes > LIMITS.nodes)
      this.#fault(node, "too-large", `more than ${LIMITS.nodes} values in one file`);
    else if (this.#isSpent) this.#fault(node, "alias-bomb", "aliases expand without measure");
    return !this.#isSpent;
  }

  #map(map: Node, isInAlias: boolean): Record<string, unknown> {
    const result: Record<string, unknown> = Object.create(null);
    for (const pair of isMap(map) ? map.items : []) {
      const key = pair.key as Node | null;
      if (!isScalar(key)) {
        this.#fault(key ?? map, "bad-key", "a key must be a plain word");
        continue;
      }
      const name = this.#text(key, String(key.value));
      if (name in result) this.#fault(key, "duplicate-key", `key "${name}" stands twice in this map`);
      else result[name] = this.#visit(pair.value, isInAlias);
    }
    return result;
  }

  #text(node: Node, value: string): string {
    if (CONTROL.test(value)) {
      this.#fault(node, "control-character", "the text holds an invisible or control character", "remove it");
    }
    return NOT_ASCII.test(value) ? value.normalize("NFC") : value;
  }
}

/** A line that is indented with a tab makes no sense to YAML in many ways; it is told as what it is. */
function tabbed(text: string, offset: number): YamlFault | undefined {
  const lineStart = text.lastIndexOf("\n", Math.max(0, offset - 1)) + 1;
  // The parser may see the mistake only on the line after it.
  const from = text.lastIndexOf("\n", Math.max(0, lineStart - 2)) + 1;
  const indent = /^ *\t/m.exec(text.slice(from, text.indexOf("\n", offset) + 1 || undefined));
  if (!indent) return undefined;
  return {
    offset: from + indent.index + indent[0].length - 1,
    code: "yaml-syntax",
    message: "the line is indented with a tab",
    hint: "indent with spaces",
  };
}

function syntaxHint(code: string, text: string, offset: number): string | undefined {
  if (code === "TAB_AS_INDENT") return "indent with spaces";
  if (offset >= text.trimEnd().length) return "is the file cut off?";
  if (code === "TAG_RESOLVE_FAILED") return "write the value without a tag";
  return undefined;
}
