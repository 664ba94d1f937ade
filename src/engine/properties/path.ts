import { isPlainObject, isSecret, makeSecret, type PropertyMap, type PropertyValue } from "./values.ts";

/** A property path such as `spec.rules[0]["a.b"].*`, parsed: keys, indexes, `"*"` for any. */
export type PropertyPath = readonly (string | number)[];

/**
 * Parses a path as Pulumi does (`resource.ParsePropertyPath`).
 * @returns undefined when the text is not a path
 */
export function parsePath(text: string): PropertyPath | undefined {
  const elements: (string | number)[] = [];
  let rest = text;
  if (rest.startsWith("root.")) rest = rest.slice("root.".length);
  while (rest.length > 0) {
    if (rest[0] === ".") {
      rest = rest.slice(1);
      continue;
    }
    if (rest[0] !== "[") {
      const end = rest.search(/[.[]/);
      elements.push(end < 0 ? rest : rest.slice(0, end));
      rest = end < 0 ? "" : rest.slice(end);
      continue;
    }
    if (rest[1] === '"') {
      const quoted = /^\["((?:[^"\\]|\\.)*)"\]/.exec(rest);
      if (!quoted) return undefined;
      elements.push(quoted[1]!.replaceAll('\\"', '"'));
      rest = rest.slice(quoted[0].length);
      continue;
    }
    const end = rest.indexOf("]");
    if (end < 0) return undefined;
    const inner = rest.slice(1, end);
    if (inner === "*") elements.push("*");
    else if (/^\d+$/.test(inner)) elements.push(Number(inner));
    else return undefined;
    rest = rest.slice(end + 1);
  }
  return elements;
}

/** Whether `outer` names `inner` or something around it. */
export function pathContains(outer: PropertyPath, inner: PropertyPath): boolean {
  if (inner.length < outer.length) return false;
  return outer.every((element, i) => element === "*" || element === inner[i]);
}

/** Appends a key or index to a path in its textual form; a key of other than letters, digits and `_` in quotes. */
export function joinPath(path: string, element: string | number): string {
  if (typeof element === "number") return `${path}[${element}]`;
  if (/^\w+$/.test(element)) return path === "" ? element : `${path}.${element}`;
  return `${path}["${element.replaceAll('"', '\\"')}"]`;
}

function child(value: PropertyValue | undefined, element: string | number): PropertyValue | undefined {
  const inner = isSecret(value) ? value.value : value;
  if (Array.isArray(inner)) return typeof element === "number" ? inner[element] : undefined;
  if (isPlainObject(inner) && typeof element === "string" && Object.hasOwn(inner, element))
    return inner[element];
  return undefined;
}

/** The value at a path, through secrets; undefined when there is none. */
export function getPath(properties: PropertyMap, path: PropertyPath): PropertyValue | undefined {
  let value: PropertyValue | undefined = properties;
  for (const element of path) value = child(value, element);
  return value;
}

/** What became of one `ignoreChanges` path. */
export interface ResetOutcome {
  readonly value: PropertyMap;
  /** false: the path could not be followed on both sides, at least not everywhere */
  readonly applied: boolean;
}

/**
 * Sets what `path` names in `news` to what it is in `olds` (removes it when it is not there), which is
 * what `ignoreChanges` asks for. Lists keep their length: of one that became longer or shorter, `*` resets the
 * elements that both have. What was secret stays secret. Neither argument is changed.
 */
export function resetPath(olds: PropertyMap, news: PropertyMap, path: PropertyPath): ResetOutcome {
  const value = structuredClone(news);
  const applied = path.length > 0 && reset({ value: olds, secret: false }, { value, secret: false }, path);
  return { value, applied };
}

/** A value out of its secrets, and whether it, or what it is in, was secret. */
interface Place {
  readonly value: PropertyValue | undefined;
  readonly secret: boolean;
}

function opened({ value, secret }: Place): Place {
  return isSecret(value) ? opened({ value: value.value, secret: true }) : { value, secret };
}

/** As {@link resetPath}, in place. */
function reset(olds: Place, news: Place, path: PropertyPath): boolean {
  const [old, now] = [opened(olds), opened(news)];
  const [element, ...rest] = path as [string | number, ...(string | number)[]];
  const kept = (value: PropertyValue) => (old.secret && !now.secret ? makeSecret(value) : value);
  const inner = (a: PropertyValue | undefined, b: PropertyValue | undefined) =>
    reset({ value: a, secret: old.secret }, { value: b, secret: now.secret }, rest);
  if (typeof element === "number") return resetIndex(old.value, now.value, element, rest, kept, inner);
  if (element === "*") return resetAll(old.value, now.value, rest, kept, inner);
  return resetKey(old.value, now.value, element, rest, kept, inner);
}

type Kept = (value: PropertyValue) => PropertyValue;
type Inner = (old: PropertyValue | undefined, now: PropertyValue | undefined) => boolean;

function resetIndex(
  old: PropertyValue | undefined,
  now: PropertyValue | undefined,
  index: number,
  rest: PropertyPath,
  kept: Kept,
  inner: Inner,
): boolean {
  if (!Array.isArray(old) || !Array.isArray(now)) return !Array.isArray(old) && !Array.isArray(now);
  const [before, after] = [index < old.length, index < now.length];
  if (!before || !after) return rest.length === 0 && !before && !after;
  if (rest.length > 0) return inner(old[index], now[index]);
  now[index] = kept(old[index]!);
  return true;
}

function resetAll(
  old: PropertyValue | undefined,
  now: PropertyValue | undefined,
  rest: PropertyPath,
  kept: Kept,
  inner: Inner,
): boolean {
  const last = rest.length === 0;
  if (Array.isArray(now)) {
    if (!Array.isArray(old)) return last;
    for (let i = 0; i < Math.min(old.length, now.length); i++) {
      if (last) now[i] = kept(old[i]!);
      else if (!inner(old[i], now[i])) return false;
    }
    return old.length === now.length;
  }
  if (!isPlainObject(now)) return false;
  if (!isPlainObject(old)) return last;
  for (const [key, value] of Object.entries(old)) {
    if (last) now[key] = kept(value);
    else if (!Object.hasOwn(now, key) || !inner(value, now[key])) return false;
  }
  if (last) for (const key of Object.keys(now)) if (!Object.hasOwn(old, key)) delete now[key];
  return true;
}

function resetKey(
  old: PropertyValue | undefined,
  now: PropertyValue | undefined,
  key: string,
  rest: PropertyPath,
  kept: Kept,
  inner: Inner,
): boolean {
  const before = isPlainObject(old) && Object.hasOwn(old, key) ? old[key] : undefined;
  if (rest.length > 0) {
    if (!isPlainObject(old) || !isPlainObject(now)) return !isPlainObject(old) && !isPlainObject(now);
    const after = Object.hasOwn(now, key) ? now[key] : undefined;
    if (after === undefined) return before === undefined;
    return inner(before, after);
  }
  // What neither side has is the same on both.
  if (!isPlainObject(now)) return before === undefined;
  if (before === undefined) delete now[key];
  else now[key] = kept(before);
  return true;
}
