/** What every program is told. Nothing listens but the API server on loopback; etcd answers on a Unix socket. */
import { join } from "node:path";
import type { Authority, CertificateFiles } from "./certificates.ts";

export interface Layout {
  directory: string;
  apiPort: number;
  authority: Authority;
  apiServer: CertificateFiles;
  serviceAccountKey: { publicPath: string; privatePath: string };
  /** Kubeconfig files of the programs and of the administrator. */
  kubeconfigs: Readonly<Record<"admin" | "controllerManager" | "scheduler", string>>;
}

/** The API server's own address in the cluster: the first of this range. RFC 1918, seen by nobody. */
const serviceRange = "10.96.0.0/16";
export const firstServiceAddress = "10.96.0.1";
/** The cluster is small and its owner waits: controllers shall not be throttled below what the machine can. */
const controllerQueriesPerSecond = 400;
const controllerBurst = 800;

export const etcdSocket = (directory: string): string => join(directory, "etcd.sock");

export function etcdArguments(directory: string): string[] {
  // Peers that do not exist must still be named, and by what looks like a host and a port.
  const nobody = "http://127.0.0.1:0";
  return [
    `--data-dir=${join(directory, "etcd")}`,
    `--listen-client-urls=unix://${etcdSocket(directory)}`,
    `--advertise-client-urls=${nobody}`,
    `--listen-peer-urls=unix://${join(directory, "etcd-peer.sock")}`,
    `--initial-advertise-peer-urls=${nobody}`,
    `--initial-cluster=default=${nobody}`,
    // The lab outlives a killed API server, not a power cut.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

export function apiServerArguments(layout: Layout): string[] {
  const { directory, apiPort, authority, apiServer, serviceAccountKey } = layout;
  return [
    `--etcd-servers=unix://${etcdSocket(directory)}`,
    "--bind-address=127.0.0.1",
    // Endpoints of the `kubernetes` service may not be on loopback, so there are none; the address must be said anyway.
    "--advertise-address=127.0.0.1",
    "--endpoint-reconciler-type=none",
    `--secure-port=${apiPort}`,
    `--tls-cert-file=${apiServer.certificatePath}`,
    `--tls-private-key-file=${apiServer.keyPath}`,
    `--client-ca-file=${authority.certificatePath}`,
    "--authorization-mode=Node,RBAC",
    `--service-cluster-ip-range=${serviceRange}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${serviceAccountKey.publicPath}`,
    `--service-account-signing-key-file=${serviceAccountKey.privatePath}`,
    "--allow-privileged=true",
    "--profiling=false",
  ];
}

export function controllerManagerArguments({ kubeconfigs, authority, serviceAccountKey }: Layout): string[] {
  return [
    `--kubeconfig=${kubeconfigs.controllerManager}`,
    "--secure-port=0",
    "--leader-elect=false",
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${serviceAccountKey.privatePath}`,
    `--root-ca-file=${authority.certificatePath}`,
    `--cluster-signing-cert-file=${authority.certificatePath}`,
    `--cluster-signing-key-file=${authority.keyPath}`,
    `--kube-api-qps=${controllerQueriesPerSecond}`,
    `--kube-api-burst=${controllerBurst}`,
    "--concurrent-namespace-syncs=20",
    "--profiling=false",
  ];
}

/** The scheduler takes these from a file only. */
export function schedulerConfiguration({ kubeconfigs }: Layout): object {
  return {
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    leaderElection: { leaderElect: false },
    clientConnection: {
      kubeconfig: kubeconfigs.scheduler,
      qps: controllerQueriesPerSecond,
      burst: controllerBurst,
    },
    enableProfiling: false,
  };
}

export function schedulerArguments(configurationPath: string): string[] {
  return [`--config=${configurationPath}`, "--secure-port=0"];
}

export function kwokArguments({ kubeconfigs }: Layout, stagePaths: readonly string[]): string[] {
  return [
    `--kubeconfig=${kubeconfigs.admin}`,
    "--manage-all-nodes=true",
    "--node-lease-duration-seconds=40",
    ...stagePaths.map((path) => `--config=${path}`),
  ];
}
