/** The live view as a model: what is shown, what keys do, and that no line is ever wider than the screen. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WatchSnapshot } from "../../../src/actions/watch/snapshot.ts";
import { cut, widthOf } from "../../../src/report/width.ts";
import { cell, shortAge, shortRate, sparkline, wrap } from "../../../src/ui/watch/cells.ts";
import { frameOf } from "../../../src/ui/watch/frame.ts";
import { itemsOf } from "../../../src/ui/watch/list.ts";
import { onceViews, onceWarnings } from "../../../src/ui/watch/once.ts";
import { paintFrame } from "../../../src/ui/watch/paint.ts";
import { reduce, selectionOf } from "../../../src/ui/watch/reduce.ts";
import { initialState, type WatchState, type WatchWish } from "../../../src/ui/watch/state.ts";
import { atMs, incident, largeSnapshot, row, snapshot } from "./any-snapshot.ts";

const start = (given: WatchSnapshot = snapshot(), columns = 80, rows = 24): WatchState =>
  reduce(initialState(columns, rows), { kind: "snapshot", snapshot: given }).state;

/** Presses keys one after the other; "/text" keys go in as text while the filter is open. */
function press(state: WatchState, ...keys: string[]): { state: WatchState; wishes: WatchWish[] } {
  const wishes: WatchWish[] = [];
  let now = state;
  for (const key of keys) {
    const step = reduce(
      now,
      now.isTyping && key.length === 1 ? { kind: "text", text: key } : { kind: "key", key },
    );
    now = step.state;
    if (step.wish) wishes.push(step.wish);
  }
  return { state: now, wishes };
}

const shown = (state: WatchState) => itemsOf(state).map(({ id }) => id);
const screen = (state: WatchState) => paintFrame(frameOf(state), false);

describe("the list", () => {
  test("the province: agencies, that with the worst below it first", () => {
    expect(shown(start())).toEqual(["agency/bo-trach", "agency/so-tai-chinh"]);
    expect(screen(start()).join("\n")).toContain("2 of 4 below not up");
  });

  test("into an agency and out again; what one came from is selected", () => {
    const inside = press(start(), "enter").state;
    expect(shown(inside)).toEqual(["agency/xa-tan-trach", "agency/xa-thuong-trach"]);
    const commune = press(inside, "enter").state;
    expect(shown(commune)).toEqual(["link/wan-1", "device/rt-tan-trach"]);
    expect(screen(commune)[2]).toContain("… › Huyện Bố Trạch › Xã Tân Trạch");
    const out = press(commune, "down", "escape").state;
    expect(out.path).toEqual(["bo-trach"]);
    expect(selectionOf(out)?.item.id).toBe("agency/xa-tan-trach");
    expect(press(out, "left", "left", "left").state.path).toEqual([]);
  });

  test("all links, all devices, sorted as asked", () => {
    const links = press(start(), "2").state;
    expect(shown(links)).toEqual(["link/wan-1", "link/wan-2"]);
    const byUse = press(links, "s", "s").state;
    expect(byUse.sort).toBe("use");
    expect(shown(byUse)).toEqual(["link/wan-2", "link/wan-1"]);
    expect(shown(press(start(), "tab", "tab").state)).toEqual([
      "device/rt-tan-trach",
      "device/rt-thuong-trach",
    ]);
  });

  test("a filter needs neither marks nor case, and in the tree looks through all below", () => {
    const found = press(start(), "/", ..."thuong trach").state;
    expect(shown(found)).toEqual(["agency/xa-thuong-trach", "device/rt-thuong-trach"]);
    expect(press(found, "enter").state).toMatchObject({ isTyping: false, filter: "thuong trach" });
    expect(shown(press(found, "enter", "escape").state)).toHaveLength(2);
    expect(press(found, "escape").state.filter).toBe("");
    const none = press(start(), "/", ..."nowhere").state;
    expect(screen(none).join("\n")).toContain("nothing fits “nowhere”");
    expect(press(none, ...Array(7).fill("backspace")).state.filter).toBe("");
    expect(shown(press(start(), "2", "/", ..."viettel").state)).toEqual(["link/wan-2"]);
  });

  test("from a link, a device or an incident to where it is", () => {
    expect(press(start(), "2", "enter").state).toMatchObject({
      view: "tree",
      path: ["bo-trach", "xa-tan-trach"],
    });
    expect(press(start(), "4", "enter").state.path).toEqual(["bo-trach", "xa-tan-trach"]);
  });

  test("what is selected stays selected when others move past it, or its place does when it is gone", () => {
    const links = press(start(), "2", "down").state;
    expect(selectionOf(links)?.item.id).toBe("link/wan-2");
    const rows = snapshot().rows.map((one) =>
      one.id === "wan-2" ? { ...one, state: "down" as const, name: "a" } : one,
    );
    const moved = reduce(links, { kind: "snapshot", snapshot: snapshot({ rows }) }).state;
    expect(selectionOf(moved)).toMatchObject({ position: 0, item: { id: "link/wan-2" } });
    const gone = reduce(moved, {
      kind: "snapshot",
      snapshot: snapshot({ rows: rows.filter(({ id }) => id !== "wan-2") }),
    });
    expect(selectionOf(gone.state)?.item.id).toBe("link/wan-1");
  });

  test("agencies in a circle do not hang it", () => {
    const rows = [
      row("agency", "a", { agency: "b" }),
      row("agency", "b", { agency: "a" }),
      row("link", "l", { agency: "a" }),
    ];
    expect(() => screen(press(start(snapshot({ rows })), "2", "enter").state)).not.toThrow();
  });
});

