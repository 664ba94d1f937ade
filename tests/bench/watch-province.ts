/** A province of 2,000 sites on disk, with a store that a poller goes on writing: what `pdc watch` is measured on. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeviceSample } from "../../src/samples/types.ts";
import type { NewJournalEntry } from "../../src/store/history-types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { port, sample, silent } from "../health/samples.ts";

const HUBS = 20;
const PORTS = 12;
export const STEP_MS = 60_000;

export interface WatchProvince {
  directory: string;
  inventoryDirectory: string;
  storePath: string;
  /** Appends what one cycle gives. */
  cycle(atMs: number): void;
  /** Appends a document (an incident) as the poller does. */
  journal(entry: NewJournalEntry): void;
  dispose(): void;
}

export function makeWatchProvince(sites = 2000, cycles = 5, nowMs = Date.now()): WatchProvince {
  const directory = mkdtempSync(join(tmpdir(), "pdc-watch-"));
  const inventoryDirectory = join(directory, "inventory");
  const storePath = join(directory, "samples.db");
  writeInventory(inventoryDirectory, sites);
  const devices = ["core", ...Array.from({ length: sites }, (_, index) => `rt-x${index}`)];
  const store = openStore(storePath, { mode: "write" });
  const cycle = (atMs: number) => {
    for (let first = 0; first < devices.length; first += 256)
      store.append(devices.slice(first, first + 256).map((device) => sampleOf(device, atMs, nowMs)));
  };
  for (let number = cycles; number > 0; number--) cycle(nowMs - number * STEP_MS);
  return {
    directory,
    inventoryDirectory,
    storePath,
    cycle,
    journal: (entry) => void store.journal.append(entry),
    dispose() {
      store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function writeInventory(directory: string, sites: number): void {
  const put = (kind: string, items: readonly unknown[]) => {
    mkdirSync(join(directory, kind), { recursive: true });
    writeFileSync(join(directory, kind, `${kind}.yaml`), JSON.stringify(items));
  };
  const ids = Array.from({ length: sites }, (_, index) => index);
  const device = (id: string, site: string, index: number) => ({
    id,
    site,
    role: "router",
    address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    credential: "reading",
    interfaces: portsOf(index - 256).map((name) => ({ name })),
  });
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, "province.yaml"),
    JSON.stringify({ id: "big", name: "Tỉnh Lớn", language: "en" }),
  );
  put("credentials", [{ id: "reading", kind: "snmp-community", community: { env: "PDC_TEST_COMMUNITY" } }]);
  put("agencies", [
    { id: "center", name: "Trung tâm dữ liệu", kind: "department" },
    ...Array.from({ length: HUBS }, (_, hub) => ({
      id: `h${hub}`,
      name: `Huyện số ${hub}`,
      kind: "district",
    })),
    ...ids.map((index) => ({
      id: `x${index}`,
      name: `Xã số ${index}`,
      kind: "commune",
      parents: [{ agency: `h${index % HUBS}` }],
    })),
  ]);
  put("sites", [
    { id: "center", name: "Trung tâm", agency: "center" },
    ...ids.map((index) => ({ id: `x${index}`, name: `UBND xã số ${index}`, agency: `x${index}` })),
  ]);
  put("devices", [
    device("core", "center", 1),
    ...ids.map((index) => device(`rt-x${index}`, `x${index}`, index + 256)),
  ]);
  put(
    "links",
    ids.map((index) => ({
      id: `wan-x${index}`,
      kind: "leased-line",
      carrier: ["VNPT", "Viettel", "FPT"][index % 3],
      committedMbps: 50,
      a:
        index < HUBS
          ? { device: "core", interface: `p${index}` }
          : { device: `rt-x${index % HUBS}`, interface: `p${Math.floor(index / HUBS)}` },
      b: { device: `rt-x${index}`, interface: "wan" },
    })),
  );
}

function sampleOf(device: string, atMs: number, nowMs: number): DeviceSample {
  const number = Number(device.replace("rt-x", "")) || 0;
  if (number % 97 === 96 && atMs >= nowMs - 2 * STEP_MS) return silent(device, atMs);
  const seconds = 1e6 + (atMs - nowMs) / 1000;
  const octets = (1e5 + (number % 500) * 7000) * (seconds + 30 * Math.sin(seconds / 120 + number));
  return sample(device, atMs, {
    components: portsOf(device === "core" ? -1 : number).map((name) =>
      port(name, { counters: { inOctets: octets, outOctets: octets / 3 } }),
    ),
  });
}

/** A hub's ports go to the sites below it; the core's to the hubs. */
function portsOf(number: number): string[] {
  const count = number < HUBS ? 100 : PORTS;
  return ["wan", ...Array.from({ length: count }, (_, index) => `p${index}`)];
}
