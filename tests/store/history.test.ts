/** States over time and documents with revisions. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StateSpan } from "../../src/store/history-types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { opened, temporaryDirectory } from "./place.ts";

const minute = 60_000;
const begin = Date.UTC(2026, 9, 1);
const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

function newStore() {
  return opened(join(temporaryDirectory(), "samples.db"), { mode: "write" });
}

/** One observation, live. */
function seen(
  store: ReturnType<typeof newStore>,
  atMinute: number,
  state: string,
  subject = "device/a",
  nowMinute = atMinute,
) {
  const atMs = begin + atMinute * minute;
  return store.history.record([{ subject, state, atMs, holdMs: 2 * minute }], {
    nowMs: begin + nowMinute * minute,
  });
}

function told(spans: readonly StateSpan[] | undefined): (string | number)[][] {
  return (spans ?? []).map(({ fromMs, toMs, state }) => [
    (fromMs - begin) / minute,
    (toMs - begin) / minute,
    state,
  ]);
}

describe("states", () => {
  test("grow while they stay the same, change at the moment of the change, and a gap is a gap", () => {
    const store = newStore();
    for (const at of [0, 1, 2, 3]) seen(store, at, "up");
    for (const at of [4, 5]) seen(store, at, "down");
    for (const at of [20, 21]) seen(store, at, "down");
    expect(told(store.history.spans(everything).get("device/a"))).toEqual([
      [0, 4, "up"],
      [4, 7, "down"],
      [20, 23, "down"],
    ]);
    expect(told([store.history.current().get("device/a")!])).toEqual([[20, 23, "down"]]);
  });

  test("another detail is another span", () => {
    const store = newStore();
    const record = (at: number, detail: string) =>
      store.history.record(
        [
          {
            subject: "device/a",
            state: "unreachable",
            detail,
            atMs: begin + at * minute,
            holdMs: 2 * minute,
          },
        ],
        { nowMs: begin + at * minute },
      );
    record(0, "link/x");
    record(1, "link/x");
    record(2, "link/y");
    expect(store.history.spans(everything).get("device/a")).toEqual([
      {
        subject: "device/a",
        fromMs: begin,
        toMs: begin + 2 * minute,
        state: "unreachable",
        detail: "link/x",
      },
      {
        subject: "device/a",
        fromMs: begin + 2 * minute,
        toMs: begin + 4 * minute,
        state: "unreachable",
        detail: "link/y",
      },
    ]);
  });

  test("a clock that is set back writes nothing again; one that was ahead leaves room for what is true", () => {
    const store = newStore();
    for (let at = 0; at < 10; at += 1) seen(store, at, "up");
    // Back to minute 5: the minutes up to 11 are told already.
    for (let at = 5; at < 9; at += 1) expect(seen(store, at, "down")).toEqual({ recorded: 0, late: 1 });
    for (let at = 11; at < 13; at += 1) expect(seen(store, at, "down")).toEqual({ recorded: 1, late: 0 });
    // A day ahead by mistake, then right again.
    for (const at of [1440, 1441]) seen(store, at, "up");
    for (const at of [20, 21, 22]) expect(seen(store, at, "up")).toEqual({ recorded: 1, late: 0 });
    const before = told(store.history.spans(everything).get("device/a"));
    expect(before).toEqual([
      [0, 11, "up"],
      [11, 14, "down"],
      [20, 24, "up"],
      [1440, 1443, "up"],
    ]);
    // The wrong day comes: it is not written over, and after it things go on.
    expect(seen(store, 1439, "down")).toEqual({ recorded: 1, late: 0 });
    expect(seen(store, 1441, "down")).toEqual({ recorded: 0, late: 1 });
    expect(seen(store, 1443, "down")).toEqual({ recorded: 1, late: 0 });
    expect(told(store.history.spans(everything).get("device/a"))).toEqual([
      ...before.slice(0, 3),
      [1439, 1440, "down"],
      [1440, 1443, "up"],
      [1443, 1445, "down"],
    ]);
    expect(store.status().lateStates).toBe(5);
  });

  test("what comes late is counted, and changes nothing", () => {
    const store = newStore();
    seen(store, 0, "up");
    expect(seen(store, 30, "down", "device/a", 100)).toEqual({ recorded: 0, late: 1 });
    expect(seen(store, 30, "down", "device/new", 100)).toEqual({ recorded: 0, late: 1 });
    expect(told(store.history.spans(everything).get("device/a"))).toEqual([[0, 2, "up"]]);
    expect(store.status().lateStates).toBe(2);
  });

  test("never overlap, and never change once told, whatever the clock does", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            step: fc.integer({ min: -50, max: 60 }),
            state: fc.constantFrom("up", "down"),
            restart: fc.boolean(),
          }),
          { maxLength: 60 },
        ),
        (moves) => {
          const path = join(temporaryDirectory(), "samples.db");
          let store = openStore(path, { mode: "write" });
          let at = 1000;
          let closed: (string | number)[][] = [];
          for (const { step, state, restart } of moves) {
            at = Math.max(0, at + step / 10);
            at = Math.round(at * minute) / minute;
            seen(store, at, state);
            if (restart) {
              store.close();
              store = openStore(path, { mode: "write" });
            }
            const spans = told(store.history.spans(everything).get("device/a"));
            for (let place = 1; place < spans.length; place += 1)
              expect(spans[place]![0]).toBeGreaterThanOrEqual(spans[place - 1]![1] as number);
            const head = told([...store.history.current().values()])[0]!;
            // All but the one that grows is as it was.
            for (const span of closed) expect(spans).toContainEqual(span);
            closed = spans.filter((span) => span[0] !== head[0]);
          }
          store.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  test("are found by subject, prefix and range, whole", () => {
    const store = newStore();
    for (const subject of ["device/a", "device/b", "link/x"])
      for (const at of [0, 1, 10, 11]) seen(store, at, "up", subject);
    const range = { fromMs: begin + 2.5 * minute, toMs: begin + 10 * minute };
    expect(told(store.history.spans({ ...range, subjects: ["device/a", "nobody"] }).get("device/a"))).toEqual(
      [[0, 3, "up"]],
    );
    expect([...store.history.spans({ ...range, prefix: "device/" }).keys()]).toEqual([
      "device/a",
      "device/b",
    ]);
    expect(store.history.spans({ fromMs: begin + 3 * minute, toMs: begin + 10 * minute }).size).toBe(0);
    expect([...store.history.current({ prefix: "link/" }).keys()]).toEqual(["link/x"]);
  });

  test("a flipped bit is named, and the other spans are read", () => {
    const path = join(temporaryDirectory(), "samples.db");
    const store = openStore(path, { mode: "write" });
    for (const at of [0, 10, 20]) seen(store, at, "up");
    store.close();
    const database = new DatabaseSync(path);
    database.exec("UPDATE span SET to_ms = to_ms + 1 WHERE from_ms = (SELECT min(from_ms) FROM span)");
    database.close();
    const damage: unknown[] = [];
    const reader = opened(path, { mode: "read", onDamage: (record) => damage.push(record) });
    expect(told(reader.history.spans(everything).get("device/a")).map(([from]) => from)).toEqual([10, 20]);
    expect(damage).toEqual([{ device: "device/a", atMs: begin, why: expect.stringContaining("CRC") }]);
    expect(reader.check()).toMatchObject({ damages: 1, damaged: [{ part: "state", of: "device/a" }] });
  });
});

