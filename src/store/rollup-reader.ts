/** Reading rollups: the rows of a component put together into one series per measurement. */
import type { DatabaseSync } from "node:sqlite";
import { MalformedRecordError } from "./bytes.ts";
import { Components, componentName, type KnownComponent } from "./components.ts";
import type { RollupQuery, RollupSeries, Rollups } from "./history-types.ts";
import { HOUR_MS } from "./packed-hour.ts";
import type { Progress } from "./progress.ts";
import type { MeasurementName } from "./rollup-builder.ts";
import {
  dayOf,
  HOURS_PER_DAY,
  hourOfRollup,
  type Level,
  level,
  MAX_HOUR,
  rollupKey,
  stepMsOf,
  stepsOf,
} from "./rollup-key.ts";
import { emptySteps, readRollup, type Steps } from "./rollup-record.ts";
import { keySeed } from "./sample-key.ts";
import type { Terms } from "./terms.ts";

export interface RollupParts {
  database: DatabaseSync;
  terms: Terms;
  progress: Progress;
  onDamage(what: { component: KnownComponent; hour: number; why: string }): void;
}

export class RollupReader implements Rollups {
  readonly #parts: RollupParts;
  readonly #components: Components;
  readonly #select;
  readonly #devices;
  readonly #names = new Map<number, MeasurementName>();

  constructor(parts: RollupParts) {
    this.#parts = parts;
    this.#components = new Components(parts.database);
    this.#select = parts.database.prepare("SELECT body FROM rollup WHERE id = ?");
    this.#devices = parts.database.prepare("SELECT name FROM device ORDER BY name");
  }

  completeUntilMs(): number {
    return this.#parts.progress.get("packed-until-hour") * HOUR_MS;
  }

  *series(query: RollupQuery): Generator<RollupSeries> {
    const stepMs = query.stepSeconds * 1000;
    if (!Object.values(stepMsOf).includes(stepMs))
      throw new RangeError(`there are rollups of 300 and 3600 seconds, not of ${query.stepSeconds}`);
    const wanted = query.measurements && new Set(query.measurements);
    const fromMs = Math.max(query.fromMs, this.#oldestMs(query.stepSeconds));
    for (const component of this.#componentsOf(query))
      yield* this.#seriesOf(component, { ...query, fromMs }, wanted);
  }

  /** Begin of the oldest row of a step: nothing is looked for before it. */
  #oldestMs(stepSeconds: 300 | 3600): number {
    const first = this.#parts.database.prepare("SELECT min(id) AS id FROM rollup WHERE id >= ? AND id < ?");
    first.setReadBigInts(true);
    const dayLevel = stepSeconds === 300 ? level.dayOf5Minutes : level.dayOfHours;
    const hours = [level.hourOf5Minutes, dayLevel].map((of) => {
      const id = first.get(rollupKey(of, 0, 0), rollupKey(of, MAX_HOUR, 0))?.id;
      return typeof id === "bigint" ? hourOfRollup(id) : Number.POSITIVE_INFINITY;
    });
    return Math.min(...hours) * HOUR_MS;
  }

  *#componentsOf({ devices, components }: RollupQuery): Generator<KnownComponent> {
    if (components) {
      const among = devices && new Set(devices);
      for (const { device, class: componentClass, key } of components) {
        const found = this.#components.find(device, componentClass, key);
        if (found && (!among || among.has(device))) yield found;
      }
      return;
    }
    for (const device of devices ? new Set(devices) : this.#devices.all().map(({ name }) => String(name)))
      yield* this.#components.ofDevice(device);
  }

  #seriesOf(
    component: KnownComponent,
    { stepSeconds, fromMs, toMs }: RollupQuery,
    wanted: ReadonlySet<string> | undefined,
  ): RollupSeries[] {
    const firstHour = Math.floor(fromMs / HOUR_MS);
    const lastHour = Math.ceil(Math.min(toMs, this.completeUntilMs()) / HOUR_MS);
    if (!(lastHour > firstHour)) return [];
    const stepMs = stepSeconds * 1000;
    // Whole days, so that a row's steps always lie inside.
    const beginHour = dayOf(firstHour);
    const steps = ((dayOf(lastHour - 1) + HOURS_PER_DAY - beginHour) * HOUR_MS) / stepMs;
    const found = new Map<number, Steps>();
    const target = (hour: number, finer: Map<number, Steps> | undefined, size: number) => (term: number) => {
      const name = this.#name(term, component, hour);
      if (!name || (wanted && !wanted.has(name.measurement))) return undefined;
      const all = finer ?? found;
      const into = all.get(term) ?? emptySteps(size);
      all.set(term, into);
      return { into, offset: finer ? 0 : ((hour - beginHour) * HOUR_MS) / stepMs };
    };
    const dayLevel = stepSeconds === 300 ? level.dayOf5Minutes : level.dayOfHours;
    const mergedUntil = this.#parts.progress.get("merged-until-hour");
    for (let day = beginHour; day < lastHour; day += HOURS_PER_DAY) {
      if (this.#read(component, dayLevel, day, target(day, undefined, steps)) || day < mergedUntil) continue;
      for (let hour = Math.max(day, firstHour); hour < Math.min(lastHour, day + HOURS_PER_DAY); hour += 1) {
        if (stepSeconds === 300) {
          this.#read(component, level.hourOf5Minutes, hour, target(hour, undefined, steps));
          continue;
        }
        const finer = new Map<number, Steps>();
        this.#read(component, level.hourOf5Minutes, hour, target(hour, finer, stepsOf[0]));
        for (const [term, of5Minutes] of finer) {
          const into = found.get(term) ?? emptySteps(steps);
          found.set(term, into);
          const isRate = this.#names.get(term)?.isRate ?? false;
          widen(of5Minutes, 0, stepsOf[0], isRate, into, hour - beginHour);
        }
      }
    }
    return [...found].flatMap(([term, of]) => {
      const name = this.#names.get(term);
      const points = pointsOf(of, beginHour * HOUR_MS, stepMs, fromMs, toMs);
      if (!name || points.atMs.length === 0) return [];
      const { device, class: componentClass, key } = component;
      return [{ device, class: componentClass, key, ...name, ...points }];
    });
  }

  #read(
    component: KnownComponent,
    of: Level,
    hour: number,
    target: (term: number) => { into: Steps; offset: number } | undefined,
  ): boolean {
    const key = rollupKey(of, hour, component.id);
    const body = this.#select.get(key)?.body;
    if (body === undefined) return false;
    try {
      readRollup(body, keySeed(componentName(component), key), stepsOf[of], target);
    } catch (error) {
      if (!(error instanceof MalformedRecordError)) throw error;
      this.#parts.onDamage({ component, hour, why: error.message });
    }
    return true;
  }

