/** Many agents in processes of their own, so that what polls them shares no event loop with them. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AgentCounters, AgentDefinition, AgentFault } from "./definition.ts";
import { type AgentRecord, parseSnmprec } from "./snmprec.ts";
import type { WorkerReply, WorkerRequest } from "./worker.ts";

export interface StartAgentsOptions {
  /** By the name definitions use: .snmprec text, or records. */
  recordings: ReadonlyMap<string, string | readonly AgentRecord[]>;
  /** Processes to share the agents between (default 1). */
  processes?: number;
  /** Let counters and uptimes without a rule of their own move (default true; see counter-rules.ts). */
  moving?: boolean;
  /** Moment the recorded values belong to, ms since the epoch (default now). */
  startMs?: number;
  signal?: AbortSignal;
}

export interface AgentEndpoint {
  id: string;
  address: string;
  port: number;
}

/** Agents that are up. `stop` (and leaving an `await using` block) ends their processes and waits for that. */
export interface StartedAgents extends AsyncDisposable {
  /** In the order of the definitions. */
  endpoints: readonly AgentEndpoint[];
  endpoint(id: string): AgentEndpoint;
  /** Resolves when the agent behaves so. `atMs` (default now) is when it happened, ms since the epoch. */
  setFault(id: string, fault: AgentFault, atMs?: number): Promise<void>;
  /** Sums over all agents. */
  counters(): Promise<AgentCounters>;
  /** Resolves when a process ended that was not asked to: the lab is no longer whole. */
  readonly broken: Promise<Error>;
  readonly processIds: readonly number[];
  stop(): Promise<void>;
}

const workerPath = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url),
);
const stopPatienceMs = 3_000;

/**
 * Starts one UDP agent per definition and resolves when all of them answer.
 * @throws when one cannot be started (unknown recording, address not loopback, port taken); none is left behind.
 */
export async function startAgents(
  definitions: readonly AgentDefinition[],
  options: StartAgentsOptions,
): Promise<StartedAgents> {
  const recordings = new Map<string, readonly AgentRecord[]>();
  for (const [name, recording] of options.recordings) {
    recordings.set(name, typeof recording === "string" ? parseSnmprec(recording) : recording);
  }
  const { startMs = Date.now(), moving = true, signal } = options;
  const count = Math.max(1, Math.min(options.processes ?? 1, definitions.length));
  const workers = Array.from({ length: count }, () => new Worker());
  const stop = async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
  };
  const owners = new Map<string, Worker>();
  try {
    signal?.throwIfAborted();
    const started = workers.map((worker, index) => {
      const own = definitions.filter((_, position) => position % count === index);
      for (const { id } of own) owners.set(id, worker);
      const names = new Set(own.map(({ recording }) => recording));
      const used = new Map([...recordings].filter(([name]) => names.has(name)));
      return worker.start({ kind: "start", recordings: used, definitions: own, startMs, moving });
    });
    const aborted =
      signal &&
      new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
      );
    const endpoints = (await Promise.race([Promise.all(started), ...(aborted ? [aborted] : [])])).flat();
    const byId = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
    const endpoint = (id: string) => {
      const found = byId.get(id);
      if (found === undefined) throw new Error(`the lab has no agent "${id}"`);
      return found;
    };
    return {
      endpoints: definitions.map(({ id }) => endpoint(id)),
      endpoint,
      setFault: async (id, fault, atMs = Date.now()) => {
        const owner = owners.get(endpoint(id).id)!;
        await owner.call((call) => ({ kind: "fault", call, id, fault, atMs }));
      },
      counters: async () => {
        const all = await Promise.all(
          workers.map((worker) => worker.call((call) => ({ kind: "counters", call }))),
        );
        return all.reduce(addCounters);
      },
      broken: Promise.race(workers.map((worker) => worker.broken)),
      processIds: workers.map((worker) => worker.processId),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addCounters(a: AgentCounters, b: AgentCounters): AgentCounters {
  return {
    requests: a.requests + b.requests,
    answered: a.answered + b.answered,
    malformed: a.malformed + b.malformed,
    wrongCredential: a.wrongCredential + b.wrongCredential,
  };
}

const noCounters: AgentCounters = { requests: 0, answered: 0, malformed: 0, wrongCredential: 0 };

/** The parent's view of one child process. */
class Worker {
  readonly broken: Promise<Error>;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #calls = new Map<number, (counters: AgentCounters) => void>();
  #onStart: ((reply: WorkerReply) => void) | undefined;
  #isStopping = false;
  #lastCall = 0;

  constructor() {
    // Buffers and bigints travel as they are; its stderr is ours, so that a crash is seen. The lab gets no secrets
    // of the environment.
    this.#child = fork(workerPath, [], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: [],
      env: { PATH: process.env.PATH, NODE_OPTIONS: "" },
    });
    const exited = Promise.withResolvers<void>();
    const broken = Promise.withResolvers<Error>();
    this.#exited = exited.promise;
    this.broken = broken.promise;
    this.#child.on("exit", (code, signal) => {
      exited.resolve();
      const how = signal === null ? `code ${code}` : signal;
      if (!this.#isStopping) broken.resolve(new Error(`a process of simulated agents ended (${how})`));
    });
    this.#child.on("error", (error) => broken.resolve(error));
    this.#child.on("message", (reply: WorkerReply) => {
      if (reply.kind !== "done") return this.#onStart?.(reply);
      this.#calls.get(reply.call)?.(reply.counters ?? noCounters);
      this.#calls.delete(reply.call);
    });
  }

  get processId(): number {
    return this.#child.pid ?? 0;
  }

  async start(request: Extract<WorkerRequest, { kind: "start" }>): Promise<AgentEndpoint[]> {
    const reply = Promise.withResolvers<WorkerReply>();
    this.#onStart = reply.resolve;
    this.#child.send(request);
    const first = await Promise.race([reply.promise, this.broken]);
    if (first instanceof Error) throw first;
    if (first.kind !== "started")
      throw new Error(first.kind === "failed" ? first.message : "unexpected reply");
    return first.endpoints;
  }

  async call(request: (call: number) => WorkerRequest): Promise<AgentCounters> {
    const call = ++this.#lastCall;
    const answered = new Promise<AgentCounters>((resolve) => this.#calls.set(call, resolve));
    this.#child.send(request(call));
    const result = await Promise.race([answered, this.broken]);
    if (result instanceof Error) throw result;
    return result;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#child.connected) this.#child.disconnect();
    const kill = setTimeout(() => this.#child.kill("SIGKILL"), stopPatienceMs);
    await this.#exited;
    clearTimeout(kill);
  }
}
