/** One YAML text as plain data that knows where each value stands. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { InventoryProblem } from "./model.ts";
import { parseFully } from "./parse-full.ts";
import { parsePlainYaml } from "./parse-plain.ts";

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

/** Parses one document; problems carry file:line:column. `parsed` is absent when the text cannot be used at all. */
export function parseYaml(file: string, text: string): { parsed?: ParsedYaml; problems: InventoryProblem[] } {
  const plain = parsePlainYaml(text);
  if (plain !== undefined) return { parsed: withPlaces(file, text, plain.value), problems: [] };
  const lines = new LineCounter();
  const full = parseFully(text, lines);
  if ("value" in full) return { parsed: withPlaces(file, text, full.value), problems: [] };
  return {
    problems: full.faults.map(({ offset, ...fault }) => ({ file, ...placeAt(lines, offset), ...fault })),
  };
}

/** A document takes twenty times the room of its text, so none is kept: who asks for a place has it read again. */
function withPlaces(file: string, text: string, value: unknown): ParsedYaml {
  const lines = new LineCounter();
  let read: Document | undefined;
  const document = () => {
    read ??= parseDocument(text, { uniqueKeys: false, version: "1.2", lineCounter: lines });
    return read;
  };
  return {
    file,
    value,
    locate: (path, key) => placeAt(lines, offsetOf(document(), path, key === "key")),
    source: (path) => sourceOf(document(), path, text),
  };
}

function placeAt(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function followAlias(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function pairOf(node: unknown, key: string | number) {
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
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
