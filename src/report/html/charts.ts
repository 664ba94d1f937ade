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

/** Up and down over a period, one path per state; what was not measured stays empty. */
export function stripChart(strip: StateStrip, fromMs: number, toMs: number): string {
  const scale = 300 / (toMs - fromMs);
  const paths = new Map<string, string>();
  for (const { fromMs: from, toMs: to, state } of strip.spans) {
    const x = round((from - fromMs) * scale);
    // An outage of minutes in a month must still be seen.
    const width = round(Math.max((to - from) * scale, state === "up" ? 0 : 1.2));
    paths.set(state, `${paths.get(state) ?? ""}M${x} 0h${width}v10h-${width}z`);
  }
  const drawn = [...paths].sort(([one], [other]) => (one === "up" ? -1 : other === "up" ? 1 : 0));
  return `<svg class="strip" viewBox="0 0 300 10" preserveAspectRatio="none" role="img"><title>${htmlText(strip.text)}</title>${drawn.map(([state, path]) => `<path class="f-${state}" d="${path}"/>`).join("")}</svg>`;
}

/** Traffic of a row: to the agency as an area, to the center as a line. In whole units: a page has thousands. */
export function trendChart({ in: inward, out, text }: Trend): string {
  const top = Math.max(1, maximum(inward), maximum(out));
  const scale: Scale = { width: 124, height: 25, left: 0, top: 1, max: top };
  return `<svg class="trend" viewBox="0 0 124 27" role="img"><title>${htmlText(text)}</title>${area(out, scale, Math.round)}${lines(inward, scale, "i", Math.round)}</svg>`;
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

/** Unbroken runs of known values as points; a hole breaks the line. */
function* runs(
  values: Float32Array,
  scale: Scale,
  whole: (value: number) => number,
): Generator<[number, number][]> {
  const step = values.length > 1 ? scale.width / (values.length - 1) : 0;
  let run: [number, number][] = [];
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (Number.isNaN(value)) {
      if (run.length > 0) yield run;
      run = [];
      continue;
    }
    run.push([whole(scale.left + at * step), whole(scale.top + scale.height * (1 - value / scale.max))]);
  }
  if (run.length > 0) yield run;
}

/** A polyline in relative steps, the shortest way to write one. */
function polyline(points: readonly (readonly [number, number])[]): string {
  let [x, y] = points[0]!;
  let path = `M${x} ${y}`;
  for (let at = 1; at < points.length; at++) {
    const [nextX, nextY] = points[at]!;
    const [dx, dy] = [round(nextX - x), round(nextY - y)];
    path += dy === 0 ? `h${dx}` : `l${dx}${dy < 0 ? "" : " "}${dy}`;
    [x, y] = [nextX, nextY];
  }
  return path.replaceAll(/(h[\d.-]+)(?:h0)+/g, "$1");
}

function lines(values: Float32Array, scale: Scale, className: string, whole = round): string {
  let path = "";
  for (const run of runs(values, scale, whole)) {
    // A single known value is a short dash, not nothing.
    path += polyline(run.length === 1 ? [run[0]!, [run[0]![0] + 2, run[0]![1]]] : run);
  }
  return path === "" ? "" : `<path class="${className}" d="${path}"/>`;
}

function area(values: Float32Array, scale: Scale, whole = round): string {
  const floor = whole(scale.top + scale.height);
  let path = "";
  for (const run of runs(values, scale, whole)) {
    if (run.length > 1) path += `${polyline([[run[0]![0], floor], ...run])}V${floor}Z`;
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

function maximum(values: Float32Array): number {
  let highest = 0;
  for (const value of values) if (value > highest) highest = value;
  return highest;
}

/** The next of 1, 2, 2.5, 5 × 10ⁿ, so that the grid has round numbers. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 4, 5, 8].find((step) => step * power >= value) ?? 10) * power;
}
