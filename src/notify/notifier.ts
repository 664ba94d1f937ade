/** Decides, composes, remembers and sends. The one object of the room that lives on. */
import { type ComposeContext, composeMessage } from "./compose.ts";
import { decide, endedOf } from "./decide.ts";
import { channelOf, type Delivery, delivered, due, enqueue, nextTryMs } from "./outbox.ts";
import type { AlertChannel, AlertConfig, AlertMessage, AlertState, AlertSubject } from "./types.ts";

export interface NotifierParts extends ComposeContext {
  config: AlertConfig;
  timeZone: string;
  state: AlertState;
  /** Whole and durable when it resolves; what it rejects with is told by `onTrouble`, and sending waits. */
  save(state: AlertState): Promise<void>;
  /** Never rejects. */
  deliver(channel: AlertChannel, message: AlertMessage): Promise<Delivery>;
  nowMs(): number;
  onTrouble(error: Error): void;
}

/**
 * A message is written down, together with what was told, before it is sent, and struck out after; so a crash loses
 * none, and doubles one only when it comes between the receiver's yes and the striking out (its id stays the same).
 */
export class Notifier {
  #parts: NotifierParts;
  #state: AlertState;
  #saved: AlertState;
  #sending: Promise<void> | undefined;
  #saving: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
    this.#state = parts.state;
    this.#saved = parts.state;
  }

  get state(): AlertState {
    return this.#state;
  }

  get config(): AlertConfig {
    return this.#parts.config;
  }

  /** After the inventory was read again. */
  configure(parts: Pick<NotifierParts, "config" | "timeZone" | "deliver"> & ComposeContext): void {
    this.#parts = { ...this.#parts, ...parts };
  }

  /** Incidents whose end `tell` wants to know. */
  wanted(running: readonly AlertSubject[]): string[] {
    return endedOf(this.#state, running);
  }

  /** Tells what is to be told of what runs now and of what has ended; gives the messages that were made. */
  async tell(running: readonly AlertSubject[], ended: readonly AlertSubject[]): Promise<AlertMessage[]> {
    const { config, timeZone } = this.#parts;
    const nowMs = this.#parts.nowMs();
    const { tellings, notices } = decide({ config, state: this.#state, running, ended, nowMs, timeZone });
    const messages = [...notices].map(([channel, list]) =>
      composeMessage(channel, list, nowMs, this.#parts, channelOf(this.#state, channel).dropped),
    );
    const isSame = messages.length === 0 && JSON.stringify(tellings) === JSON.stringify(this.#state.tellings);
    if (!isSame) this.#state = enqueue({ ...this.#state, tellings }, messages, nowMs);
    await this.#save();
    this.#schedule();
    return messages;
  }

  /** Sends what is due now and waits for it; what fails is tried again later. */
  async flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
    await this.#sending;
  }

  /** Waits for what is being sent; nothing more is begun. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#sending;
    await this.#saving;
  }

  async #send(): Promise<void> {
    for (;;) {
      const heads = due(this.#state, this.#parts.nowMs());
      // What is not written down is not sent: it could be told again after a restart.
      if (heads.length === 0 || this.#isClosed || !(await this.#save())) break;
      await Promise.all(heads.map((message) => this.#try(message)));
    }
    this.#schedule();
  }

  async #try(message: AlertMessage): Promise<void> {
    const channel = this.#parts.config.channels.find(({ id }) => id === message.channel);
    const result: Delivery = channel
      ? await this.#parts.deliver(channel, message)
      : { ok: false, refused: true, error: "the channel is not in the inventory any more" };
    this.#state = delivered(this.#state, message.id, result, this.#parts.nowMs());
    await this.#save();
  }

  /** Whether the state on disk is the state in memory; writes one after the other. */
  #save(): Promise<boolean> {
    const saved = this.#saving.then(() => this.#write());
    this.#saving = saved;
    return saved;
  }

  async #write(): Promise<boolean> {
    const state = this.#state;
    if (state === this.#saved) return true;
    try {
      await this.#parts.save(state);
      this.#saved = state;
      return true;
    } catch (error) {
      this.#parts.onTrouble(error as Error);
      return false;
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const nextMs = nextTryMs(this.#state);
    if (nextMs === undefined || this.#isClosed) return;
    // With a full disk the state cannot be saved; then a second's pause keeps the loop from spinning.
    const waitMs = Math.max(this.#state === this.#saved ? 0 : 1000, nextMs - this.#parts.nowMs());
    this.#timer = setTimeout(() => void this.flush(), Math.min(waitMs, 600_000));
  }
}
