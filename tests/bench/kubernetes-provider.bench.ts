// Environments of 20 objects each on the lab's control plane, by whole processes, against `kubectl apply
// --server-side` of the same manifests in the same run. kubectl does not wait: a second figure of it does.
// Others' published figures: about 130 objects refreshed in 30 minutes (29 s without checkpoints), a chart of about
// 120 objects created in 320 s (pulumi/pulumi issues 14967 and 6301).
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startControlPlane } from "../../src/lab/control-plane/start-control-plane.ts";
import type { Figure } from "./figure.ts";

const ENVIRONMENTS = 16;
const script = join(import.meta.dirname, "kubernetes/operation.ts");

function seconds(run: () => unknown): number {
  const began = performance.now();
  run();
  return (performance.now() - began) / 1000;
}

export async function run(): Promise<Figure[]> {
  await using plane = await startControlPlane({ nodes: 4 });
  const directory = mkdtempSync(join(tmpdir(), "pdc-bench-kube-"));
  const operation = (kind: string, prefix: string, render = "") => {
    const args = [plane.kubeconfigPath, join(directory, prefix), String(ENVIRONMENTS), prefix, kind, render];
    const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "pdc-bench-compiled") };
    const text = execFileSync(process.execPath, [script, ...args], { encoding: "utf8", env });
    const told = JSON.parse(text || '{"result":"succeeded"}') as { result: string; maxRssMb: number };
    if (told.result !== "succeeded") throw new Error(`${kind}: ${told.result}`);
    return told;
  };
  const kubectl = (...args: string[]) =>
    execFileSync(plane.kubectlPath, ["--kubeconfig", plane.kubeconfigPath, ...args], { stdio: "pipe" });
  try {
    // The same manifests for kubectl, in namespaces of their own.
    const manifests = join(directory, "manifests");
    operation("init", "peer");
    operation("up", "peer", manifests);
    const namespaces = Array.from({ length: ENVIRONMENTS }, (_, index) => `peer-${index}`);
    const apply = () => kubectl("apply", "--server-side", "-R", "-f", manifests);
    // Files come in the order of their names, where namespaces are not first.
    const namespaceFiles = namespaces.map((name) => [
      "-f",
      join(manifests, `1-manifest/v1-namespace-default-${name}.yaml`),
    ]);
    const created = seconds(() => {
      kubectl("apply", "--server-side", ...namespaceFiles.flat());
      apply();
    });
    const waited = seconds(() => {
      for (const name of namespaces) kubectl("-n", name, "rollout", "status", "deployment", "--timeout=120s");
    });
    const unchanged = seconds(apply);
    const removed = seconds(() => kubectl("delete", "namespace", ...namespaces));

    operation("init", "ours");
    let maxRssMb = 0;
    const create = seconds(() => {
      maxRssMb = operation("up", "ours").maxRssMb;
    });
    const preview = seconds(() => operation("preview", "ours"));
    const refresh = seconds(() => operation("refresh", "ours"));
    const again = seconds(() => operation("up", "ours"));
    const destroy = seconds(() => operation("destroy", "ours"));
    const objects = `${ENVIRONMENTS * 20} objects`;
    return [
      {
        name: `${objects} created and up`,
        value: create,
        unit: "s",
        target: "<= 20",
        peers: { "kubectl apply": created, "with rollout status": created + waited },
      },
      { name: "previewed without change", value: preview, unit: "s", target: "<= 4" },
      { name: "refreshed without change", value: refresh, unit: "s", target: "<= 4" },
      { name: "updated without change", value: again, unit: "s", peers: { "kubectl apply": unchanged } },
      { name: "destroyed", value: destroy, unit: "s", peers: { "kubectl delete namespace": removed } },
      { name: "memory of the creation", value: maxRssMb, unit: "MB" },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