describe("acknowledging", () => {
  test("is wished for the incident that is looked at, even when a worse one comes in between", () => {
    const looking = press(start(), "4").state;
    const worse = snapshot({ incidents: [incident("wan-9", { affected: 99 }), incident("wan-1")] });
    const { state } = reduce(looking, { kind: "snapshot", snapshot: worse });
    const { wishes, state: after } = press(state, "a");
    expect(wishes).toEqual([{ kind: "acknowledge", incident: "wan-1", subject: "link wan-1" }]);
    expect(after.message).toContain("acknowledging link wan-1");
  });

  test("not twice, not on old data, not of what is no incident", () => {
    const done = start(snapshot({ incidents: [incident("wan-1", { acknowledgedBy: "lan" })] }));
    expect(press(done, "4", "a")).toMatchObject({
      wishes: [],
      state: { message: "acknowledged already, by lan" },
    });
    const old = initialState(80, 24, snapshot());
    expect(press(old, "4", "a")).toMatchObject({
      wishes: [],
      state: { message: "the store is still being read" },
    });
    expect(press(start(), "a").wishes).toEqual([]);
  });

  test("new ones stand before those that somebody is at", () => {
    const incidents = [
      incident("seen", { acknowledgedBy: "lan", affected: 50 }),
      incident("warning", { severity: "warning" }),
      incident("critical"),
    ];
    expect(shown(press(start(snapshot({ incidents })), "4").state)).toEqual(["critical", "warning", "seen"]);
    expect(screen(start(snapshot({ incidents })))[1]).toContain("incidents 3, 2 new");
  });
});

test("other keys: help and away again, quit, reload", () => {
  const help = press(start(), "?").state;
  expect(screen(help).join("\n")).toContain("acknowledge the chosen incident");
  expect(press(help, "q")).toMatchObject({ wishes: [], state: { isHelp: false } });
  expect(press(start(), "q").wishes).toEqual([{ kind: "quit" }]);
  expect(press(start(), "r").wishes).toEqual([{ kind: "reload" }]);
});

