/** Templates: text with references in braces. `"{ifName|ifDescr|'port '}{index}"`: of each brace the first that is not empty. */
import { Cursor, type Reference, readReference } from "./reference.ts";

/** Literal text, or alternatives of which the first non-empty one counts. */
export type TemplatePart = string | readonly (string | Reference)[];
export type Template = readonly TemplatePart[];

/** Throws GrammarError. */
export function parseTemplate(text: string): Template {
  const cursor = new Cursor(text);
  const parts: TemplatePart[] = [];
  while (!cursor.atEnd) {
    const literal = cursor.take(/[^{}]+/y);
    parts.push(literal ?? readAlternatives(cursor));
  }
  return parts;
}

function readAlternatives(cursor: Cursor): (string | Reference)[] {
  cursor.expect(/\{/y, '"{"');
  const alternatives: (string | Reference)[] = [];
  do {
    const quoted = cursor.take(/'[^']*'/y);
    alternatives.push(quoted === undefined ? readReference(cursor, true) : quoted.slice(1, -1));
  } while (cursor.take(/\|/y) !== undefined);
  cursor.expect(/\}/y, '"}" or "|"');
  return alternatives;
}

/** The text, given how a reference reads; runs of white space become one space. "" when no brace had anything to say. */
export function renderTemplate(template: Template, textOf: (reference: Reference) => string): string {
  let silent = false;
  let said = false;
  let text = "";
  for (const part of template) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const value = firstText(part, textOf);
    if (value === "") silent = true;
    else said = true;
    text += value;
  }
  return silent && !said ? "" : text.replace(/\s+/g, " ").trim();
}

function firstText(
  alternatives: readonly (string | Reference)[],
  textOf: (reference: Reference) => string,
): string {
  for (const alternative of alternatives) {
    const value = typeof alternative === "string" ? alternative : textOf(alternative);
    if (value !== "") return value;
  }
  return "";
}

/** The references of a template, for the check that they exist. */
export function* templateReferences(template: Template): Generator<Reference> {
  for (const part of template) {
    if (typeof part === "string") continue;
    for (const alternative of part) if (typeof alternative !== "string") yield alternative;
  }
}
