/** A whole province of simulated devices on this machine: agents in child processes, and the inventory to poll them by. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Inventory } from "../../inventory/model.ts";
import type { AgentDefinition } from "../agent/definition.ts";
import type { AgentRecord } from "../agent/snmprec.ts";
import { type StartedAgents, startAgents } from "../agent/start-agents.ts";
import { faultActions } from "../faults/fault-actions.ts";
import type { Fault } from "../faults/types.ts";
import { deviceRecords, engineBootsOf, uptimeSecondsOf } from "./device-records.ts";
import { agentCredential, createSecrets } from "./lab-credentials.ts";
import { type LabFiles, writeLabInventory } from "./lab-inventory.ts";
import { loadRecordings } from "./recordings.ts";

export interface ProvinceOptions {
  /** Where the lab's inventory, secrets and truth go; made when missing. */
  directory: string;
  /** Agent processes (default 2). */
  processes?: number;
  signal?: AbortSignal;
}

export interface Province extends AsyncDisposable, LabFiles {
  agents: StartedAgents;
  /** Devices that have no agent because the lab has no recording of their family, or no SNMP credential is theirs. */
  missing: readonly string[];
  /** Lets the faults come about, and writes them to `truth.json`: what a report of this lab has to find. */
  apply(faults: readonly Fault[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an agent for every device the lab can play. The caller stops it, or uses `await using`. */
export async function startProvince(inventory: Inventory, options: ProvinceOptions): Promise<Province> {
  const { directory, processes = 2, signal } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const startMs = Date.now();
  const families = await loadRecordings();
  const recordingOf = (id: string): readonly AgentRecord[] =>
    families.get(inventory.devices.get(id)?.profile ?? "") ?? [];
  const secrets = createSecrets(inventory);
  const definitions: AgentDefinition[] = [];
  const recordings = new Map<string, readonly AgentRecord[]>();
  const missing: string[] = [];
  for (const device of inventory.devices.values()) {
    if (recordingOf(device.id).length === 0 || secrets[device.credential] === undefined) {
      missing.push(device.id);
      continue;
    }
    recordings.set(device.id, deviceRecords(inventory, device, recordingOf(device.id)));
    definitions.push({
      id: device.id,
      recording: device.id,
      credential: agentCredential(inventory.credentials.get(device.credential), secrets),
      engineBoots: engineBootsOf(device),
      engineTimeSeconds: uptimeSecondsOf(device),
    });
  }
  const agents = await startAgents(definitions, {
    recordings,
    processes,
    moving: false,
    startMs,
    ...(signal && { signal }),
  });
  try {
    const files = await writeLabInventory(directory, inventory, agents.endpoints, secrets);
    const apply = async (faults: readonly Fault[]) => {
      const elapsedMs = Date.now() - startMs;
      const actions = faultActions(faults, { inventory, recordingOf, elapsedMs });
      const known = new Set(definitions.map(({ id }) => id));
      await writeFile(join(directory, "truth.json"), `${JSON.stringify(faults, undefined, 2)}\n`, {
        mode: 0o600,
      });
      const atMs = Date.now();
      for (const { device, fault } of actions)
        if (known.has(device)) await agents.setFault(device, fault, atMs);
    };
    const stop = () => agents.stop();
    return { ...files, agents, missing, apply, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await agents.stop();
    throw error;
  }
}
