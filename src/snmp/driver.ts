import type { DriverName, SnmpDriver } from "./types.ts";

/** Creates a driver by its name; the code of the others is not loaded. */
export async function createDriver(name: DriverName): Promise<SnmpDriver> {
  switch (name) {
    case "pdc":
      return (await import("./pdc/driver.ts")).createPdcDriver();
    default:
      throw new Error(`driver ${name} comes next`);
  }
}
