/** What a rule finds, and what rules look at. */
import type { Inventory } from "../inventory/model.ts";
import type { InventoryPlace } from "../inventory/place.ts";
import type { Cluster, Environment } from "../inventory/platform-model.ts";
import type { PlannedObject, PlatformPlan } from "./objects.ts";

export interface Finding {
  /** Stable: "capacity/node-loss", "control/replicas" … */
  rule: string;
  /** Mandatory ones stop a deployment. */
  severity: "mandatory" | "advisory";
  message: string;
  remedy: string;
  /** The line of the inventory to change. */
  at: InventoryPlace;
  /** Of a system's own manifest: its file and line, in place of `at`. */
  file?: string;
  /** Clause of TCVN 14423:2026 that asks for it. */
  clause?: string;
}

export interface GateInput {
  inventory: Inventory;
  environment: Environment;
  cluster: Cluster;
  plan: PlatformPlan;
  /** Every environment on the same cluster, this one too. */
  neighbours: readonly PlatformPlan[];
  /** "2026-11-28": agencies are owners as of this day. */
  date: string;
}

/** Objects of a plan by system, in the plan's order. */
export function bySystem(plan: PlatformPlan): Map<string, PlannedObject[]> {
  return Map.groupBy(plan.objects, ({ system }) => system);
}

/** A finding about an object: at its line of the inventory, or of its own manifest. */
export function about(
  { at, file }: PlannedObject,
  finding: Omit<Finding, "at" | "file">,
  path?: InventoryPlace["path"],
): Finding {
  return { ...finding, at: path ? { ...at, path } : at, ...(file !== undefined && { file }) };
}
