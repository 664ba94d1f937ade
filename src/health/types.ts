/** States and their reasons: data that reports, alerts and the live view share. */

/**
 * `unreachable`: we cannot know because something above it is down (see `because`). `unknown`: we did not or
 * could not measure (skipped, incomplete, never polled). Neither counts as down.
 */
export type State = "up" | "degraded" | "down" | "unreachable" | "unknown";

export type SubjectKind = "device" | "interface" | "component" | "link" | "site" | "agency";

/**
 * Why a state is what it is. `code` is stable and has a sentence in every report language
 * (src/report/messages); `values` fill it. Text of devices inside `values` is hostile.
 */
export interface Reason {
  code: string;
  severity: "info" | "warning" | "critical";
  values: Readonly<Record<string, string | number>>;
  /** What it is about, where it was taken over from something below (a site's reasons are its devices' and links'). */
  subject?: { kind: SubjectKind; id: string };
  /** The measurement or sample that shows it. */
  evidence?: {
    device: string;
    class?: string;
    key?: string;
    measurement?: string;
    value?: string;
    atMs?: number;
  };
}

export interface SubjectState {
  kind: SubjectKind;
  /** Device, link, site or agency id; for interfaces and components "device/class/key". */
  id: string;
  state: State;
  /** Worst first. Empty only for `up`. */
  reasons: readonly Reason[];
  /** For `unreachable`: the id of the nearest thing above that is down. */
  because?: { kind: SubjectKind; id: string };
  /** When this state began, as far as the given samples show, ms since the epoch. */
  sinceMs?: number;
  inMaintenance?: boolean;
  /** Codes of limits that are not exceeded, but that the value has not left by a margin: no fault, and no recovery yet. */
  near?: readonly string[];
  /** Of a device that was measured: since when it has been running, by its own uptime, ms since the epoch. */
  upSinceMs?: number;
}

/**
 * What a link carried and how it did between its last two samples, seen from `a`: in = from the agency to the
 * center, out = to the agency, whichever end was measured. Absent = not known, never zero.
 */
export interface LinkMeasures {
  inBitsPerSecond?: number;
  outBitsPerSecond?: number;
  /** Against the committed rate (or ifHighSpeed when none), per direction, 0..100+. */
  inUtilisationPercent?: number;
  outUtilisationPercent?: number;
  errorsPerSecond?: number;
  discardsPerSecond?: number;
  rttMs?: number;
  jitterMs?: number;
  lossPercent?: number;
  /** Which end's counters these are. */
  measuredAt?: "a" | "b";
}

/** The health of a province at one moment. */
export interface HealthSnapshot {
  atMs: number;
  devices: ReadonlyMap<string, SubjectState>;
  /** By "device/interface/key". */
  interfaces: ReadonlyMap<string, SubjectState>;
  /** By "device/class/key": sensors, power, disks, peers … */
  components: ReadonlyMap<string, SubjectState>;
  links: ReadonlyMap<string, SubjectState>;
  linkMeasures: ReadonlyMap<string, LinkMeasures>;
  sites: ReadonlyMap<string, SubjectState>;
  agencies: ReadonlyMap<string, SubjectState>;
}
