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

/** Appends a key or index to a path in its textual form. */
export function joinPath(path: string, element: string | number): string {
  if (typeof element === "number") return `${path}[${element}]`;
  if (/^[A-Za-z_$][\w$]*$/.test(element)) return path === "" ? element : `${path}.${element}`;
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
export type ResetOutcome = { readonly value: PropertyValue | undefined; readonly applied: boolean };

/**
 * Sets what `path` names in `news` to what it is in `olds` (removes it when it is not there), which is
 * what `ignoreChanges` asks for. Neither argument is changed.
 * @returns the new value, and whether the path could be followed on both sides
 */
export function resetPath(
  olds: PropertyValue | undefined,
  news: PropertyValue | undefined,
  path: PropertyPath,
): ResetOutcome {
  if (path.length === 0) return { value: olds, applied: true };
  const secret = isSecret(news);
  const target = isSecret(news) ? news.value : news;
  const source = isSecret(olds) ? olds.value : olds;
  const [element, ...rest] = path as [string | number, ...(string | number)[]];
  const wrap = (outcome: ResetOutcome): ResetOutcome =>
    secret && outcome.value !== undefined ? { ...outcome, value: makeSecret(outcome.value) } : outcome;
  if (Array.isArray(target) || (target === undefined && Array.isArray(source))) {
    return wrap(
      resetInList(
        Array.isArray(source) ? source : undefined,
        target as PropertyValue[] | undefined,
        element,
        rest,
      ),
    );
  }
  if (isPlainObject(target) || (target === undefined && isPlainObject(source))) {
    return wrap(
      resetInMap(
        isPlainObject(source) ? source : undefined,
        target as PropertyMap | undefined,
        element,
        rest,
      ),
    );
  }
  // Neither side goes on: nothing to ignore when both lack it.
  return { value: news, applied: source === undefined && target === undefined };
}

function resetInList(
  source: PropertyValue[] | undefined,
  target: PropertyValue[] | undefined,
  element: string | number,
  rest: PropertyPath,
): ResetOutcome {
  if (target === undefined || source === undefined) return { value: target, applied: false };
  const indexes = element === "*" ? target.map((_, i) => i) : typeof element === "number" ? [element] : [];
  if (element === "*" && source.length !== target.length) return { value: target, applied: false };
  if (indexes.length === 0 && element !== "*") return { value: target, applied: false };
  const copy = target.slice();
  for (const index of indexes) {
    if (index >= source.length || index >= target.length) return { value: target, applied: false };
    const inner = resetPath(source[index], target[index], rest);
    if (!inner.applied) return { value: target, applied: false };
    copy[index] = inner.value ?? null;
  }
  return { value: copy, applied: true };
}

function resetInMap(
  source: PropertyMap | undefined,
  target: PropertyMap | undefined,
  element: string | number,
  rest: PropertyPath,
): ResetOutcome {
  const key = String(element);
  const keys =
    element === "*" ? new Set([...Object.keys(source ?? {}), ...Object.keys(target ?? {})]) : new Set([key]);
  if (target === undefined && rest.length > 0) return { value: target, applied: source === undefined };
  const copy: PropertyMap = { ...target };
  for (const name of keys) {
    const inner = resetPath(source?.[name], target?.[name], rest);
    if (!inner.applied) return { value: target, applied: false };
    if (inner.value === undefined) delete copy[name];
    else copy[name] = inner.value;
  }
  return { value: copy, applied: true };
}
