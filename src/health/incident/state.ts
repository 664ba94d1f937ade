/** What the engine remembers between snapshots, and how it is written down. */
import type { PowerSign } from "./attribution.ts";
import type { ClockState } from "./clock.ts";
import type { Track } from "./track.ts";
import type { Incident } from "./types.ts";

export interface IncidentState {
  clock: ClockState;
  /** By finding key; only of what is wrong, or was a while ago. */
  tracks: ReadonlyMap<string, Track>;
  /** Those that run, by id. */
  incidents: ReadonlyMap<string, Incident>;
  /** Those that ended within the flapping window, by finding key. */
  recent: ReadonlyMap<string, readonly Incident[]>;
  /** By site id, and by "device/<id>" for last gasps. */
  power: ReadonlyMap<string, PowerSign>;
}

/** The same as plain JSON. */
export interface WrittenIncidentState {
  version: typeof VERSION;
  clock: ClockState;
  tracks: [string, Track][];
  incidents: Incident[];
  recent: [string, readonly Incident[]][];
  power: [string, PowerSign][];
}

const VERSION = 1;

export function writeIncidentState({
  clock,
  tracks,
  incidents,
  recent,
  power,
}: IncidentState): WrittenIncidentState {
  return {
    version: VERSION,
    clock,
    tracks: [...tracks],
    incidents: [...incidents.values()],
    recent: [...recent],
    power: [...power],
  };
}

/** The state that was written, or undefined when it is of another version: then the engine begins anew. */
export function readIncidentState(written: WrittenIncidentState | undefined): IncidentState | undefined {
  if (written?.version !== VERSION) return undefined;
  return {
    clock: written.clock,
    tracks: new Map(written.tracks),
    incidents: new Map(written.incidents.map((incident) => [incident.id, incident])),
    recent: new Map(written.recent),
    power: new Map(written.power),
  };
}
