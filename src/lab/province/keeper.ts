/**
 * The process that keeps a lab running in the background. It owns the agents and listens on a Unix socket in the
 * lab's directory; whoever may enter that directory (mode 0700) may ask it or stop it. No pid is ever trusted.
 */
import { rm, writeFile } from "node:fs/promises";
import type { Server } from "node:net";
import { join } from "node:path";
import { loadInventory } from "../../inventory/load.ts";
import { createFaults } from "../faults/create-faults.ts";
import { failure, type KeeperReply, listen, socketPath } from "../keeper/socket.ts";
import { tellStarter } from "../keeper/start-keeper.ts";
import type { KeeperRequest, LabStatus } from "./control.ts";
import { type Province, startProvince } from "./start-province.ts";

const [, , directory = "", inventoryDirectory = ""] = process.argv;

async function main(): Promise<void> {
  const inventory = await loadInventory(inventoryDirectory);
  const province = await startProvince(inventory, { directory });
  const startedAtMs = Date.now();
  let faults: LabStatus["faults"] = [];
  const status = async (): Promise<LabStatus> => ({
    directory,
    inventoryDirectory: province.inventoryDirectory,
    sourceInventory: inventoryDirectory,
    processId: process.pid,
    startedAtMs,
    devices: province.agents.endpoints.length,
    missing: province.missing,
    faults,
    counters: await province.agents.counters(),
  });
  const answer = async (request: KeeperRequest): Promise<KeeperReply<LabStatus>> => {
    if (request.kind === "faults") {
      const chosen = createFaults(inventory, request.seed);
      await province.apply(chosen);
      faults = chosen.map(({ kind }) => kind);
    }
    return { ok: true, status: await status() };
  };
  const server = await listen(socketPath(directory), answer, () => void end(province, server));
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    process.on(signal, () => void end(province, server));
  province.agents.broken.then(() => end(province, server, 1));
  await writeFile(join(directory, "keeper.pid"), `${process.pid}\n`, { mode: 0o600 });
  tellStarter<LabStatus>({ ok: true, status: await status() });
}

async function end(province: Province, server: Server, exitCode = 0): Promise<void> {
  await province.stop();
  server.close();
  await rm(socketPath(directory), { force: true });
  await rm(join(directory, "keeper.pid"), { force: true });
  process.exit(exitCode);
}

main().catch((error: Error) => {
  process.exitCode = 1;
  tellStarter<LabStatus>(failure(error));
});
