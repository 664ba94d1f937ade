/**
 * Changes one object in the text of an inventory file and leaves every other line as it is: only the lines of that
 * object are read, changed through YAML's document model (which keeps comments and the order of keys) and put back.
 */
import { Document, isMap, isScalar, isSeq, parseDocument, Scalar, type YAMLMap } from "yaml";

/** An object of a file while it is changed. */
export interface EditableItem {
  /** The value of a key as plain data, or undefined. */
  get(key: string): unknown;
  /** Sets a key, in its place when it is there; undefined takes it out. New keys go after `after`, or last. */
  set(key: string, value: unknown, after?: string): void;
}

const FORMAT = { lineWidth: 0, version: "1.2" } as const;

/** The library puts spaces inside both brackets and braces, or neither; formatters write "[a]" and "{ a: b }". */
function layOut(document: Document): string {
  return document.toString(FORMAT).replace(/^(\s*(?:- )?[\w-]+: )\[ (.*) \]$/gm, "$1[$2]");
}

/** The text with the object of this id changed. Throws when the file has no such object. */
export function editItem(text: string, id: string, change: (item: EditableItem) => void): string {
  const block = blockOf(text, id);
  if (block === undefined) throw new Error(`no object "${id}" in this file`);
  const inner = text.slice(block.start, block.end);
  const lineEnd = inner.includes("\r\n") ? "\r\n" : "\n";
  const document = parseDocument(inner);
  const map = mapsOf(document).find((one) => one.get("id") === id);
  if (map === undefined) throw new Error(`object "${id}" cannot be read`);
  const spacing = spacingOf(inner, layOut(document));
  change(editable(document, map));
  const changed = layOut(document)
    .split("\n")
    .flatMap((line) => spacing.get(line) ?? [line]);
  return text.slice(0, block.start) + changed.join(lineEnd) + text.slice(block.end);
}

/**
 * How each line was laid out by who wrote it (on one line or several), by how the document model prints it. Empty
 * when the two differ in more than white space: then the object is printed anew.
 */
function spacingOf(written: string, printed: string): Map<string, string[]> {
  const bare = (text: string) => text.replace(/\s/g, "").replace(/,([}\]])/g, "$1");
  const lines = written.split(/\r?\n/);
  const spacing = new Map<string, string[]>();
  let next = 0;
  for (const line of printed.split("\n")) {
    const first = next++;
    const own = () => bare(lines.slice(first, next).join(""));
    while (own() !== bare(line) && own().length <= bare(line).length && next < lines.length) next++;
    if (own() !== bare(line)) return new Map();
    spacing.set(line, lines.slice(first, next));
  }
  return spacing;
}

/** The text with objects added at its end; a new file gets `heading` as its first line. */
export function appendItems(text: string | undefined, items: readonly object[], heading: string): string {
  const document = new Document([], { version: "1.2" });
  for (const item of items) {
    const node = nodeOf(document, item);
    if (isMap(node)) node.flow = false;
    document.add(node);
  }
  const added = layOut(document);
  if (text === undefined || isEmptyList(text))
    return `${text === undefined ? `${heading}\n` : commentLines(text)}${added}`;
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  return (text.endsWith("\n") ? text : text + lineEnd) + withLineEnds(added, lineEnd);
}

/** Where the lines of an object begin and end; the whole text when its list is not plain lines of "- ". */
function blockOf(text: string, id: string): { start: number; end: number } | undefined {
  const document = parseDocument(text);
  const maps = mapsOf(document);
  const index = maps.findIndex((map) => map.get("id") === id);
  if (index < 0) return undefined;
  const startOf = (map: YAMLMap | undefined) => {
    if (map?.range == null) return undefined;
    const start = text.lastIndexOf("\n", map.range[0] - 1) + 1;
    return /^- +$/.test(text.slice(start, map.range[0])) ? start : undefined;
  };
  const start = startOf(maps[index]);
  const next = index + 1 < maps.length ? startOf(maps[index + 1]) : text.length;
  if (
    start === undefined ||
    next === undefined ||
    maps.length !== (isSeq(document.contents) ? document.contents.items.length : 0)
  ) {
    return { start: 0, end: text.length };
  }
  // Blank lines and comments before the next object belong to that one.
  const lines = text.slice(start, next).split(/(?<=\n)/);
  while (lines.length > 1 && /^\s*(?:#.*)?\r?\n?$/.test(lines.at(-1)!)) lines.pop();
  return { start, end: start + lines.join("").length };
}

function mapsOf(document: Document): YAMLMap[] {
  return isSeq(document.contents) ? document.contents.items.filter((item) => isMap(item)) : [];
}

function editable(document: Document, map: YAMLMap): EditableItem {
  return {
    get: (key) => {
      const node: unknown = map.get(key, true);
      if (isScalar(node)) return node.value;
      return node && typeof node === "object" && "toJS" in node
        ? (node as YAMLMap).toJS(document)
        : undefined;
    },
    set: (key, value, after) => {
      if (value === undefined) {
        map.delete(key);
        return;
      }
      const old: unknown = map.get(key, true);
      if (isScalar(old) && (typeof value === "string" || typeof value === "number")) {
        old.value = value;
        return;
      }
      const isNew = !map.has(key);
      map.set(key, nodeOf(document, value));
      const place =
        after === undefined
          ? -1
          : map.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === after);
      if (isNew && place >= 0) map.items.splice(place + 1, 0, map.items.pop()!);
    },
  };
}

/** Small maps on one line, days in quotes: as the files of the example are written. */
function nodeOf(document: Document, value: unknown): unknown {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}|^\d|^$/.test(value)) {
    const scalar = new Scalar(value);
    scalar.type = Scalar.QUOTE_DOUBLE;
    return scalar;
  }
  if (Array.isArray(value)) {
    const seq = document.createNode(value.map((one) => nodeOf(document, one)));
    if (value.every((one) => typeof one !== "object")) seq.flow = true;
    for (const item of seq.items) if (isMap(item)) item.flow = true;
    return seq;
  }
  if (typeof value !== "object" || value === null) return document.createNode(value);
  const map = document.createNode({}) as YAMLMap;
  for (const [key, inner] of Object.entries(value))
    if (inner !== undefined) map.set(key, nodeOf(document, inner));
  if (Object.values(value).every((inner) => typeof inner !== "object")) map.flow = true;
  return map;
}

function isEmptyList(text: string): boolean {
  const { contents } = parseDocument(text);
  return contents === null || (isSeq(contents) && contents.items.length === 0);
}

function commentLines(text: string): string {
  return text
    .split(/(?<=\n)/)
    .filter((line) => line.startsWith("#"))
    .join("");
}

function withLineEnds(text: string, lineEnd: string): string {
  return lineEnd === "\n" ? text : text.replaceAll("\n", lineEnd);
}
