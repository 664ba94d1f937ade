/** Whether this machine can have the lab's control plane: `describe.skipIf(absence)`. */
import { execFileSync } from "node:child_process";
import { findBinaries } from "../../../src/lab/control-plane/binaries.ts";
import { findGo } from "../../../src/lab/control-plane/find-go.ts";

/** The first start may have to wait for a build of all programs on a machine that is busy with other tests. */
export const startTimeoutMs = 40 * 60_000;

async function findAbsence(): Promise<string | undefined> {
  try {
    if (!findBinaries()) await findGo();
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why there is none; said once where tests are skipped for it. */
export const absence = await findAbsence();
if (absence !== undefined) console.warn(`tests of the control plane are skipped: ${absence}`);
