/**
 * 5,000 simulated devices of 90 values in other processes, polled by one process into a store on disk: whole cycles,
 * reachability included, samples committed. Then the same with a tenth of the devices silent, and a smaller center
 * through the other drivers.
 */
import { fork } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadInventory } from "../../src/inventory/load.ts";
import { type StartedAgents, startAgents } from "../../src/lab/agent/start-agents.ts";
import type { DriverName } from "../../src/snmp/types.ts";
import { makeCenter } from "../poll/center.ts";
import type { Figure } from "./figure.ts";
import { ninetyValues } from "./ninety-values.ts";
import type { PollCyclesReply, PollCyclesRequest } from "./poll-cycles.ts";

const DEVICES = Number(process.env.BENCH_DEVICES ?? 5000);
const CYCLES = 4;
const compileCache = join(tmpdir(), "pdc-bench-compile-cache");
const pollerPath = fileURLToPath(new URL("./poll-cycles.ts", import.meta.url));

export async function run(): Promise<Figure[]> {
  const agents = await startAgents(
    Array.from({ length: DEVICES }, (_, number) => ({
      id: `device-${number}`,
      recording: "switch",
      credential: { version: "2c" as const, community: "public" },
    })),
    { recordings: new Map([["switch", ninetyValues()]]) },
  );
  try {
    const whole = await pollAll(agents, DEVICES);
    const silentOnes = Array.from({ length: DEVICES / 10 }, (_, number) => `device-${number * 10}`);
    for (const id of silentOnes) await agents.setFault(id, { kind: "silent" });
    const partlySilent = await pollAll(agents, DEVICES);
    for (const id of silentOnes) await agents.setFault(id, { kind: "normal" });
    const few = Math.ceil(DEVICES / 10);
    const peers: Record<string, number> = {};
    for (const driver of ["net-snmp", "snmp-native"] as const) {
      const reply = await pollAll(agents, few, driver).catch(() => undefined);
      if (reply) peers[`${driver} (${few} devices)`] = valuesPerSecond(reply);
    }
    return [
      {
        name: "poll: values of a cycle per second",
        value: valuesPerSecond(whole),
        unit: "values/s",
        target: ">= 100000",
        peers,
      },
      { name: "poll: values of one device", value: best(whole).report.values / DEVICES, unit: "values" },
      { name: "poll: a cycle", value: best(whole).report.durationMs, unit: "ms" },
      { name: "poll: CPU of the poller per cycle", value: best(whole).cpuMs, unit: "ms" },
      { name: "poll: of that, health and incidents", value: best(whole).healthCpuMs, unit: "ms" },
      {
        name: "poll: first cycle, with discovery",
        value: whole.cycles[0]?.report.durationMs ?? Number.NaN,
        unit: "ms",
      },
      {
        name: "poll: resident memory at most",
        value: whole.maxRssOctets / 1e6,
        unit: "MB",
        target: "<= 400",
      },
      {
        name: "poll: nine tenths answered after, a tenth being silent, against all answering",
        value: best(partlySilent).answeredAfterMs / best(whole).answeredAfterMs,
        unit: "times",
      },
    ];
  } finally {
    await agents.stop();
  }
}

/** Cycles of the first `count` agents by a poller of its own. */
async function pollAll(agents: StartedAgents, count: number, driver?: DriverName): Promise<PollCyclesReply> {
  const center = makeCenter(
    agents.endpoints
      .slice(0, count)
      .map(({ id, address, port }) => ({ id, address, port, timeoutMs: 2000, retries: 2 })),
  );
  try {
    // As `bin/pdc` runs it on its second start: the inventory checked before, the code compiled before.
    await loadInventory(center.inventoryDirectory, { cacheDirectory: center.stateDirectory });
    const child = fork(pollerPath, {
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    });
    const request: PollCyclesRequest = {
      inventoryDirectory: center.inventoryDirectory,
      cacheDirectory: center.stateDirectory,
      storePath: center.storePath,
      cycles: CYCLES,
      ...(driver && { driver }),
    };
    child.send(request);
    return await new Promise((resolve, reject) => {
      child.once("message", (reply) => resolve(reply as PollCyclesReply));
      child.once("exit", (code) => reject(new Error(`the poller ended with ${code}`)));
    });
  } finally {
    center.dispose();
  }
}

/** The best cycle after the first: other programs on the machine only ever make one slower. */
function best(reply: PollCyclesReply) {
  const [fastest] = reply.cycles.slice(1).sort((a, b) => a.answeredAfterMs - b.answeredAfterMs);
  if (!fastest) throw new Error("the poller made no cycle");
  return fastest;
}

function valuesPerSecond(reply: PollCyclesReply): number {
  const { values, durationMs } = best(reply).report;
  return values / (durationMs / 1000);
}
