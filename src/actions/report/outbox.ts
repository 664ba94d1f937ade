/** `pdc report outbox`: mails with reports that wait, and another try. */
import type { TableView } from "../../report/table-view.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";
import { sendWaiting, waitingMails } from "./mail-outbox.ts";

export interface OutboxRow {
  subject: string;
  to: string;
  server: string;
  files: string;
  waitingSince: string;
  attempts: number;
  /** ISO 8601; null: given up, only tried when asked. */
  nextTry: string | null;
  lastError: string | null;
}

export interface ReportOutbox {
  sent: string[];
  /** Another process is at it. */
  isBusy: boolean;
  waiting: OutboxRow[];
}

/** Lists what waits; with `send` tries all of it first. @throws InventoryError, StoreError */
export async function reportOutbox(
  place: InventoryPlace,
  { stateDirectory, send, timeoutMs }: { stateDirectory: string; send: boolean; timeoutMs?: number },
): Promise<ReportOutbox> {
  const tried = send
    ? await sendWaiting(stateDirectory, (await openInventory(place)).inventory, {
        nowMs: () => Date.now(),
        isAsked: true,
        ...(timeoutMs !== undefined && { timeoutMs }),
      })
    : undefined;
  const waiting = await waitingMails(stateDirectory);
  return {
    sent: (tried?.sent ?? []).map(({ subject }) => subject),
    isBusy: tried?.isBusy ?? false,
    waiting: waiting.map((mail) => ({
      subject: mail.subject,
      to: mail.options.to.join(", "),
      server: mail.options.server,
      files: mail.files.join(", "),
      waitingSince: new Date(mail.createdMs).toISOString(),
      attempts: mail.attempts,
      nextTry: mail.isGivenUp ? null : new Date(mail.nextMs).toISOString(),
      lastError: mail.lastError ?? null,
    })),
  };
}

export function outboxView({ waiting }: ReportOutbox): TableView {
  return {
    columns: [
      { key: "subject", header: "SUBJECT", dropOrder: 0 },
      { key: "to", header: "TO", dropOrder: 2 },
      { key: "server", header: "SERVER", dropOrder: 4 },
      { key: "waitingSince", header: "SINCE", dropOrder: 3 },
      { key: "attempts", header: "TRIES", align: "right", dropOrder: 1 },
      { key: "nextTry", header: "NEXT TRY", dropOrder: 5 },
      { key: "lastError", header: "LAST ERROR", dropOrder: 0 },
    ],
    rows: waiting.map((row) => ({ ...row })),
  };
}
