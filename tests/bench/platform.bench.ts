// The example's production environment: planned, checked and rendered; then brought up on a real API server whose
// nodes only pretend to run pods, against `kubectl apply --server-side` of the same objects in the same run. Whole
// processes of `pdc`. Published complaints: about 130 objects refreshed in 30 minutes (29 s without checkpoints), a
// Helm chart of about 120 objects up in 320 s, with Pulumi's own provider on clusters that run pods.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadInventory } from "../../src/inventory/load.ts";
import { clusterOptions } from "../../src/lab/control-plane/cluster-options.ts";
import { startControlPlane } from "../../src/lab/control-plane/start-control-plane.ts";
import { checkPlatform } from "../../stacks/platform/gate.ts";
import { planPlatform } from "../../stacks/platform/plan.ts";
import { readOwnManifests } from "../../stacks/platform/read-manifests.ts";
import { renderObjects } from "../../stacks/platform/render.ts";
import { example, writeSecrets } from "../stacks/example-secrets.ts";
import type { Figure } from "./figure.ts";

const root = join(import.meta.dirname, "../..");
const rounds = 3;

const fastest = (run: () => unknown) => Math.min(...Array.from({ length: rounds }, () => seconds(run)));

function seconds(run: () => unknown): number {
  const began = performance.now();
  run();
  return (performance.now() - began) / 1000;
}

export async function run(): Promise<Figure[]> {
  const inventory = await loadInventory(example);
  const own = await readOwnManifests(inventory);
  const cluster = inventory.clusters.get("trung-tam")!;
  const plan = () => planPlatform(inventory, "production", own);
  const count = plan().objects.length;
  const figures: Figure[] = [
    { name: `${count} objects, planned`, value: fastest(plan) * 1000, unit: "ms" },
    {
      name: "all environments planned and one checked",
      value: fastest(() => checkPlatform(inventory, "production", own, "2026-11-28")) * 1000,
      unit: "ms",
    },
    {
      name: "rendered as YAML",
      value: fastest(() => renderObjects(plan().objects, cluster)) * 1000,
      unit: "ms",
    },
  ];
  return [...figures, ...(await onServer(count))];
}

async function onServer(count: number): Promise<Figure[]> {
  const home = mkdtempSync(join(tmpdir(), "pdc-bench-platform-"));
  const { clusters } = await loadInventory(example);
  const plane = await startControlPlane(clusterOptions(clusters.get("trung-tam")!));
  try {
    writeSecrets(home);
    const env = {
      ...process.env,
      HOME: home,
      PDC_STATE_DIR: join(home, "state"),
      PDC_INVENTORY: example,
      PDC_NO_CONFIG: "1",
      PULUMI_CONFIG_PASSPHRASE: "benchmark",
      KUBECONFIG: plane.kubeconfigPath,
    };
    const pdc = (verb: string, ...more: string[]) =>
      execFileSync(join(root, "bin/pdc"), ["stack", verb, "platform", ...more], { env, stdio: "pipe" });
    const kubectl = (...args: string[]) => execFileSync(plane.kubectlPath, args, { env, stdio: "pipe" });
    pdc("init");
    const create = seconds(() => pdc("up", "--yes", "--skip-preview"));
    const preview = fastest(() => pdc("preview", "--expect-no-changes"));
    const refresh = fastest(() => pdc("refresh", "--yes"));
    const again = fastest(() => pdc("up", "--yes", "--skip-preview", "--expect-no-changes"));
    const rendered = join(home, "rendered");
    pdc("render", "--dir", rendered);
    const kubectlAgain = fastest(() =>
      kubectl("apply", "--server-side", "--force-conflicts", "-R", "-f", rendered),
    );
    execFileSync(join(root, "bin/pdc"), ["stack", "state", "unprotect", "platform", "--all", "--yes"], {
      env,
      stdio: "pipe",
    });
    const destroy = seconds(() => pdc("destroy", "--yes"));
    // The same objects from nothing, and the wait for them; the secrets, which no file holds, are left out.
    const kubectlCreate = seconds(() => {
      kubectl("apply", "--server-side", "-R", "-f", rendered);
      const wait = (kind: string, until: string) =>
        kubectl("wait", kind, "--all", "-A", `--for=${until}`, "--timeout=120s");
      wait("deployment", "condition=Available");
      wait("statefulset", "jsonpath={.status.availableReplicas}");
    });
    return [
      {
        name: `${count} objects, created and ready`,
        value: create,
        unit: "s",
        target: "<= 20",
        peers: { "kubectl apply --server-side, and its wait": kubectlCreate },
      },
      { name: "preview without change", value: preview, unit: "s", target: "<= 4" },
      { name: "refresh without change", value: refresh, unit: "s", target: "<= 4" },
      {
        name: "up without change",
        value: again,
        unit: "s",
        peers: { "kubectl apply --server-side": kubectlAgain },
      },
      { name: "destroyed", value: destroy, unit: "s" },
    ];
  } finally {
    await plane.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
