/** States and flags: one object for each code, however often it is measured. */
import type { StateMap, StateWord } from "../../profiles/rule.ts";
import type { Measurement } from "../../samples/types.ts";
import type { VarBind } from "../../snmp/types.ts";
import { type CellForm, cellText, isAbsent } from "./cell.ts";
import type { Slot, View } from "./plan.ts";

/** Unknown codes and flag sets of one map that are remembered; hostile agents could send any number of them. */
const mostRemembered = 256;

type Measure = Slot["measure"];
export type ReadCell = (view: View, row: number) => VarBind | undefined;
export type Evaluate = (view: View, row: number) => number | undefined;

/** One object per state, however often it is measured. */
class StateMeasurements {
  readonly #byKey = new Map<string, Measurement>();
  readonly #byCode = new Map<number, Measurement>();
  readonly #states: StateMap;

  constructor(states: StateMap) {
    this.#states = states;
    for (const [key, state] of states) {
      const measurement = stateMeasurement(state);
      this.#byKey.set(key, measurement);
      if (/^-?\d+$/.test(key)) this.#byCode.set(Number(key), measurement);
    }
  }

  ofCode(code: number): Measurement {
    return (
      this.#byCode.get(code) ??
      this.#remember(this.#byCode, code, { code, word: `code ${code}`, severity: "unknown" })
    );
  }

  /** Texts are compared without case; a text that is a number is its code. */
  ofText(text: string): Measurement | undefined {
    const key = text.toLowerCase();
    const known = this.#byKey.get(key);
    if (known || text === "") return known;
    return this.#remember(this.#byKey, key, { code: -1, word: text.slice(0, 64), severity: "unknown" });
  }

  #remember<Key>(map: Map<Key, Measurement>, key: Key, state: StateWord): Measurement {
    const measurement = stateMeasurement(state);
    if (map.size < this.#states.size + mostRemembered) map.set(key, measurement);
    return measurement;
  }
}

const stateMeasurement = ({ code, word, severity }: StateWord): Measurement => ({
  kind: "state",
  value: code,
  word,
  severity,
});

/** A code, or the text that stands for it. */
export function measureState(read: ReadCell, form: CellForm, states: StateMap): Measure {
  const measurements = new StateMeasurements(states);
  return (view, row) => {
    const cell = read(view, row);
    if (typeof cell?.value === "number") return measurements.ofCode(cell.value);
    return isAbsent(cell) ? undefined : measurements.ofText(cellText(cell, form));
  };
}

/** A code that is computed. */
export function measureComputedState(evaluate: Evaluate, states: StateMap): Measure {
  const measurements = new StateMeasurements(states);
  return (view, row) => {
    const code = evaluate(view, row);
    return code === undefined ? undefined : measurements.ofCode(code);
  };
}

const severityOrder = ["ok", "unknown", "warning", "critical"] as const;

/** BITS: bit 0 is the highest of the first octet (RFC 2578 7.1.4); of an integer, the lowest. No flag set is "none". */
export function measureFlags(read: ReadCell, bits: StateMap): Measure {
  const remembered = new Map<string, Measurement>();
  return (view, row) => {
    const value = read(view, row)?.value;
    const set = Buffer.isBuffer(value)
      ? bitsOf(value)
      : typeof value === "number"
        ? bitsOfInteger(value)
        : undefined;
    if (set === undefined) return undefined;
    const key = set.join();
    let measurement = remembered.get(key);
    if (measurement === undefined) {
      measurement = flagsMeasurement(set, bits);
      if (remembered.size < mostRemembered) remembered.set(key, measurement);
    }
    return measurement;
  };
}

function bitsOf(octets: Buffer): number[] {
  const set: number[] = [];
  for (let bit = 0; bit < Math.min(octets.length, 16) * 8; bit++) {
    if ((octets[bit >> 3]! & (0x80 >> (bit & 7))) !== 0) set.push(bit);
  }
  return set;
}

function bitsOfInteger(value: number): number[] {
  const set: number[] = [];
  for (let bit = 0; bit < 32; bit++) if (((value >>> bit) & 1) === 1) set.push(bit);
  return set;
}

/** The value is the flags as a number, bit 0 lowest (the first 32). */
function flagsMeasurement(set: readonly number[], bits: StateMap): Measurement {
  const words = set.map(
    (bit) => bits.get(String(bit)) ?? { word: `bit ${bit}`, severity: "unknown" as const },
  );
  const worst = Math.max(0, ...words.map(({ severity }) => severityOrder.indexOf(severity)));
  const value = set.reduce((sum, bit) => (bit < 32 ? sum + 2 ** bit : sum), 0);
  return {
    kind: "state",
    value,
    word: words.map(({ word }) => word).join(", ") || "none",
    severity: severityOrder[worst]!,
  };
}
