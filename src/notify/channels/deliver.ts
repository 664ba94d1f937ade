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
}

/** Never rejects: whatever happens is told in the result, without a secret. */
export async function deliver(
  channel: AlertChannel,
  message: AlertMessage,
  { credentialOf, directory }: DeliverContext,
): Promise<Delivery> {
  try {
    switch (channel.kind) {
      case "smtp":
        return await sendMail(channel, message, credentialOf);
      case "webhook":
        return await postWebhook(channel, message, credentialOf);
      case "command":
        return await runCommand(channel, message, directory);
    }
  } catch (error) {
    return { ok: false, refused: false, error: (error as Error).message };
  }
}
