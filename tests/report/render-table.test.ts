import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { renderPlain, renderTable } from "../../src/report/render-table.ts";
import type { TableView } from "../../src/report/table-view.ts";

const style = {
  width: Number.POSITIVE_INFINITY,
  header: (text: string) => text,
  state: (_word: string, text: string) => text,
};
const view: TableView = {
  columns: [
    { key: "id", header: "LINK", dropOrder: 0 },
    { key: "mbps", header: "MBPS", align: "right", dropOrder: 1 },
    { key: "name", header: "NAME", dropOrder: 2 },
    { key: "note", header: "NOTE", dropOrder: 3 },
  ],
  rows: [
    { id: "link-dong-hoi", mbps: 12.5, name: "Đồng Hới", note: "a\tb\u001b[2J" },
    {
      id: "link-bo-trach",
      mbps: 1000,
      name: "很宽的字",
      note: "the reason why this link is as it is, at length",
    },
  ],
  empty: "no links",
};

describe("renderTable", () => {
  test("aligns by what the terminal shows, not by characters", () => {
    const lines = renderTable(view, style).split("\n");
    const column = (line: string | undefined, text: string) =>
      stringWidth(line?.slice(0, line.indexOf(text)) ?? "");
    expect(column(lines[1], "Đồng")).toBe(column(lines[2], "很宽"));
    expect(column(lines[1], "a␉b")).toBe(column(lines[2], "the reason"));
    expect(lines[1]).toMatch(/ {2}12\.5 {2}/);
  });

  test.each([100, 60, 44, 30, 14])("fits %i columns and keeps the first whole", (width) => {
    const text = renderTable(view, { ...style, width });
    for (const line of text.split("\n")) expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(width, 13));
    expect(text).toContain("link-dong-hoi");
  });

  test("drops the column with the highest order first", () => {
    const text = renderTable(view, { ...style, width: 34 });
    expect(text).not.toContain("NOTE");
    expect(text).toContain("NAME");
  });

  test("says when there is nothing", () => {
    expect(renderTable({ ...view, rows: [] }, style)).toBe("no links\n");
  });
});

test("renderPlain gives raw values, one line a row, tabs between", () => {
  expect(renderPlain(view).split("\n")[0]).toBe("link-dong-hoi\t12.5\tĐồng Hới\ta␉b␛[2J");
  expect(renderPlain({ ...view, rows: [] })).toBe("");
});
