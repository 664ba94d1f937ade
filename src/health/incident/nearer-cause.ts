/** A silent device that turns out to be cut off by something nearer to the center: its incident becomes that one's. */
import type { HealthSnapshot } from "../types.ts";
import type { IncidentBook } from "./book.ts";
import { findingKey } from "./findings.ts";
import { revised } from "./incident.ts";
import type { Incident } from "./types.ts";

interface Part {
  key: string;
  incident: Incident;
}

/** The older identity stays, since people know it. */
export function joinNearerCauses(book: IncidentBook, snapshot: HealthSnapshot, atMs: number): void {
  for (const [causeKey, list] of cutOffByCause(book, snapshot)) {
    const cause = book.tracks.get(causeKey);
    const found = book.of(cause);
    if (!cause || !found) continue;
    list.sort(({ incident: x }, { incident: y }) => x.startMs - y.startMs || (x.id < y.id ? -1 : 1));
    let whole = found;
    if (book.isNew(found)) {
      const eldest = list.shift()!;
      whole = revised(
        { ...eldest.incident, severity: found.severity, reasons: found.reasons, lastSeenMs: atMs },
        { subject: found.subject, cause: { kind: "unknown", evidence: [] } },
        "nearer-cause",
        atMs,
      );
      book.forget(found);
      book.tracks.set(causeKey, { ...cause, incident: whole.id });
      book.tracks.delete(eldest.key);
    }
    for (const { key, incident } of list) {
      whole = book.absorb(whole, incident, { reason: "nearer-cause", told: "merged" });
      book.tracks.delete(key);
    }
    book.put(whole);
  }
}

/** Outages that run of what is unreachable, by the finding that it is unreachable because of. */
function cutOffByCause(book: IncidentBook, snapshot: HealthSnapshot): Map<string, Part[]> {
  const parts = new Map<string, Part[]>();
  for (const [key, track] of book.tracks) {
    const incident = book.of(track);
    if (incident?.kind !== "outage" || !track.isBad) continue;
    const { kind, id } = incident.subject;
    const because = (kind === "device" ? snapshot.devices : snapshot.links).get(id)?.because;
    if (!because) continue;
    const causeKey = findingKey(because, "outage");
    const list = parts.get(causeKey) ?? [];
    list.push({ key, incident });
    parts.set(causeKey, list);
  }
  return parts;
}
