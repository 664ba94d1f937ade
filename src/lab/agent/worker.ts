/** A child process that plays many agents. Its parent speaks to it over the IPC channel and nothing else. */
import { Agent } from "./agent.ts";
import { withCounterRules } from "./counter-rules.ts";
import type { AgentCounters, AgentDefinition, AgentFault } from "./definition.ts";
import type { AgentRecord } from "./snmprec.ts";
import { type BoundAgent, bindAgent } from "./socket.ts";
import { AgentTable } from "./table.ts";

export type WorkerRequest =
  | {
      kind: "start";
      recordings: ReadonlyMap<string, readonly AgentRecord[]>;
      definitions: readonly AgentDefinition[];
      startMs: number;
      moving: boolean;
    }
  | { kind: "fault"; call: number; id: string; fault: AgentFault; atMs: number }
  | { kind: "counters"; call: number };

export type WorkerReply =
  | { kind: "started"; endpoints: { id: string; address: string; port: number }[] }
  | { kind: "failed"; message: string }
  | { kind: "done"; call: number; counters?: AgentCounters };

const agents = new Map<string, Agent>();
const bound: BoundAgent[] = [];
/** Sockets bound at a time: enough to be quick, few enough for the system's backlog. */
const bindBatch = 64;

async function start({
  recordings,
  definitions,
  startMs,
  moving,
}: Extract<WorkerRequest, { kind: "start" }>): Promise<void> {
  const tables = new Map<string, AgentTable>();
  for (const [name, records] of recordings) {
    tables.set(name, new AgentTable(moving ? withCounterRules(records) : records));
  }
  const endpoints: { id: string; address: string; port: number }[] = [];
  for (let first = 0; first < definitions.length; first += bindBatch) {
    const batch = definitions.slice(first, first + bindBatch).map(async (definition) => {
      const table = tables.get(definition.recording);
      if (table === undefined)
        throw new Error(`agent ${definition.id}: no recording "${definition.recording}"`);
      const agent = new Agent(definition, table, startMs);
      const socket = await bindAgent(agent, definition.address, definition.port);
      agents.set(definition.id, agent);
      bound.push(socket);
      endpoints.push({ id: definition.id, address: socket.address, port: socket.port });
    });
    await Promise.all(batch);
  }
  reply({ kind: "started", endpoints });
}

function totals(): AgentCounters {
  const sum = { requests: 0, answered: 0, malformed: 0, wrongCredential: 0 };
  for (const { counters } of agents.values()) {
    for (const name of Object.keys(sum) as (keyof AgentCounters)[]) sum[name] += counters[name];
  }
  return sum;
}

function reply(message: WorkerReply): void {
  if (process.connected) process.send?.(message);
}

process.on("message", (request: WorkerRequest) => {
  switch (request.kind) {
    case "start":
      start(request).catch((error: Error) => reply({ kind: "failed", message: error.message }));
      return;
    case "fault":
      agents.get(request.id)?.set(request.fault, request.atMs);
      reply({ kind: "done", call: request.call });
      return;
    case "counters":
      reply({ kind: "done", call: request.call, counters: totals() });
  }
});
// A lab whose owner is gone ends with it, however that went: no orphan keeps ports and memory.
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole process group; the owner decides when its agents end.
process.on("SIGINT", () => {});
