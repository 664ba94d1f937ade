/**
 * The platform of one environment on a control plane of the lab, as `pdc stack` does it and as kubectl does the same
 * manifests, in the same run: made and ready, looked at without a difference, read back.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadInventory } from "../../src/inventory/load.ts";
import { controlPlaneCacheDirectory } from "../../src/lab/control-plane/binaries.ts";
import { clusterOptions } from "../../src/lab/control-plane/cluster-options.ts";
import { type ControlPlane, startControlPlane } from "../../src/lab/control-plane/start-control-plane.ts";
import { planPlatform } from "../../stacks/platform/plan.ts";
import { readOwnManifests } from "../../stacks/platform/read-manifests.ts";
import { secretValues } from "../../stacks/platform/secret-values.ts";
import { writePlatformSecrets } from "../fixtures/control-plane/platform-secrets.ts";
import type { Figure } from "./figure.ts";

const root = resolve(import.meta.dirname, "../..");
const environment = "production";
const rounds = 3;

export async function run(): Promise<Figure[]> {
  const inventory = await loadInventory(join(root, "inventory/quang-binh"));
  const cluster = inventory.clusters.get("trung-tam");
  if (!cluster) throw new Error("the example has no cluster trung-tam");
  await using plane = await startControlPlane(clusterOptions(cluster));
  const home = await mkdtemp(join(tmpdir(), "pdc-bench-"));
  try {
    const pki = join(plane.directory, "pki");
    const certificate = { certificatePath: join(pki, "apiserver.crt"), keyPath: join(pki, "apiserver.key") };
    writePlatformSecrets(inventory, home, certificate);
    const { objects } = planPlatform(inventory, environment, await readOwnManifests(inventory));
    const secrets = await secretValues(inventory, objects, { env: { HOME: home } });
    const items = objects.map((planned) => {
      const stringData = secrets.get(planned);
      return stringData ? { ...planned.object, stringData } : planned.object;
    });
    const manifests = join(home, "manifests.json");
    await writeFile(manifests, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const peer = await kubectlFigures(plane, manifests);
    await removeNamespaces(plane);
    return await pdcFigures(plane, home, objects.length, peer);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

interface Peer {
  appliedSeconds: number;
  readySeconds: number;
  againSeconds: number;
  diffSeconds: number;
  getSeconds: number;
}

async function kubectlFigures(plane: ControlPlane, manifests: string): Promise<Peer> {
  const kubectl = (...args: string[]) =>
    timed(plane.kubectlPath, args, { KUBECONFIG: plane.kubeconfigPath, PATH: process.env.PATH });
  const appliedSeconds = await kubectl("apply", "--server-side", "-f", manifests);
  let readySeconds = appliedSeconds;
  for (const kind of ["deployment", "statefulset"]) {
    const { body } = await plane.api.send("GET", `/apis/apps/v1/${kind}s`);
    for (const { metadata } of (body as { items: { metadata: { name: string; namespace: string } }[] }).items)
      readySeconds += await kubectl(
        "rollout",
        "status",
        `${kind}/${metadata.name}`,
        "-n",
        metadata.namespace,
      );
  }
  return {
    appliedSeconds,
    readySeconds,
    againSeconds: await best(() => kubectl("apply", "--server-side", "-f", manifests)),
    diffSeconds: await best(() => kubectl("diff", "--server-side", "-f", manifests)),
    getSeconds: await best(() => kubectl("get", "-f", manifests, "-o", "json")),
  };
}

async function pdcFigures(plane: ControlPlane, home: string, count: number, peer: Peer): Promise<Figure[]> {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    KUBECONFIG: plane.kubeconfigPath,
    PDC_NO_CONFIG: "1",
    PDC_INVENTORY: join(root, "inventory/quang-binh"),
    PDC_STATE_DIR: join(home, "state"),
    PDC_CACHE_DIR: join(home, "cache"),
    PDC_CONTROL_PLANE_CACHE: controlPlaneCacheDirectory(),
    PULUMI_CONFIG_PASSPHRASE: "bench",
  };
  const stack = (verb: string, ...args: string[]) =>
    timed(join(root, "bin/pdc"), ["stack", verb, "platform", "--stack", environment, ...args], env);
  await stack("init");
  const created = await stack("up", "--yes", "--skip-preview");
  const preview = await best(() => stack("preview", "--expect-no-changes"));
  const refresh = await best(() => stack("refresh", "--yes", "--expect-no-changes"));
  const again = await best(() => stack("up", "--yes", "--skip-preview", "--expect-no-changes"));
  const name = (what: string) => `platform of ${count} objects, ${what}`;
  return [
    {
      name: name("made and ready"),
      value: created,
      unit: "s",
      target: "<= 20",
      peers: {
        "kubectl apply --server-side, not waiting": peer.appliedSeconds,
        "kubectl apply and rollout status": peer.readySeconds,
      },
    },
    {
      name: name("preview without a change"),
      value: preview,
      unit: "s",
      target: "<= 4",
      peers: { "kubectl diff --server-side": peer.diffSeconds },
    },
    {
      name: name("refresh without a change"),
      value: refresh,
      unit: "s",
      target: "<= 4",
      peers: { "kubectl get -f": peer.getSeconds },
    },
    {
      name: name("update without a change"),
      value: again,
      unit: "s",
      peers: { "kubectl apply --server-side": peer.againSeconds },
    },
  ];
}

async function removeNamespaces(plane: ControlPlane): Promise<void> {
  const own = async () => {
    const { body } = await plane.api.send("GET", "/api/v1/namespaces");
    return (body as { items: { metadata: { name: string } }[] }).items
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith(`${environment}-`));
  };
  for (const name of await own()) await plane.api.send("DELETE", `/api/v1/namespaces/${name}`);
  while ((await own()).length > 0) await sleep(500);
}

async function best(measure: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) least = Math.min(least, await measure());
  return least;
}

/** Seconds from start to end. @throws when it fails, with what it said. */
async function timed(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const startMs = performance.now();
  const child: ChildProcess = spawn(command, args, { env, cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${said.slice(-2000)}`);
  return (performance.now() - startMs) / 1000;
}
