import { badConfiguration } from "../interface/errors.ts";
import { parsePath } from "../properties/path.ts";

type Container = Record<string, unknown> | unknown[];

/** `ns:a.b[0]` → the key `ns:a` and what is inside it. @throws EngineError (exit 22) when it is not a path */
export function splitConfigPath(key: string): { key: string; path: (string | number)[] } {
  const colon = key.indexOf(":");
  const namespace = key.slice(0, colon + 1);
  const elements = parsePath(key.slice(colon + 1));
  const [first, ...path] = elements ?? [];
  if (typeof first !== "string" || path.includes("*") || [first, ...path].includes("__proto__")) {
    throw badConfiguration(`'${key}' is not a path of a configuration value`);
  }
  return { key: namespace + first, path };
}

/** `value` with what is at `path` set; containers that are missing are made. */
export function setInside(value: unknown, path: readonly (string | number)[], inner: unknown): unknown {
  const [element, ...rest] = path;
  if (element === undefined) return inner;
  const container = containerFor(value, element);
  const child = (container as Record<string | number, unknown>)[element];
  (container as Record<string | number, unknown>)[element] = setInside(child, rest, inner);
  return container;
}

function containerFor(value: unknown, element: string | number): Container {
  if (typeof element === "number") {
    const list = Array.isArray(value) ? [...(value as unknown[])] : [];
    if (element > list.length)
      throw badConfiguration(`array index ${element} is out of range (the list has ${list.length} values)`);
    return list;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return { ...(value as Record<string, unknown>) };
}

/** `value` without what is at `path`. */
export function removeInside(value: unknown, path: readonly (string | number)[]): unknown {
  const [element, ...rest] = path;
  if (element === undefined || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const list = [...(value as unknown[])];
    if (rest.length === 0) list.splice(Number(element), 1);
    else list[Number(element)] = removeInside(list[Number(element)], rest);
    return list;
  }
  const copy = { ...(value as Record<string, unknown>) };
  if (rest.length === 0) delete copy[String(element)];
  else copy[String(element)] = removeInside(copy[String(element)], rest);
  return copy;
}

/** A text that stands for a truth value or a number, as Pulumi reads values that are set inside objects. */
export function adjusted(text: string): unknown {
  if (text === "true") return true;
  if (text === "false") return false;
  if (/^-?\d{1,15}$/.test(text) && !/^-?0\d/.test(text)) return Number(text);
  return text;
}
