/** Whose address is that? Pure. */
import type { Sender } from "./types.ts";

/** Devices behind one address (a translated network) that one message may hint at. */
const MOST_BEHIND_ONE_ADDRESS = 16;

export class SenderBook {
  readonly #byAddress = new Map<string, Sender[]>();
  /** Every community of the devices; a device's own is not always the one it sends traps with. */
  readonly communities: readonly string[];
  /** Every v3 credential of the devices, by user. */
  readonly users: ReadonlyMap<string, readonly Extract<Sender["credential"], { version: "3" }>[]>;

  constructor(senders: readonly Sender[], others: readonly NonNullable<Sender["credential"]>[] = []) {
    const credentials = new Set([...senders.flatMap(({ credential }) => credential ?? []), ...others]);
    const communities = new Set<string>();
    const users = new Map<string, Extract<Sender["credential"], { version: "3" }>[]>();
    for (const credential of credentials) {
      if (credential.version === "3")
        users.set(credential.user, [...(users.get(credential.user) ?? []), credential]);
      else communities.add(credential.community.reveal());
    }
    this.communities = [...communities];
    this.users = users;
    for (const sender of senders) {
      for (const address of sender.addresses) {
        const known = this.#byAddress.get(plainAddress(address)) ?? [];
        if (known.length < MOST_BEHIND_ONE_ADDRESS && !known.some(({ device }) => device === sender.device))
          this.#byAddress.set(plainAddress(address), [...known, sender]);
      }
    }
  }

  /** The devices that send from an address: one, or those behind a translated one, or none. */
  at(address: string): readonly Sender[] {
    return this.#byAddress.get(plainAddress(address)) ?? [];
  }
}

/** "::ffff:10.0.0.1" is 10.0.0.1; a zone ("fe80::1%eth0") is the receiver's own affair. */
function plainAddress(address: string): string {
  return address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, "")
    .replace(/%.*$/, "");
}
