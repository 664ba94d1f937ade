/** `pdc alert list`: the rules, the channels, and how they do. */

import { channelOf } from "../../notify/outbox.ts";
import { readAlertState } from "../../notify/state-file.ts";
import type { AlertChannel, AlertMatch, AlertRule, AlertState } from "../../notify/types.ts";
import type { TableView } from "../../report/table-view.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";
import { alertStatePath } from "./open-alerts.ts";
import { ALERTS_FOLDER, readAlerts } from "./read-alerts.ts";

/** @throws InventoryError, AlertStateError */
export async function listAlerts(place: InventoryPlace, { stateDirectory }: { stateDirectory: string }) {
  const { inventory } = await openInventory(place);
  const [config, state] = await Promise.all([
    readAlerts(inventory),
    readAlertState(alertStatePath(stateDirectory)),
  ]);
  const channels = config.channels.map((channel) => channelRow(channel, state));
  const rules = config.rules.map((rule) => ({ ...ruleRow(rule), told: toldBy(rule, state) }));
  return { data: { channels, rules }, views: [channelView(channels), ruleView(rules)] };
}

function channelRow(channel: AlertChannel, state: AlertState) {
  const { lastSentMs, failingSinceMs, lastError, sent, dropped } = channelOf(state, channel.id);
  const of = ({ channel: id }: { channel: string }) => id === channel.id;
  return {
    channel: channel.id,
    kind: channel.kind === "webhook" ? channel.shape : channel.kind,
    to: destinationOf(channel),
    state: failingSinceMs === undefined ? (lastSentMs === undefined ? "unknown" : "ok") : "down",
    waiting: state.queue.filter(of).length,
    refused: state.dead.filter(of).length,
    sent,
    dropped,
    lastSent: lastSentMs === undefined ? null : new Date(lastSentMs).toISOString(),
    failingSince: failingSinceMs === undefined ? null : new Date(failingSinceMs).toISOString(),
    lastError: lastError ?? null,
  };
}

/** Where it goes; an address that is a secret is named by its credential. */
export function destinationOf(channel: AlertChannel): string {
  switch (channel.kind) {
    case "smtp":
      return `${channel.to.join(", ")} by ${channel.host}`;
    case "webhook": {
      if (channel.urlCredential !== undefined) return `credential ${channel.urlCredential}`;
      const host = channel.url === undefined ? undefined : new URL(channel.url).host;
      return [channel.to, host].filter((part) => part !== undefined).join(" by ");
    }
    case "command":
      return channel.command[0] ?? "";
  }
}

function ruleRow({ id, match, channels, delayMs, repeatMs, quietHours }: AlertRule) {
  const minutes = (ms: number | undefined) => (ms === undefined ? null : ms / 60_000);
  return {
    rule: id,
    about: matchWords(match),
    channels: channels.join(", "),
    delayMinutes: minutes(delayMs),
    repeatMinutes: minutes(repeatMs),
    quiet: quietHours ? `${quietHours.from}–${quietHours.until}` : null,
  };
}

/** "link, site; critical; carrier VNPT". */
export function matchWords(match: AlertMatch): string {
  const parts = Object.entries(match).flatMap(([name, words]) => {
    if (!words?.length) return [];
    const some = words.length > 4 ? [...words.slice(0, 3), `… (${words.length})`] : words;
    const what = name === "carriers" || name === "agencies" || name === "causes" ? `${name} ` : "";
    return [`${what}${some.join(", ")}`];
  });
  return parts.join("; ") || "every incident";
}

function toldBy({ id }: AlertRule, { tellings }: AlertState): number {
  return tellings.filter(({ rule, toldMs }) => rule === id && toldMs !== undefined).length;
}

function channelView(rows: readonly ReturnType<typeof channelRow>[]): TableView {
  return {
    title: "Channels",
    columns: [
      { key: "channel", header: "CHANNEL", dropOrder: 0 },
      { key: "kind", header: "KIND", dropOrder: 0 },
      { key: "state", header: "STATE", dropOrder: 0, isState: true },
      { key: "waiting", header: "WAITING", align: "right", dropOrder: 0 },
      { key: "refused", header: "REFUSED", align: "right", dropOrder: 3 },
      { key: "sent", header: "SENT", align: "right", dropOrder: 4 },
      { key: "lastSent", header: "LAST SENT", dropOrder: 5 },
      { key: "to", header: "TO", dropOrder: 2 },
      { key: "lastError", header: "LAST ERROR", dropOrder: 1 },
    ],
    rows,
    empty: `no channels: put them and the rules into ${ALERTS_FOLDER}/ of the inventory (pdc alert show --example)`,
  };
}

function ruleView(rows: readonly ReturnType<typeof ruleRow>[]): TableView {
  return {
    title: "Rules",
    columns: [
      { key: "rule", header: "RULE", dropOrder: 0 },
      { key: "about", header: "ABOUT", dropOrder: 0 },
      { key: "channels", header: "CHANNELS", dropOrder: 0 },
      { key: "delayMinutes", header: "DELAY MIN", align: "right", dropOrder: 3 },
      { key: "repeatMinutes", header: "REPEAT MIN", align: "right", dropOrder: 3 },
      { key: "quiet", header: "QUIET", dropOrder: 2 },
      { key: "told", header: "RUNNING, TOLD", align: "right", dropOrder: 1 },
    ],
    rows,
    empty: "no rules: nobody is told anything",
  };
}