describe("documents", () => {
  const incident = (id: string, openedMs: number, closedMs?: number) => ({
    kind: "incident",
    id,
    subject: `device/${id}`,
    openedMs,
    ...(closedMs !== undefined && { closedMs }),
    body: { cause: "unknown" },
  });

  test("every revision stays", () => {
    const { journal } = newStore();
    const first = journal.append(incident("a", 100));
    const second = journal.append({
      ...incident("a", 100, 200),
      body: { cause: "power" },
      after: first.revision,
    });
    expect(first).toMatchObject({ revision: 1, body: { cause: "unknown" } });
    expect(second).toMatchObject({ revision: 2, closedMs: 200, body: { cause: "power" } });
    expect(journal.revisions("incident", "a")).toEqual([first, second]);
    expect(journal.latest("incident", "a")).toEqual(second);
    expect(journal.latest("incident", "b")).toBeUndefined();
  });

  test("a change made from an old revision is refused", () => {
    const { journal } = newStore();
    journal.append(incident("a", 100));
    journal.append(incident("a", 100));
    expect(() => journal.append({ ...incident("a", 100), after: 1 })).toThrow(
      expect.objectContaining({ code: "revised", exitCode: 25 }),
    );
    expect(() => journal.append({ ...incident("b", 100), after: 1 })).toThrow(
      expect.objectContaining({ code: "revised" }),
    );
    expect(journal.revisions("incident", "a")).toHaveLength(2);
  });

  test("what is frozen is never written again, by nobody", () => {
    const path = join(temporaryDirectory(), "samples.db");
    const store = openStore(path, { mode: "write" });
    const month = {
      kind: "closed-month",
      id: "2026-10",
      subject: "province",
      openedMs: 0,
      closedMs: 10,
      body: { up: 99.5 },
    };
    const frozen = store.journal.freeze(month);
    for (const write of [() => store.journal.freeze(month), () => store.journal.append(month)])
      expect(write).toThrow(expect.objectContaining({ code: "frozen", exitCode: 22 }));
    store.close();
    const database = new DatabaseSync(path);
    expect(() => database.exec("UPDATE revision SET body = '{}'")).toThrow(/never changed/);
    expect(() => database.exec("DELETE FROM revision")).toThrow(/never deleted/);
    database.close();
    expect(opened(path, { mode: "read" }).journal.latest("closed-month", "2026-10")).toEqual(frozen);
  });

  test("are found by the time they touch, subject, prefix, and whether they go on", () => {
    const { journal } = newStore();
    for (const entry of [incident("old", 0, 50), incident("across", 40, 150), incident("open", 120)])
      journal.append(entry);
    journal.append({ ...incident("other", 120), kind: "maintenance" });
    const found = (query: object) => journal.find({ kind: "incident", ...query }).map(({ id }) => id);
    expect(found({})).toEqual(["old", "across", "open"]);
    expect(found({ fromMs: 100, toMs: 200 })).toEqual(["across", "open"]);
    expect(found({ toMs: 100 })).toEqual(["old", "across"]);
    expect(found({ openOnly: true })).toEqual(["open"]);
    expect(found({ subject: "device/across" })).toEqual(["across"]);
    expect(found({ prefix: "device/o" })).toEqual(["old", "open"]);
  });

  test("a change behind the store's back is found, whatever it changed", () => {
    for (const tamper of [
      'UPDATE revision SET body = \'{"cause":"nobody"}\' WHERE sequence = 2',
      "UPDATE revision SET closed_ms = 1 WHERE sequence = 2",
      "DELETE FROM revision WHERE sequence = 2",
    ]) {
      const path = join(temporaryDirectory(), "samples.db");
      const store = openStore(path, { mode: "write" });
      for (const id of ["a", "b", "c"]) store.journal.append(incident(id, 1, 2));
      expect(store.check()).toMatchObject({ damages: 0, checked: { documents: 3 } });
      store.close();
      const database = new DatabaseSync(path);
      database.exec(`DROP TRIGGER revision_stays; DROP TRIGGER revision_kept; ${tamper}`);
      database.close();
      expect(opened(path, { mode: "read" }).check().damages, tamper).toBeGreaterThan(0);
    }
  });

  test("several writes are one", () => {
    const store = newStore();
    expect(() =>
      store.transaction(() => {
        store.journal.append(incident("a", 1));
        seen(store, 0, "down");
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(store.journal.find({ kind: "incident" })).toEqual([]);
    expect(store.history.current().size).toBe(0);
    seen(store, 1, "up");
    expect(told([...store.history.current().values()])).toEqual([[1, 3, "up"]]);
  });

  test("a command writes documents beside a poller, and both see them", () => {
    const path = join(temporaryDirectory(), "samples.db");
    const poller = opened(path, { mode: "write" });
    const command = opened(path, { mode: "annotate" });
    const first = command.journal.append(incident("a", 1));
    const second = poller.journal.append({ ...incident("a", 1), after: 1 });
    expect(command.journal.revisions("incident", "a")).toEqual([first, second]);
    expect(() => command.append([])).toThrow(TypeError);
    expect(() => seen(command, 0, "up")).toThrow(TypeError);
  });

  test("the first annotation makes the store", () => {
    const path = join(temporaryDirectory(), "state", "samples.db");
    opened(path, { mode: "annotate" }).journal.append(incident("a", 1));
    expect(opened(path, { mode: "read" }).journal.find({ kind: "incident" })).toHaveLength(1);
  });
});
