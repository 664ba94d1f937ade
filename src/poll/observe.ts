/**
 * Observing one device: `discoverDevice` finds out what it is and makes a plan, `observeDevice` measures it by that
 * plan, cheaply, every cycle. Both turn whatever a device does into an outcome.
 */

export { loadProfiles, ProfileSet } from "../profiles/index.ts";
export { discoverDevice } from "./observe/discover.ts";
export type { DiscoverOptions, Discovery, Observation } from "./observe/observation.ts";
export { observeDevice } from "./observe/observe-device.ts";
export type { DevicePlan } from "./observe/plan.ts";
