import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evidenceValues } from "../../src/health/incident/types.ts";
import { canonicalJson, differencesBetween, digestOf } from "../../src/report/closing.ts";
import { htmlPage } from "../../src/report/html/page.ts";
import { languages, speechFor } from "../../src/report/languages.ts";
import type { PeriodReportKind } from "../../src/report/model.ts";
import { daysUntil, theilSen } from "../../src/report/period/forecast.ts";
import { renderXlsx } from "../../src/report/render-xlsx.ts";
import { reports } from "../../src/report/reports.ts";
import { reportInput, TO } from "./period-facts.ts";

const kinds: PeriodReportKind[] = ["availability", "incident", "capacity", "coverage"];
const tableOf = (kind: PeriodReportKind, id: string, input = reportInput()) => {
  const found = reports[kind](input).sections.find((section) => section.id === id)!.table;
  return new Map(found.rows.map((row) => [String(row.id ?? row.carrier ?? row.cause ?? row.district), row]));
};

describe("availability of a period", () => {
  test("planned time is taken out, the rest is held against the promise, and split by whose fault it was", () => {
    const rows = tableOf("availability", "links");
    const measured = 30 * 24 - 4;
    expect(rows.get("l1")).toMatchObject({
      plannedSeconds: 4 * 3600,
      downSeconds: 2 * 3600,
      // The window lies in the middle: an hour before it, an hour after it.
      outages: 2,
      meanRepairSeconds: 3600,
      objective: "met",
      carrierSeconds: 2 * 3600,
      powerSeconds: 0,
      otherSeconds: 0,
      availabilityPercent: Math.round((1e6 * (measured - 2)) / measured) / 1e4,
      budgetLeftSeconds: Math.round((measured * 0.005 - 2) * 3600),
    });
    expect(Number(rows.get("l1")!.changePoints)).toBeLessThan(0);
  });

  test("half a month measured: no number, and never met", () => {
    const rows = tableOf("availability", "links");
    expect(rows.get("l2")).toMatchObject({
      objective: "not-measurable",
      coveragePercent: 50,
      unknownSeconds: 15 * 86_400,
    });
    expect(rows.get("l2")!.availabilityPercent).toBeUndefined();
    expect(tableOf("availability", "carriers").get("Viettel")).toMatchObject({
      links: 2,
      met: 1,
      missed: 0,
      notMeasurable: 1,
    });
  });

  test("an agency that is cut off has no service, whoever's fault that is", () => {
    expect(tableOf("availability", "agencies").get("c2")).toMatchObject({ downSeconds: 86_400, outages: 1 });
  });
});

describe("the other reports on a period", () => {
  test("incidents: what runs, what it rests on, and what it came to by cause", () => {
    const rows = [...tableOf("incident", "incidents").values()];
    expect(rows.map(({ subject, isRunning, cause }) => [subject, isRunning, cause])).toEqual([
      ["r2", true, "unknown"],
      ["l1", false, "carrier"],
    ]);
    expect(rows[1]!.evidence).toBe("port ge1 of core is down");
    expect(tableOf("incident", "causes").get("carrier")).toMatchObject({
      incidents: 1,
      outages: 1,
      downSeconds: 6 * 3600,
    });
  });

  test("capacity: percentile of 5-minute means, busiest hour, and when the trend reaches 80 %", () => {
    const row = tableOf("capacity", "links").get("l1")!;
    expect(row).toMatchObject({ peakHour: 9, forecast: "days", rttMs: 12.5, inP95Percent: 1 });
    // 49 Mbit/s at the end of the month (its 95th percentile is of the busy hour's edge), one more Mbit/s a day or half.
    expect(Number(row.forecastDays)).toBeGreaterThan(10);
    expect(Number(row.forecastDays)).toBeLessThan(140);
    expect(tableOf("capacity", "links").get("l2")).toMatchObject({ forecast: undefined });
  });

  test("coverage: seen within a day or not connected; the promise is every commune", () => {
    const rows = tableOf("coverage", "communes");
    expect([...rows].map(([id, { isConnected }]) => [id, isConnected])).toEqual([
      ["c2", false],
      ["c3", false],
      ["c1", true],
    ]);
    expect(rows.get("c1")).toMatchObject({ primary: "Fibre VNPT (up)", backup: "Cellular Viettel (up)" });
    expect(rows.get("c3")!.lastSeen).toBeUndefined();
    expect(reports.coverage(reportInput()).figures?.[0]).toMatchObject({
      value: "1 of 3 (33.3 %)",
      state: "down",
    });
  });
});

describe("forecast", () => {
  const line = (days: number, slope: number, start = 10) =>
    Array.from({ length: days }, (_one, day) => ({ day, value: start + slope * day }));

  test("a line is followed to the limit; wild days do not bend it; too few days say nothing", () => {
    expect(daysUntil(line(30, 1), 80)).toEqual({ kind: "days", days: 41 });
    const wild = line(30, 1).map((one) => (one.day % 7 === 0 ? { ...one, value: 500 } : one));
    expect(daysUntil(wild, 80)).toEqual({ kind: "days", days: 41 });
    expect(daysUntil(line(13, 1), 80)).toEqual({ kind: "not-enough-data" });
    expect(daysUntil(line(30, 0), 80)).toEqual({ kind: "not-rising" });
    expect(daysUntil(line(30, -1, 60), 80)).toEqual({ kind: "not-rising" });
    expect(daysUntil(line(30, 0, 90), 80)).toEqual({ kind: "reached" });
  });

  test("up to a quarter of wild values: the slope is that of the rest", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 8 }),
        (slope, wild) => {
          const values = line(60, slope).map((one) =>
            wild.includes(one.day) ? { ...one, value: 1e6 } : one,
          );
          expect(Math.abs(theilSen(values).slope - slope)).toBeLessThan(1e-6);
        },
      ),
    );
  });
});

