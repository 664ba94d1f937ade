/** Incidents over time: plain data that the store keeps, alerts and reports read, and people annotate. */
import type { Period } from "../timeline.ts";
import type { Reason, SubjectKind } from "../types.ts";

/** Whose fault it was. `unknown` is an answer too: it is given unless something shows more. */
export type CauseKind = "carrier" | "power" | "device" | "configuration" | "unknown";

/** Something that was seen, in the words of `evidenceValues`; what a cause rests on. */
export interface Evidence {
  code: EvidenceCode;
  atMs: number;
  values: Readonly<Record<string, string | number>>;
}

/** Code of evidence → names of its values; every report language has one sentence for each. */
export const evidenceValues = {
  /** An interface at one end says that the line is gone. */
  "port-down": ["device", "interface", "word"],
  /** The device at the far end answers over another way: it has power and works. */
  "far-end-alive": ["device"],
  /** The device at the far end did not restart while the line was gone: not its power. */
  "no-restart": ["device"],
  /** A UPS of the site ran on battery before, or when, it went silent. */
  "ups-on-battery": ["device"],
  /** The device said that its power was going (a last-gasp trap). */
  "last-gasp": ["device"],
  /** The device restarted. */
  restarted: ["device"],
  /** A part of the device is at fault. */
  "part-fault": ["device", "part"],
  /** The port is shut by configuration. */
  "admin-down": ["device", "interface"],
  /** The port of the inventory is not on the device any more. */
  "port-missing": ["device", "interface"],
  /** The device refuses the credentials, or the questions. */
  refused: ["device"],
  /** The way up to it is open, and it is silent. */
  "way-open": ["device"],
} as const satisfies Record<string, readonly string[]>;

export type EvidenceCode = keyof typeof evidenceValues;

export interface Cause {
  kind: CauseKind;
  /** The carrier's name, of a link that has one; said of every cause, so that a report can group by it. */
  carrier?: string;
  evidence: readonly Evidence[];
}

/** `outage`: it does not work. `fault`: it works, with a fault. `restart`: it restarted between two polls. */
export type IncidentKind = "outage" | "fault" | "restart";

/** What an incident does to those who depend on it. */
export type Impact = "cut-off" | "on-backup" | "none";

/** Why something that had been written was changed afterwards. */
export type RevisionReason = "nearer-cause" | "merged" | "flapping" | "evidence" | "late-samples";

export interface Revision {
  atMs: number;
  reason: RevisionReason;
  /** What it was before: the changed fields only. */
  before: Partial<Pick<Incident, "subject" | "startMs" | "endMs" | "cause" | "kind" | "mergedInto">>;
}

/**
 * One thing that went wrong, from its first sign to its end: the nearest cause, with everything that hangs on it.
 * What people add (acknowledgement, attribution, notes) stands beside it in `Annotation`s.
 */
export interface Incident {
  /** Stable for good: start, subject and code ("20261124T010300Z-link-wan-ba-don-1-outage"). */
  id: string;
  kind: IncidentKind;
  subject: { kind: SubjectKind; id: string };
  /** "outage", "restart", or the code of the reason ("processor-busy"). */
  code: string;
  severity: "warning" | "critical";
  /** First snapshot that showed it, ms since the epoch. */
  startMs: number;
  /** First snapshot that showed it gone; absent while it runs. */
  endMs?: number;
  /** Last snapshot that showed it. */
  lastSeenMs: number;
  /** The reasons of health when it was last seen, worst first. Text of devices inside is hostile. */
  reasons: readonly Reason[];
  cause: Cause;
  impact: Impact;
  /** Ids of what is, or was, cut off or worse off because of it. */
  affected: {
    agencies: readonly string[];
    sites: readonly string[];
    devices: readonly string[];
    links: readonly string[];
  };
  /** It came and went: how often its state changed, from when to when; absent until it flaps. */
  flapping?: { changes: number; sinceMs: number; lastMs: number };
  /** Parts inside a maintenance window. */
  planned: readonly Period[];
  /** Parts in which nothing was measured (the poller was down, the device was not asked). */
  unknown: readonly Period[];
  /** The incident that this one turned out to be a part of; it is not counted. */
  mergedInto?: string;
  /** 1 at first; grows with every entry in `revisions`. */
  revision: number;
  revisions: readonly Revision[];
}

/** What people add to an incident; the incident itself is never rewritten by it. */
export type Annotation =
  | { kind: "ack"; incident: string; atMs: number; by: string; note?: string }
  | { kind: "note"; incident: string; atMs: number; by: string; text: string }
  | { kind: "attribution"; incident: string; atMs: number; by: string; cause: CauseKind; note?: string };

export type IncidentChange = "severity" | "cause" | "subject" | "flapping" | "impact" | "reasons";

/** What happened in one step. `incident` is as it stands after it. */
export type IncidentEvent =
  | { kind: "opened"; atMs: number; incident: Incident; inMaintenance: boolean }
  | { kind: "changed"; atMs: number; incident: Incident; what: readonly IncidentChange[] }
  | { kind: "closed"; atMs: number; incident: Incident }
  /** It was a part of `into`; no recovery is told of it. */
  | { kind: "merged"; atMs: number; incident: Incident; into: string }
  /** Nothing was measured for a while (the poller was down): not an outage. */
  | { kind: "gap"; atMs: number; fromMs: number; toMs: number }
  /** The clock went back: what is written of the time before stays as it is. */
  | { kind: "clock-step"; atMs: number; backMs: number };

/** The limits of the engine; `defaultRules` holds what they are when nothing is said. */
export interface IncidentRules {
  /** A fault is told from so many snapshots in a row with it, and gone after so many without. */
  raiseSnapshots: number;
  clearSnapshots: number;
  /** An outage likewise: one snapshot, since the poller has asked several times already. */
  outageSnapshots: number;
  /** So many changes of state within `flapWindowMs` are flapping; it ends after `flapQuietMs` without one. */
  flapChanges: number;
  flapWindowMs: number;
  flapQuietMs: number;
  /** A UPS on battery so long before a silence is its reason. */
  powerWindowMs: number;
}
