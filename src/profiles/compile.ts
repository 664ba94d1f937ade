/** From a file's rules to rules the poller can use. Pure: complains, does not read. */
import type { ComponentClass } from "../samples/types.ts";
import { completeSpace, type SpaceName } from "./complete.ts";
import { type Expression, expressionReferences, parseExpression } from "./expression.ts";
import { resolveOid } from "./oid.ts";
import { type Complain, didYouMean } from "./problems.ts";
import { GrammarError, parseReference, type Reference, referencesOf } from "./reference.ts";
import {
  type Chooser,
  type Column,
  type Condition,
  type LimitName,
  type Lookup,
  limitNames,
  type Rule,
  type RuleMeasurement,
  type StateMap,
} from "./rule.ts";
import type {
  ColumnFile,
  ConditionFile,
  LookupFile,
  MeasurementFile,
  ReadingFile,
  RuleFile,
  StateMapFile,
} from "./schema.ts";
import { parseTemplate, type Template, templateReferences } from "./template.ts";
import { mainMeasurement, measurementWord, vocabulary } from "./vocabulary.ts";

/** What the rules of a file may refer to. */
export interface Surroundings {
  /** Name of the module or family: rule ids begin with it. */
  source: string;
  prefixes: Readonly<Record<string, string>>;
  states: ReadonlyMap<string, StateMap>;
  lookups: ReadonlyMap<string, Lookup>;
}

/** A state map with codes for its texts, keyed by lower-case text. */
export function compileStates(file: StateMapFile): StateMap {
  return new Map(
    Object.entries(file).map(([key, [word, severity, code]], position) => [
      key.toLowerCase(),
      { word, severity, code: code ?? (/^-?\d+$/.test(key) ? Number(key) : position) },
    ]),
  );
}

/** A lookup; undefined (and a complaint) when an OID has an unknown prefix. */
export function compileLookup(
  name: string,
  file: LookupFile,
  prefixes: Readonly<Record<string, string>>,
  complain: Complain,
): Lookup | undefined {
  const table = resolveOid(file.table, prefixes);
  if (table === undefined) {
    complain(["table"], "unknown-prefix", `unknown prefix in "${file.table}"`);
    return undefined;
  }
  const columns = Object.entries(file.columns).flatMap(([column, source]) => {
    const compiled = compileColumn(column, source, table, prefixes);
    if (compiled === undefined) complain(["columns", column], "unknown-prefix", "unknown prefix of the OID");
    return compiled ?? [];
  });
  if (file.by !== undefined && !(file.by in file.columns))
    complain(["by"], "unknown-column", `no column "${file.by}" in this lookup`);
  return { name, table, columns, ...(file.by !== undefined && { by: file.by }) };
}

function compileColumn(
  name: string,
  file: ColumnFile,
  table: string | undefined,
  prefixes: Readonly<Record<string, string>>,
): Column | undefined {
  const { column, match, as } =
    typeof file === "object" ? file : { column: file, match: undefined, as: undefined };
  const oid = typeof column === "string" ? resolveOid(column, prefixes) : table && `${table}.${column}`;
  if (oid === undefined) return undefined;
  return {
    name,
    oid,
    read: "fixed",
    scalar: false,
    ...(match !== undefined && { match: new RegExp(match, "i") }),
    ...(as !== undefined && { as }),
  };
}

