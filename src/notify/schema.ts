/** The file of alerts as zod schemas, and what becomes of it. */
import { z } from "zod";
import type { AlertChannel, AlertRule } from "./types.ts";

const id = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "lower-case letters, digits and hyphens, at most 63");
const duration = z.string().regex(/^\d{1,6}[smhd]$/, "a time as 30s, 5m, 4h or 1d");
const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "a time of day as 22:00");
const mailbox = z.string().regex(/^[^\s@<>]+@[^\s@<>]+$/, "a mail address");
const severity = z.enum(["warning", "critical"]);
const group = { groupEvery: duration.default("60s") };

export const channelSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    id,
    kind: z.literal("smtp"),
    host: z.string().min(1),
    /** Default: 465 with tls, 587 with starttls, 25 with none. */
    port: z.number().int().min(1).max(65_535).optional(),
    security: z.enum(["tls", "starttls", "none"]).default("starttls"),
    credential: id.optional(),
    from: mailbox,
    to: z.array(mailbox).min(1),
    ...group,
  }),
  z.strictObject({
    id,
    kind: z.literal("webhook"),
    shape: z.enum(["slack", "teams", "telegram", "zalo", "json"]),
    url: z.url({ protocol: /^https?$/ }).optional(),
    urlCredential: id.optional(),
    credential: id.optional(),
    to: z.string().min(1).optional(),
    ...group,
  }),
  z.strictObject({
    id,
    kind: z.literal("command"),
    command: z.array(z.string().min(1)).min(1),
    timeout: duration.default("30s"),
    ...group,
  }),
]);

export const ruleSchema = z.strictObject({
  id,
  match: z
    .strictObject({
      subjects: z.array(z.enum(["device", "interface", "component", "link", "site", "agency"])).optional(),
      kinds: z.array(z.enum(["outage", "fault", "restart"])).optional(),
      severities: z.array(severity).optional(),
      causes: z.array(z.enum(["carrier", "power", "device", "configuration", "unknown"])).optional(),
      carriers: z.array(z.string()).optional(),
      impacts: z.array(z.enum(["cut-off", "on-backup", "none"])).optional(),
      codes: z.array(z.string()).optional(),
      agencies: z.array(z.string()).optional(),
    })
    .default({}),
  channels: z.array(id).min(1),
  delay: duration.default("0s"),
  repeatEvery: duration.optional(),
  resolved: z.boolean().default(true),
  quietHours: z
    .strictObject({
      from: clock,
      until: clock,
      days: z.array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])).optional(),
      except: z.array(severity).default(["critical"]),
    })
    .optional(),
});

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** "4h" in ms. */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * units[text.at(-1) as keyof typeof units];
}

export function channelOfFile(channel: z.infer<typeof channelSchema>): AlertChannel {
  const { groupEvery, ...rest } = channel;
  const groupMs = durationMs(groupEvery);
  switch (rest.kind) {
    case "smtp": {
      const port = rest.port ?? { tls: 465, starttls: 587, none: 25 }[rest.security];
      return { ...rest, port, groupMs };
    }
    case "webhook":
      return { ...rest, groupMs };
    case "command": {
      const { timeout, ...command } = rest;
      return { ...command, timeoutMs: durationMs(timeout), groupMs };
    }
  }
}

export function ruleOfFile(rule: z.infer<typeof ruleSchema>): AlertRule {
  const { delay, repeatEvery, ...rest } = rule;
  return {
    ...rest,
    delayMs: durationMs(delay),
    ...(repeatEvery !== undefined && { repeatMs: durationMs(repeatEvery) }),
  };
}

/** What a shape needs and a channel lacks; undefined when nothing. */
export function missingOf(channel: AlertChannel): string | undefined {
  if (channel.kind !== "webhook") return undefined;
  const { shape, url, urlCredential, credential, to } = channel;
  if (url !== undefined && urlCredential !== undefined) return `"url" and "urlCredential" exclude each other`;
  if (shape === "telegram" || shape === "zalo") {
    if (credential === undefined) return `a ${shape} channel needs "credential": the one with its token`;
    return to === undefined ? `a ${shape} channel needs "to": whom to write to` : undefined;
  }
  return url === undefined && urlCredential === undefined
    ? `a ${shape} channel needs "url", or "urlCredential" when the address is a secret`
    : undefined;
}
