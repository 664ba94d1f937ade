/** A report in the shapes that commands hand out. */
import { htmlPage } from "../../report/html/page.ts";
import type { ReportModel } from "../../report/model.ts";
import { countSentence } from "../../report/summary.ts";
import type { TableView } from "../../report/table-view.ts";
import type { MadeReport } from "./make-report.ts";

/** The page, as text. */
export function reportHtml({ model, speech }: MadeReport): string {
  return htmlPage(model, speech);
}

/** The same page, printed. @throws PdfError */
export async function reportPdf(made: MadeReport, signal?: AbortSignal): Promise<Uint8Array> {
  const { pdfOf } = await import("./pdf.ts");
  return pdfOf(reportHtml(made), signal ? { signal } : {});
}

/** A sheet for each table. */
export async function reportXlsx({ model, speech }: MadeReport): Promise<Uint8Array> {
  const { renderXlsx } = await import("../../report/render-xlsx.ts");
  const tables = [
    ...model.sections.map(({ title, table }) => ({ name: title, view: table })),
    ...(model.attention.rows.length > 0 ? [{ name: speech.word("attention"), view: model.attention }] : []),
  ];
  return renderXlsx(tables, {
    timeZone: speech.format.timeZone,
    heading: [
      `${model.title} – ${model.province}`,
      ...model.facts.map(({ label, value }) => `${label}: ${value}`),
      ...model.notices,
      ...(model.figures ?? []).map(({ label, value }) => `${label}: ${value}`),
    ],
  });
}

/** What a terminal shows: title, facts and counts, then what is broken, then the report's tables. */
export function reportText({ model, speech }: MadeReport): string {
  const lines = [
    `${model.title} – ${model.province}`,
    model.facts.map(({ label, value }) => `${label}: ${value}`).join(" · "),
    ...model.notices,
    "",
    ...model.summary.map((count) => countSentence(speech, count)),
    ...(model.figures ?? []).map(({ label, value }) => `${label}: ${value}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** The tables for people, empty ones left out. */
export function reportViews({ model }: MadeReport): TableView[] {
  const [main, ...others] = model.sections;
  return [
    ...(model.attention.rows.length > 0 ? [model.attention] : []),
    main.table,
    ...others.map(({ table }) => table).filter(({ rows }) => rows.length > 0),
  ];
}

/** The one table of machine formats. */
export function reportTable({ model }: MadeReport): TableView {
  return model.sections[0].table;
}

/** The report as data: raw values, ISO times, English codes of states; fields are only ever added. */
export function reportData({ model }: MadeReport) {
  return {
    report: model.kind,
    language: model.language,
    title: model.title,
    province: model.province,
    at: new Date(model.atMs).toISOString(),
    ...(model.period && {
      from: new Date(model.period.fromMs).toISOString(),
      to: new Date(model.period.toMs).toISOString(),
    }),
    facts: model.facts,
    ...(model.figures && { figures: model.figures }),
    notices: model.notices,
    summary: model.summary.map(({ kind, total, counts }) => ({ kind, total, ...counts })),
    attention: model.attention.rows,
    ...Object.fromEntries(
      model.sections.map(({ id, table }: ReportModel["sections"][number]) => [id, table.rows]),
    ),
  };
}
