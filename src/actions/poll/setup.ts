/**
 * What a poller polls with: the inventory, whom it asks, and the means to (credentials, drivers, ICMP, addresses). Read
 * again as a whole on SIGHUP; what cannot be used leaves everything as it was.
 */
import { join } from "node:path";
import {
  type CredentialOverride,
  credentialResolver,
  type ResolvedCredential,
} from "../../inventory/credentials.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { Device, Inventory } from "../../inventory/model.ts";
import { createAddressBook } from "../../poll/addresses.ts";
import { systemClock } from "../../poll/clock.ts";
import { DevicePoller } from "../../poll/device-poller.ts";
import { type DevicePlan, loadProfiles } from "../../poll/observe.ts";
import { observerOf } from "../../poll/observer.ts";
import { selectTargets, type TargetSelection } from "../../poll/targets.ts";
import { createIcmpProber, type IcmpProber } from "../../probe/icmp.ts";
import type { SenderBook } from "../../receive/senders.ts";
import { createDriver } from "../../snmp/driver.ts";
import type { DriverName, SnmpDriver } from "../../snmp/types.ts";
import { senderBook } from "./senders.ts";

export interface SetupOptions {
  inventoryDirectory: string;
  /** Of the inventory's validated cache; false: none. */
  cacheDirectory?: string | false;
  selection?: TargetSelection;
  /** For every device, instead of what the inventory says. */
  driver?: DriverName | undefined;
  /** Values of credentials that are not looked up (the lab's own), by credential id. */
  credentialOverrides?: ReadonlyMap<string, CredentialOverride>;
  signal?: AbortSignal;
}

/** One reading of the inventory, with what is made of it. */
export interface PollingMeans {
  inventory: Inventory;
  devices: readonly Device[];
  poller: DevicePoller<DevicePlan>;
  credential(id: string): Promise<ResolvedCredential>;
}

/** The inventory, and whom the poller asks. @throws InventoryError, LookupError */
export async function readTargets(
  options: SetupOptions,
): Promise<{ inventory: Inventory; devices: Device[] }> {
  const { cacheDirectory } = options;
  const inventory = await loadInventory(
    options.inventoryDirectory,
    cacheDirectory === undefined ? {} : { cacheDirectory },
  );
  return { inventory, devices: selectTargets(inventory, options.selection) };
}

export class PollingSetup {
  // Names this process and its monotonic clock; short, it is in every sample.
  readonly pollerEpoch = `${Date.now().toString(36)}-${process.pid.toString(36)}`;
  /** What the person who started it should know; told once. */
  readonly warnings: string[] = [];
  readonly #options: SetupOptions;
  readonly #drivers = new Map<DriverName, Promise<SnmpDriver>>();
  readonly #addresses = createAddressBook();
  #icmp: IcmpProber | undefined;

  constructor(options: SetupOptions) {
    this.#options = options;
  }

  /** Sockets and names stay from one preparation to the next. @throws ProfileError */
  async prepare({
    inventory,
    devices,
  }: {
    inventory: Inventory;
    devices: readonly Device[];
  }): Promise<PollingMeans> {
    const { cacheDirectory, driver, credentialOverrides } = this.#options;
    const profiles = await loadProfiles({
      directories: [join(inventory.directory, "profiles")],
      ...(cacheDirectory && { cacheDirectory }),
    });
    await this.#prepareIcmp(devices);
    const credential = credentialResolver(
      inventory,
      credentialOverrides ? { overrides: credentialOverrides } : {},
    );
    const poller = new DevicePoller({
      observer: observerOf(profiles),
      driver: (name) => this.#driver(name),
      credential,
      addresses: this.#addresses,
      reach: { icmp: this.#icmp },
      clock: systemClock,
      pollerEpoch: this.pollerEpoch,
      driverName: driver,
    });
    return { inventory, devices, poller, credential };
  }

  /** Who may send traps and syslog. What cannot be believed is among the warnings. */
  async senders({ inventory, devices, credential }: PollingMeans): Promise<SenderBook> {
    const { book, warnings } = await senderBook({
      inventory,
      devices,
      credential,
      addresses: this.#addresses,
    });
    this.warnings.push(...warnings.filter((warning) => !this.warnings.includes(warning)));
    return book;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#drivers.values()].map(async (driver) => (await driver).close()));
  }

  async #prepareIcmp(devices: readonly Device[]): Promise<void> {
    const count = devices.filter(({ reachability }) => reachability.method === "icmp").length;
    if (count === 0 || this.#icmp) return;
    const { signal } = this.#options;
    const icmp = await createIcmpProber(signal ? { signal } : {});
    if ("probe" in icmp) this.#icmp = icmp;
    else this.warnings.push(`${icmp.reason}: ${count} devices are probed by SNMP instead (${icmp.fix})`);
  }

  #driver(name: DriverName): Promise<SnmpDriver> {
    let driver = this.#drivers.get(name);
    if (!driver) {
      driver = createDriver(name);
      this.#drivers.set(name, driver);
    }
    return driver;
  }
}
