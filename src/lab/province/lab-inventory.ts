/**
 * The inventory the poller gets of a lab: the same province, but every device is at its agent's loopback address,
 * reachability is measured over SNMP (every address of 127.0.0.0/8 answers a ping), and credentials have the
 * lab's values. Left out are maintenance windows, which are the real network's, promised round-trip times (loopback
 * says nothing of a circuit's), and alerts: nobody is woken by a lab.
 */
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Device, Inventory, Link } from "../../inventory/model.ts";
import type { AgentEndpoint } from "../agent/start-agents.ts";
import { fromRoot, type LabSecrets, withSecretsFile } from "./lab-credentials.ts";

/** Answers on loopback come at once; a machine with everything on it may still be busy. */
const timeoutMs = 2_000;
const retries = 1;

/** What the inventory refers to beside its own files: systems' manifests, a center's profiles. */
const folders = ["manifests", "profiles"] as const;

export interface LabFiles {
  inventoryDirectory: string;
  secretsFile: string;
}

/** The device as the lab has it. */
export function labDevice(device: Device, { address, port }: AgentEndpoint): Device {
  const { maxRepetitions: _own, acceptOtherAddress: _other, ...rest } = device;
  return { ...rest, address, port, timeoutMs, retries, reachability: { method: "snmp" } };
}

/** The link as the lab has it. */
export function labLink(link: Link): Link {
  if (link.slo === undefined) return link;
  const { rttMs: _promised, ...slo } = link.slo;
  return { ...link, slo };
}

/** Writes the lab's inventory and its secrets (mode 0600) below `directory`, which only its owner may enter. */
export async function writeLabInventory(
  directory: string,
  inventory: Inventory,
  endpoints: readonly AgentEndpoint[],
  secrets: LabSecrets,
): Promise<LabFiles> {
  const files = {
    inventoryDirectory: join(directory, "inventory"),
    secretsFile: join(directory, "secrets.yaml"),
  };
  await mkdir(files.inventoryDirectory, { recursive: true, mode: 0o700 });
  await writeFile(files.secretsFile, stringify(secrets), { mode: 0o600 });
  const at = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  const devices = [...inventory.devices.values()].flatMap((device) => {
    const endpoint = at.get(device.id);
    return endpoint === undefined ? [] : [labDevice(device, endpoint)];
  });
  const credentials = [...inventory.credentials.values()].map((one) =>
    withSecretsFile(one, files.secretsFile, inventory.directory),
  );
  const lists: Record<string, Iterable<unknown>> = {
    agencies: inventory.agencies.values(),
    sites: inventory.sites.values(),
    devices,
    links: [...inventory.links.values()].map(labLink),
    credentials,
    systems: inventory.systems.values(),
    clusters: inventory.clusters.values(),
    environments: inventory.environments.values(),
    endpoints: inventory.endpoints.values(),
    exchanges: inventory.exchanges.values(),
    registries: [...inventory.registries.values()].map(({ authorityFile, ...registry }) => ({
      ...registry,
      ...(authorityFile !== undefined && { authorityFile: fromRoot(authorityFile, inventory.directory) }),
    })),
    images: inventory.images.values(),
    digests: inventory.digests.values(),
  };
  await writeFile(join(files.inventoryDirectory, "province.yaml"), stringify(inventory.province));
  for (const [kind, items] of Object.entries(lists)) {
    const folder = join(files.inventoryDirectory, kind);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${kind}.yaml`), listOf(items));
  }
  for (const folder of folders) await copyFolder(inventory.directory, files.inventoryDirectory, folder);
  return files;
}

/** What links name is copied, not the links: a mounted ConfigMap is made of them. */
async function copyFolder(from: string, to: string, folder: string): Promise<void> {
  await cp(join(from, folder), join(to, folder), { recursive: true, dereference: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    },
  );
}

/** A YAML list with one item a line; the items are JSON, which YAML 1.2 includes. */
function listOf(items: Iterable<unknown>): string {
  const lines = [...items].map((item) => `- ${JSON.stringify(item)}\n`);
  return lines.length === 0 ? "[]\n" : lines.join("");
}
