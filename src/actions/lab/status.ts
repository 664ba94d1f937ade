import { askControlPlane, type ControlPlaneStatus } from "../../lab/control-plane/control.ts";
import { askKeeper, type LabStatus } from "../../lab/province/control.ts";

export interface LabOptions {
  /** Where the lab keeps its inventory, its secrets and its sockets. */
  directory: string;
}

/** What runs in this directory; both are undefined when nothing does. */
export interface LabParts {
  province: LabStatus | undefined;
  controlPlane: ControlPlaneStatus | undefined;
}

export async function labStatus({ directory }: LabOptions): Promise<LabParts> {
  const [province, controlPlane] = await Promise.all([
    askKeeper(directory, { kind: "status" }),
    askControlPlane(directory, { kind: "status" }),
  ]);
  return { province, controlPlane };
}