  #name(term: number, component: KnownComponent, hour: number): MeasurementName | undefined {
    const known = this.#names.get(term);
    if (known) return known;
    try {
      const name = JSON.parse(this.#parts.terms.text(term)) as MeasurementName;
      this.#names.set(term, name);
      return name;
    } catch (error) {
      if (!(error instanceof MalformedRecordError)) throw error;
      this.#parts.onDamage({ component, hour, why: error.message });
      return undefined;
    }
  }
}

/**
 * Finer steps [from, to) as one wider step. Gauges weigh by their values; steps of a rate weigh the same, each stands
 * for its whole time.
 */
export function widen(
  finer: Steps,
  from: number,
  to: number,
  isRate: boolean,
  into: Steps,
  at: number,
): void {
  let weights = 0;
  let sum = 0;
  for (let step = from; step < to; step += 1) {
    const count = finer.count[step]!;
    if (count === 0) continue;
    const isFirst = into.count[at] === 0;
    into.count[at]! += count;
    into.min[at] = isFirst ? finer.min[step]! : Math.min(into.min[at]!, finer.min[step]!);
    into.max[at] = isFirst ? finer.max[step]! : Math.max(into.max[at]!, finer.max[step]!);
    const weight = isRate ? 1 : count;
    sum += finer.mean[step]! * weight;
    weights += weight;
  }
  if (weights > 0) into.mean[at] = Math.min(Math.max(sum / weights, into.min[at]!), into.max[at]!);
}

function pointsOf(of: Steps, beginMs: number, stepMs: number, fromMs: number, toMs: number) {
  const first = Math.max(0, Math.ceil((fromMs - beginMs) / stepMs));
  const last = Math.min(of.count.length, Math.ceil((toMs - beginMs) / stepMs));
  let points = 0;
  for (let at = first; at < last; at += 1) if (of.count[at] !== 0) points += 1;
  const columns = { atMs: new Float64Array(points), ...emptySteps(points) };
  let point = 0;
  for (let at = first; at < last; at += 1) {
    if (of.count[at] === 0) continue;
    columns.atMs[point] = beginMs + at * stepMs;
    columns.count[point] = of.count[at]!;
    columns.min[point] = of.min[at]!;
    columns.mean[point] = of.mean[at]!;
    columns.max[point] = of.max[at]!;
    point += 1;
  }
  return columns;
}
