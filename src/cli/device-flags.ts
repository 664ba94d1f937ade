/** Flags of commands that talk to a device by themselves: show, discover, walk, record. */
import { Flags } from "@oclif/core";
import type { Context } from "./context.ts";
import { ConfigurationError } from "./settings.ts";

export const deviceAccessFlags = {
  credential: Flags.string({
    char: "c",
    description: "credential of the inventory; or a community in env:VARIABLE or file:PATH; or public",
    env: "PDC_CREDENTIAL",
    helpGroup: "ACCESS",
    helpValue: "NAME",
  }),
  "snmp-version": Flags.string({
    description: "of a community that is not the inventory's (default 2c)",
    options: ["1", "2c"],
    helpGroup: "ACCESS",
  }),
  port: Flags.integer({
    description: "UDP port (default: the inventory's, or 161)",
    min: 1,
    max: 65_535,
    helpGroup: "ACCESS",
  }),
  driver: Flags.string({
    description: "SNMP driver (default: the inventory's, or pdc)",
    options: ["pdc", "snmp-native", "net-snmp"],
    helpGroup: "ACCESS",
  }),
  timeout: Flags.integer({
    description: "first time-out of a request, ms",
    min: 50,
    max: 60_000,
    helpGroup: "ACCESS",
    helpValue: "MS",
  }),
  retries: Flags.integer({ description: "repeats of a request", min: 0, max: 10, helpGroup: "ACCESS" }),
};

interface DeviceAccessFlags {
  credential?: string | undefined;
  "snmp-version"?: string | undefined;
  port?: number | undefined;
  driver?: string | undefined;
  timeout?: number | undefined;
  retries?: number | undefined;
}

/** What the actions take. Without an inventory to be found there is none: an address and a credential are enough. */
export function deviceAccess(flags: DeviceAccessFlags, context: Context) {
  return {
    inventoryDirectory: findInventory(context),
    cacheDirectory: context.cacheDirectory,
    credential: flags.credential,
    version: flags["snmp-version"] as "1" | "2c" | undefined,
    port: flags.port,
    driver: flags.driver as "pdc" | "snmp-native" | "net-snmp" | undefined,
    timeoutMs: flags.timeout,
    retries: flags.retries,
  };
}

function findInventory(context: Context): string | undefined {
  try {
    return context.inventoryDirectory();
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
