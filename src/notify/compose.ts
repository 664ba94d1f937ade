/** From notices to the message of one channel. Pure. */
import { createHash } from "node:crypto";
import type { Incident } from "../health/incident/types.ts";
import { cleanLines, oneLine } from "./clean-text.ts";
import type { AlertMessage, Notice, NoticeKind } from "./types.ts";
import { type AlertWords, alertWords } from "./words.ts";

/** What only others can say of an incident: names, sentences and times of a language. */
export interface IncidentText {
  /** "Link wan-ba-don-1 (VNPT)". */
  subject: string;
  /** Why it is as it is, one line. */
  why: string;
  /** Agencies or sites that depend on it, "" when none. */
  affected: string;
  /** "24/11 08:15". */
  since: string;
  /** "1 h 20 min"; only of one that ended. */
  duration?: string;
}

export interface ComposeContext {
  language: "vi" | "en";
  /** Whose messages these are, in front of every subject: the province's name. */
  sender: string;
  describe(incident: Incident): IncidentText;
}

/** Notices that are told one by one; the rest of a storm is counted. */
const MOST_LINES = 20;
const MOST_SUBJECT = 160;
const MOST_TEXT = 12_000;
const kinds: readonly NoticeKind[] = ["worse", "opened", "still", "passed", "closed"];

/** One message of all the notices (the worst first); `dropped`: messages thrown away before it. */
export function composeMessage(
  channel: string,
  notices: readonly Notice[],
  nowMs: number,
  { language, sender, describe }: ComposeContext,
  dropped = 0,
): AlertMessage {
  const words = alertWords[language];
  const shown = notices.slice(0, MOST_LINES);
  const lines = shown.map((notice) => block(notice, describe(notice.incident), words));
  if (notices.length > shown.length)
    lines.push(words.more.replace("{count}", String(notices.length - shown.length)));
  if (dropped > 0) lines.push(words.dropped.replace("{count}", String(dropped)));
  const [first] = notices;
  const subject =
    notices.length === 1 && first
      ? `${words.notices[first.kind]}: ${describe(first.incident).subject}`
      : counted(notices, words);
  const summary = notices.map(({ kind, rule, incident }) => ({
    kind,
    rule,
    incident: incident.id,
    severity: incident.severity,
  }));
  return {
    id: createHash("sha256")
      .update(JSON.stringify([channel, nowMs, summary]))
      .digest("hex")
      .slice(0, 32),
    channel,
    createdMs: nowMs,
    subject: oneLine(`[${sender}] ${subject}`).slice(0, MOST_SUBJECT),
    text: lines.map(cleanLines).join("\n\n").slice(0, MOST_TEXT),
    severity: severityOf(notices),
    notices: summary,
  };
}

/** A message that says only that the channel works. */
export function composeTest(
  channel: string,
  nowMs: number,
  { language, sender }: Omit<ComposeContext, "describe">,
): AlertMessage {
  const words = alertWords[language];
  return {
    id: createHash("sha256").update(`test ${channel} ${nowMs}`).digest("hex").slice(0, 32),
    channel,
    createdMs: nowMs,
    subject: oneLine(`[${sender}] ${words.test}`),
    text: words.testText.replace("{channel}", channel),
    severity: "resolved",
    notices: [],
  };
}

function block({ kind, incident, cause }: Notice, text: IncidentText, words: AlertWords): string {
  const isOver = kind === "closed" || kind === "passed";
  const head = [words.notices[kind], words.severities[incident.severity], text.subject].join(" · ");
  const time =
    isOver && text.duration !== undefined
      ? `${words.since} ${text.since}, ${words.lasted} ${text.duration}`
      : `${words.since} ${text.since}`;
  const because = `${words.cause}: ${words.causes[cause]}${incident.cause.carrier === undefined ? "" : ` (${incident.cause.carrier})`}`;
  const whom =
    text.affected === "" ? "" : `${words.affected}: ${text.affected} (${words.impacts[incident.impact]})`;
  return [
    head,
    isOver ? "" : `  ${oneLine(text.why)}${incident.flapping ? ` (${words.flapping})` : ""}`,
    `  ${time}; ${because}`,
    whom === "" ? "" : `  ${whom}`,
  ]
    .filter((line) => line.trim() !== "")
    .join("\n");
}

/** "3 NEW, 1 RESOLVED (incidents)". */
function counted(notices: readonly Notice[], words: AlertWords): string {
  const counts = kinds.flatMap((kind) => {
    const count = notices.filter((notice) => notice.kind === kind).length;
    return count > 0 ? [`${count} ${words.notices[kind]}`] : [];
  });
  return `${counts.join(", ")} (${words.several})`;
}

function severityOf(notices: readonly Notice[]): AlertMessage["severity"] {
  const open = notices.filter(({ kind }) => kind !== "closed" && kind !== "passed");
  if (open.length === 0) return "resolved";
  return open.some(({ incident }) => incident.severity === "critical") ? "critical" : "warning";
}
