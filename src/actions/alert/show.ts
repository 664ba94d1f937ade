/** `pdc alert show`: what waits and what was refused; or a file of rules to begin with. */
import { findName } from "../../inventory/lookup.ts";
import { readAlertState } from "../../notify/state-file.ts";
import type { QueuedMessage } from "../../notify/types.ts";
import type { TableView } from "../../report/table-view.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";
import { alertStatePath } from "./open-alerts.ts";
import { readAlerts } from "./read-alerts.ts";

export interface ShowAlertsOptions {
  stateDirectory: string;
  /** Only messages of that one. */
  channel?: string | undefined;
  /** Asked for only where a channel is named that no message is for. */
  inventory(): Promise<InventoryPlace>;
}

/**
 * Messages that are not sent yet, or never will be.
 * @throws AlertStateError; LookupError (2) for a channel that neither a message nor the inventory has, InventoryError
 */
export async function showAlerts(options: ShowAlertsOptions) {
  const { queue, dead } = await readAlertState(alertStatePath(options.stateDirectory));
  const channel = options.channel && (await channelOf(options.channel, [...queue, ...dead], options));
  const rowsOf = (messages: readonly QueuedMessage[], state: "waiting" | "refused") =>
    messages
      .filter((message) => channel === undefined || message.channel === channel)
      .map(({ id, channel: to, createdMs, subject, attempts, nextMs, lastError }) => ({
        state,
        channel: to,
        created: new Date(createdMs).toISOString(),
        subject,
        attempts,
        next: state === "waiting" ? new Date(nextMs).toISOString() : null,
        lastError: lastError ?? null,
        id,
      }));
  const rows = [...rowsOf(queue, "waiting"), ...rowsOf(dead, "refused")];
  const view: TableView = {
    columns: [
      { key: "state", header: "STATE", dropOrder: 0 },
      { key: "channel", header: "CHANNEL", dropOrder: 0 },
      { key: "created", header: "MADE", dropOrder: 3 },
      { key: "subject", header: "SUBJECT", dropOrder: 0 },
      { key: "attempts", header: "TRIES", align: "right", dropOrder: 2 },
      { key: "next", header: "NEXT TRY", dropOrder: 2 },
      { key: "lastError", header: "LAST ERROR", dropOrder: 1 },
    ],
    rows,
    empty: "no message waits, none was refused",
  };
  return { rows, view };
}

/** One that was taken out of the inventory may still have messages. */
async function channelOf(
  typed: string,
  messages: readonly QueuedMessage[],
  { inventory: place }: ShowAlertsOptions,
): Promise<string> {
  const told = messages.map(({ channel }) => channel);
  if (told.includes(typed)) return typed;
  const { inventory } = await openInventory(await place());
  const { channels } = await readAlerts(inventory);
  return findName("channel", typed, [...channels.map(({ id }) => id), ...told], "pdc alert list");
}

/** A file that works once its names are the center's own. */
export const exampleAlerts = `# Put this into the inventory as alerts/alerts.yaml. Secrets are credentials of kind "password".
channels:
  - id: mail
    kind: smtp
    host: mail.example.gov.vn
    security: starttls # tls, none
    credential: smtp-login
    from: pdc@example.gov.vn
    to: [truc-ban@example.gov.vn]
  - id: zalo
    kind: webhook
    shape: zalo # slack, teams, telegram, json
    credential: zalo-token
    to: "1234567890"
  - id: sms
    kind: command
    command: [/usr/local/bin/send-sms, --stdin]
    timeout: 30s
rules:
  # The first rule that matches and names a channel decides for that channel.
  - id: cut-off
    match: { impacts: [cut-off], severities: [critical] }
    channels: [sms, zalo, mail]
    delay: 2m
    repeatEvery: 4h
  - id: everything
    channels: [mail]
    delay: 10m
    quietHours: { from: "22:00", until: "06:00", except: [critical] }
`;
