/** One message over one channel, whatever kind it is. */
import type { Delivery } from "../outbox.ts";
import type { AlertChannel, AlertMessage } from "../types.ts";
import { runCommand } from "./command.ts";
import type { CredentialOf } from "./secrets.ts";
import { sendMail } from "./smtp.ts";
import { postWebhook } from "./webhook.ts";

export interface DeliverContext {
  credentialOf: CredentialOf;
  /** Where programs run: the inventory's directory. */
  directory: string;
  /** Longest silence of a mail server, longest time a webhook may take; default 15 s and 10 s. */
  timeoutMs?: number;
}

/** Never rejects: whatever happens is told in the result, without a secret. */
export async function deliver(
  channel: AlertChannel,
  message: AlertMessage,
  { credentialOf, directory, timeoutMs }: DeliverContext,
): Promise<Delivery> {
  try {
    switch (channel.kind) {
      case "smtp":
        return await sendMail(channel, message, credentialOf, timeoutMs);
      case "webhook":
        return await postWebhook(channel, message, credentialOf, timeoutMs);
      case "command":
        return await runCommand(channel, message, directory);
    }
  } catch (error) {
    return { ok: false, refused: false, error: (error as Error).message };
  }
}
