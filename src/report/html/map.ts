/** The map of sites and links: no tiles, no outlines, only coordinates. */
import type { State } from "../../health/types.ts";
import { htmlText } from "../encode.ts";
import type { MapSite, ReportMap } from "../model.ts";
import type { Speech } from "../sentence.ts";
import { round, stateShape } from "./marks.ts";

const WIDTH = 900;
const MARGIN = 34;
const LEAST_HEIGHT = 320;
const MOST_HEIGHT = 900;
/** On a map of more sites than this, those that are up have no tooltip: it would double the page. */
const TOLD_SITES = 600;
/** More names than this of sites that are not up would cover the map. */
const NAMED_SITES = 14;
/** How much larger a phone writes names, so that they can be read on a map of its width (see style.ts). */
const ON_PHONE = 2.7;

/** The map as one SVG; sites and links that are not up lie on top. */
export function mapChart(map: ReportMap, speech: Speech): string {
  const { x, y, height } = projection(map.sites);
  const places = new Map(map.sites.map((site) => [site.id, { x: x(site), y: y(site) }]));
  const rank = (state: State) => (state === "up" ? 0 : state === "unknown" ? 1 : 2);
  const isTold = (state: State) => state !== "up" || map.sites.length <= TOLD_SITES;
  const title = (state: State, name: string, why: string) =>
    isTold(state) ? `<title>${told(name, state, why, speech)}</title>` : "";
  const links = map.links
    .toSorted((one, other) => rank(one.state) - rank(other.state))
    .map(({ from, to, state, isBackup, name, why }) => {
      const [a, b] = [places.get(from)!, places.get(to)!];
      const className = `s-${state}${rank(state) === 2 ? " bad" : ""}${isBackup ? " b" : ""}`;
      return `<line class="${className}" x1="${a.x}" y1="${a.y}" x2="${b.x}" y2="${b.y}">${title(state, name, why)}</line>`;
    });
  const sites = map.sites
    .toSorted((one, other) => rank(one.state) - rank(other.state) || Number(one.isHub) - Number(other.isHub))
    .map((site) => {
      const place = places.get(site.id)!;
      const size = site.isHub ? 6.5 : rank(site.state) === 2 ? 5.5 : 3.4;
      return `<g>${stateShape(site.state, place.x, place.y, size)}${title(site.state, site.name, site.why)}</g>`;
    });
  const bad = map.sites.filter(({ state }) => state !== "up").length;
  const text = speech.word("mapText", {
    sites: speech.format.integer(map.sites.length),
    links: speech.format.integer(map.links.length),
    bad: speech.format.integer(bad),
  });
  return `<figure class="map"><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${htmlText(text)}">${links.join("")}${sites.join("")}${names(map.sites, places)}</svg></figure>`;
}

/** Equirectangular around the middle of the sites: a degree of longitude is shortened by the cosine of the latitude. */
function projection(sites: readonly MapSite[]) {
  const latitudes = sites.map(({ latitude }) => latitude);
  const longitudes = sites.map(({ longitude }) => longitude);
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const [wide, tall] = [Math.max((east - west) * shrink, 1e-3), Math.max(north - south, 1e-3)];
  const scale = Math.min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / tall);
  const height = Math.max(LEAST_HEIGHT, Math.round(tall * scale + 2 * MARGIN));
  const left = (WIDTH - wide * scale) / 2;
  const top = (height - tall * scale) / 2;
  return {
    height,
    x: ({ longitude }: MapSite) => round(left + (longitude - west) * shrink * scale),
    y: ({ latitude }: MapSite) => round(top + (north - latitude) * scale),
  };
}

/** Names of hubs, and of sites that are not up while they are few; one that would lie on another is left to its tooltip. */
function names(sites: readonly MapSite[], places: ReadonlyMap<string, { x: number; y: number }>): string {
  const bad = sites.filter(({ state, isHub }) => !isHub && state !== "up" && state !== "unknown");
  const taken: Box[] = [];
  const takenOnPhone: Box[] = [];
  const texts: string[] = [];
  for (const site of [...sites.filter(({ isHub }) => isHub), ...(bad.length <= NAMED_SITES ? bad : [])]) {
    const { x, y } = places.get(site.id)!;
    const width = site.name.length * 6.2;
    // A phone writes them larger against the map.
    const isLeft = x + width * ON_PHONE + 12 > WIDTH;
    const box = boxOf(x, y, width, isLeft, 1);
    if (taken.some((other) => meets(box, other))) continue;
    taken.push(box);
    const large = boxOf(x, y, width, isLeft, ON_PHONE);
    const fitsPhone = large.left >= 0 && !takenOnPhone.some((other) => meets(large, other));
    if (fitsPhone) takenOnPhone.push(large);
    const classes = [site.isHub ? "name" : "", fitsPhone ? "" : "wide"].filter(Boolean).join(" ");
    texts.push(
      `<text${classes ? ` class="${classes}"` : ""} x="${isLeft ? x - 10 : x + 10}" y="${y + 4}"${isLeft ? ' text-anchor="end"' : ""}>${htmlText(site.name)}</text>`,
    );
  }
  return texts.join("");
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Where a name lies beside its site; `scale`: how much larger than on a desk. */
function boxOf(x: number, y: number, width: number, isLeft: boolean, scale: number): Box {
  const [left, right] = isLeft ? [x - width * scale - 10, x - 10] : [x + 10, x + width * scale + 10];
  return { left, right, top: y - 6.5 * scale, bottom: y + 6.5 * scale };
}

function meets(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function told(name: string, state: State, why: string, speech: Speech): string {
  return htmlText(`${name}: ${speech.messages.states[state].toLowerCase()}${why ? ` (${why})` : ""}`);
}
