/** When what early polls found is judged: soon after them, and seldom enough that judging is no load. */

/** Between two judgements at least; hints of a storm come every second. */
const LEAST_PAUSE_MS = 5_000;
/** And so many times what the last one took: five thousand devices take a third of a second. */
const PAUSE_PER_WORK = 20;

export class EarlyJudgement {
  readonly #judge: () => void;
  readonly #clock: () => number;
  #timer: NodeJS.Timeout | undefined;
  #restUntilMs = 0;
  #isClosed = false;

  /** `judge` is called between cycles or not at all; it must not throw. */
  constructor(judge: () => void, clock: () => number = () => performance.now()) {
    this.#judge = judge;
    this.#clock = clock;
  }

  /** Samples of early polls were committed. */
  polled(): void {
    if (this.#isClosed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#run(), Math.max(0, this.#restUntilMs - this.#clock()));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #run(): void {
    this.#timer = undefined;
    const beganMs = this.#clock();
    this.#judge();
    const endMs = this.#clock();
    this.#restUntilMs = endMs + Math.max(LEAST_PAUSE_MS, PAUSE_PER_WORK * (endMs - beganMs));
  }
}
