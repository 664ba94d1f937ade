/** The measurements of a rule: names of the vocabulary, sources with their scale, and what follows from them for space. */
import type { ComponentClass } from "../samples/types.ts";
import { completeSpace, type SpaceName } from "./complete.ts";
import type { Expression } from "./expression.ts";
import { type Complain, didYouMean } from "./problems.ts";
import type { RuleMeasurement, StateMap } from "./rule.ts";
import type { RuleTexts } from "./rule-texts.ts";
import type { MeasurementFile } from "./schema.ts";
import { measurementWord, vocabulary } from "./vocabulary.ts";

export class MeasurementCompiler {
  readonly #texts: RuleTexts;
  readonly #states: ReadonlyMap<string, StateMap>;
  readonly #complain: Complain;

  constructor(texts: RuleTexts, states: ReadonlyMap<string, StateMap>, complain: Complain) {
    this.#texts = texts;
    this.#states = states;
    this.#complain = complain;
  }

  compile(
    files: Readonly<Record<string, MeasurementFile>>,
    classes: readonly ComponentClass[],
  ): RuleMeasurement[] {
    const list = Object.entries(files).flatMap(
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
      unit: this.#texts.chooser<string | undefined>(
        file.unit ?? (kind === "state" ? undefined : this.#unitOf(name, classes)),
        [...path, "unit"],
      ),
      sources: [file.from]
        .flat()
        .map((text) => scaled(this.#texts.expression(text, path), file.scale, file.offset)),
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
    const states = this.#states.get(name);
    if (states === undefined)
      this.#complain(path, "unknown-states", `no state map "${name}"`, didYouMean(name, this.#states.keys()));
    return states;
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
