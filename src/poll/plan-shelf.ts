/** Plans that were made by discovery, until they are too old. In memory; `entries` and `restore` let them outlive the process. */
import type { Incarnation } from "../samples/types.ts";

export interface ShelvedPlan<Plan> {
  plan: Plan;
  /** The inventory's profile at the time; another one makes another plan. */
  profile: string | undefined;
  /** Of the last reading, to notice a restart. */
  incarnation: Incarnation;
  /** On the clock that `take` is asked with. */
  readAtMs: number;
  discoveredAtMs: number;
}

/** A plan is made anew after about this long: modules are plugged in, sensors appear. */
const KEPT_MS = 3_600_000;

export class PlanShelf<Plan> {
  readonly #plans = new Map<string, ShelvedPlan<Plan>>();

  /** The plan of a device while it holds. */
  take(device: string, profile: string | undefined, nowMs: number): ShelvedPlan<Plan> | undefined {
    const kept = this.#plans.get(device);
    if (!kept || kept.profile !== profile) return undefined;
    return nowMs - kept.discoveredAtMs < keptMs(device) ? kept : undefined;
  }

  put(device: string, plan: ShelvedPlan<Plan>): void {
    this.#plans.set(device, plan);
  }

  /** The plan was used and held. */
  seen(device: string, incarnation: Incarnation, nowMs: number): void {
    const kept = this.#plans.get(device);
    if (kept) Object.assign(kept, { incarnation, readAtMs: nowMs });
  }

  forget(device: string): void {
    this.#plans.delete(device);
  }

  entries(): IterableIterator<[string, ShelvedPlan<Plan>]> {
    return this.#plans.entries();
  }
}

/** From 100 % to 150 % of the time, by device, so that not all are discovered in one cycle. */
function keptMs(device: string): number {
  let hash = 0;
  for (const character of device) hash = (Math.imul(hash, 31) + (character.codePointAt(0) as number)) >>> 0;
  return KEPT_MS * (1 + (hash % 500) / 1000);
}
