/** Alerts: who is told what, when and how. Plain data. */
import type { AnnotatedIncident } from "../health/incident/people.ts";
import type { CauseKind, Impact, Incident, IncidentKind } from "../health/incident/types.ts";
import type { SubjectKind } from "../health/types.ts";

export type Severity = Incident["severity"];

/** Which incidents a rule is about; what is absent or empty is not asked. */
export interface AlertMatch {
  subjects?: readonly SubjectKind[] | undefined;
  kinds?: readonly IncidentKind[] | undefined;
  severities?: readonly Severity[] | undefined;
  causes?: readonly CauseKind[] | undefined;
  carriers?: readonly string[] | undefined;
  impacts?: readonly Impact[] | undefined;
  /** "outage", or codes of reasons ("processor-busy"). */
  codes?: readonly string[] | undefined;
  /** Ids; whoever expands them adds the agencies below. */
  agencies?: readonly string[] | undefined;
}

/** Hours in which only the worst is told; the rest waits for their end. Local time of the province. */
export interface QuietHours {
  /** "22:00" */
  from: string;
  /** "06:00"; before `from`: of the next day. */
  until: string;
  /** Days on which they begin (default: every day). */
  days?: readonly Weekday[] | undefined;
  /** Told all the same. */
  except: readonly Severity[];
}

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

export interface AlertRule {
  id: string;
  match: AlertMatch;
  channels: readonly string[];
  /** An incident that ends within is not told. */
  delayMs: number;
  /** Told again while it runs and nobody acknowledged it; absent: never. */
  repeatMs?: number | undefined;
  /** Whether its end is told. */
  resolved: boolean;
  quietHours?: QuietHours | undefined;
}

export type WebhookShape = "slack" | "teams" | "telegram" | "zalo" | "json";

/** A way to tell. Secrets are names of credentials. */
export type AlertChannel = { id: string; groupMs: number } & (
  | {
      kind: "smtp";
      host: string;
      port: number;
      security: "tls" | "starttls" | "none";
      credential?: string | undefined;
      from: string;
      to: readonly string[];
    }
  | {
      kind: "webhook";
      shape: WebhookShape;
      url?: string | undefined;
      /** The whole URL is the secret (Slack, Teams). */
      urlCredential?: string | undefined;
      /** A token: of the bot (Telegram), of the account (Zalo), a bearer's (json). */
      credential?: string | undefined;
      /** Chat (Telegram) or user (Zalo). */
      to?: string | undefined;
    }
  | { kind: "command"; command: readonly string[]; timeoutMs: number }
);

export interface AlertConfig {
  channels: readonly AlertChannel[];
  /** In order: the first that matches and names a channel decides for that channel. */
  rules: readonly AlertRule[];
}

/** An incident as alerts need it: running, or ended since it was told. */
export interface AlertSubject extends Pick<AnnotatedIncident, "incident" | "cause"> {
  acknowledged: boolean;
  inMaintenance: boolean;
}

/**
 * `opened`: first told; `worse`: its severity rose; `still`: it runs on unacknowledged; `closed`: over; `passed`: came
 * and went while it could not be told (quiet hours, grouping).
 */
export type NoticeKind = "opened" | "worse" | "still" | "closed" | "passed";

export interface Notice {
  kind: NoticeKind;
  rule: string;
  incident: Incident;
  cause: CauseKind;
}

/** What a channel sends. Text of devices in it is cleaned of control characters, and no more: each shape escapes. */
export interface AlertMessage {
  /** Stable: the same message has the same id at every try, so that receivers can tell a repeat. */
  id: string;
  channel: string;
  createdMs: number;
  subject: string;
  text: string;
  severity: Severity | "resolved";
  notices: readonly { kind: NoticeKind; rule: string; incident: string; severity: Severity }[];
}

/** A message that waits, and how it went so far. */
export interface QueuedMessage extends AlertMessage {
  attempts: number;
  nextMs: number;
  lastError?: string;
}

/** What was told of one incident over one channel. */
export interface Telling {
  channel: string;
  incident: string;
  rule: string;
  /** First seen by the rule. */
  sinceMs: number;
  /** Absent: not told yet. */
  toldMs?: number;
  severity: Severity;
}

/** How a channel does. */
export interface ChannelState {
  lastSentMs?: number;
  /** When a message was last made for it: messages are grouped in between. */
  lastMadeMs?: number;
  failingSinceMs?: number;
  lastError?: string;
  sent: number;
  /** Thrown away because too many waited. */
  dropped: number;
}

/** All that alerts remember; kept in one file, so that a crash leaves the old or the new. */
export interface AlertState {
  version: 1;
  tellings: readonly Telling[];
  queue: readonly QueuedMessage[];
  /** Refused for good by the receiver, the newest last. */
  dead: readonly QueuedMessage[];
  channels: Readonly<Record<string, ChannelState>>;
}

export const noAlerts: AlertState = { version: 1, tellings: [], queue: [], dead: [], channels: {} };
