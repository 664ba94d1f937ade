import type { Device } from "../../inventory/model.ts";
import { seedOf } from "../agent/agent.ts";

/** A locally administered address (02-…) that follows from the device and the port. */
export function macAddressOf(device: Device, ifIndex: number): Buffer {
  const octets = Buffer.alloc(6);
  octets[0] = 0x02;
  octets.writeUInt32BE(Math.floor(seedOf(device.id) * 0xffffffff), 1);
  octets[5] = ifIndex & 0xff;
  return octets;
}
