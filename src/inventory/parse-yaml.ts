/**
 * One YAML text as plain data that knows where each value stands. Bounded: depth, nodes and what aliases add are
 * counted before anything is expanded. YAML 1.2 core schema only, so `no` is a word and `0777` a number.
 */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
} from "yaml";
import { LIMITS } from "./kinds.ts";
import type { InventoryProblem } from "./model.ts";

export type YamlPath = readonly (string | number)[];

/** A parsed file. Maps are null-prototype objects, so that a key `__proto__` is a key like any other. */
export interface ParsedYaml {
  file: string;
  value: unknown;
  /** Where the value (or, with `key`, the key) of a path stands; the nearest thing above it when it is absent. */
  locate(path: YamlPath, key?: "key"): { line: number; column: number };
  /** The scalar as it is written, quotes included. */
  source(path: YamlPath): string | undefined;
}

interface Place {
  line: number;
  column: number;
}

/** Parses one document; problems carry file:line:column. `value` is absent when the text cannot be used at all. */
export function parseYaml(file: string, text: string): { parsed?: ParsedYaml; problems: InventoryProblem[] } {
  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: InventoryProblem[] = [];
  const report = (offset: number, code: string, message: string, hint?: string) => {
    if (problems.length < LIMITS.problems)
      problems.push({ file, ...at(offset), code, message, ...(hint && { hint }) });
  };

  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) {
    report(deep, "too-deep", `more than ${LIMITS.depth} lists and maps inside each other`);
    return { problems };
  }
  const directive = tokens.find((token) => token.type === "directive");
  if (directive) {
    report(directive.offset, "yaml-directive", "YAML directives are not used here", "remove the line");
    return { problems };
  }
  const documents = [...new Composer({ uniqueKeys: false, strict: true, version: "1.2" }).compose(tokens)];
  const [document, second] = documents;
  if (text.trim() === "" || document === undefined) {
    report(0, "empty", "the file holds nothing", "remove it, or write `[]` for an empty list");
    return { problems };
  }
  if (second !== undefined) {
    report(
      second.range[0],
      "several-documents",
      "the file holds several YAML documents",
      "keep one per file",
    );
    return { problems };
  }
  for (const fault of [...document.errors, ...document.warnings]) {
    const message = fault.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
    report(fault.pos[0], "yaml-syntax", message, syntaxHint(fault.code, text, fault.pos[0]));
  }
  if (problems.length > 0) return { problems };

  const value = toPlain(document, report);
  if (problems.length > 0) return { problems };
  return {
    parsed: {
      file,
      value,
      locate: (path, key) => at(offsetOf(document, path, key === "key")),
      source: (path) => sourceOf(document, path, text),
    },
    problems,
  };
}

/** The offset of the first token nested deeper than the limit, found without recursion. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const stack: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token, depth } = next;
    if (depth > LIMITS.depth) return token.offset;
    if (token.type === "document" && token.value) stack.push({ token: token.value, depth });
    if ("items" in token) {
      for (const item of token.items) {
        if (item.key) stack.push({ token: item.key, depth: depth + 1 });
        if (item.value) stack.push({ token: item.value, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

const CONTROL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;
const NOT_ASCII = /[^\x00-\x7f]/;

type Report = (offset: number, code: string, message: string, hint?: string) => void;

/** Plain values of a document: aliases followed with a budget, cycles and repeated keys refused, text in NFC. */
function toPlain(document: Document, report: Report): unknown {
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  let nodes = 0;
  let aliasNodes = 0;
  let spent = false;

  const text = (node: Node, value: string): string => {
    if (CONTROL.test(value)) {
      report(
        node.range![0],
        "control-character",
        "the text holds an invisible or control character",
        "remove it",
      );
    }
    return NOT_ASCII.test(value) ? value.normalize("NFC") : value;
  };
  const visit = (node: unknown, inAlias: boolean): unknown => {
    if (spent || node === null || node === undefined) return null;
    const here = node as Node;
    nodes += 1;
    if (inAlias) aliasNodes += 1;
    if (nodes > LIMITS.nodes || aliasNodes > LIMITS.aliasNodes) {
      spent = true;
      const code = nodes > LIMITS.nodes ? "too-large" : "alias-bomb";
      report(
        here.range![0],
        code,
        nodes > LIMITS.nodes ? "too many values in one file" : "aliases expand without measure",
      );
      return null;
    }
    if (isAlias(here)) {
      const target = anchors.get(here.source);
      if (target !== undefined && !open.has(target)) return visit(target, true);
      report(
        here.range![0],
        "bad-alias",
        target ? `alias "${here.source}" holds itself` : `alias "${here.source}" has no anchor before it`,
      );
      return null;
    }
    if ("anchor" in here && here.anchor) anchors.set(here.anchor, here);
    if (isScalar(here)) return typeof here.value === "string" ? text(here, here.value) : here.value;
    open.add(here);
    try {
      if (isSeq(here)) return here.items.map((item) => visit(item, inAlias));
      const result: Record<string, unknown> = Object.create(null);
      if (!isMap(here)) return result;
      for (const pair of here.items) {
        const keyNode = pair.key as Node | null;
        if (!isScalar(keyNode)) {
          report((keyNode ?? here).range![0], "bad-key", "a key must be a plain word");
          continue;
        }
        const key = text(keyNode, String(keyNode.value));
        if (Object.hasOwn(result, key))
          report(keyNode.range![0], "duplicate-key", `key "${key}" stands twice in this map`);
        else result[key] = visit(pair.value, inAlias);
      }
      return result;
    } finally {
      open.delete(here);
    }
  };
  return visit(document.contents, false);
}

function followAlias(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function pairOf(node: unknown, key: string | number) {
  return isMap(node)
    ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))
    : undefined;
}

function offsetOf(document: Document, path: YamlPath, wantKey: boolean): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const plain = followAlias(document, node);
    let next: unknown;
    if (isSeq(plain)) next = plain.items[Number(step)];
    else {
      const pair = pairOf(plain, step);
      if (pair && wantKey && depth === path.length - 1) return (pair.key as Node).range![0];
      next = pair?.value ?? (pair?.key as Node | undefined);
    }
    if (next === null || next === undefined) return offset;
    node = next;
    offset = (next as Node).range?.[0] ?? offset;
  }
  return offset;
}

function sourceOf(document: Document, path: YamlPath, text: string): string | undefined {
  let node: unknown = document.contents;
  for (const step of path) {
    const plain = followAlias(document, node);
    node = isSeq(plain) ? plain.items[Number(step)] : pairOf(plain, step)?.value;
  }
  const range = isScalar(node) ? node.range : undefined;
  return range ? text.slice(range[0], range[1]) : undefined;
}

function syntaxHint(code: string, text: string, offset: number): string | undefined {
  if (code === "TAB_AS_INDENT") return "indent with spaces";
  if (offset >= text.trimEnd().length) return "is the file cut off?";
  if (code === "TAG_RESOLVE_FAILED") return "write the value without a tag";
  return undefined;
}
