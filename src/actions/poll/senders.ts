/** The devices of an inventory as senders of traps and syslog: addresses, and the credentials they may show. */
import { isIP } from "node:net";
import type { ResolvedCredential } from "../../inventory/credentials.ts";
import type { Device, Inventory } from "../../inventory/model.ts";
import type { AddressBook } from "../../poll/addresses.ts";
import { SenderBook } from "../../receive/senders.ts";
import type { Sender } from "../../receive/types.ts";

export interface SenderSources {
  inventory: Inventory;
  devices: readonly Device[];
  credential(id: string): Promise<ResolvedCredential>;
  addresses: AddressBook;
}

/**
 * A name that does not resolve, or a secret that cannot be read, leaves that device out of those that are believed;
 * `warnings` says of which credentials. Every SNMP credential of the inventory counts, so one that no device is read
 * with may stand there for its traps.
 */
export async function senderBook(sources: SenderSources): Promise<{ book: SenderBook; warnings: string[] }> {
  const warnings: string[] = [];
  const credentials = new Map<string, NonNullable<Sender["credential"]>>();
  for (const { id, kind } of sources.inventory.credentials.values()) {
    if (kind !== "snmp-community" && kind !== "snmp-v3") continue;
    try {
      const resolved = await sources.credential(id);
      if (resolved.kind === "snmp") credentials.set(id, resolved.snmp);
    } catch (error) {
      warnings.push(`${(error as Error).message}: traps with it are not believed`);
    }
  }
  const senders = await Promise.all(
    sources.devices.map(async (device): Promise<Sender> => {
      const address = await sources.addresses.resolve(device.address).catch(() => undefined);
      const ports = device.interfaces.flatMap((port) => port.address?.replace(/\/.*$/, "") ?? []);
      const credential = credentials.get(device.credential);
      return {
        device: device.id,
        addresses: [...(address === undefined ? [] : [address]), ...ports],
        ...(credential && { credential }),
      };
    }),
  );
  return { book: new SenderBook(senders, [...credentials.values()]), warnings };
}

/** Whether addresses may change while the inventory does not. */
export function hasNames(devices: readonly Device[]): boolean {
  return devices.some(({ address }) => isIP(address) === 0);
}
