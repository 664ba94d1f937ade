import type { DriverName, SnmpDriver } from "./types.ts";

/** Creates a driver by its name; the code of the others is not loaded. */
export async function createDriver(name: DriverName): Promise<SnmpDriver> {
  switch (name) {
    case "pdc":
      return (await import("./pdc/driver.ts")).createPdcDriver();
    case "snmp-native":
      return (await import("./adapters/snmp-native.ts")).createSnmpNativeDriver();
    case "net-snmp":
      return (await import("./adapters/net-snmp.ts")).createNetSnmpDriver();
  }
}
