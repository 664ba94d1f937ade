import { askKeeper, type LabStatus } from "../../lab/province/control.ts";

export interface LabOptions {
  /** Where the lab keeps its inventory, its secrets and its socket. */
  directory: string;
}

/** The lab that runs in this directory; undefined when none does. */
export function labStatus({ directory }: LabOptions): Promise<LabStatus | undefined> {
  return askKeeper(directory, { kind: "status" });
}
