/** The 24 rows of a component's day become one of 5-minute and one of 1-hour rollups. */
import { MalformedRecordError } from "./bytes.ts";
import type { CompactionStep } from "./compaction.ts";
import { Components, componentName, type KnownComponent } from "./components.ts";
import type { MeasurementName } from "./rollup-builder.ts";
import { dayOf, HOURS_PER_DAY, hourOfRollup, type Level, level, rollupKey, stepsOf } from "./rollup-key.ts";
import { widen } from "./rollup-reader.ts";
import { emptySteps, readRollup, type Steps, writeRollup } from "./rollup-record.ts";
import { keySeed } from "./sample-key.ts";
import type { StoreParts } from "./store-parts.ts";

/** Components per transaction. */
const BATCH = 50;
const HOUR_STEPS = stepsOf[level.hourOf5Minutes];

export class DayMerger {
  readonly #parts: StoreParts;
  readonly #components: Components;
  readonly #select;
  readonly #put;
  readonly #delete;

  constructor(parts: StoreParts) {
    const { database } = parts;
    this.#parts = parts;
    this.#components = new Components(database);
    this.#select = database.prepare("SELECT body FROM rollup WHERE id = ?");
    this.#put = database.prepare("INSERT OR REPLACE INTO rollup VALUES (?, ?)");
    this.#delete = database.prepare("DELETE FROM rollup WHERE id = ?");
  }

  /** All days whose hours are complete. */
  *run(): Generator<CompactionStep> {
    const { progress, transactions, database } = this.#parts;
    const untilDay = dayOf(progress.get("packed-until-hour"));
    const first = database.prepare("SELECT min(id) AS id FROM rollup WHERE id >= ? AND id < ?");
    first.setReadBigInts(true);
    for (let day = progress.get("merged-until-hour"); day < untilDay; day += HOURS_PER_DAY) {
      const id = first.get(rollupKey(0, day, 0), rollupKey(0, untilDay, 0))?.id;
      if (typeof id !== "bigint") break;
      day = dayOf(hourOfRollup(id));
      for (let batch = this.#components.after(0, BATCH); batch.length > 0; ) {
        const merged = transactions.run(
          () => batch.filter((component) => this.#merge(component, day)).length,
        );
        if (merged > 0) yield { did: "merged", day, components: merged };
        batch = this.#components.after(batch.at(-1)!.id, BATCH);
      }
      transactions.run(() => progress.set("merged-until-hour", day + HOURS_PER_DAY));
    }
  }

  #merge(component: KnownComponent, day: number): boolean {
    const found = new Map<number, Steps>();
    const hours: bigint[] = [];
    for (let hour = day; hour < day + HOURS_PER_DAY; hour += 1) {
      const id = rollupKey(level.hourOf5Minutes, hour, component.id);
      const body = this.#select.get(id)?.body;
      if (body === undefined) continue;
      try {
        readRollup(body, keySeed(componentName(component), id), HOUR_STEPS, (term) => {
          const into = found.get(term) ?? emptySteps(stepsOf[level.dayOf5Minutes]);
          found.set(term, into);
          return { into, offset: (hour - day) * HOUR_STEPS };
        });
        hours.push(id);
      } catch (error) {
        // A damaged hour stays beside the day, where a check finds it.
        if (!(error instanceof MalformedRecordError)) throw error;
      }
    }
    if (hours.length === 0) return false;
    const ofHours = new Map<number, Steps>();
    for (const [term, steps] of found) {
      const isRate = this.#isRate(term);
      const wide = emptySteps(HOURS_PER_DAY);
      for (let hour = 0; hour < HOURS_PER_DAY; hour += 1)
        widen(steps, hour * HOUR_STEPS, (hour + 1) * HOUR_STEPS, isRate, wide, hour);
      ofHours.set(term, wide);
    }
    this.#write(level.dayOf5Minutes, day, component, found);
    this.#write(level.dayOfHours, day, component, ofHours);
    for (const id of hours) this.#delete.run(id);
    return true;
  }

  /** A measurement whose name is damaged goes on, in case it is recovered. */
  #isRate(term: number): boolean {
    try {
      return (JSON.parse(this.#parts.terms.text(term)) as MeasurementName).isRate;
    } catch (error) {
      if (!(error instanceof MalformedRecordError)) throw error;
      return false;
    }
  }

  #write(of: Level, day: number, component: KnownComponent, steps: ReadonlyMap<number, Steps>): void {
    const id = rollupKey(of, day, component.id);
    this.#put.run(id, writeRollup(steps, keySeed(componentName(component), id)));
  }
}
