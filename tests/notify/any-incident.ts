/** Incidents for tests of alerts. */
import type { Incident } from "../../src/health/incident/types.ts";
import type { ComposeContext } from "../../src/notify/compose.ts";
import type { AlertChannel, AlertConfig, AlertRule, AlertSubject } from "../../src/notify/types.ts";

export const minute = 60_000;
/** 2026-11-24 08:00 in Asia/Ho_Chi_Minh, a Tuesday. */
export const morningMs = Date.parse("2026-11-24T01:00:00Z");
export const timeZone = "Asia/Ho_Chi_Minh";

export function incident(id: string, given: Partial<Incident> = {}): Incident {
  return {
    id,
    kind: "outage",
    subject: { kind: "link", id: `link-${id}` },
    code: "outage",
    severity: "critical",
    startMs: morningMs,
    lastSeenMs: morningMs,
    reasons: [],
    cause: { kind: "carrier", carrier: "VNPT", evidence: [] },
    impact: "cut-off",
    affected: { agencies: ["ba-don"], sites: ["site-ba-don"], devices: [], links: [] },
    planned: [],
    unknown: [],
    revision: 1,
    revisions: [],
    ...given,
  };
}

export function subject(
  id: string,
  given: Partial<Incident> = {},
  how: Partial<AlertSubject> = {},
): AlertSubject {
  const made = incident(id, given);
  return { incident: made, cause: made.cause.kind, acknowledged: false, inMaintenance: false, ...how };
}

export const rule = (given: Partial<AlertRule> = {}): AlertRule => ({
  id: "all",
  match: {},
  channels: ["ops"],
  delayMs: 0,
  resolved: true,
  ...given,
});

export const channel = (id = "ops", groupMs = 0): AlertChannel => ({
  id,
  kind: "webhook",
  shape: "json",
  url: "http://127.0.0.1:9/",
  groupMs,
});

export const config = (rules: readonly AlertRule[] = [rule()], channels = [channel()]): AlertConfig => ({
  rules,
  channels,
});

export const words: ComposeContext = {
  language: "en",
  sender: "pdc Test",
  describe: ({ subject: { kind, id }, endMs }) => ({
    subject: `${kind} ${id}`,
    why: "interface wan1 is down",
    affected: "Ba Đồn",
    since: "24/11 08:00",
    ...(endMs !== undefined && { duration: "10 min" }),
  }),
};
