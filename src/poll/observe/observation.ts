/** What observing a device gives: the part of a sample that the device itself is the source of. */
import type { DeviceSample } from "../../samples/types.ts";
import type { DevicePlan } from "./plan.ts";

export type Observation = Pick<
  DeviceSample,
  "incarnation" | "system" | "components" | "incomplete" | "absent" | "outcome" | "error"
>;

export interface DiscoverOptions {
  /** Id of the device, for messages. */
  device: string;
  /** The family, when the inventory says it; else it is chosen by what the device answers. */
  family?: string;
  /** Also what only `pdc device show` asks for. Default false. */
  full?: boolean;
  /** Never GETs of many instances; default: as the family says. */
  walksOnly?: boolean;
  /** How often in a row the interface table had changed; when it had, names are checked from now on. Default 0. */
  moves?: number;
}

/** `plan` is absent when the device gave nothing to plan with; the observation's outcome and error say why. */
export interface Discovery {
  plan?: DevicePlan;
  observation: Observation;
}
