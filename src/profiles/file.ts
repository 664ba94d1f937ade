/** One profile file: YAML to checked data, with the place of whatever is wrong. Pure: takes the text. */
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { type Complain, didYouMean, type ProfileProblem } from "./problems.ts";
import { type FamilyFile, familyFileSchema, type ModuleFile, moduleFileSchema } from "./schema.ts";

export type ProfileFile = { kind: "family"; data: FamilyFile } | { kind: "module"; data: ModuleFile };

/** A file as read, and how to complain about places in it. */
export interface ReadFile {
  name: string;
  file?: ProfileFile;
  complain: Complain;
}

/** A file beyond this is no profile (the largest of ours has some 20 kB). */
const largestFile = 512 * 1024;

const parseText = (text: string, lineCounter?: LineCounter): Document =>
  parseDocument(text, { uniqueKeys: true, version: "1.2", ...(lineCounter && { lineCounter }) });

/** Checks `text` as a family or a module, by its first key. Problems are added to `problems`; then `file` is absent. */
export function readProfileFile(name: string, text: string, problems: ProfileProblem[]): ReadFile {
  const complain = complainerOf(name, text, problems);
  const file = text.length > largestFile ? undefined : checkedFile(text, complain);
  if (text.length > largestFile) complain([], "too-large", `larger than ${largestFile} octets`);
  return { name, complain, ...(file && { file }) };
}

function checkedFile(text: string, complain: Complain): ProfileFile | undefined {
  const document = parseText(text);
  for (const error of document.errors) complain([error.pos[0]], "yaml", error.message.split("\n")[0]!);
  if (document.errors.length > 0) return undefined;
  const data = toData(document, complain);
  if (typeof data !== "object" || data === null) {
    complain([], "not-a-profile", "a profile file begins with `family: <name>` or `module: <name>`");
    return undefined;
  }
  const kind = "module" in data ? "module" : "family";
  const result = kind === "module" ? moduleFileSchema.safeParse(data) : familyFileSchema.safeParse(data);
  if (result.success) return { kind, data: result.data } as ProfileFile;
  for (const issue of result.error.issues) complainOfIssue(issue, complain, []);
  return undefined;
}

/** Places are looked up when there is something to complain of: documents with positions are large. */
export function complainerOf(name: string, text: string, problems: ProfileProblem[]): Complain {
  let parsed: { document: Document; lines: LineCounter } | undefined;
  return (path, code, message, hint) => {
    if (parsed === undefined) {
      const lines = new LineCounter();
      parsed = { document: parseText(text.slice(0, largestFile), lines), lines };
    }
    const { document, lines } = parsed;
    // Errors of the YAML itself have an offset instead of a path.
    const offset = code === "yaml" && typeof path[0] === "number" ? path[0] : offsetOf(document, path);
    const { line, col } = lines.linePos(offset);
    problems.push({
      file: name,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      code,
      message,
      ...(hint !== undefined && { hint }),
    });
  };
}

function toData(document: Document, complain: Complain): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    complain([], "yaml", (error as Error).message);
    return undefined;
  }
}

/** Where the node at `path` begins; where its nearest parent does, when it is not there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function complainOfIssue(issue: z.core.$ZodIssue, complain: Complain, above: readonly PropertyKey[]): void {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys)
      complain([...path, key], "unknown-key", `unknown key "${key}"`, didYouMean(key, knownKeys));
    return;
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    // Of the alternatives, the one that got furthest is what was meant.
    const depth = (issues: z.core.$ZodIssue[]): number =>
      Math.max(...issues.map((inner) => inner.path.length + (inner.code === "unrecognized_keys" ? 1 : 0)));
    const meant = issue.errors.toSorted((left, right) => depth(right) - depth(left))[0]!;
    for (const inner of meant.slice(0, 3)) complainOfIssue(inner, complain, path);
    return;
  }
  complain(
    path,
    issue.code.replaceAll("_", "-"),
    `${path.length > 0 ? `${path.map(String).join(".")}: ` : ""}${issue.message}`,
  );
}

/** Keys of every level, for near-match hints. */
const knownKeys = [
  ...Object.keys(familyFileSchema.shape),
  ...Object.keys(moduleFileSchema.shape),
  "id",
  "class",
  "unless",
  "table",
  "columns",
  "fixed",
  "scalars",
  "where",
  "key",
  "label",
  "attributes",
  "measurements",
  "limits",
  "keepEmpty",
  "from",
  "kind",
  "unit",
  "scale",
  "offset",
  "valid",
  "bits",
  "read",
  "oid",
  "measurement",
  "sysObjectId",
  "sysDescr",
  "notSysDescr",
  "probe",
  "matches",
  "notMatches",
  "exists",
  "not",
  "min",
  "max",
];
