/** Samples on their way into the store: in transactions of a few hundred, so that neither memory nor commits pile up. */
import type { DeviceSample } from "../../samples/types.ts";
import type { SampleStore } from "../../store/types.ts";

const BATCH_SAMPLES = 256;
const BATCH_WAIT_MS = 500;

/** Why samples of a cycle were not kept. */
export interface StoreFailure {
  code: string;
  message: string;
  fix?: string;
  exitCode: number;
}

export class SampleSink {
  readonly #store: SampleStore;
  #waiting: DeviceSample[] = [];
  #timer: NodeJS.Timeout | undefined;
  #kept = 0;
  #lost = 0;
  #failure: StoreFailure | undefined;

  constructor(store: SampleStore) {
    this.#store = store;
  }

  add(sample: DeviceSample): void {
    this.#waiting.push(sample);
    if (this.#waiting.length >= BATCH_SAMPLES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), BATCH_WAIT_MS);
  }

  /** Commits what waits, and tells (once) how many samples were kept and why others were not. */
  finish(): { kept: number; lost: number; failure?: StoreFailure } {
    this.#flush();
    const result = { kept: this.#kept, lost: this.#lost, ...(this.#failure && { failure: this.#failure }) };
    this.#kept = 0;
    this.#lost = 0;
    this.#failure = undefined;
    return result;
  }

  /** A store that cannot take samples (a full disk) does not stop the polling: they are counted as lost. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    try {
      this.#store.append(batch);
      this.#kept += batch.length;
    } catch (error) {
      const failure = storeFailureOf(error);
      this.#lost += batch.length;
      this.#failure = failure;
    }
  }
}

/** An error of the store as it is told with a cycle. @throws the error itself when it is none of the store's. */
export function storeFailureOf(error: unknown): StoreFailure {
  const { code, message, fix, exitCode } = error as Error & Partial<StoreFailure>;
  if (exitCode === undefined) throw error;
  return { code: code ?? "store", message, exitCode, ...(fix !== undefined && { fix }) };
}
