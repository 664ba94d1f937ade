/** A remembered state held against what was recorded: the record is right. */
import { findingKey } from "./findings.ts";
import type { IncidentState } from "./state.ts";
import type { Track } from "./track.ts";
import type { Incident } from "./types.ts";

/**
 * The state to go on from when `running` are the incidents recorded as running. After a crash between the two, or
 * with another state file, what is recorded neither begins twice nor runs for ever. `atMs`: the last moment known.
 */
export function resumed(
  state: IncidentState | undefined,
  running: readonly Incident[],
  atMs: number,
): IncidentState {
  const incidents = new Map(running.map((incident) => [incident.id, incident]));
  const tracks = new Map<string, Track>();
  for (const [key, track] of state?.tracks ?? []) {
    const { incident, ...rest } = track;
    if (incident === undefined || incidents.has(incident)) tracks.set(key, track);
    // Remembered as running, recorded as ended, or never recorded: it may begin again.
    else tracks.set(key, { ...rest, isBad: false, bad: 0 });
  }
  const followed = new Set([...tracks.values()].map(({ incident }) => incident));
  for (const { id, subject, code, startMs } of running) {
    if (followed.has(id)) continue;
    const key = findingKey(subject, code);
    const known = tracks.get(key);
    tracks.set(key, {
      isBad: true,
      bad: 1,
      good: 0,
      badSinceMs: startMs,
      goodSinceMs: 0,
      changesMs: known?.changesMs ?? [],
      incident: id,
    });
  }
  return {
    clock: state?.clock ?? { atMs, clockMs: atMs, intervalsMs: [] },
    tracks,
    incidents,
    recent: state?.recent ?? new Map(),
    power: state?.power ?? new Map(),
  };
}
