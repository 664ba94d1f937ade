/** What an agent is, as plain data that can be handed to another process. */
import type { AuthProtocol, PrivProtocol } from "../../snmp/types.ts";
import type { AgentRecord } from "./snmprec.ts";

/** Whom the agent answers. Values of the lab are made up, so they are plain strings here. */
export type AgentCredential =
  | { version: "1" | "2c"; community: string }
  | {
      version: "3";
      user: string;
      auth?: { protocol: AuthProtocol; password: string };
      priv?: { protocol: PrivProtocol; password: string };
      contextName?: string;
    };

/** One simulated device. */
export interface AgentDefinition {
  id: string;
  /** Name of a recording given beside the definitions; agents that share one share its memory. */
  recording: string;
  credential: AgentCredential;
  /** Loopback address to listen on (default 127.0.0.1). */
  address?: string;
  /** Default 0: the system chooses. */
  port?: number;
  /** Shifts the noise of this agent's values; default: from its id. */
  seed?: number;
  /** snmpEngineBoots at the start (v3), default 1. */
  engineBoots?: number;
  /** snmpEngineTime at the start (v3), seconds, default 0. */
  engineTimeSeconds?: number;
  /** Octets of the largest response, default 1472: what fits an Ethernet frame with IPv4 and UDP. */
  maxMessageOctets?: number;
}

/**
 * What can happen to an agent. `normal` takes silence, garbage, delay and loss back; values that were set stay.
 * - `reboot`: uptime and counters begin from zero, engine boots rises; `records` replace all it held (renumbering).
 * - `values`: records that replace or join those there are; a counter whose record has `value: null` goes on from
 *   where it is, with its new rule. `remove` takes whole subtrees away.
 * - `garbage`: answers are noise in a right frame, random octets and broken lengths in turn (see spoil.ts).
 */
export type AgentFault =
  | { kind: "normal" }
  | { kind: "silent" }
  | { kind: "garbage" }
  | { kind: "delay"; delayMs: number }
  | { kind: "loss"; lossPercent: number }
  | { kind: "reboot"; records?: readonly AgentRecord[] }
  | { kind: "values"; set?: readonly AgentRecord[]; remove?: readonly string[] };

/** Requests an agent saw and what became of them. */
export interface AgentCounters {
  requests: number;
  answered: number;
  malformed: number;
  wrongCredential: number;
}
