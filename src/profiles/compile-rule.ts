/** From a file's rule to one the poller can use. Pure: complains, does not read. */
import { compileColumn } from "./compile-columns.ts";
import { MeasurementCompiler } from "./compile-measurements.ts";
import { type Expression, expressionReferences } from "./expression.ts";
import { resolveOid } from "./oid.ts";
import { type Complain, didYouMean } from "./problems.ts";
import {
  type Column,
  type LimitName,
  type Lookup,
  limitNames,
  type Rule,
  type RuleMeasurement,
  type StateMap,
} from "./rule.ts";
import { RuleTexts } from "./rule-texts.ts";
import type { RuleFile } from "./schema.ts";
import { vocabulary } from "./vocabulary.ts";

/** What the rules of a file may refer to. */
export interface Surroundings {
  /** Name of the module or family: rule ids begin with it. */
  source: string;
  prefixes: Readonly<Record<string, string>>;
  states: ReadonlyMap<string, StateMap>;
  lookups: ReadonlyMap<string, Lookup>;
}

/** Compiles one rule. Complaints are by path inside the rule; a rule with complaints must not be used. */
export function compileRule(file: RuleFile, around: Surroundings, complain: Complain): Rule {
  return new RuleCompiler(file, around, complain).compile();
}

class RuleCompiler {
  readonly #file: RuleFile;
  readonly #around: Surroundings;
  readonly #complain: Complain;
  readonly #columns: Column[] = [];
  readonly #columnOf = new Map<string, number>();
  readonly #texts: RuleTexts;

  constructor(file: RuleFile, around: Surroundings, complain: Complain) {
    this.#file = file;
    this.#around = around;
    this.#complain = complain;
    this.#texts = new RuleTexts(this.#columnOf, around.lookups, complain);
  }

  compile(): Rule {
    const file = this.#file;
    const texts = this.#texts;
    const table = file.table === undefined ? undefined : this.#oid(file.table, ["table"]);
    this.#addColumns("columns", table);
    this.#addColumns("fixed", table);
    this.#addColumns("scalars", undefined);
    const componentClass = texts.chooser(file.class, ["class"]);
    const classes = "always" in componentClass ? [componentClass.always] : [...componentClass.map.values()];
    const compiler = new MeasurementCompiler(texts, this.#around.states, this.#complain);
    const measurements = compiler.compile(file.measurements, classes);
    this.#markReads(measurements);
    const limits = this.#limits();
    return {
      id: `${this.#around.source}.${file.id ?? (typeof file.class === "string" ? file.class : "rule")}`,
      class: componentClass,
      unless: (file.unless ?? []).map((name) => this.#unless(name)),
      ...(file.order !== undefined && { order: file.order }),
      ...(table !== undefined && { table }),
      columns: this.#columns,
      columnOf: this.#columnOf,
      where: Object.entries(file.where ?? {}).map(([text, condition]) => texts.condition(text, condition)),
      keys: [file.key ?? "{index}"].flat().map((text) => texts.template(text, ["key"])),
      ...(file.label !== undefined && { label: texts.template(file.label, ["label"]) }),
      attributes: Object.entries(file.attributes ?? {}).map(
        ([name, text]) => [name, texts.template(text, ["attributes", name])] as const,
      ),
      measurements,
      limits,
      ...(file.limits?.of !== undefined && { limitOf: file.limits.of }),
      keepEmpty: file.keepEmpty ?? false,
      dropDuplicates: file.duplicates === "drop",
    };
  }

  /** Rule ids of the same file get its name; classes and whole ids stay. */
  #unless(name: string): string {
    return name.includes(".") || name in vocabulary ? name : `${this.#around.source}.${name}`;
  }

  #oid(text: string, path: PropertyKey[]): string {
    const oid = resolveOid(text, this.#around.prefixes);
    if (oid === undefined)
      this.#complain(
        path,
        "unknown-prefix",
        `unknown prefix in "${text}"`,
        didYouMean(text.split(".")[0]!, Object.keys(this.#around.prefixes)),
      );
    return oid ?? "0.0";
  }

  #addColumns(list: "columns" | "fixed" | "scalars", table: string | undefined): void {
    for (const [name, source] of Object.entries(this.#file[list] ?? {})) {
      const column = compileColumn(name, source, table, this.#around.prefixes);
      // Scalars ride along with a walk as the first instance of their object: no other instance would be read.
      const isScalar = list === "scalars";
      if (column === undefined || (isScalar && (typeof source === "number" || !column.oid.endsWith(".0")))) {
        this.#complain(
          [list, name],
          "bad-column",
          isScalar
            ? "a scalar is a whole OID that ends in .0; one row of a table is `table` with `where: { index: … }`"
            : "unknown prefix, or a sub-identifier without `table`",
        );
        continue;
      }
      if (this.#columnOf.has(name))
        this.#complain([list, name], "duplicate-name", `"${name}" is listed twice`);
      if (name === "index") this.#complain([list, name], "reserved-name", '"index" is the index of the row');
      this.#columnOf.set(name, this.#columns.length);
      this.#columns.push({ ...column, scalar: isScalar });
    }
  }

  #limits(): (readonly [LimitName, Expression])[] {
    const file = this.#file.limits;
    if (file === undefined) return [];
    return limitNames.flatMap((name) => {
      const source = file[name];
      return source === undefined ? [] : [[name, this.#texts.expression(source, ["limits", name])] as const];
    });
  }

  /** A column listed as changing is read every cycle when a measurement of every cycle needs it. */
  #markReads(measurements: readonly RuleMeasurement[]): void {
    for (const measurement of measurements) {
      if (measurement.read === "discovery") continue;
      for (const source of measurement.sources) {
        for (const reference of expressionReferences(source)) {
          if (reference.kind !== "name" || this.#file.fixed?.[reference.name] !== undefined) continue;
          const column = this.#columns[this.#columnOf.get(reference.name) ?? -1];
          if (column && column.read !== "cycle") column.read = measurement.read;
        }
      }
    }
  }
}
