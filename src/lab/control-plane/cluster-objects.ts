/** What is in the cluster from the start: nodes without machines, and classes of storage that stores nothing. */
import type { Api } from "./api.ts";

export interface NodeSize {
  cpu: string;
  memory: string;
  pods: string;
  "ephemeral-storage": string;
}

/** Nodes that are alike, named `<name>-1` and so on. */
export interface NodePool {
  name: string;
  nodes: number;
  /** What pods may have of each. */
  allocatable: NodeSize;
}

/** A server of a provincial data center, less what the system and kubelet keep for themselves. */
export const defaultAllocatable: NodeSize = {
  cpu: "63",
  memory: "250Gi",
  pods: "250",
  "ephemeral-storage": "700Gi",
};
const zones = ["room-a", "room-b"];
const ownClasses = [
  { name: "lab", isDefault: true, volumeBindingMode: "Immediate" },
  { name: "lab-late", isDefault: false, volumeBindingMode: "WaitForFirstConsumer" },
];
/** Its claims get volumes (stages/volume.yaml). */
const provisioner = "lab.pdc/volumes";
const readyPauseMs = 50;

/** Makes nodes, and the storage classes `lab`, `lab-late` and those named. */
export async function createClusterObjects(
  api: Api,
  pools: readonly NodePool[],
  storageClasses: readonly string[],
): Promise<void> {
  const classes = [
    ...ownClasses,
    ...storageClasses.map((name) => ({ name, isDefault: false, volumeBindingMode: "Immediate" })),
  ];
  await Promise.all([
    ...pools.flatMap((pool) =>
      Array.from({ length: pool.nodes }, (_, index) => createNode(api, pool, index)),
    ),
    ...classes.map(({ name, isDefault, volumeBindingMode }) =>
      create(api, "/apis/storage.k8s.io/v1/storageclasses", {
        metadata: {
          name,
          annotations: isDefault ? { "storageclass.kubernetes.io/is-default-class": "true" } : {},
        },
        provisioner,
        reclaimPolicy: "Delete",
        allowVolumeExpansion: true,
        volumeBindingMode,
      }),
    ),
  ]);
}

async function createNode(api: Api, pool: NodePool, index: number): Promise<void> {
  const name = `${pool.name}-${index + 1}`;
  const labels = {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "topology.kubernetes.io/zone": zones[index % zones.length],
  };
  await create(api, "/api/v1/nodes", { metadata: { name, labels } });
  const patch = { status: { capacity: pool.allocatable, allocatable: pool.allocatable } };
  const path = `/api/v1/nodes/${name}/status`;
  const { status, body } = await api.send("PATCH", path, patch, "application/merge-patch+json");
  if (status !== 200) throw refused(path, body);
}

async function create(api: Api, path: string, object: object): Promise<void> {
  const { status, body } = await api.send("POST", path, object);
  if (status !== 201) throw refused(path, body);
}

function refused(path: string, body: unknown): Error {
  return new Error(`the lab's API server refuses ${path}: ${JSON.stringify(body)}`);
}

interface Node {
  spec: { taints?: unknown[] };
  status: { conditions?: { type: string; status: string }[] };
}

/** Resolves when every node takes pods and the `default` namespace has its service account, so that pods may come. */
export async function waitForCluster(
  api: Api,
  nodes: number,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  for (;;) {
    const { body } = await api.send("GET", "/api/v1/nodes");
    const items = (body as { items: Node[] }).items;
    const ready = items.filter(
      ({ spec, status }) =>
        (spec.taints ?? []).length === 0 &&
        status.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
    );
    if (ready.length >= nodes) break;
    await pause(readyPauseMs);
  }
  const account = "/api/v1/namespaces/default/serviceaccounts/default";
  while ((await api.send("GET", account)).status !== 200) await pause(readyPauseMs);
}
