import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/health/evaluate.ts";
import { htmlPage } from "../../src/report/html/page.ts";
import { speechFor } from "../../src/report/languages.ts";
import type { ReportKind } from "../../src/report/model.ts";
import { renderCsv } from "../../src/report/render-csv.ts";
import { renderPlain, renderTable } from "../../src/report/render-table.ts";
import { reports } from "../../src/report/reports.ts";
import { collectSeries } from "../../src/report/series.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { measurement as m, NOW, part, port, rated, sample } from "../health/samples.ts";
import { province } from "../topology/province.ts";

/** What a device, or whoever renamed it, may send. */
const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `</title></svg><svg onload=alert(1)>`,
  `&lt;b&gt; &amp;`,
  `\u001b[31mred\u001b]0;title\u0007`,
  `=cmd|' /C calc'!A0`,
  `@SUM(1+1)\u202egnp.exe\u2028forged`,
];

function hostileModel(kind: ReportKind, text: string) {
  const inventory = province({
    agencies: [
      { id: "x", name: `Xã ${text}` },
      { id: "y", name: text },
    ],
    sites: [
      { id: "x", agency: "x", name: text, latitude: 17.1, longitude: 106.1 },
      { id: "y", agency: "y", latitude: 17.5, longitude: 106.6 },
    ],
    devices: [
      { id: "core", site: "y", name: text },
      { id: "r", site: "x", name: text, model: text },
      { id: "s", site: "x", role: "server" },
    ],
    links: [{ id: "l", name: text, carrier: text, circuitId: text, a: "core/ge0", b: `r/${text}` }],
  });
  const at = (atMs: number) => [
    sample("core", atMs, {
      components: [port("ge0", { oper: "up", counters: { inOctets: atMs % 1e9, outOctets: atMs % 1e9 } })],
    }),
    sample("r", atMs, {
      system: { family: "f", vendor: text, model: text, sysName: text },
      components: [
        { ...port(text, { oper: "down" }), attributes: { alias: text } },
        part("storage", text, { usedPercent: m.gauge(99, "percent"), status: m.state(text, "critical") }),
        part("bgp-peer", text, { state: m.state(text) }),
      ],
    }),
    sample("s", atMs, { outcome: "invalid", error: { code: "malformed", message: text } }),
  ];
  const series = [...at(NOW - 60_000), ...at(NOW)];
  const samples = rated(...series);
  const topology = buildTopology(inventory, {
    neighbors: [{ device: "r", localInterface: text, remoteName: "core" }],
  });
  const health = evaluate({ inventory, topology, samples, nowMs: NOW });
  const period = collectSeries(
    inventory,
    series.toSorted((one, other) =>
      one.device < other.device ? -1 : one.device > other.device ? 1 : one.atMs - other.atMs,
    ),
    NOW - 600_000,
    NOW,
  );
  const filter = kind === "device" ? { devices: ["r"] } : {};
  const model = reports[kind]({
    inventory,
    topology,
    health,
    samples,
    language: "vi",
    madeAtMs: NOW,
    period,
    filter,
  });
  return { model, html: htmlPage(model, speechFor(inventory, "vi", NOW)) };
}

const kinds: ReportKind[] = ["wan", "lan", "device", "agency"];

describe("hostile text on a page", () => {
  test.each(kinds)("%s: stays text", (kind) => {
    for (const text of HOSTILE) {
      const { html } = hostileModel(kind, text);
      // The only markup of a page is its own: no element that runs or loads, no handler, no attribute that a text opened.
      expect(html).not.toMatch(
        /<(?:script|img|iframe|object|embed|link|base|form|input|video|audio|foreignobject|use|image)\b/i,
      );
      expect(html.replaceAll(/&[a-z#0-9]+;/g, "")).not.toMatch(/<[^>]*\son[a-z]+\s*=/i);
      expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect((html.match(/<title>/g) ?? []).length).toBe((html.match(/<\/title>/g) ?? []).length);
    }
  });

  test("what was escaped once is not escaped away", () => {
    expect(hostileModel("device", "&lt;b&gt; &amp;").html).toContain("&amp;lt;b&amp;gt; &amp;amp;");
  });
});

describe("W3: hostile text in a terminal and a spreadsheet", () => {
  test.each(kinds)("%s: no escape sequence, no formula", (kind) => {
    for (const text of HOSTILE) {
      const views = hostileModel(kind, text).model.sections.map(({ table }) => table);
      const style = {
        width: 200,
        header: (word: string) => word,
        state: (_state: string, word: string) => word,
      };
      for (const view of views) {
        expect(renderTable(view, style) + renderPlain(view)).not.toMatch(
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e]/,
        );
      }
      for (const line of renderCsv(views).split("\r\n")) expect(line).not.toMatch(/(?:^|,)"?[=@]/);
    }
  });
});

describe("a page by itself", () => {
  const { html } = hostileModel("agency", "Xã Tân Trạch");

  test("fetches nothing, runs nothing, and its style is the one its policy names", () => {
    expect(html).not.toMatch(/https?:|url\(|@import|src=|<script/i);
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    expect(policy.replaceAll("&#39;", "'")).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    // The policy forbids style attributes; none may be relied on.
    expect(html).not.toMatch(/<[^>]*\sstyle=/);
  });

  test("is well formed: every element that is opened is closed in order", () => {
    const open: string[] = [];
    const isEmpty = /^(?:meta|line|rect|circle|polygon|path|br|!doctype)$/;
    for (const [, slash, name = "", end] of html.matchAll(
      /<(\/?)([a-z!][a-z0-9-]*)(?:"[^"]*"|[^">])*?(\/?)>/gi,
    )) {
      if (isEmpty.test(name.toLowerCase()) || end) continue;
      if (slash) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  test("can be read without seeing: language, headings, labels of every drawing", () => {
    expect(html).toContain('<html lang="vi">');
    expect(html.match(/<h1>/g)).toHaveLength(1);
    for (const [svg] of html.matchAll(/<svg[^>]*>(?:<title>[^<]*<)?/g))
      expect(svg).toMatch(/role="img"(?: aria-label="[^"]+">|><title>[^<]+<)/);
    for (const [, id] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${id}"`);
  });

  test("a state is a word and a shape, not only a colour", () => {
    expect(html).toMatch(/<b class="badge down">Gián đoạn<\/b>/);
    expect(html).toContain('.down::before{content:"■ "');
  });
});
