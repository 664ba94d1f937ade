/** The states of a snapshot as the store's history takes them. */
import type { HealthSnapshot, State, SubjectState } from "../types.ts";

/** What was seen of one subject; `unknown` ends what was known. */
export interface Observation {
  /** "link/wan-ba-don-1". */
  subject: string;
  state: State;
  /** What it is unreachable because of, or the code of its worst fault. */
  detail?: string;
  atMs: number;
  holdMs: number;
}

/** Devices, links, sites and agencies, in a stable order. */
export function observationsOf(snapshot: HealthSnapshot, atMs: number, holdMs: number): Observation[] {
  const all: Observation[] = [];
  for (const states of [snapshot.devices, snapshot.links, snapshot.sites, snapshot.agencies]) {
    for (const subject of states.values()) {
      const detail = subject.state === "up" ? undefined : detailOf(subject);
      all.push({
        subject: `${subject.kind}/${subject.id}`,
        state: subject.state,
        atMs,
        holdMs,
        ...(detail !== undefined && { detail }),
      });
    }
  }
  return all;
}

function detailOf({ because, reasons }: SubjectState): string | undefined {
  return because ? `${because.kind}/${because.id}` : reasons[0]?.code;
}
