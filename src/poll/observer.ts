/** What the poller needs of the profiles' engine (observe.ts): to learn a device once, and to read it again and again. */
import type { ProfileSet } from "../profiles/index.ts";
import type { SnmpSession } from "../snmp/types.ts";
import { type DevicePlan, discoverDevice, type Observation, observeDevice } from "./observe.ts";

export type { Observation };

/**
 * `Plan` is opaque here: what to ask the device. A reading keeps its plan up to date by itself (restarts, renumbered
 * rows, age). Neither rejects for what a device does: no answer is an outcome too.
 */
export interface Observer<Plan = unknown> {
  /** Without a plan the device gave nothing to make one of. */
  discover(
    session: SnmpSession,
    device: { device: string; family?: string },
  ): Promise<{ plan?: Plan; observation: Observation }>;
  observe(session: SnmpSession, plan: Plan): Promise<Observation>;
}

export function observerOf(profiles: ProfileSet): Observer<DevicePlan> {
  return {
    discover: (session, device) => discoverDevice(session, profiles, device),
    observe: observeDevice,
  };
}
