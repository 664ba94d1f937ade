/** A small center for tests: an inventory in a temporary directory whose devices are agents on loopback. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadInventory } from "../../src/inventory/load.ts";
import type { Device, Inventory } from "../../src/inventory/model.ts";

export const recordingsDirectory = resolve(import.meta.dirname, "../../src/lab/recordings");

export function recording(family: string): string {
  return readFileSync(join(recordingsDirectory, `${family}.snmprec`), "utf8");
}

export type CenterDevice = Pick<Device, "id" | "address" | "port"> & Partial<Device>;

export interface Center {
  inventoryDirectory: string;
  stateDirectory: string;
  storePath: string;
  /** Replaces the devices. */
  write(devices: readonly CenterDevice[]): void;
  load(): Promise<Inventory>;
  dispose(): void;
}

/** Two agencies with a site each; every device is at "site-a" unless it says otherwise, with the community "public". */
export function makeCenter(devices: readonly CenterDevice[]): Center {
  const directory = mkdtempSync(join(tmpdir(), "pdc-center-"));
  const inventoryDirectory = join(directory, "inventory");
  const stateDirectory = join(directory, "state");
  const put = (kind: string, items: readonly unknown[]) => {
    mkdirSync(join(inventoryDirectory, kind), { recursive: true });
    writeFileSync(join(inventoryDirectory, kind, `${kind}.yaml`), JSON.stringify(items));
  };
  const write = (list: readonly CenterDevice[]) =>
    put(
      "devices",
      list.map((device) => ({
        site: "site-a",
        role: "router",
        credential: "reading",
        reachability: { method: "snmp" },
        timeoutMs: 1000,
        retries: 1,
        ...device,
      })),
    );
  mkdirSync(inventoryDirectory, { recursive: true });
  writeFileSync(join(inventoryDirectory, "province.yaml"), JSON.stringify({ id: "test", name: "Test" }));
  writeFileSync(join(directory, "community"), "public\n", { mode: 0o600 });
  put("agencies", [
    { id: "agency-a", name: "Agency A", kind: "department" },
    { id: "agency-b", name: "Agency B", kind: "department" },
  ]);
  put("sites", [
    { id: "site-a", name: "Site A", agency: "agency-a" },
    { id: "site-b", name: "Site B", agency: "agency-b" },
  ]);
  put("credentials", [
    { id: "reading", kind: "snmp-community", community: { file: join(directory, "community") } },
  ]);
  write(devices);
  return {
    inventoryDirectory,
    stateDirectory,
    storePath: join(stateDirectory, "samples.db"),
    write,
    load: () => loadInventory(inventoryDirectory, { cacheDirectory: false }),
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}
