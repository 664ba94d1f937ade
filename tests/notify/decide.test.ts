/** What is told, once, and when. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { composeMessage } from "../../src/notify/compose.ts";
import { decide, endedOf } from "../../src/notify/decide.ts";
import { enqueue } from "../../src/notify/outbox.ts";
import { isQuiet } from "../../src/notify/quiet-hours.ts";
import {
  type AlertConfig,
  type AlertState,
  type AlertSubject,
  noAlerts,
  type QuietHours,
} from "../../src/notify/types.ts";
import { channel, config, minute, morningMs, rule, subject, timeZone, words } from "./any-incident.ts";

/** Runs the decision over time as the notifier does. */
function telling(settings: AlertConfig) {
  let state: AlertState = noAlerts;
  const ends = new Map<string, AlertSubject>();
  return {
    state: () => state,
    at(nowMs: number, running: readonly AlertSubject[], ended: readonly AlertSubject[] = []): string[] {
      for (const one of ended) ends.set(one.incident.id, one);
      const gone = endedOf(state, running).flatMap((id) => ends.get(id) ?? []);
      const { tellings, notices } = decide({
        config: settings,
        state,
        running,
        ended: gone,
        nowMs,
        timeZone,
      });
      const messages = [...notices].map(([id, list]) => composeMessage(id, list, nowMs, words));
      state = { ...enqueue({ ...state, tellings }, messages, nowMs), queue: [] };
      return [...notices].flatMap(([id, list]) =>
        list.map((notice) => `${id} ${notice.kind} ${notice.incident.id}`),
      );
    },
  };
}

describe("telling", () => {
  test("once when it begins, once when it ends, however often it is looked at", () => {
    const told = telling(config());
    expect(told.at(morningMs, [subject("a")])).toEqual(["ops opened a"]);
    for (let i = 1; i < 50; i += 1) expect(told.at(morningMs + i * minute, [subject("a")])).toEqual([]);
    const end = subject("a", { endMs: morningMs + 50 * minute });
    expect(told.at(morningMs + 50 * minute, [], [end])).toEqual(["ops closed a"]);
    expect(told.at(morningMs + 51 * minute, [], [end])).toEqual([]);
    expect(told.state().tellings).toEqual([]);
  });

  test("what ends within the delay is not told, and neither is its end", () => {
    const told = telling(config([rule({ delayMs: 5 * minute })]));
    expect(told.at(morningMs, [subject("a")])).toEqual([]);
    expect(told.at(morningMs + 4 * minute, [], [subject("a", { endMs: morningMs + 4 * minute })])).toEqual(
      [],
    );
    expect(told.at(morningMs + 10 * minute, [subject("b", { startMs: morningMs + 10 * minute })])).toEqual(
      [],
    );
    expect(told.at(morningMs + 15 * minute, [subject("b", { startMs: morningMs + 10 * minute })])).toEqual([
      "ops opened b",
    ]);
  });

  test("again while nobody acknowledges it, and no more after; its end is told all the same", () => {
    const told = telling(config([rule({ repeatMs: 60 * minute })]));
    const at = (minutes: number, acknowledged: boolean) =>
      told.at(morningMs + minutes * minute, [subject("a", {}, { acknowledged })]);
    expect(at(0, false)).toEqual(["ops opened a"]);
    expect(at(59, false)).toEqual([]);
    expect(at(60, false)).toEqual(["ops still a"]);
    expect(at(119, false)).toEqual([]);
    expect(at(120, true)).toEqual([]);
    expect(at(600, true)).toEqual([]);
    expect(
      told.at(morningMs + 700 * minute, [], [subject("a", { endMs: 1 }, { acknowledged: true })]),
    ).toEqual(["ops closed a"]);
  });

  test("worse is news, better is not", () => {
    const told = telling(config());
    expect(told.at(morningMs, [subject("a", { severity: "warning" })])).toEqual(["ops opened a"]);
    expect(told.at(morningMs + minute, [subject("a")])).toEqual(["ops worse a"]);
    expect(told.at(morningMs + 2 * minute, [subject("a", { severity: "warning" })])).toEqual([]);
    expect(told.at(morningMs + 3 * minute, [subject("a")])).toEqual([]);
  });

  test("nothing during maintenance; what goes on after it is told then, what ended inside never", () => {
    const told = telling(config());
    const inside = { inMaintenance: true };
    expect(told.at(morningMs, [subject("a", {}, inside), subject("b", {}, inside)])).toEqual([]);
    expect(
      told.at(
        morningMs + minute,
        [subject("a", {}, inside)],
        [subject("b", { endMs: morningMs + minute }, inside)],
      ),
    ).toEqual([]);
    expect(told.at(morningMs + 2 * minute, [subject("a")])).toEqual(["ops opened a"]);
  });

  test("a part that was told and became part of another is not told twice", () => {
    const told = telling(config());
    expect(told.at(morningMs, [subject("part")])).toEqual(["ops opened part"]);
    const merged = subject("part", { mergedInto: "whole", endMs: morningMs + minute });
    expect(told.at(morningMs + minute, [subject("whole")], [merged])).toEqual([]);
    expect(
      told.at(morningMs + 2 * minute, [], [subject("whole", { endMs: morningMs + 2 * minute })]),
    ).toEqual(["ops closed whole"]);
  });

  test("the first rule that names a channel decides for it; others for other channels", () => {
    const told = telling(
      config(
        [
          rule({ id: "carrier", match: { carriers: ["VNPT"] }, channels: ["noc"], delayMs: 10 * minute }),
          rule({
            id: "agency",
            match: { agencies: ["ba-don"], severities: ["critical"] },
            channels: ["ops", "noc"],
          }),
        ],
        [channel("ops"), channel("noc")],
      ),
    );
    const elsewhere = subject("x", {
      cause: { kind: "power", evidence: [] },
      affected: { agencies: ["le-thuy"], sites: [], devices: [], links: [] },
    });
    expect(told.at(morningMs, [subject("a"), elsewhere])).toEqual(["ops opened a"]);
    expect(told.at(morningMs + 10 * minute, [subject("a"), elsewhere])).toEqual(["noc opened a"]);
  });

  test("a storm is one message per channel and grouping time, the worst first", () => {
    const told = telling(config([rule()], [channel("ops", minute)]));
    const storm = Array.from({ length: 5000 }, (_, i) =>
      subject(`i${i}`, { severity: i % 2 === 0 ? "warning" : "critical" }),
    );
    const first = told.at(morningMs, storm);
    expect(first).toHaveLength(5000);
    expect(first[0]).toBe("ops opened i1");
    expect(told.at(morningMs + 1000, [...storm, subject("late")])).toEqual([]);
    expect(told.at(morningMs + minute, [...storm, subject("late")])).toEqual(["ops opened late"]);
  });

  test("what comes and goes while grouped is told as that", () => {
    const told = telling(config([rule()], [channel("ops", minute)]));
    told.at(morningMs, [subject("a")]);
    told.at(morningMs + 10_000, [subject("a"), subject("b")]);
    const end = subject("b", { endMs: morningMs + 20_000 });
    expect(told.at(morningMs + 20_000, [subject("a")], [end])).toEqual([]);
    expect(told.at(morningMs + minute, [subject("a")], [end])).toEqual(["ops passed b"]);
  });

  test("in any order of looking, each incident is opened at most once and closed exactly if opened", () => {
    const step = fc.record({
      minutes: fc.integer({ min: 0, max: 30 }),
      toggle: fc.integer({ min: 0, max: 4 }),
      acknowledged: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 20 }), (steps, group) => {
        const told = telling(config([rule({ delayMs: 2 * minute })], [channel("ops", group * minute)]));
        const running = new Map<number, AlertSubject>();
        const ended: AlertSubject[] = [];
        const log: string[] = [];
        let nowMs = morningMs;
        let serial = 0;
        for (const { minutes, toggle, acknowledged } of steps) {
          nowMs += minutes * minute;
          const old = running.get(toggle);
          if (old) {
            running.delete(toggle);
            ended.push({ ...old, incident: { ...old.incident, endMs: nowMs } });
          } else {
            serial += 1;
            running.set(toggle, subject(`${toggle}-${serial}`, { startMs: nowMs }, { acknowledged }));
          }
          log.push(...told.at(nowMs, [...running.values()], ended));
        }
        nowMs += 1000 * minute;
        for (const one of running.values())
          ended.push({ ...one, incident: { ...one.incident, endMs: nowMs } });
        log.push(...told.at(nowMs, [], ended));
        expect(new Set(log).size).toBe(log.length);
        for (const line of log.filter((one) => one.includes("opened")))
          expect(log).toContain(line.replace("opened", "closed"));
        for (const line of log.filter((one) => one.includes("closed")))
          expect(log).toContain(line.replace("closed", "opened"));
        for (const line of log.filter((one) => one.includes("passed")))
          expect(log).not.toContain(line.replace("passed", "opened"));
        expect(told.state().tellings).toEqual([]);
      }),
    );
  });
});

