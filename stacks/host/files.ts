/** The texts of the host stack, pure functions of the inventory. */
import { isIP } from "node:net";
import type { Inventory } from "../../src/inventory/model.ts";

/** hosts(5): a line for each device with an address of its own. */
export function hostsFile(inventory: Inventory, environment: string): string {
  const lines = [
    `# ${inventory.province.name} (${environment}), from inventory ${inventory.contentHash.slice(0, 12)}`,
  ];
  for (const device of inventory.devices.values()) {
    if (isIP(device.address))
      lines.push(`${device.address}\t${device.id}.${inventory.province.id} ${device.id}`);
  }
  return `${lines.join("\n")}\n`;
}

/** ssh_config(5): host keys are always checked, nothing is forwarded, one alias a device. */
export function sshConfigFile(inventory: Inventory): string {
  const common = [
    "Host *",
    "  StrictHostKeyChecking yes",
    "  ForwardAgent no",
    "  ServerAliveInterval 15",
    "",
  ];
  const hosts = [...inventory.devices.values()].map(
    ({ id, address }) => `Host ${id}\n  HostName ${address}\n`,
  );
  return [...common, ...hosts].join("\n");
}
