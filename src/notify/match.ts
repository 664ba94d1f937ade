/** Which rule speaks for an incident. Pure. */
import type { AlertMatch, AlertRule, AlertSubject } from "./types.ts";

export function matches(match: AlertMatch, { incident, cause }: AlertSubject): boolean {
  const has = <Word>(words: readonly Word[] | undefined, word: Word) =>
    !words?.length || words.includes(word);
  return (
    has(match.subjects, incident.subject.kind) &&
    has(match.kinds, incident.kind) &&
    has(match.severities, incident.severity) &&
    has(match.causes, cause) &&
    has(match.impacts, incident.impact) &&
    has(match.codes, incident.code) &&
    (!match.carriers?.length || match.carriers.includes(incident.cause.carrier ?? "")) &&
    (!match.agencies?.length || touches(match.agencies, incident))
  );
}

function touches(agencies: readonly string[], { subject, affected }: AlertSubject["incident"]): boolean {
  return (
    (subject.kind === "agency" && agencies.includes(subject.id)) ||
    affected.agencies.some((agency) => agencies.includes(agency))
  );
}

/** Channel → the rule that decides for it: the first that matches and names it. */
export function rulesFor(rules: readonly AlertRule[], subject: AlertSubject): Map<string, AlertRule> {
  const chosen = new Map<string, AlertRule>();
  for (const rule of rules) {
    if (!rule.channels.some((channel) => !chosen.has(channel)) || !matches(rule.match, subject)) continue;
    for (const channel of rule.channels) if (!chosen.has(channel)) chosen.set(channel, rule);
  }
  return chosen;
}