describe("texts", () => {
  test("every piece of evidence has a sentence with the values it has", () => {
    for (const [code, values] of Object.entries(evidenceValues)) {
      for (const messages of Object.values(languages)) {
        const used = [...messages.evidence[code as keyof typeof evidenceValues].matchAll(/\{(\w+)/g)].map(
          ([, name]) => name!,
        );
        for (const name of used) expect(values as readonly string[], code).toContain(name);
      }
    }
  });

  test.each(kinds)("W2: %s: hostile names stay text in every language", (kind) => {
    const hostile = `"><img src=x onerror=alert(1)><script>alert(2)</script>\u202e`;
    for (const language of ["vi", "en"] as const) {
      const input = reportInput(hostile, { language });
      const page = htmlPage(reports[kind](input), speechFor(input.inventory, language, TO));
      expect(page).not.toMatch(/<script|<img/);
      expect(page).not.toContain("\u202e");
      expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
    }
  });

  test("an official page has the form of Decree 30/2020", () => {
    const input = reportInput("", { language: "vi" });
    const page = htmlPage(reports.availability(input), speechFor(input.inventory, "vi", TO));
    for (const text of [
      "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
      "Độc lập - Tự do - Hạnh phúc",
      "Nơi nhận",
      "ngày 01 tháng 12 năm 2026",
      "GIÁM ĐỐC",
      // Left to be filled in by hand.
      "Số: ......../BC-........",
    ])
      expect(page).toContain(text);
    expect(page).not.toContain('class="signername"');
  });

  test("who signs, for whom and under which number stand on it as the inventory has them, in either language", () => {
    const input = reportInput("", { language: "vi" });
    const center = {
      name: "Trung tâm Dữ liệu",
      abbreviation: "TTDL<b>",
      place: "Đồng Hới",
      placeEn: "Dong Hoi",
      signer: { title: ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], titleEn: "DEPUTY DIRECTOR", name: "Nguyễn Văn A" },
      recipients: ["UBND tỉnh (để báo cáo);", "Lưu: VT."],
      recipientsEn: ["People's Committee;"],
    };
    const inventory = { ...input.inventory, province: { ...input.inventory.province, center } };
    const pageIn = (language: "vi" | "en") =>
      htmlPage(reports.availability({ ...input, inventory, language }), speechFor(inventory, language, TO));
    for (const text of [
      "Số: ......../BC-TTDL&lt;b&gt;",
      "Đồng Hới, ngày 01 tháng 12 năm 2026",
      '<p class="signer">KT. GIÁM ĐỐC</p><p class="signer">PHÓ GIÁM ĐỐC</p>',
      '<p class="signername">Nguyễn Văn A</p>',
      "<li>UBND tỉnh (để báo cáo);</li><li>Lưu: VT.</li>",
    ])
      expect(pageIn("vi")).toContain(text);
    for (const text of [
      "No.: ......../BC-TTDL",
      "Dong Hoi, ",
      "DEPUTY DIRECTOR",
      "<li>People&#39;s Committee;</li>",
    ])
      expect(pageIn("en")).toContain(text);
  });
});

describe("workbook", () => {
  test("W4: text that looks like a formula is text, numbers are numbers, hostile characters are gone", async () => {
    const hostile = "=cmd|' /C calc'!A0\u0000\u001b[31m";
    const { sections } = reports.availability(reportInput(hostile));
    const sheets = sections.map(({ title, table }) => ({ name: title, view: table }));
    const octets = await renderXlsx([...sheets, { name: "[a]:*?/\\", view: sections[0].table }], {
      timeZone: "Asia/Ho_Chi_Minh",
      heading: ["=1+1"],
    });
    const files = unzipped(Buffer.from(octets));
    const all = [...files.values()].join("\n");
    expect([...files.keys()]).toContain("xl/worksheets/sheet1.xml");
    expect(all).not.toMatch(/<f[ >]/);
    expect(all).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    expect(files.get("xl/worksheets/sheet1.xml")).toMatch(/<v>7200<\/v>/);
    const names = [...(files.get("xl/workbook.xml") ?? "").matchAll(/<sheet\b[^>]*\bname="([^"]*)"/g)].map(
      ([, name]) => name,
    );
    expect(names).toHaveLength(4);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).not.toMatch(/[[\]:*?/\\]/);
  });
});

describe("closed months", () => {
  test("one text for equal numbers, whatever the order of keys; every difference is named", () => {
    expect(canonicalJson({ b: [1, { d: undefined, c: "é" }], a: null })).toBe('{"a":null,"b":[1,{"c":"é"}]}');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const mirrored = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(mirrored)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    const numbers = {
      links: [{ id: "a", downSeconds: 1 }],
      agencies: [],
      carriers: [],
      communes: [],
      incidents: [],
    };
    const other = { ...numbers, links: [{ id: "a", downSeconds: 2 }, { id: "b" }] };
    expect(digestOf(numbers)).not.toBe(digestOf(other));
    expect(differencesBetween(numbers, other)).toEqual([
      { table: "links", id: "a", field: "downSeconds", before: 1, after: 2 },
      { table: "links", id: "b" },
    ]);
  });
});

/** The files of a ZIP archive, by its local headers' central directory. */
function unzipped(zip: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(zip.lastIndexOf(Buffer.from("PK\u0005\u0006")) + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [method, size, nameLength, extra, comment, local] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
      zip.readUInt32LE(at + 42),
    ] as const;
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(begin, begin + size);
    files.set(name, (method === 8 ? inflateRawSync(data) : data).toString("utf8"));
    at += 46 + nameLength + extra + comment;
  }
  return files;
}
