/** Reads everything that is kept and recomputes every CRC and digest. */
import { crc32 } from "node:zlib";
import { MalformedRecordError } from "./bytes.ts";
import { Components, componentName } from "./components.ts";
import type { SqliteJournal } from "./journal.ts";
import { HOUR_MS, openHour } from "./packed-hour.ts";
import { openRecord } from "./record.ts";
import { componentOfRollup, hourOfRollup, type Level, stepsOf } from "./rollup-key.ts";
import { emptySteps, readRollup } from "./rollup-record.ts";
import { readContent } from "./sample-content.ts";
import { deviceOfHourKey, deviceOfKey, hourOfKey, keySeed, timeOfKey } from "./sample-key.ts";
import { SpanHistory } from "./span-history.ts";
import type { StoreParts } from "./store-parts.ts";

/** Something that does not read as it was written. */
export interface Damage {
  /** "sample", "packed hour", "rollup", "state", "document", "layout", "term", "file". */
  part: string;
  /** Device, component, subject or document. */
  of: string;
  atMs?: number;
  why: string;
}

export interface CheckReport {
  checked: {
    samples: number;
    packedHours: number;
    rollups: number;
    states: number;
    documents: number;
  };
  /** At most 1,000 of them; `damages` counts all. */
  damaged: Damage[];
  damages: number;
}

const LISTED = 1000;

export function checkStore(parts: StoreParts, journal: SqliteJournal): CheckReport {
  const { database } = parts;
  const report: CheckReport = {
    checked: { samples: 0, packedHours: 0, rollups: 0, states: 0, documents: 0 },
    damaged: [],
    damages: 0,
  };
  const damage = (found: Damage) => {
    report.damages += 1;
    if (report.damaged.length < LISTED) report.damaged.push(found);
  };
  for (const row of database.prepare("PRAGMA quick_check(100)").all()) {
    const [why] = Object.values(row);
    if (why !== "ok") damage({ part: "file", of: parts.path, why: String(why) });
  }
  for (const { id, text, crc } of database.prepare("SELECT id, text, crc FROM term").iterate())
    if (crc32(String(text)) !== crc) damage({ part: "term", of: String(id), why: "its CRC is wrong" });
  for (const { name, crc } of database.prepare("SELECT name, crc FROM subject").iterate())
    if (crc32(String(name)) !== crc)
      damage({ part: "state", of: String(name), why: "its name's CRC is wrong" });
  checkSamples(parts, report, damage);
  checkRollups(parts, report, damage);
  const history = new SpanHistory({
    ...parts,
    mayRecord: false,
    onDamage: ({ subject, fromMs, why }) => damage({ part: "state", of: subject, atMs: fromMs, why }),
  });
  for (const spans of history.spans({ fromMs: -1, toMs: Number.MAX_SAFE_INTEGER }).values())
    report.checked.states += spans.length;
  report.checked.documents = Number(database.prepare("SELECT count(*) AS n FROM revision").get()?.n);
  for (const why of journal.check()) damage({ part: "document", of: why.split(":", 1)[0] as string, why });
  return report;
}

type OnDamage = (damage: Damage) => void;

function attempt(read: () => void, damage: OnDamage, what: Omit<Damage, "why">): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MalformedRecordError)) throw error;
    damage({ ...what, why: error.message });
  }
}

function checkSamples({ database, layouts, terms }: StoreParts, report: CheckReport, damage: OnDamage): void {
  const names = new Map(
    database
      .prepare("SELECT id, name FROM device")
      .all()
      .map(({ id, name }) => [Number(id), String(name)]),
  );
  const layout = (id: number) => layouts.byId(id);
  const rows = database.prepare("SELECT id, body FROM sample");
  rows.setReadBigInts(true);
  for (const { id, body } of rows.iterate()) {
    const key = id as bigint;
    const device = names.get(deviceOfKey(key)) ?? "?";
    const atMs = timeOfKey(key);
    report.checked.samples += 1;
    attempt(
      () => {
        const { reader, layoutId } = openRecord(body, keySeed(device, key));
        readContent(reader, device, atMs, layout(layoutId), terms);
      },
      damage,
      { part: "sample", of: device, atMs },
    );
  }
  const hours = database.prepare("SELECT id, body FROM packed_hour");
  hours.setReadBigInts(true);
  for (const { id, body } of hours.iterate()) {
    const key = id as bigint;
    const device = names.get(deviceOfHourKey(key)) ?? "?";
    const hour = hourOfKey(key);
    report.checked.packedHours += 1;
    attempt(
      () => {
        const { timesMs, sample } = openHour(body, {
          device,
          hour,
          seed: keySeed(device, key),
          terms,
          layout,
        });
        for (const at of timesMs.keys()) sample(at);
        report.checked.samples += timesMs.length;
      },
      damage,
      { part: "packed hour", of: device, atMs: hour * HOUR_MS },
    );
  }
}

function checkRollups({ database }: StoreParts, report: CheckReport, damage: OnDamage): void {
  const components = new Components(database);
  const rows = database.prepare("SELECT id, body FROM rollup");
  rows.setReadBigInts(true);
  for (const { id, body } of rows.iterate()) {
    const key = id as bigint;
    const component = components.byId(componentOfRollup(key));
    const name = component ? componentName(component) : "?";
    report.checked.rollups += 1;
    const steps = stepsOf[Number(key >> 56n) as Level] ?? 0;
    attempt(
      () => readRollup(body, keySeed(name, key), steps, () => ({ into: emptySteps(steps), offset: 0 })),
      damage,
      { part: "rollup", of: name.replaceAll("\0", "/"), atMs: hourOfRollup(key) * HOUR_MS },
    );
  }
}
