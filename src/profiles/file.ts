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

/** Checks `text` as a family or a module, by its first key. Problems are added to `problems`; then `file` is absent. */
export function readProfileFile(name: string, text: string, problems: ProfileProblem[]): ReadFile {
  const lines = new LineCounter();
  const document = parseDocument(text.length > largestFile ? "" : text, {
    lineCounter: lines,
    uniqueKeys: true,
    version: "1.2",
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file: name, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const complain: Complain = (path, code, message, hint) => {
    problems.push({ ...at(offsetOf(document, path)), code, message, ...(hint !== undefined && { hint }) });
  };
  if (text.length > largestFile) complain([], "too-large", `larger than ${largestFile} octets`);
  for (const error of document.errors)
    problems.push({ ...at(error.pos[0]), code: "yaml", message: error.message.split("\n")[0]! });
  if (document.errors.length > 0 || text.length > largestFile) return { name, complain };
  const data = toData(document, complain);
  if (typeof data !== "object" || data === null) {
    complain([], "not-a-profile", "a profile file begins with `family: <name>` or `module: <name>`");
    return { name, complain };
  }
  const kind = "module" in data ? "module" : "family";
  const result = kind === "module" ? moduleFileSchema.safeParse(data) : familyFileSchema.safeParse(data);
  if (!result.success) {
    for (const issue of result.error.issues) complainOfIssue(issue, complain, []);
    return { name, complain };
  }
  return { name, file: { kind, data: result.data } as ProfileFile, complain };
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
