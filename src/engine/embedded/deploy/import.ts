import type { ResolvedConfig } from "../../config/resolve.ts";
import type { ImportOptions } from "../../interface/engine.ts";
import type { Deployment } from "./deployment.ts";
import type { DeploymentRun, RunResult } from "./run-deployment.ts";

/** Takes objects into the state that no program asks for. */
export async function importResources(
  _deployment: Deployment,
  _run: DeploymentRun,
  _config: ResolvedConfig,
  _options: ImportOptions,
): Promise<RunResult> {
  throw new Error("not yet");
}
