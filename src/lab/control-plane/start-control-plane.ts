/** A real Kubernetes control plane on loopback, whose nodes and pods only pretend (kwok). */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Api, connectApi } from "./api.ts";
import { type BinariesOptions, ensureBinaries } from "./binaries.ts";
import {
  createClusterObjects,
  defaultAllocatable,
  type NodePool,
  waitForCluster,
} from "./cluster-objects.ts";
import { ControlPlaneError } from "./control-plane-error.ts";
import { freePort } from "./free-port.ts";
import { createLayout, stagePaths } from "./layout.ts";
import { lastLines, type RunningProgram, startProgram } from "./program.ts";
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  kwokArguments,
  schedulerArguments,
  schedulerConfiguration,
} from "./program-arguments.ts";
import { type ProgramName, readVersions } from "./versions.ts";

export interface ControlPlaneOptions extends BinariesOptions {
  /** Keys, data and logs; one of its own below the system's temporary directory, removed by `stop`, when not given. */
  directory?: string;
  /** Nodes that take pods (default 4), named lab-node-1 and so on. */
  nodes?: number | undefined;
  /** Other nodes instead (`clusterOptions` makes them from a cluster of the inventory). */
  pools?: readonly NodePool[] | undefined;
  /** Names of storage classes besides `lab` and `lab-late`; claims of theirs are bound at once. */
  storageClasses?: readonly string[] | undefined;
  /** More kwok stages: files of YAML. Of custom resources too, once their definition is there (`playStages`). */
  stages?: readonly string[];
}

export interface ControlPlane extends AsyncDisposable {
  directory: string;
  /** An administrator (system:masters). */
  kubeconfigPath: string;
  kubectlPath: string;
  /** `https://127.0.0.1:PORT` */
  server: string;
  /** PEM file of the authority that signed the API server's certificate. */
  authorityPath: string;
  /** `v1.36.3` */
  kubernetesVersion: string;
  nodes: number;
  processIds: Readonly<Record<string, number>>;
  /** Requests as the administrator, without a library. */
  api: Api;
  /** As a power cut: no goodbye, connections break. The data stays. */
  killApiServer(): Promise<void>;
  /** Starts it again on the same port; resolves when it is ready. */
  restartApiServer(): Promise<void>;
  /** Lets kwok play these stages from now on, besides those it plays. Kinds they name must exist. */
  playStages(paths: readonly string[]): Promise<void>;
  /** Resolves, with what ended, when a program ends that nobody stopped. */
  broken: Promise<string>;
  /** Ends every program; removes the directory when it was its own. */
  stop(): Promise<void>;
}

const pauseMs = 25;
/** An API server is ready in 1.5 s on an idle machine; ten times that for a busy one, and more for a very busy one. */
const patienceMs = 120_000;

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok, and resolves when nodes take pods.
 * Every program ends with the calling process. The programs are built first when they are not in the cache.
 * @throws ControlPlaneError when something is missing on this machine, or a program ends with what it last said.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await ensureBinaries(options);
  const { signal, storageClasses = [] } = options;
  const pools = options.pools ?? [
    { name: "lab-node", nodes: options.nodes ?? 4, allocatable: defaultAllocatable },
  ];
  const nodes = pools.reduce((sum, pool) => sum + pool.nodes, 0);
  const isOwn = options.directory === undefined;
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "pdc-kube-")));
  const logs = join(directory, "logs");
  await mkdir(logs, { recursive: true, mode: 0o700 });
  const programs = new Map<string, RunningProgram>();
  const stopping = new AbortController();
  let tellBroken: (text: string) => void = () => {};
  const broken = new Promise<string>((resolve) => {
    tellBroken = resolve;
  });

  const start = async (name: ProgramName, args: readonly string[]): Promise<RunningProgram> => {
    const program = await startProgram({
      name,
      path: binaries[name],
      args,
      logPath: join(logs, `${name}.log`),
    });
    programs.set(name, program);
    program.ended.then((end) => {
      if (programs.get(name) === program) tellBroken(end);
    });
    return program;
  };
  const end = async (name: ProgramName): Promise<void> => {
    const program = programs.get(name);
    programs.delete(name);
    await program?.kill();
  };
  const stop = async (): Promise<void> => {
    stopping.abort();
    api?.close();
    await Promise.all([...programs.keys()].map((name) => end(name as ProgramName)));
    if (isOwn) await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  const deadline = (): AbortSignal =>
    AbortSignal.any([AbortSignal.timeout(patienceMs), stopping.signal, ...(signal ? [signal] : [])]);
  /** Waits, and gives up when a program has ended. */
  const pauser = (limit: AbortSignal) => async (ms: number) => {
    await sleep(ms, undefined, { signal: limit });
    for (const program of programs.values()) {
      if (!program.hasEnded()) continue;
      const said = lastLines(join(logs, `${program.name}.log`));
      throw new ControlPlaneError(
        "control-plane-ended",
        `${await program.ended}${said && `; it said last:\n${said}`}`,
        `its log: ${join(logs, `${program.name}.log`)}`,
      );
    }
  };

  let api: Api | undefined;
  try {
    const layout = await createLayout(directory, await freePort());
    const connected = await connectApi(layout.apiPort, layout.authority.certificatePath, layout.admin);
    api = connected;
    const waitForApi = async (): Promise<void> => {
      const pause = pauser(deadline());
      while ((await connected.send("GET", "/readyz").catch(() => undefined))?.status !== 200)
        await pause(pauseMs);
    };
    const startApiServer = async (): Promise<void> => {
      await start("kube-apiserver", apiServerArguments(layout));
      await waitForApi();
    };
    await start("etcd", etcdArguments(directory));
    await startApiServer();
    const schedulerPath = join(directory, "scheduler.json");
    await writeFile(schedulerPath, JSON.stringify(schedulerConfiguration(layout)), { mode: 0o600 });
    await createClusterObjects(connected, pools, storageClasses);
    let stages = [...stagePaths(), ...(options.stages ?? [])];
    await start("kube-controller-manager", controllerManagerArguments(layout));
    await start("kube-scheduler", schedulerArguments(schedulerPath));
    await start("kwok", kwokArguments(layout, stages));
    await waitForCluster(connected, nodes, pauser(deadline()));
    return {
      directory,
      kubeconfigPath: layout.kubeconfigs.admin,
      kubectlPath: binaries.kubectl,
      server: `https://127.0.0.1:${layout.apiPort}`,
      authorityPath: layout.authority.certificatePath,
      kubernetesVersion: readVersions().kubernetes,
      nodes,
      get processIds() {
        return Object.fromEntries([...programs].map(([name, { processId }]) => [name, processId]));
      },
      api: connected,
      killApiServer: () => end("kube-apiserver"),
      restartApiServer: async () => {
        await end("kube-apiserver");
        await startApiServer();
      },
      playStages: async (paths) => {
        stages = [...stages, ...paths];
        await end("kwok");
        await start("kwok", kwokArguments(layout, stages));
      },
      broken,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
