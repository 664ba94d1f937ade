/** The example's cluster as the tests of the platform have it: a control plane, and a home directory with the secrets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { loadInventory } from "../../src/inventory/load.ts";
import { clusterOptions } from "../../src/lab/control-plane/cluster-options.ts";
import { type ControlPlane, startControlPlane } from "../../src/lab/control-plane/start-control-plane.ts";
import { startTimeoutMs } from "../lab/control-plane/availability.ts";
import { example, writeSecrets } from "./example-secrets.ts";

/** Filled before the first test of the suite that calls it; everything is gone after the last. */
export function platformPlane(name: string): { readonly plane: ControlPlane; readonly home: string } {
  const found = {} as { plane: ControlPlane; home: string };
  beforeAll(async () => {
    found.home = mkdtempSync(join(tmpdir(), `pdc-${name}-`));
    writeSecrets(found.home);
    found.plane = await startExampleCluster();
  }, startTimeoutMs);
  afterAll(async () => {
    await found.plane?.stop();
    if (found.home) rmSync(found.home, { recursive: true, force: true });
  });
  return found;
}

/** With the nodes and storage classes that the inventory says. */
export async function startExampleCluster(): Promise<ControlPlane> {
  const { clusters } = await loadInventory(example, { cacheDirectory: false });
  return startControlPlane(clusterOptions(clusters.get("trung-tam")!));
}

/** What `pdc stack … platform` is run with. */
export const platformEnvironment = (home: string, kubeconfig: string) => ({
  HOME: home,
  PDC_STATE_DIR: join(home, "state"),
  PDC_INVENTORY: example,
  PULUMI_CONFIG_PASSPHRASE: "right",
  KUBECONFIG: kubeconfig,
});
