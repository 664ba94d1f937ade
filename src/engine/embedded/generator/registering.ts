import type { ResourceState } from "../../state/resource.ts";
import type { Urn } from "../../urn/urn.ts";
import type { RegisterEvent, ResourceGoal } from "../deploy/goal.ts";
import type { ProviderInstance } from "../providers/provider-instance.ts";

/** A registration on its way to becoming steps. */
export interface Registering {
  readonly event: RegisterEvent;
  readonly goal: ResourceGoal;
  readonly urn: Urn;
  readonly now: ResourceState;
  readonly old: ResourceState | undefined;
  readonly randomSeed: Uint8Array;
  readonly provider: ProviderInstance | undefined;
}
