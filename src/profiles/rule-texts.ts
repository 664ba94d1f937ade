/** The texts of a rule (templates, expressions, references, conditions), parsed, and what they refer to checked. */
import { type Expression, expressionReferences, parseExpression } from "./expression.ts";
import { type Complain, didYouMean } from "./problems.ts";
import { GrammarError, parseReference, type Reference, referencesOf } from "./reference.ts";
import type { Chooser, Condition, Lookup } from "./rule.ts";
import type { ConditionFile } from "./schema.ts";
import { parseTemplate, type Template, templateReferences } from "./template.ts";

export class RuleTexts {
  readonly #columnOf: ReadonlyMap<string, number>;
  readonly #lookups: ReadonlyMap<string, Lookup>;
  readonly #complain: Complain;

  constructor(
    columnOf: ReadonlyMap<string, number>,
    lookups: ReadonlyMap<string, Lookup>,
    complain: Complain,
  ) {
    this.#columnOf = columnOf;
    this.#lookups = lookups;
    this.#complain = complain;
  }

  #check(references: Iterable<Reference>, path: PropertyKey[]): void {
    for (const outer of references) {
      for (const reference of referencesOf(outer)) {
        if (reference.kind === "name" && !this.#columnOf.has(reference.name)) {
          this.#complain(
            path,
            "unknown-column",
            `no column or scalar "${reference.name}"`,
            didYouMean(reference.name, this.#columnOf.keys()),
          );
        }
        if (reference.kind !== "lookup") continue;
        const lookup = this.#lookups.get(reference.lookup);
        if (lookup === undefined) {
          this.#complain(
            path,
            "unknown-lookup",
            `no lookup "${reference.lookup}"`,
            didYouMean(reference.lookup, this.#lookups.keys()),
          );
        } else if (
          reference.column !== "index" &&
          !lookup.columns.some((column) => column.name === reference.column)
        ) {
          const names = lookup.columns.map((column) => column.name);
          this.#complain(
            path,
            "unknown-column",
            `lookup "${lookup.name}" has no column "${reference.column}"`,
            didYouMean(reference.column, names),
          );
        }
      }
    }
  }

  /** Parses and checks; on a grammar error complains and gives `otherwise`. */
  #parsed<Value>(
    path: PropertyKey[],
    otherwise: Value,
    parse: () => Value,
    references: (value: Value) => Iterable<Reference>,
  ): Value {
    try {
      const value = parse();
      this.#check(references(value), path);
      return value;
    } catch (error) {
      if (!(error instanceof GrammarError)) throw error;
      this.#complain(path, "bad-grammar", error.message);
      return otherwise;
    }
  }

  template(text: string, path: PropertyKey[]): Template {
    return this.#parsed(path, [] as Template, () => parseTemplate(text), templateReferences);
  }

  expression(source: string | number, path: PropertyKey[]): Expression {
    return this.#parsed(
      path,
      { kind: "number", value: 0 } as Expression,
      () => parseExpression(source),
      expressionReferences,
    );
  }

  reference(text: string, path: PropertyKey[]): Reference {
    return this.#parsed(
      path,
      { kind: "index" } as Reference,
      () => parseReference(text),
      (reference) => [reference],
    );
  }

  chooser<Value>(
    file: Value | { by: string; map: Record<string, Value> },
    path: PropertyKey[],
  ): Chooser<Value> {
    if (typeof file !== "object" || file === null || !("by" in file)) return { always: file as Value };
    return { by: this.reference(file.by, [...path, "by"]), map: new Map(Object.entries(file.map)) };
  }

  condition(text: string, file: ConditionFile): Condition {
    const reference = this.reference(text, ["where", text]);
    const set = (values: readonly (string | number)[]): ReadonlySet<string> =>
      new Set(values.map((value) => String(value).toLowerCase()));
    if (typeof file !== "object") return { reference, in: set([file]) };
    if (Array.isArray(file)) return { reference, in: set(file) };
    return {
      reference,
      ...(file.in && { in: set(file.in) }),
      ...(file.not && { not: set(file.not) }),
      ...(file.min !== undefined && { min: file.min }),
      ...(file.max !== undefined && { max: file.max }),
      ...(file.matches !== undefined && { matches: new RegExp(file.matches, "i") }),
      ...(file.notMatches !== undefined && { notMatches: new RegExp(file.notMatches, "i") }),
      ...(file.exists !== undefined && { exists: file.exists }),
    };
  }
}
