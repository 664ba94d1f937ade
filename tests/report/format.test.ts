import { describe, expect, test } from "vitest";
import { createFormat } from "../../src/report/format.ts";
import { parseMoment } from "../../src/report/moment.ts";

const vi = createFormat("vi", "Asia/Ho_Chi_Minh");
const en = createFormat("en", "Asia/Ho_Chi_Minh");
const at = Date.UTC(2026, 10, 23, 18, 5);

describe("as people of a language write it", () => {
  test("numbers and percentages", () => {
    expect([vi.decimal(1234567.25), en.decimal(1234567.25)]).toEqual(["1.234.567,3", "1,234,567.3"]);
    expect([vi.percent(98.47), en.percent(98.47)]).toEqual(["98,5 %", "98.5 %"]);
    expect([en.percent(0), en.percent(100), en.percent(104.26)]).toEqual(["0 %", "100 %", "104.3 %"]);
  });

  test("nearly all is never written as all", () => {
    expect(en.percent(99.98)).toBe("99.9 %");
    expect(en.percent(99.9996, 3)).toBe("99.999 %");
  });

  test("rates have decimal prefixes", () => {
    expect([0, 950, 12_345, 2_370_000, 99_960_000, 1e9].map(en.bitRate)).toEqual([
      "0 bit/s",
      "950 bit/s",
      "12.3 kbit/s",
      "2.37 Mbit/s",
      "100 Mbit/s",
      "1 Gbit/s",
    ]);
    expect(vi.bitRate(2_370_000)).toBe("2,37 Mbit/s");
  });

  test("times are the province's, durations the two largest units", () => {
    expect([vi.dateTime(at), en.date(at), en.time(at)]).toEqual(["24/11/2026 01:05", "24/11/2026", "01:05"]);
    expect([0, 59, 61, 3600, 90_061, 40 * 86_400 + 60].map(en.duration)).toEqual([
      "0 s",
      "59 s",
      "1 min 1 s",
      "1 h",
      "1 d 1 h",
      "40 d",
    ]);
    expect(vi.duration(90_061)).toBe("1 ngày 1 giờ");
  });
});

describe("moments as people type them", () => {
  const parse = (text: string, edge: "from" | "to" = "from", zone = "Asia/Ho_Chi_Minh") =>
    parseMoment(text, edge, at, zone);
  const iso = (text: string, edge?: "from" | "to", zone?: string) => {
    const ms = parse(text, edge, zone);
    return ms === undefined ? undefined : new Date(ms).toISOString();
  };

  test("days and local times, a day as an end taken in whole", () => {
    expect(iso("2026-11-01")).toBe("2026-10-31T17:00:00.000Z");
    expect(iso("2026-11-30", "to")).toBe("2026-11-30T17:00:00.000Z");
    expect(iso("2026-11-01T08:30", "to")).toBe("2026-11-01T01:30:00.000Z");
    expect(iso("24h")).toBe("2026-11-22T18:05:00.000Z");
  });

  test("across a change of the clocks", () => {
    expect(iso("2026-03-29", "from", "Europe/Berlin")).toBe("2026-03-28T23:00:00.000Z");
    expect(iso("2026-03-29", "to", "Europe/Berlin")).toBe("2026-03-29T22:00:00.000Z");
  });

  test("anything else is none", () => {
    for (const text of [
      "",
      "yesterday",
      "2026-02-30",
      "2026-13-01",
      "2026-11-01T25:00",
      "24x",
      "-24h",
      "20261101",
    ]) {
      expect(parse(text), text).toBeUndefined();
    }
  });
});
