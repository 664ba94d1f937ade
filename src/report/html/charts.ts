/** Small charts as SVG text: bars of states, strips over time, traffic. Colours are classes, so that they follow the theme. */
import { statesWorstFirst } from "../../health/reasons.ts";
import { htmlText } from "../encode.ts";
import type { Format } from "../format.ts";
import type { StateCount, StateStrip, TrafficChart, Trend } from "../model.ts";
import type { Speech } from "../sentence.ts";
import { round } from "./marks.ts";

/** One bar of a whole, split by state, worst first. */
export function stateBar({ counts, total }: StateCount, text: string): string {
  let x = 0;
  const parts = statesWorstFirst.flatMap((state) => {
    if (counts[state] === 0) return [];
    const width = (1000 * counts[state]) / total;
    const rect = `<rect class="f-${state}" x="${round(x)}" width="${round(width)}" height="10"/>`;
    x += width;
    return [rect];
  });
  return `<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="${htmlText(text)}">${parts.join("")}</svg>`;
}

/** Up and down over a period; what was not measured stays empty. */
export function stripChart(strip: StateStrip, fromMs: number, toMs: number): string {
  const scale = 1000 / (toMs - fromMs);
  const rects = strip.spans.map(({ fromMs: from, toMs: to, state }) => {
    // An outage of minutes in a month must still be seen.
    const width = Math.max((to - from) * scale, state === "up" ? 0 : 4);
    return `<rect class="f-${state}" x="${round((from - fromMs) * scale)}" width="${round(width)}" height="10"/>`;
  });
  return `<svg class="strip" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="${htmlText(strip.text)}"><title>${htmlText(strip.text)}</title>${rects.join("")}</svg>`;
}

/** Traffic of a row: to the agency as an area, to the center as a line. */
export function trendChart({ in: inward, out, text }: Trend): string {
  const top = Math.max(1, maximum(inward), maximum(out));
  const scale: Scale = { width: 100, height: 22, left: 2, top: 1, max: top };
  return `<svg class="trend" viewBox="0 0 104 24" role="img" aria-label="${htmlText(text)}"><title>${htmlText(text)}</title>${area(out, scale)}${lines(out, scale, "o")}${lines(inward, scale, "i")}</svg>`;
}

const CHART = { width: 460, height: 190, left: 66, right: 8, top: 8, bottom: 22 };

/** Traffic over time with axes, the committed rate across. */
export function trafficChart(chart: TrafficChart, speech: Speech): string {
  const { format } = speech;
  const limit = chart.limitBitsPerSecond;
  const top = niceTop(Math.max(1, maximum(chart.in), maximum(chart.out), limit ?? 0));
  const scale: Scale = {
    width: CHART.width - CHART.left - CHART.right,
    height: CHART.height - CHART.top - CHART.bottom,
    left: CHART.left,
    top: CHART.top,
    max: top,
  };
  const y = (value: number) => round(scale.top + scale.height * (1 - value / top));
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(top * share);
    return `<line class="g" x1="${scale.left}" x2="${scale.left + scale.width}" y1="${at}" y2="${at}"/><text x="${scale.left - 6}" y="${at + 4}" text-anchor="end">${htmlText(format.bitRate(top * share))}</text>`;
  });
  const across =
    limit === undefined
      ? ""
      : `<line class="l" x1="${scale.left}" x2="${scale.left + scale.width}" y1="${y(limit)}" y2="${y(limit)}"/>`;
  const peak = speech.word("trendText", {
    from: format.dateTime(chart.fromMs),
    to: format.dateTime(chart.toMs),
    peak: format.bitRate(maximum(chart.out)),
  });
  return `<figure class="chart"><h3>${htmlText(chart.title)}</h3><svg viewBox="0 0 ${CHART.width} ${CHART.height}" role="img" aria-label="${htmlText(peak)}">${grid.join("")}${timeAxis(chart, scale, format)}${area(chart.out, scale)}${lines(chart.out, scale, "o")}${lines(chart.in, scale, "i")}${across}</svg></figure>`;
}

/** What the lines of the traffic charts mean. */
export function trafficKey(speech: Speech): string {
  const key = (mark: string, text: string) => `<i class="${mark}"></i>${htmlText(text)}`;
  return `<p class="key">${key("ko", speech.word("outToAgency"))}${key("ki", speech.word("inToCenter"))}${key("kl", speech.word("committed"))}</p>`;
}

interface Scale {
  width: number;
  height: number;
  left: number;
  top: number;
  max: number;
}

/** Unbroken runs of known values; a hole breaks the line. */
function* runs(values: Float64Array, scale: Scale): Generator<[number, number][]> {
  const step = values.length > 1 ? scale.width / (values.length - 1) : 0;
  let run: [number, number][] = [];
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (Number.isNaN(value)) {
      if (run.length > 0) yield run;
      run = [];
      continue;
    }
    run.push([round(scale.left + at * step), round(scale.top + scale.height * (1 - value / scale.max))]);
  }
  if (run.length > 0) yield run;
}

function lines(values: Float64Array, scale: Scale, className: string): string {
  let path = "";
  for (const run of runs(values, scale)) {
    // A single known value is a short dash, not nothing.
    const points = run.length === 1 ? [run[0]!, [run[0]![0] + 1.5, run[0]![1]] as const] : run;
    path += `M${points.map(([x, y]) => `${x} ${y}`).join("L")}`;
  }
  return path === "" ? "" : `<path class="${className}" d="${path}"/>`;
}

function area(values: Float64Array, scale: Scale): string {
  const floor = round(scale.top + scale.height);
  let path = "";
  for (const run of runs(values, scale)) {
    if (run.length < 2) continue;
    path += `M${run[0]![0]} ${floor}L${run.map(([x, y]) => `${x} ${y}`).join("L")}L${run.at(-1)![0]} ${floor}Z`;
  }
  return path === "" ? "" : `<path class="a" d="${path}"/>`;
}

function timeAxis({ fromMs, toMs }: TrafficChart, scale: Scale, format: Format): string {
  const isLong = toMs - fromMs > 36 * 3_600_000;
  return [0, 1 / 3, 2 / 3, 1]
    .map((share, place) => {
      const atMs = fromMs + (toMs - fromMs) * share;
      const text = isLong ? format.date(atMs).slice(0, 5) : format.time(atMs);
      const anchor = place === 0 ? "start" : place === 3 ? "end" : "middle";
      return `<text x="${round(scale.left + scale.width * share)}" y="${CHART.height - 6}" text-anchor="${anchor}">${htmlText(text)}</text>`;
    })
    .join("");
}

function maximum(values: Float64Array): number {
  let highest = 0;
  for (const value of values) if (value > highest) highest = value;
  return highest;
}

/** The next of 1, 2, 2.5, 5 × 10ⁿ, so that the grid has round numbers. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 4, 5, 8].find((step) => step * power >= value) ?? 10) * power;
}
