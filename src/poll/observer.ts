/** What the poller needs of the profiles' engine: to learn a device once, and to read it again and again. */
import type { DeviceSample } from "../samples/types.ts";
import type { SnmpSession } from "../snmp/types.ts";

/** What one reading of a device gave; becomes a sample with the poller's clocks and reachability. */
export type Observation = Pick<
  DeviceSample,
  "incarnation" | "system" | "components" | "incomplete" | "absent"
> & {
  /** Why something is missing, when it is. */
  error?: NonNullable<DeviceSample["error"]> | undefined;
  /** The device is no longer as it was when the plan was made (rows came or went): learn it again. */
  isStale?: boolean | undefined;
};

/** `Plan` is opaque here: what to ask the device, made by `discover`. Both reject with SnmpError. */
export interface Observer<Plan = unknown> {
  discover(
    session: SnmpSession,
    device: { device: string; family?: string | undefined },
  ): Promise<{ plan: Plan; observation: Observation }>;
  observe(session: SnmpSession, plan: Plan): Promise<Observation>;
}
