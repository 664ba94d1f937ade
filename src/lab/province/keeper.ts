/**
 * The process that keeps a lab running in the background. It owns the agents and listens on a Unix socket in the
 * lab's directory; whoever may enter that directory (mode 0700) may ask it or stop it. No pid is ever trusted.
 */
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { loadInventory } from "../../inventory/load.ts";
import { createFaults } from "../faults/create-faults.ts";
import { type KeeperReply, type KeeperRequest, type LabStatus, readLine, socketPath } from "./control.ts";
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
  let isStopping = false;
  const answer = async (request: KeeperRequest): Promise<KeeperReply> => {
    if (isStopping) return { ok: false, message: "the lab is stopping" };
    switch (request.kind) {
      case "status":
        return { ok: true, status: await status() };
      case "faults": {
        const chosen = createFaults(inventory, request.seed);
        await province.apply(chosen);
        faults = chosen.map(({ kind }) => kind);
        return { ok: true, status: await status() };
      }
      case "stop":
        return { ok: true, status: await status() };
    }
  };
  const server = createServer((connection) => {
    connection.on("error", () => {});
    readLine(connection)
      .then(async (line) => {
        const request = JSON.parse(line) as KeeperRequest;
        const reply = await answer(request);
        connection.end(`${JSON.stringify(reply)}\n`);
        if (request.kind !== "stop" || isStopping) return;
        isStopping = true;
        await end(province, server);
      })
      .catch((error: Error) => connection.end(`${JSON.stringify({ ok: false, message: error.message })}\n`));
  });
  await rm(socketPath(directory), { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath(directory), resolve);
  });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    process.on(signal, () => void end(province, server));
  province.agents.broken.then(() => end(province, server, 1));
  await writeFile(join(directory, "keeper.pid"), `${process.pid}\n`, { mode: 0o600 });
  process.send?.({ ok: true, status: await status() } satisfies KeeperReply);
  process.disconnect?.();
}

async function end(province: Province, server: ReturnType<typeof createServer>, exitCode = 0): Promise<void> {
  await province.stop();
  server.close();
  await rm(socketPath(directory), { force: true });
  await rm(join(directory, "keeper.pid"), { force: true });
  process.exit(exitCode);
}

main().catch((error: Error) => {
  process.send?.({ ok: false, message: error.message } satisfies KeeperReply);
  process.exitCode = 1;
  process.disconnect?.();
});