describe("the screen", () => {
  test("80 × 24 without colour says all that colour would", () => {
    expect(screen(press(start(), "2").state)).toEqual([
      "pdc watch · Quảng Bình                                    data of 24/11 08:15:02",
      "incidents 1, 1 new   devices 2: 1 unreach 1 up   links 2: 1 down 1 up",
      " 1 Tree [2 Links] 3 Devices  4 Incidents",
      "  STATE       NAME                   IN   OUT  USE TREND    WHY",
      "› down          wan-1                                       interface wan1 is …",
      "  up            wan-2              1.2M   34M  68% ▁▁▃ ▅▆██",
      ...Array(14).fill(""),
      "wan-1 (link wan-1, VNPT) down since 24/11 08:05:02: interface wan1 is down",
      "",
      "? help  q quit  ↑↓ move  enter in  esc out  / filter  s sort  tab view       1/2",
    ]);
  });

  test("what stands still is the same lines, so that nothing is sent", () => {
    expect(screen(start())).toEqual(screen(start()));
  });

  test("old data, no data and trouble are said", () => {
    expect(screen(initialState(80, 24, snapshot()))[0]).toMatch(/as of 24\/11 08:15:02, reading …$/);
    expect(screen(initialState(80, 24)).join("\n")).toContain("reading the store …");
    const trouble = reduce(start(), { kind: "trouble", message: "the store is damaged" }).state;
    expect(screen(trouble)[0]).toMatch(/NO DATA$/);
    expect(screen(trouble).at(-1)).toBe("the store is damaged");
    expect(screen(reduce(trouble, { kind: "snapshot", snapshot: snapshot() }).state)[0]).not.toContain(
      "NO DATA",
    );
    // A poller that has stopped: what is shown is of then, however narrow the screen.
    for (const columns of [40, 80])
      expect(screen(start(snapshot({ isOld: true }), columns))[0]).toMatch(/NO DATA SINCE 24\/11 08:15:02$/);
  });

  test("2,000 devices: a window on the list, and pages of it", () => {
    const state = press(start(largeSnapshot(2000)), "3").state;
    expect(screen(state)).toHaveLength(23);
    expect(itemsOf(state)).toHaveLength(2000);
    const end = press(state, "end").state;
    expect(screen(end).at(-1)).toContain("2000/2000");
    expect(screen(end).filter((line) => line.startsWith("›"))).toHaveLength(1);
    expect(press(state, "pageDown", "pageDown", "pageUp").state.position).toBe(16);
  });

  const hostile = "\u001b[2J\u001b]52;c;AAAA\u0007\u009b31m\r\n\u202eevil\u0000 ｗｉｄｅ 👩‍👩‍👧 e\u0301";
  const anything = fc.oneof(fc.string({ unit: "binary", maxLength: 60 }), fc.constant(hostile));

  test("whatever devices say, at any size: no control character, no line wider than the screen", () => {
    fc.assert(
      fc.property(
        fc.array(anything, { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.constantFrom("1", "2", "3", "4", "down", "up", "enter", "escape", "s", "?", "end"), {
          maxLength: 8,
        }),
        ([name, why, cause, filter], columns, rows, keys) => {
          const given = snapshot({
            province: name ?? "",
            rows: snapshot().rows.map((one) => ({ ...one, name: name ?? "", why: why ?? "" })),
            incidents: [
              incident("i", {
                subject: name ?? "",
                why: why ?? "",
                cause: cause ?? "",
                acknowledgedBy: cause ?? "",
              }),
            ],
          });
          const state = { ...press(start(given, columns, rows), ...keys).state, filter: filter ?? "" };
          const lines = paintFrame(frameOf(state), false);
          expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
          for (const line of lines) {
            expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
            expect(widthOf(line)).toBeLessThanOrEqual(columns);
          }
        },
      ),
    );
  });
});

describe("cells", () => {
  test.each([
    [undefined, ""],
    [0, "0"],
    [999, "999"],
    [1_234_000, "1.2M"],
    [34_000_000, "34M"],
    [999_600, "1.0M"],
    [2.5e12, "2.5T"],
  ])("%s bit/s is %s", (value, text) => expect(shortRate(value)).toBe(text));

  test.each([
    [-5, "0s"],
    [59_000, "59s"],
    [3_599_000, "59m"],
    [172_700_000, "47h"],
    [864_000_000, "10d"],
  ])("%i ms is %s", (value, text) => expect(shortAge(value)).toBe(text));

  test("a gap is a gap, and the newest stands at the right", () => {
    expect(sparkline([0, null, 100], 5)).toBe("  ▁ █");
    expect(sparkline([10, 20, 30, 99], 2)).toBe("▃█");
  });

  test("cut by what is seen, Vietnamese and wide letters alike", () => {
    expect(cell("Xã Thượng Trạch", 8)).toBe("Xã Thượ…");
    expect(cell("Xã Thượng Trạch".normalize("NFD"), 8)).toBe("Xã Thượ…");
    expect(widthOf(cell("漢字漢字", 5))).toBe(5);
    expect(cut("abc", 0)).toBe("");
    expect(wrap("one two three four", 9, 2)).toEqual(["one two", "three fo…"]);
  });
});

test("where there is no terminal: data of long ago is not taken for now's", () => {
  expect(onceWarnings(snapshot())).toEqual([]);
  expect(onceWarnings(snapshot({ isOld: true }))).toEqual([
    expect.stringContaining("nothing was measured since 2026-11-24T01:15:02.000Z"),
  ]);
});

test("where there is no terminal: incidents, then what is not up", () => {
  const [incidents, notUp] = onceViews(snapshot());
  expect(incidents?.rows).toMatchObject([
    { subject: "link wan-1", acknowledgedBy: null, since: new Date(atMs - 600_000).toISOString() },
  ]);
  expect(notUp?.rows.map(({ kind, name }) => [kind, name])).toEqual([
    ["agency", "Xã Tân Trạch"],
    ["link", "wan-1"],
    ["device", "rt-tan-trach"],
  ]);
});
