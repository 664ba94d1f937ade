/** The process that keeps a control plane running in the background; its programs end with it. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { failure, type KeeperReply, listen } from "../keeper/socket.ts";
import { tellStarter } from "../keeper/start-keeper.ts";
import { type ControlPlaneRequest, type ControlPlaneStatus, controlPlaneSocket } from "./control.ts";
import { startControlPlane } from "./start-control-plane.ts";

const [, , labDirectory = "", options = "{}"] = process.argv;

async function main(): Promise<void> {
  const directory = join(labDirectory, "control-plane");
  // Keys and data of one that was killed: they belong to ports and processes that are gone.
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const plane = await startControlPlane({ ...JSON.parse(options), directory });
  const status: ControlPlaneStatus = {
    directory,
    kubeconfigPath: plane.kubeconfigPath,
    kubectlPath: plane.kubectlPath,
    server: plane.server,
    kubernetesVersion: plane.kubernetesVersion,
    nodes: plane.nodes,
    processId: process.pid,
    startedAtMs: Date.now(),
  };
  const end = async (exitCode = 0): Promise<void> => {
    await plane.stop();
    server.close();
    await rm(controlPlaneSocket(labDirectory), { force: true });
    process.exit(exitCode);
  };
  const answer = async (_request: ControlPlaneRequest): Promise<KeeperReply<ControlPlaneStatus>> => ({
    ok: true,
    status,
  });
  const server = await listen(controlPlaneSocket(labDirectory), answer, () => void end());
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void end());
  plane.broken.then(() => end(1));
  tellStarter<ControlPlaneStatus>({ ok: true, status });
}

main().catch((error: Error) => {
  process.exitCode = 1;
  tellStarter<ControlPlaneStatus>(failure(error));
});
