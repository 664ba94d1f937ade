/** A report as one self-contained page: no script, nothing fetched, every text escaped. */
import { createHash } from "node:crypto";
import { statesWorstFirst } from "../../health/reasons.ts";
import { htmlText } from "../encode.ts";
import type { ReportModel, ReportSection, StateCount } from "../model.ts";
import type { Speech } from "../sentence.ts";
import { countSentence } from "../summary.ts";
import { stateBar, trafficChart, trafficKey } from "./charts.ts";
import { letterhead, signature } from "./letterhead.ts";
import { mapChart } from "./map.ts";
import { stateMark } from "./marks.ts";
import { style } from "./style.ts";
import { htmlTable } from "./table.ts";

/** Nothing may load and nothing may run; only this page's own style, by its hash. */
function policyFor(css: string): string {
  const hash = createHash("sha256").update(css).digest("base64");
  return ["default-src 'none'", `style-src 'sha256-${hash}'`, "base-uri 'none'", "form-action 'none'"].join(
    "; ",
  );
}

/** The whole page; `speech` as the model was made with. */
export function htmlPage(model: ReportModel, speech: Speech): string {
  const attention = htmlTable("attention", model.attention, speech);
  const tables = model.sections.map((part) => htmlTable(part.id, part.table, speech, part, model.period));
  const css = [style, attention.style, ...tables.map((table) => table.style)].filter(Boolean).join("\n");
  const hasAttention = model.attention.columns.length > 0;
  const hasSummary = model.summary.length > 0 || model.figures !== undefined;
  const parts = [
    ...model.notices.map((notice) => `<p class="notice" role="status">${htmlText(notice)}</p>`),
    ...(hasSummary
      ? [
          section(
            "summary",
            speech.word(model.figures ? "figures" : "summary"),
            `${figures(model)}${summary(model, speech)}`,
          ),
        ]
      : []),
    // A report on a period has no list of what is broken now.
    ...(hasAttention
      ? [
          section(
            "attention",
            speech.word("attention"),
            model.attention.rows.length > 0
              ? attention.html
              : `<p class="good">${htmlText(model.attention.empty ?? "")}</p>`,
          ),
        ]
      : []),
    ...(model.map
      ? [
          section(
            "map",
            speech.word("map"),
            `${legend(speech)}${mapChart(model.map, speech)}<p class="note">${htmlText(speech.word("mapNote"))}</p>`,
          ),
        ]
      : []),
    ...model.sections.map((part, place) =>
      section(part.id, part.title, `${charts(part, speech)}${tables[place]?.html ?? ""}`),
    ),
  ];
  const entries: [string, string][] = [
    ...(hasSummary
      ? [["summary", speech.word(model.figures ? "figures" : "summary")] as [string, string]]
      : []),
    ...(hasAttention ? [["attention", speech.word("attention")] as [string, string]] : []),
    ...(model.map ? [["map", speech.word("map")] as [string, string]] : []),
    ...model.sections.map(({ id, title }): [string, string] => [id, title]),
  ];
  return `<!doctype html>
<html lang="${model.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${htmlText(policyFor(css))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="pdc">
<title>${htmlText(`${model.title} – ${model.province}`)}</title>
<style>${css}</style>
</head>
<body${model.letterhead ? ' class="official"' : ""}>
<a class="skip" href="#main">${htmlText(speech.word("summary"))}</a>
<header>
${model.letterhead ? letterhead(model.letterhead) : `<p class="center">${htmlText(model.center ?? model.province)}</p>`}
${model.letterhead ? `<p class="dockind">${htmlText(model.letterhead.docKind)}</p>` : ""}<h1>${htmlText(`${model.title} – ${model.province}`)}</h1>
<dl class="facts">${model.facts.map(({ label, value }) => `<div><dt>${htmlText(label)}</dt><dd>${htmlText(value)}</dd></div>`).join("")}</dl>
</header>
<nav aria-label="${htmlText(speech.word("contents"))}">${entries.map(([id, title]) => `<a href="#${id}">${htmlText(title)}</a>`).join(" ")}</nav>
<main id="main">
${parts.join("\n")}
</main>
${model.letterhead ? signature(model.letterhead) : ""}<footer>
${model.rules.map((rule) => `<p>${htmlText(rule)}</p>`).join("\n")}
<p>${htmlText(speech.word("madeWith"))}</p>
</footer>
</body>
</html>
`;
}

/** The numbers that the report comes down to. */
function figures({ figures: all = [] }: ReportModel): string {
  if (all.length === 0) return "";
  const cards = all.map(
    ({ label, value, state }) =>
      `<div class="figure"><dt>${htmlText(label)}</dt><dd${state ? ` class="t-${state}"` : ""}>${htmlText(value)}</dd></div>`,
  );
  return `<dl class="figures">${cards.join("")}</dl>`;
}

function section(id: string, title: string, content: string): string {
  return `<section id="${id}" aria-labelledby="h-${id}"><h2 id="h-${id}">${htmlText(title)}</h2>${content}</section>`;
}

function summary(model: ReportModel, speech: Speech): string {
  return model.summary.length === 0
    ? ""
    : `<div class="counts">${model.summary.map((count) => countCard(count, speech)).join("")}</div>`;
}

function countCard(count: StateCount, speech: Speech): string {
  const items = statesWorstFirst
    .filter((state) => count.counts[state] > 0)
    .map(
      (state) =>
        `<li><b>${speech.format.integer(count.counts[state])}</b> ${stateMark(speech.messages, state)}</li>`,
    );
  const sentence = countSentence(speech, count);
  return `<div class="count"><h3>${htmlText(count.label)}</h3><div class="total">${speech.format.integer(count.total)}</div>${count.total > 0 ? stateBar(count, sentence) : ""}<ul>${items.join("")}</ul></div>`;
}

function charts({ charts: drawn = [] }: ReportSection, speech: Speech): string {
  if (drawn.length === 0) return "";
  const figures = drawn.map((chart) => trafficChart(chart, speech)).join("");
  return `<h3>${htmlText(speech.word("busiestLinks"))}</h3>${trafficKey(speech)}<div class="charts">${figures}</div>`;
}

/** Every state with its shape, for the map. */
function legend(speech: Speech): string {
  return `<p class="legend">${statesWorstFirst.map((state) => stateMark(speech.messages, state)).join("")}</p>`;
}