/** The rule a reading is short for. */
export function expandReading(reading: ReadingFile): RuleFile {
  const oids = [reading.oid].flat();
  const names = oids.map((_, position) => `value${position}`);
  const measurement =
    reading.measurement ?? (reading.states === undefined ? mainMeasurement(reading.class) : "status");
  const slug = reading.key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return {
    id: `${reading.class}-${slug}`,
    class: reading.class,
    ...(reading.unless && { unless: reading.unless }),
    scalars: Object.fromEntries(
      names.map((name, at) => [
        name,
        reading.match === undefined ? oids[at]! : { column: oids[at]!, match: reading.match },
      ]),
    ),
    key: reading.key,
    label: reading.label,
    measurements: {
      [measurement]: {
        from: names,
        ...(reading.unit !== undefined && { unit: reading.unit }),
        ...(reading.scale !== undefined && { scale: reading.scale }),
        ...(reading.offset !== undefined && { offset: reading.offset }),
        ...(reading.valid && { valid: reading.valid }),
        ...(reading.states !== undefined && { states: reading.states }),
      },
    },
    ...(reading.limits && { limits: reading.limits }),
  };
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

  constructor(file: RuleFile, around: Surroundings, complain: Complain) {
    this.#file = file;
    this.#around = around;
    this.#complain = complain;
  }

  compile(): Rule {
    const file = this.#file;
    const table = file.table === undefined ? undefined : this.#oid(file.table, ["table"]);
    this.#addColumns("columns", table);
    this.#addColumns("fixed", table);
    this.#addColumns("scalars", undefined);
    const componentClass = this.#chooser(file.class, ["class"]);
    const classes = "always" in componentClass ? [componentClass.always] : [...componentClass.map.values()];
    const measurements = this.#measurements(classes);
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
      where: Object.entries(file.where ?? {}).map(([text, condition]) => this.#condition(text, condition)),
      keys: [file.key ?? "{index}"].flat().map((text) => this.#template(text, ["key"])),
      ...(file.label !== undefined && { label: this.#template(file.label, ["label"]) }),
      attributes: Object.entries(file.attributes ?? {}).map(
        ([name, text]) => [name, this.#template(text, ["attributes", name])] as const,
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
      if (column === undefined || (list === "scalars" && typeof source === "number")) {
        this.#complain(
          [list, name],
          "bad-column",
          list === "scalars"
            ? "a scalar is a whole OID"
            : "unknown prefix, or a sub-identifier without `table`",
        );
        continue;
      }
      if (this.#columnOf.has(name))
        this.#complain([list, name], "duplicate-name", `"${name}" is listed twice`);
      if (name === "index") this.#complain([list, name], "reserved-name", '"index" is the index of the row');
      this.#columnOf.set(name, this.#columns.length);
      this.#columns.push({ ...column, scalar: list === "scalars" });
    }
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
        const lookup = this.#around.lookups.get(reference.lookup);
        if (lookup === undefined) {
          this.#complain(
            path,
            "unknown-lookup",
            `no lookup "${reference.lookup}"`,
            didYouMean(reference.lookup, this.#around.lookups.keys()),
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

  #template(text: string, path: PropertyKey[]): Template {
    return this.#parsed(path, [] as Template, () => parseTemplate(text), templateReferences);
  }

  #expression(source: string | number, path: PropertyKey[]): Expression {
    return this.#parsed(
      path,
      { kind: "number", value: 0 } as Expression,
      () => parseExpression(source),
      expressionReferences,
    );
  }

  #reference(text: string, path: PropertyKey[]): Reference {
    return this.#parsed(
      path,
      { kind: "index" } as Reference,
      () => parseReference(text),
      (reference) => [reference],
    );
  }

  #chooser<Value>(
    file: Value | { by: string; map: Record<string, Value> },
    path: PropertyKey[],
  ): Chooser<Value> {
    if (typeof file !== "object" || file === null || !("by" in file)) return { always: file as Value };
    return { by: this.#reference(file.by, [...path, "by"]), map: new Map(Object.entries(file.map)) };
  }

  #condition(text: string, file: ConditionFile): Condition {
    const reference = this.#reference(text, ["where", text]);
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

  #measurements(classes: readonly ComponentClass[]): RuleMeasurement[] {
    const list = Object.entries(this.#file.measurements).flatMap(
      ([name, file]) => this.#measurement(name, file, classes) ?? [],
    );
    const given = Object.fromEntries(list.map((measurement) => [measurement.name, measurement.sources]));
    if (!classes.every((componentClass) => "usedOctets" in vocabulary[componentClass])) return list;
    const isSpace = (name: string) => /^(used|free|size)Octets$|^usedPercent$/.test(name);
    const read = list.some((one) => one.read === "show" && isSpace(one.name)) ? "show" : "cycle";
    for (const [name, sources] of completeSpace(given as Partial<Record<SpaceName, readonly Expression[]>>)) {
      const unit = name === "usedPercent" ? "percent" : "octets";
      list.push({
        name,
        kind: "gauge",
        kindIsSaid: true,
        unit: { always: unit },
        sources,
        read,
        ...(name === "usedPercent" && { valid: { min: 0, max: 1000 } }),
      });
    }
    return list;
  }

  #measurement(
    name: string,
    source: MeasurementFile,
    classes: readonly ComponentClass[],
  ): RuleMeasurement | undefined {
    const path = ["measurements", name];
    const file = typeof source === "object" ? source : { from: source };
    const unknown = classes.find((componentClass) => measurementWord(componentClass, name) === undefined);
    if (unknown !== undefined) {
      this.#complain(
        path,
        "unknown-measurement",
        `"${name}" is no measurement of class ${unknown}`,
        didYouMean(name, Object.keys(vocabulary[unknown])),
      );
      return undefined;
    }
    const word = measurementWord(classes[0]!, name)!;
    const states = this.#stateMap(file.states, [...path, "states"]);
    const bits = this.#stateMap(file.bits, [...path, "bits"]);
    if (word.kind === "state" && states === undefined && bits === undefined) {
      this.#complain(
        path,
        "no-states",
        `"${name}" is a state: say which map its codes are in (states or bits)`,
      );
    }
    const kind = file.kind ?? (states || bits ? "state" : word.kind);
    return {
      name,
      kind,
      kindIsSaid: file.kind !== undefined || word.kind === "gauge",
      unit: this.#chooser<string | undefined>(
        file.unit ?? (kind === "state" ? undefined : this.#unitOf(name, classes)),
        [...path, "unit"],
      ),
      sources: [file.from]
        .flat()
        .map((text) => scaled(this.#expression(text, path), file.scale, file.offset)),
      ...(file.valid && {
        valid: {
          ...(file.valid.min !== undefined && { min: file.valid.min }),
          ...(file.valid.max !== undefined && { max: file.valid.max }),
          ...(file.valid.not && { not: new Set(file.valid.not.map((value) => String(value).toLowerCase())) }),
        },
      }),
      ...(states && { states }),
      ...(bits && { bits }),
      read: file.read ?? "cycle",
    };
  }

  /** The vocabulary's unit when all classes of the rule agree; else it goes by class, resolved when a row is bound. */
  #unitOf(name: string, classes: readonly ComponentClass[]): string | undefined {
    const units = new Set(classes.map((componentClass) => measurementWord(componentClass, name)?.unit));
    return units.size === 1 ? [...units][0] : undefined;
  }

  #stateMap(name: string | undefined, path: PropertyKey[]): StateMap | undefined {
    if (name === undefined) return undefined;
    const states = this.#around.states.get(name);
    if (states === undefined)
      this.#complain(
        path,
        "unknown-states",
        `no state map "${name}"`,
        didYouMean(name, this.#around.states.keys()),
      );
    return states;
  }

  #limits(): (readonly [LimitName, Expression])[] {
    const file = this.#file.limits;
    if (file === undefined) return [];
    return limitNames.flatMap((name) => {
      const source = file[name];
      return source === undefined ? [] : [[name, this.#expression(source, ["limits", name])] as const];
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

/** (expression × scale) + offset. A scale like 0.1 becomes a division by 10, which is exact where the product is not. */
function scaled(expression: Expression, scale = 1, offset = 0): Expression {
  const divisor = Math.round(1 / scale);
  const isDivision = Math.abs(scale) < 1 && Math.abs(1 / scale - divisor) < 1e-9;
  let result = expression;
  if (scale !== 1) {
    result = isDivision
      ? { kind: "binary", operator: "/", left: result, right: { kind: "number", value: divisor } }
      : { kind: "binary", operator: "*", left: result, right: { kind: "number", value: scale } };
  }
  return offset === 0
    ? result
    : { kind: "binary", operator: "+", left: result, right: { kind: "number", value: offset } };
}