describe("quiet hours", () => {
  const night: QuietHours = { from: "22:00", until: "06:00", except: ["critical"] };
  const at = (local: string) => Date.parse(`${local}:00+07:00`);

  test.each([
    ["2026-11-24T21:59", false],
    ["2026-11-24T22:00", true],
    ["2026-11-25T05:59", true],
    ["2026-11-25T06:00", false],
  ])("%s", (local, quiet) => expect(isQuiet(night, at(local), timeZone)).toBe(quiet));

  test("of certain days: the night belongs to the day it began on", () => {
    const weekend: QuietHours = { ...night, days: ["sat"] };
    expect(isQuiet(weekend, at("2026-11-28T23:00"), timeZone)).toBe(true);
    expect(isQuiet(weekend, at("2026-11-29T05:00"), timeZone)).toBe(true);
    expect(isQuiet(weekend, at("2026-11-29T23:00"), timeZone)).toBe(false);
    expect(isQuiet(weekend, at("2026-11-28T05:00"), timeZone)).toBe(false);
  });

  test("a zone with summer time: the clock on the wall counts", () => {
    const early: QuietHours = { from: "01:30", until: "02:30", except: [] };
    expect(isQuiet(early, Date.parse("2026-10-25T00:45:00Z"), "Europe/Berlin")).toBe(false);
    expect(isQuiet(early, Date.parse("2026-10-24T23:45:00Z"), "Europe/Berlin")).toBe(true);
    expect(isQuiet(early, Date.parse("2026-10-25T01:15:00Z"), "Europe/Berlin")).toBe(true);
  });

  test("warnings wait for the morning, critical ones do not; what passed is told as passed", () => {
    const told = telling(config([rule({ quietHours: night })]));
    const nightMs = at("2026-11-24T23:00");
    const warning = subject("w", { severity: "warning", startMs: nightMs });
    const gone = subject("g", { severity: "warning", startMs: nightMs });
    const critical = subject("c", { startMs: nightMs });
    expect(told.at(nightMs, [warning, gone, critical])).toEqual(["ops opened c"]);
    const end = subject("g", { severity: "warning", startMs: nightMs, endMs: nightMs + 30 * minute });
    expect(told.at(nightMs + 30 * minute, [warning, critical], [end])).toEqual([]);
    expect(told.at(at("2026-11-25T06:00"), [warning, critical], [end])).toEqual([
      "ops opened w",
      "ops passed g",
    ]);
  });
});
