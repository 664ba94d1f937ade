/** An agent inside the calling process, for tests that need one or two real devices to talk to. */
import { Agent } from "./agent.ts";
import { withCounterRules } from "./counter-rules.ts";
import type { AgentCounters, AgentCredential, AgentFault } from "./definition.ts";
import { type AgentRecord, parseSnmprec } from "./snmprec.ts";
import { bindAgent } from "./socket.ts";
import { AgentTable } from "./table.ts";

export interface StartAgentOptions {
  /** Answer v1 and v2c with this community (default "public"); or give a whole credential. */
  community?: string;
  credential?: AgentCredential;
  /** Loopback address, default 127.0.0.1. */
  address?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Let counters and uptime of the recording move (see counter-rules.ts). Default false: played as it is. */
  moving?: boolean;
  maxMessageOctets?: number;
  engineBoots?: number;
}

export interface StartedAgent {
  address: string;
  port: number;
  counters: Readonly<AgentCounters>;
  setFault(fault: AgentFault): void;
  stop(): Promise<void>;
}

/**
 * Plays a recording (.snmprec text or records) on a loopback UDP port until `stop()`.
 * @throws SnmprecError when the text cannot be played.
 */
export async function startAgent(
  recording: string | readonly AgentRecord[],
  options: StartAgentOptions = {},
): Promise<StartedAgent> {
  const records = typeof recording === "string" ? parseSnmprec(recording) : recording;
  const { maxMessageOctets, engineBoots } = options;
  const agent = new Agent(
    {
      id: "agent",
      recording: "",
      credential: options.credential ?? { version: "2c", community: options.community ?? "public" },
      ...(maxMessageOctets === undefined ? {} : { maxMessageOctets }),
      ...(engineBoots === undefined ? {} : { engineBoots }),
    },
    new AgentTable(options.moving ? withCounterRules(records) : records),
    Date.now(),
  );
  const bound = await bindAgent(agent, options.address, options.port);
  return {
    address: bound.address,
    port: bound.port,
    counters: agent.counters,
    setFault: (fault) => agent.set(fault, Date.now()),
    stop: () => bound.close(),
  };
}
