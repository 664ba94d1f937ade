/** From what a person names (a device of the inventory, or an address) to an open SNMP session. */
import { readFile, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { credentialResolver } from "../../inventory/credentials.ts";
import { loadInventory } from "../../inventory/load.ts";
import { findDevice, LookupError } from "../../inventory/lookup.ts";
import type { Device, Inventory } from "../../inventory/model.ts";
import { didYouMean } from "../../inventory/near-match.ts";
import { createAddressBook } from "../../poll/addresses.ts";
import { loadProfiles, type ProfileSet } from "../../profiles/index.ts";
import { createDriver } from "../../snmp/driver.ts";
import { secretText } from "../../snmp/secret.ts";
import type { DriverName, SnmpCredential, SnmpDriver, SnmpSession, SnmpTarget } from "../../snmp/types.ts";
import { UsageError } from "../inventory/open.ts";

/** How a device is reached when the inventory does not say, or otherwise than it says. */
export interface AccessOptions {
  /** Where the inventory is; undefined: there is none. */
  inventoryDirectory?: string | undefined;
  cacheDirectory?: string | undefined;
  /** Name of a credential of the inventory; "env:NAME" or "file:PATH" hold a community; "public" is that community. */
  credential?: string | undefined;
  /** Of communities that are not the inventory's. Default 2c. */
  version?: "1" | "2c" | undefined;
  port?: number | undefined;
  driver?: DriverName | undefined;
  timeoutMs?: number | undefined;
  retries?: number | undefined;
  /** Aborted: what is being asked is given up. */
  signal?: AbortSignal | undefined;
}

/** The inventory when there is one, and what it knows. */
export interface Access {
  inventory: Inventory | undefined;
  profiles(): Promise<ProfileSet>;
  credential(name: string): Promise<SnmpCredential>;
}

export async function openAccess(options: AccessOptions): Promise<Access> {
  const { inventoryDirectory: directory, cacheDirectory } = options;
  const inventory =
    directory === undefined
      ? undefined
      : await loadInventory(directory, cacheDirectory === undefined ? {} : { cacheDirectory });
  return {
    inventory,
    profiles: () =>
      loadProfiles({
        cacheDirectory,
        ...(inventory && { directories: [join(inventory.directory, "profiles")] }),
      }),
    credential: (name) => credentialOf(name, inventory, options.version ?? "2c"),
  };
}

async function credentialOf(
  name: string,
  inventory: Inventory | undefined,
  version: "1" | "2c",
): Promise<SnmpCredential> {
  if (inventory?.credentials.has(name)) {
    const resolved = await credentialResolver(inventory)(name);
    if (resolved.kind === "snmp") return resolved.snmp;
    throw new UsageError(
      `credential "${name}" is not one for SNMP`,
      "name an snmp-community or snmp-v3 credential",
    );
  }
  const community = await communityOf(name);
  if (community !== undefined) return { version, community: secretText(community) };
  throw new UsageError(
    `there is no credential "${name}"`,
    didYouMean(name, snmpCredentials(inventory)) ??
      "name one of the inventory, env:VARIABLE or file:PATH with a community, or public",
  );
}

function snmpCredentials(inventory: Inventory | undefined): string[] {
  const credentials = [...(inventory?.credentials.values() ?? [])];
  return credentials.filter(({ kind }) => kind.startsWith("snmp-")).map(({ id }) => id);
}

/** A community that is not in the inventory; never from the command line itself, but for the one everybody knows. */
async function communityOf(name: string): Promise<string | undefined> {
  if (name === "public") return name;
  if (name.startsWith("env:")) {
    const value = process.env[name.slice(4)];
    if (value) return value;
    throw new UsageError(`the environment variable ${name.slice(4)} is not set`);
  }
  if (!name.startsWith("file:")) return undefined;
  const path = name.slice(5);
  if (((await stat(path)).mode & 0o077) !== 0)
    throw new UsageError(`${path} can be read by others`, `chmod 600 ${path}`);
  return (await readFile(path, "utf8")).trim();
}

/** An open session and whom it is with. */
export interface DeviceSession extends AsyncDisposable {
  /** Id in the inventory, or the address. */
  name: string;
  device: Device | undefined;
  target: SnmpTarget;
  session: SnmpSession;
  driver: SnmpDriver;
}

/**
 * Opens a session with a device of the inventory (by id or address), or with any address.
 * @throws LookupError, UsageError, CredentialError with their exit codes.
 */
export async function openDevice(
  name: string,
  access: Access,
  options: AccessOptions,
): Promise<DeviceSession> {
  const device = access.inventory && inventoryDevice(access.inventory, name, options.credential);
  const address = await addressOf(device?.address ?? name, access.inventory !== undefined);
  const target = await targetOf(address, device, access, options);
  const driver = await createDriver(options.driver ?? device?.driver ?? "pdc");
  const session = driver.open(target);
  const giveUp = () => session.close();
  options.signal?.addEventListener("abort", giveUp);
  return {
    name: device?.id ?? name,
    device,
    target,
    session,
    driver,
    [Symbol.asyncDispose]: async () => {
      options.signal?.removeEventListener("abort", giveUp);
      session.close();
      await driver.close();
    },
  };
}

/** An address that is not in the inventory is an address; a word that is not, is a mistake. */
function inventoryDevice(inventory: Inventory, name: string, credential?: string): Device | undefined {
  try {
    return findDevice(inventory, name);
  } catch (error) {
    // With a credential of its own it need not be known which of several devices there is meant.
    const isMeant =
      error instanceof LookupError && (error.code !== "ambiguous-device" || credential !== undefined);
    if (isMeant && (isIP(name) !== 0 || name.includes("."))) return undefined;
    throw error;
  }
}

async function addressOf(name: string, hasInventory: boolean): Promise<string> {
  try {
    return await createAddressBook().resolve(name);
  } catch (error) {
    const fix = hasInventory
      ? "name a device of the inventory, or an address"
      : "name an address; there is no inventory here (--inventory)";
    throw Object.assign(new UsageError(`${name}: ${(error as Error).message}`, fix), { code: "unresolved" });
  }
}

async function targetOf(
  address: string,
  device: Device | undefined,
  access: Access,
  options: AccessOptions,
): Promise<SnmpTarget> {
  const name = options.credential ?? device?.credential;
  if (name === undefined) {
    throw new UsageError(
      `${address}: which credential?`,
      "--credential NAME of the inventory, env:VARIABLE, file:PATH, or public",
    );
  }
  const timeoutMs = options.timeoutMs ?? device?.timeoutMs;
  const retries = options.retries ?? device?.retries;
  return {
    address,
    port: options.port ?? device?.port ?? 161,
    credential: await access.credential(name),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(retries !== undefined && { retries }),
    ...(device?.maxRepetitions !== undefined && { maxRepetitions: device.maxRepetitions }),
    ...(device?.acceptOtherAddress !== undefined && { acceptOtherAddress: device.acceptOtherAddress }),
  };
}
