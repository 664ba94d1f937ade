/** The difference of a step's properties as lines: "~ content: "a" => "b"". Secrets arrive masked. */
import type { StepMetadata } from "../../engine/interface/events.ts";
import type { PropertyMap, PropertyValue } from "../../engine/properties/values.ts";

export interface DiffLine {
  symbol: "+" | "-" | "~";
  path: string;
  text: string;
  /** This property forces a replacement. */
  replaces: boolean;
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const maxText = 120;

/** Lines for what a step changes: by its detailed diff, else by comparing its inputs. */
export function propertyDiff(metadata: StepMetadata): DiffLine[] {
  const olds = metadata.old?.inputs ?? {};
  const news = metadata.new?.inputs ?? {};
  if (metadata.op === "create" || metadata.op === "import")
    return Object.keys(news)
      .sort()
      .map((path) => added(path, news[path], false));
  if (metadata.op === "delete") return [];
  const detailed = Object.entries(metadata.detailedDiff ?? {});
  if (detailed.length === 0) return compare(olds, news, new Set(metadata.keys ?? []));
  return detailed.map(([path, { diffKind, inputDiff }]) => {
    const before = valueAt(inputDiff ? olds : (metadata.old?.outputs ?? {}), path);
    const after = valueAt(news, path);
    const replaces = diffKind.endsWith("-replace");
    if (diffKind.startsWith("add")) return added(path, after, replaces);
    if (diffKind.startsWith("delete")) return { symbol: "-", path, text: valueText(before), replaces };
    return { symbol: "~", path, text: changeText(before, after), replaces };
  });
}

function compare(olds: PropertyMap, news: PropertyMap, replaceKeys: ReadonlySet<string>): DiffLine[] {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort().flatMap((path): DiffLine[] => {
    const [before, after] = [olds[path], news[path]];
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const replaces = replaceKeys.has(path);
    if (before === undefined) return [added(path, after, replaces)];
    if (after === undefined) return [{ symbol: "-", path, text: valueText(before), replaces }];
    return [{ symbol: "~", path, text: changeText(before, after), replaces }];
  });
}

function added(path: string, value: PropertyValue | undefined, replaces: boolean): DiffLine {
  return { symbol: "+", path, text: valueText(value), replaces };
}

/** Long texts are shown from where they begin to differ. */
function changeText(before: PropertyValue | undefined, after: PropertyValue | undefined): string {
  if (
    typeof before === "string" &&
    typeof after === "string" &&
    Math.max(before.length, after.length) > maxText &&
    after !== unknownValue
  ) {
    let at = 0;
    while (at < before.length && at < after.length && before[at] === after[at]) at++;
    const from = Math.max(0, at - 20);
    const part = (text: string) =>
      JSON.stringify(
        `${from > 0 ? "…" : ""}${text.slice(from, from + maxText / 2)}${text.length > from + maxText / 2 ? "…" : ""}`,
      );
    return `${part(before)} => ${part(after)}`;
  }
  return `${valueText(before)} => ${valueText(after)}`;
}

/** A value on one line: unknowns as "(known after up)", secrets as they come. */
export function valueText(value: PropertyValue | undefined): string {
  if (value === undefined) return "(none)";
  if (value === unknownValue) return "(known after up)";
  if (typeof value === "object" && value !== null && !Array.isArray(value) && signatureKey in value) {
    return "value" in value || "ciphertext" in value || "plaintext" in value ? "[secret]" : "(asset)";
  }
  const text =
    JSON.stringify(value, (_key, part: unknown) => (part === unknownValue ? "(known after up)" : part)) ??
    "null";
  return text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text;
}

/** The value at a path such as `a.b[0]["c d"]`. */
function valueAt(properties: PropertyMap, path: string): PropertyValue | undefined {
  let current: PropertyValue | undefined = properties;
  for (const match of path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)) {
    if (typeof current !== "object" || current === null) return undefined;
    const key = match[1]?.replace(/\\(.)/g, "$1") ?? match[2] ?? match[3] ?? "";
    current = Array.isArray(current)
      ? current[Number(key)]
      : Object.hasOwn(current, key)
        ? current[key]
        : undefined;
  }
  return current;
}
