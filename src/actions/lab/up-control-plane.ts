import {
  askControlPlane,
  type ControlPlaneStatus,
  keepControlPlane,
} from "../../lab/control-plane/control.ts";
import { LabError } from "./lab-error.ts";
import type { LabOptions } from "./status.ts";

export interface ControlPlaneUpOptions extends LabOptions {
  nodes?: number | undefined;
  cacheDirectory: string;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/**
 * Starts a Kubernetes control plane in the background; one that runs already is left as it is.
 * @throws LabError when one of another size runs there; ControlPlaneError when this machine cannot have one.
 */
export async function labUpControlPlane(
  options: ControlPlaneUpOptions,
): Promise<{ status: ControlPlaneStatus; wasRunning: boolean }> {
  const running = await askControlPlane(options.directory, { kind: "status" });
  if (running === undefined) return { status: await keepControlPlane(options), wasRunning: false };
  if (options.nodes === undefined || options.nodes === running.nodes)
    return { status: running, wasRunning: true };
  throw new LabError(
    "control-plane-of-another-size",
    `a control plane with ${running.nodes} nodes runs there already`,
    "stop it with `pdc lab down`, or keep this one elsewhere with --dir",
  );
}
