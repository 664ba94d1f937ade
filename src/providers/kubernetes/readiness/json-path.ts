/**
 * The part of JSONPath that `pulumi.com/waitFor` needs: names, indexes, `[*]`, and filters that compare a field with a
 * value (`[?(@.type=="Ready")]`), joined by `&&` or `||`. Anything else is refused, not passed over.
 */
import { isPlainObject, type PropertyValue } from "../../../engine/properties/values.ts";

type Select = (value: PropertyValue) => PropertyValue[];
type Test = (value: PropertyValue) => boolean;

/** What the rest of the text begins with; the longest forms first. */
const step =
  /^(?:\.([A-Za-z_][\w-]*)|\[(-?\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]|(\[\*\]|\.\*)|\[\?\(?((?:[^()"'[\]]|"[^"]*"|'[^']*')+)\)?\])/;

/** @returns all values at the path, in order; undefined when the text is no path of this kind */
export function parseJsonPath(text: string): Select | undefined {
  const steps: Select[] = [];
  let rest = text.startsWith("$") ? text.slice(1) : text;
  while (rest !== "") {
    const match = step.exec(rest);
    if (!match) return undefined;
    const [whole, name, index, single, double, every, filter] = match;
    rest = rest.slice(whole.length);
    const key = name ?? single ?? double;
    if (key !== undefined) steps.push((value) => present(isPlainObject(value) ? value[key] : undefined));
    else if (index !== undefined)
      steps.push((value) => present(Array.isArray(value) ? value.at(Number(index)) : undefined));
    else if (every) steps.push(children);
    else {
      const test = parseFilter(filter ?? "");
      if (!test) return undefined;
      steps.push((value) => children(value).filter(test));
    }
  }
  if (steps.length === 0) return undefined;
  return (value) => steps.reduce<PropertyValue[]>((found, select) => found.flatMap(select), [value]);
}

const present = (value: PropertyValue | undefined): PropertyValue[] =>
  value === undefined || value === null ? [] : [value];

function children(value: PropertyValue): PropertyValue[] {
  if (Array.isArray(value)) return value;
  return isPlainObject(value) ? Object.values(value) : [];
}

/** `&&` binds more closely than `||`. */
function parseFilter(text: string): Test | undefined {
  const any = text.split("||").map((part) => part.split("&&").map(parseComparison));
  if (any.some((all) => all.some((test) => test === undefined))) return undefined;
  const tests = any as Test[][];
  return (value) => tests.some((all) => all.every((test) => test(value)));
}

/** `@.path`, `@.path == value`, `@.path != value` */
function parseComparison(text: string): Test | undefined {
  const match = /^\s*@((?:\.[A-Za-z_][\w-]*)+)\s*(?:(==|!=)\s*(.+?)\s*)?$/s.exec(text);
  if (!match) return undefined;
  const select = parseJsonPath(match[1] as string);
  if (!select) return undefined;
  const [, , operator, literal] = match;
  if (operator === undefined) return (value) => select(value).length > 0;
  const wanted = parseLiteral(literal ?? "");
  if (wanted === undefined) return undefined;
  return (value) => select(value).some((found) => found === wanted) === (operator === "==");
}

function parseLiteral(text: string): PropertyValue | undefined {
  const quoted = /^(?:"([^"]*)"|'([^']*)')$/.exec(text);
  if (quoted) return quoted[1] ?? quoted[2];
  if (/^(true|false|-?\d+(\.\d+)?)$/.test(text)) return JSON.parse(text) as PropertyValue;
  return undefined;
}
