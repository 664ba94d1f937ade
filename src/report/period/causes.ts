/** Whose fault the down time of a link was, by its incidents. */
import type { AnnotatedIncident } from "../../health/incident/people.ts";
import type { CauseKind } from "../../health/incident/types.ts";
import type { Tally } from "../../health/tally.ts";

export type CauseTimes = Readonly<Record<CauseKind, number>>;

const kinds: readonly CauseKind[] = ["carrier", "power", "device", "configuration", "unknown"];

export function noTimes(): Record<CauseKind, number> {
  return { carrier: 0, power: 0, device: 0, configuration: 0, unknown: 0 };
}

/** Outages by the link they are of. */
export function outagesByLink(incidents: readonly AnnotatedIncident[]): Map<string, AnnotatedIncident[]> {
  const byLink = new Map<string, AnnotatedIncident[]>();
  for (const one of incidents) {
    const { subject, kind } = one.incident;
    if (kind !== "outage" || subject.kind !== "link") continue;
    const list = byLink.get(subject.id);
    if (list) list.push(one);
    else byLink.set(subject.id, [one]);
  }
  return byLink;
}

/** The down time of a tally split by cause, ms; what no incident covers is of unknown cause. */
export function causeTimes(tally: Tally, incidents: readonly AnnotatedIncident[] = []): CauseTimes {
  const times = noTimes();
  for (const outage of tally.outages) {
    let leftMs = outage.toMs - outage.fromMs;
    for (const { incident, cause } of incidents) {
      const endMs = incident.endMs ?? Number.POSITIVE_INFINITY;
      const sharedMs = Math.min(endMs, outage.toMs) - Math.max(incident.startMs, outage.fromMs);
      if (sharedMs <= 0) continue;
      const partMs = Math.min(sharedMs, leftMs);
      times[cause] += partMs;
      leftMs -= partMs;
    }
    times.unknown += leftMs;
  }
  return times;
}

export function addTimes(sum: Record<CauseKind, number>, more: CauseTimes): void {
  for (const kind of kinds) sum[kind] += more[kind];
}

/** Everything that is neither the carrier's nor power's. */
export function otherTime(times: CauseTimes): number {
  return times.device + times.configuration + times.unknown;
}
