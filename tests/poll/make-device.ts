/** Devices for tests, as the inventory's schema completes them. */
import { type Device, deviceSchema } from "../../src/inventory/model.ts";

export function makeDevice(id: string, rest: Partial<Device> = {}): Device {
  return deviceSchema.parse({
    id,
    site: "site",
    role: "router",
    address: "127.0.0.1",
    credential: "community",
    ...rest,
  });
}
