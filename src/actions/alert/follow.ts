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
  onTrouble(error: Error): void;
}

/** Does nothing, and reads nothing, while an inventory has no rules. */
export class AlertFollower {
  readonly #options: AlertFollowerOptions;
  #notifier: Notifier | undefined;
  #inventory: Inventory | undefined;

  constructor(options: AlertFollowerOptions) {
    this.#options = options;
  }

  /**
   * Reads the rules of an inventory; called again when it was read anew.
   * @throws InventoryError (rules that cannot be), AlertStateError; then those before stay.
   */
  async use(inventory: Inventory): Promise<void> {
    if (this.#notifier) this.#notifier.configure(await alertParts(inventory, this.#options));
    else {
      const notifier = await openNotifier(inventory, this.#options);
      if (!hasAlerts(notifier.config)) return notifier.close();
      this.#notifier = notifier;
    }
    this.#inventory = inventory;
  }

  /** The messages that were made; they are on their way, and are not waited for. */
  async follow(store: Store, nowMs = Date.now()): Promise<readonly AlertMessage[]> {
    const notifier = this.#notifier;
    if (!notifier || !this.#inventory) return [];
    const running = runningSubjects(store.journal, this.#inventory, nowMs);
    const messages = await notifier.tell(running, endedSubjects(store.journal, notifier.wanted(running)));
    void notifier.flush();
    return messages;
  }

  /** Waits for what is being sent. */
  async close(): Promise<void> {
    await this.#notifier?.close();
  }
}
