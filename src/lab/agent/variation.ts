/**
 * How a variable moves with time. Every rule is a pure function of the wall clock, so that two agents in two
 * processes that carry the same traffic (the two ends of a link) agree without talking to each other.
 */

/**
 * - `uptime`: runs since the agent booted, `perSecond` units a second (100 for TimeTicks, 1 for snmpEngineTime).
 * - `counter`: grows by `perSecond` on average. `daily` follows an office day with noise, `flat` is steady. Equal
 *   `seed`s give equal traffic at equal moments, whatever the initial values.
 * - `gauge`: wanders around its value by at most `deviation`.
 */
export type Variation =
  | { kind: "uptime"; perSecond: number }
  | { kind: "counter"; perSecond: number; shape: "daily" | "flat"; seed?: number; sinceMs?: number }
  | {
      kind: "gauge";
      deviation: number;
      seed?: number;
      minimum?: number | undefined;
      maximum?: number | undefined;
    };

/** What of an agent its variables depend on besides the time. */
export interface AgentState {
  /** When playing began, ms since the epoch; counters had their recorded values then. */
  startMs: number;
  /** When it last rebooted; counters and uptime began from zero then. Absent: never. */
  rebootMs?: number;
  /** Shifts the noise, so that agents that share a recording differ. */
  seed: number;
}

/** Gives the value at `nowMs`; never below zero, not yet wrapped to the type's width. */
export type Reader = (nowMs: number, state: AgentState) => number | bigint;

const secondsPerDay = 86_400;
const turn = 2 * Math.PI;
/**
 * Amplitude and angular frequency (1/s) of the traffic's waves. The amplitudes add to 0.9 < 1, so a counter never
 * falls. The daily one begins at 00:00 UTC and so is highest at 13:00 in Vietnam.
 */
const waves = [
  { amplitude: 0.55, omega: turn / secondsPerDay },
  { amplitude: 0.15, omega: turn / 1_207 },
  { amplitude: 0.12, omega: turn / 173 },
  { amplitude: 0.08, omega: turn / 29 },
] as const;

/** A number in [0, 1) that depends on the seed and nothing else. */
export function unitNoise(seed: number, step: number): number {
  const product = Math.sin(seed * 12.9898 + step * 78.233) * 43_758.5453;
  return product - Math.floor(product);
}

/** Seconds count from here, so that a double has nanoseconds left for them. */
const epochMs = Date.UTC(2026, 0, 1);

/** The office day of one seed. Counters that carry the same traffic share one, and ask it for the same moments. */
class OfficeDay {
  readonly #phases: readonly number[];
  #fromMs = Number.NaN;
  #fromSeconds = 0;
  #toMs = Number.NaN;
  #toSeconds = 0;

  constructor(seed: number) {
    this.#phases = waves.map((_, index) => (index === 0 ? 0 : turn * unitNoise(seed, index)));
  }

  /** Seconds of mean traffic that passed between two moments. */
  secondsBetween(fromMs: number, toMs: number): number {
    if (fromMs !== this.#fromMs) {
      this.#fromMs = fromMs;
      this.#fromSeconds = this.#secondsAt(fromMs);
    }
    if (toMs !== this.#toMs) {
      this.#toMs = toMs;
      this.#toSeconds = this.#secondsAt(toMs);
    }
    return this.#toSeconds - this.#fromSeconds;
  }

  /** The integral of the daily curve with its noise, from the epoch on. */
  #secondsAt(atMs: number): number {
    const clockSeconds = atMs / 1000;
    let sum = (atMs - epochMs) / 1000;
    for (let index = 0; index < waves.length; index++) {
      const { amplitude, omega } = waves[index]!;
      sum -= (amplitude / omega) * Math.cos(omega * clockSeconds + this.#phases[index]!);
    }
    return sum;
  }
}

const officeDays = new Map<number, OfficeDay>();

function officeDayOf(seed: number): OfficeDay {
  let day = officeDays.get(seed);
  if (day === undefined) {
    day = new OfficeDay(seed);
    officeDays.set(seed, day);
  }
  return day;
}

/** Seconds of mean traffic that passed between two moments. */
export function dailyIntegral(fromMs: number, toMs: number, seed: number): number {
  return officeDayOf(seed).secondsBetween(fromMs, toMs);
}

/** Makes the reader of a variable whose recorded value is `initial`. */
export function createReader(initial: number | bigint, variation: Variation): Reader {
  switch (variation.kind) {
    case "uptime":
      return uptimeReader(Number(initial), variation.perSecond);
    case "counter":
      return counterReader(initial, variation);
    case "gauge":
      return gaugeReader(Number(initial), variation);
  }
}

function uptimeReader(initial: number, perSecond: number): Reader {
  return (nowMs, { startMs, rebootMs }) =>
    rebootMs === undefined
      ? initial + Math.floor(((nowMs - startMs) * perSecond) / 1000)
      : Math.floor((Math.max(0, nowMs - rebootMs) * perSecond) / 1000);
}

function counterReader(initial: number | bigint, variation: Extract<Variation, { kind: "counter" }>): Reader {
  const { perSecond, shape, sinceMs } = variation;
  const isLarge = typeof initial === "bigint" && initial > BigInt(Number.MAX_SAFE_INTEGER) / 2n;
  const base = isLarge ? 0 : Number(initial);
  return (nowMs, state) => {
    const bornMs = sinceMs ?? state.startMs;
    const restarted = state.rebootMs !== undefined && state.rebootMs >= bornMs;
    const fromMs = restarted ? state.rebootMs! : bornMs;
    const seconds =
      shape === "flat"
        ? (nowMs - fromMs) / 1000
        : officeDayOf(variation.seed ?? state.seed).secondsBetween(fromMs, nowMs);
    const grown = Math.floor(Math.max(0, seconds) * perSecond);
    if (restarted) return grown;
    return isLarge ? (initial as bigint) + BigInt(grown) : base + grown;
  };
}

function gaugeReader(initial: number, variation: Extract<Variation, { kind: "gauge" }>): Reader {
  const { deviation, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = variation;
  return (nowMs, state) => {
    const phase = turn * unitNoise(variation.seed ?? state.seed, 1);
    const swing = 0.7 * Math.sin(nowMs / 41_000 + phase) + 0.3 * Math.sin(nowMs / 7_300 + 2 * phase);
    return Math.round(Math.min(maximum, Math.max(minimum, initial + deviation * swing)));
  };
}
