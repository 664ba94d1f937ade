/** Mails with reports that wait for their server are sent by the poller, since it is there when the server is back. */
import type { Inventory } from "../../inventory/model.ts";
import { sendWaiting } from "../report/mail-outbox.ts";

export class ReportMailer {
  readonly #stateDirectory: string;
  readonly #tell: (subject: string, error?: Error) => void;
  #sending: Promise<void> | undefined;

  constructor(stateDirectory: string, tell: (subject: string, error?: Error) => void) {
    this.#stateDirectory = stateDirectory;
    this.#tell = tell;
  }

  /** After a cycle; polling does not wait for it, and a slow server is not asked twice at once. */
  follow(inventory: Inventory): void {
    this.#sending ??= sendWaiting(this.#stateDirectory, inventory, { nowMs: () => Date.now() })
      .then(
        ({ sent, failed }) => {
          for (const { subject } of sent) this.#tell(subject);
          for (const { mail, error } of failed) this.#tell(mail.subject, error);
        },
        (error: Error) => this.#tell("", error),
      )
      .finally(() => {
        this.#sending = undefined;
      });
  }

  /** Waits for what is being sent. */
  async close(): Promise<void> {
    await this.#sending;
  }
}
