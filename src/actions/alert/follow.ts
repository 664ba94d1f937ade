/** After each cycle of the poller, when the incidents are recorded: what is to be told is told. */
import type { CredentialOverride } from "../../inventory/credentials.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { Notifier } from "../../notify/notifier.ts";
import type { AlertMessage } from "../../notify/types.ts";
import type { Store } from "../../store/types.ts";
import { alertParts, hasAlerts, openNotifier } from "./open-alerts.ts";
import { endedSubjects, runningSubjects } from "./subjects.ts";

export interface AlertFollowerOptions {
  stateDirectory: string;
  credentialOverrides?: ReadonlyMap<string, CredentialOverride> | undefined;
  /** Rules of a new inventory that cannot be, a memory that cannot be written: what was before goes on. */
  onTrouble(error: Error): void;
  onMessage?: ((message: AlertMessage) => void) | undefined;
}

/** Does nothing, and reads nothing, while an inventory has no rules. */
export class AlertFollower {
  readonly #options: AlertFollowerOptions;
  #notifier: Notifier | undefined;
  #inventory: Inventory | undefined;
  #following: Promise<void> = Promise.resolve();

  constructor(options: AlertFollowerOptions) {
    this.#options = options;
  }

  /** Reads the rules of an inventory. @throws InventoryError, AlertStateError; then those before stay. */
  async use(inventory: Inventory): Promise<void> {
    this.#inventory = inventory;
    if (this.#notifier) this.#notifier.configure(await alertParts(inventory, this.#options));
    else {
      const notifier = await openNotifier(inventory, this.#options);
      if (hasAlerts(notifier.config)) this.#notifier = notifier;
      else await notifier.close();
    }
  }

  /** One cycle after the other; sending goes on by itself. The store must stay open until `settle` or `close`. */
  follow({ store, inventory, nowMs }: { store: Store; inventory: Inventory; nowMs: number }): void {
    this.#following = this.#following
      .then(async () => {
        if (this.#inventory?.contentHash !== inventory.contentHash) await this.use(inventory);
        const notifier = this.#notifier;
        if (!notifier) return;
        const running = runningSubjects(store.journal, inventory, nowMs);
        const ended = endedSubjects(store.journal, notifier.wanted(running));
        for (const message of await notifier.tell(running, ended)) this.#options.onMessage?.(message);
        void notifier.flush();
      })
      .catch((error: Error) => this.#options.onTrouble(error));
  }

  /** Waits until what was told has been tried once: for a process that ends after one cycle. */
  async settle(): Promise<void> {
    await this.#following;
    await this.#notifier?.flush();
  }

  /** Waits for what is being sent, and begins nothing more. */
  async close(): Promise<void> {
    await this.#following;
    await this.#notifier?.close();
  }
}
