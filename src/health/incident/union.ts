/** Incidents as several pollers that share a province recorded them: what more than one saw is one. */
import type { Inventory } from "../../inventory/model.ts";
import { mergedPeriods } from "../timeline.ts";
import { joined } from "./affected.ts";
import { findingKey } from "./findings.ts";
import { type AnnotatedIncident, annotated } from "./people.ts";
import type { Impact, Incident } from "./types.ts";

/** A silence that begins so long before its line is seen to be gone is that line's: the pollers' cycles differ. */
const CYCLES_MS = 15 * 60_000;

const impacts: readonly Impact[] = ["none", "on-backup", "cut-off"];

/** Where an incident of several pollers stands: in which of the stores, under which id. */
export interface IncidentPart {
  store: number;
  id: string;
}

/** An incident and all it was made of. */
export interface UnitedIncident {
  one: AnnotatedIncident;
  parts: readonly IncidentPart[];
}

type Found = { one: AnnotatedIncident; parts: IncidentPart[] };

/**
 * `lists`: of each store. The same fault of the same thing at the same time is one, under the id of the earlier; the
 * silence of a device whose lines another poller saw go is a part of their incident, as it is where one poller sees both.
 */
export function unitedIncidents(
  lists: readonly (readonly AnnotatedIncident[])[],
  inventory: Inventory,
): UnitedIncident[] {
  const all = lists.flatMap((list, store) =>
    list.map((one): Found => ({ one, parts: [{ store, id: one.incident.id }] })),
  );
  const byKey = Map.groupBy(all.sort(byStart), ({ one: { incident } }) =>
    findingKey(incident.subject, incident.code),
  );
  const whole = new Map([...byKey].map(([key, list]) => [key, sameJoined(list)]));
  const linesOf = Map.groupBy(inventory.links.values(), ({ b }) => b.device);
  for (const [key, list] of whole) {
    const [{ one } = {}] = list;
    if (one?.incident.kind !== "outage" || one.incident.subject.kind !== "device") continue;
    const lines = (linesOf.get(one.incident.subject.id) ?? []).map(
      ({ id }) => whole.get(findingKey({ kind: "link", id }, "outage")) ?? [],
    );
    if (lines.length === 0) continue;
    whole.set(
      key,
      list.filter((silence) => {
        const gone = lines.map((outages) => outages.find((outage) => explains(outage, silence)));
        const [cause] = gone;
        if (!cause || gone.some((line) => line === undefined)) return true;
        cause.one = withPart(cause.one, silence.one, { isSame: false });
        cause.parts.push(...silence.parts);
        return false;
      }),
    );
  }
  return [...whole.values()].flat().sort(byStart);
}

function byStart({ one: { incident: x } }: Found, { one: { incident: y } }: Found): number {
  return x.startMs - y.startMs || (x.id < y.id ? -1 : x.id > y.id ? 1 : 0);
}

/** In order of their begin; those of one store never overlap, so what overlaps was seen by several. */
function sameJoined(list: readonly Found[]): Found[] {
  const whole: Found[] = [];
  for (const next of list) {
    const last = whole.at(-1);
    const isSame =
      last !== undefined &&
      (next.one.incident.startMs < (last.one.incident.endMs ?? Number.POSITIVE_INFINITY) ||
        next.one.incident.startMs === last.one.incident.startMs);
    if (!isSame) whole.push(next);
    else {
      last.one = withPart(last.one, next.one, { isSame: true });
      last.parts.push(...next.parts);
    }
  }
  return whole;
}

/** A poller that had known of the line would have told the silence as a part of it. */
function explains(line: Found, silence: Found): boolean {
  const { startMs, endMs = Number.POSITIVE_INFINITY } = line.one.incident;
  const beganMs = silence.one.incident.startMs;
  return (
    beganMs >= startMs - CYCLES_MS &&
    beganMs < endMs &&
    !silence.parts.some(({ store }) => line.parts.some((part) => part.store === store))
  );
}

/** `isSame`: one fault seen twice, which lasts until nobody sees it any more; else the part adds whom it cut off. */
function withPart(
  whole: AnnotatedIncident,
  part: AnnotatedIncident,
  { isSame }: { isSame: boolean },
): AnnotatedIncident {
  const [x, y] = [whole.incident, part.incident];
  const { endMs, ...rest } = x;
  const end = !isSame
    ? endMs
    : endMs === undefined || y.endMs === undefined
      ? undefined
      : Math.max(endMs, y.endMs);
  const incident: Incident = {
    ...rest,
    startMs: Math.min(x.startMs, y.startMs),
    ...(end !== undefined && { endMs: end }),
    lastSeenMs: Math.max(x.lastSeenMs, y.lastSeenMs),
    severity: x.severity === "critical" ? x.severity : y.severity,
    impact: impacts[Math.max(impacts.indexOf(x.impact), impacts.indexOf(y.impact))]!,
    affected: joined(x.affected, y.affected),
    cause: isSame && x.cause.kind === "unknown" ? y.cause : x.cause,
    planned: mergedPeriods([...x.planned, ...y.planned]),
    unknown: isSame ? common(x, y) : x.unknown,
  };
  // What is said of it is written down with each part: here it is said once.
  const said = new Map(
    [...whole.annotations, ...part.annotations].map((one) => {
      const whole = { ...one, incident: x.id };
      return [JSON.stringify(whole, Object.keys(whole).sort()), whole];
    }),
  );
  return annotated(incident, [...said.values()]);
}

/** Not measured is what neither measured. */
function common({ unknown: one }: Incident, { unknown: other }: Incident): Incident["unknown"] {
  return one.flatMap((x) =>
    other
      .map((y) => ({ fromMs: Math.max(x.fromMs, y.fromMs), toMs: Math.min(x.toMs, y.toMs) }))
      .filter(({ fromMs, toMs }) => toMs > fromMs),
  );
}
