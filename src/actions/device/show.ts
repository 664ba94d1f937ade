/** Everything a profile knows about one device, measured once. */
import { findName } from "../../inventory/lookup.ts";
import { discoverDevice } from "../../poll/observe.ts";
import type { Component, DeviceSample, Outcome } from "../../samples/types.ts";
import { type AccessOptions, openAccess, openDevice } from "./session.ts";

export interface ShowOptions extends AccessOptions {
  /** A profile family instead of the one the device would be recognised as. */
  family?: string | undefined;
}

/** What `pdc device show` gives as JSON: a sample without clocks of a poller, and how it was reached. */
export interface DeviceShow {
  device: string;
  address: string;
  port: number;
  atMs: number;
  durationMs: number;
  outcome: Outcome;
  error?: DeviceSample["error"];
  system?: DeviceSample["system"];
  incarnation: DeviceSample["incarnation"];
  /** Smoothed round-trip time of the session, ms. */
  roundTripTimeMs?: number;
  components: readonly Component[];
  incomplete: DeviceSample["incomplete"];
  absent: DeviceSample["absent"];
}

/** Asks the device for all its family and the standard MIBs name. What the device does wrong is in the outcome. @throws LookupError (2) for a family that is none, and as `openDevice` */
export async function showDevice(name: string, options: ShowOptions): Promise<DeviceShow> {
  const access = await openAccess(options);
  const profiles = await access.profiles();
  const named = options.family && findName("family", options.family, profiles.families);
  await using open = await openDevice(name, access, options);
  const { session, target, device } = open;
  const atMs = Date.now();
  const began = performance.now();
  const family = named ?? device?.profile;
  const { observation } = await discoverDevice(session, profiles, {
    device: open.name,
    full: true,
    ...(family !== undefined && { family }),
  });
  options.signal?.throwIfAborted();
  const roundTripTimeMs = session.roundTripTimeMs();
  const { outcome, error, system, incarnation, components, incomplete, absent } = observation;
  return {
    device: open.name,
    address: target.address,
    port: target.port ?? 161,
    atMs,
    durationMs: Math.round(performance.now() - began),
    outcome,
    ...(error && { error }),
    ...(system && { system }),
    incarnation,
    ...(roundTripTimeMs !== undefined && { roundTripTimeMs: Math.round(roundTripTimeMs * 1000) / 1000 }),
    components,
    incomplete,
    absent,
  };
}

/** Exit code of what was found: 0, 21 partial, 23 no answer, 24 refused. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome) {
    case "complete":
      return 0;
    case "partial":
    case "invalid":
      return 21;
    case "unauthenticated":
    case "refused":
      return 24;
    default:
      return 23;
  }
}
