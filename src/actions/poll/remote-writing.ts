/** Remote write of a poller: receivers and their credentials, labels from the inventory, the store's outbox. */
import { CredentialError, credentialResolver } from "../../inventory/credentials.ts";
import type { Inventory } from "../../inventory/model.ts";
import { certificateWords } from "../../notify/certificate-words.ts";
import type { OutboxStatus } from "../../store/outbox.ts";
import { RemoteSender } from "../../store/remote-write/sender.ts";
import type { Labels } from "../../store/remote-write/series.ts";
import type { Store } from "../../store/types.ts";

/** A remote-write receiver. */
export interface RemoteReceiver {
  /** http or https, without a login. */
  url: string;
  /** Name of a credential of kind `password`: with a user Basic, else Bearer. */
  credential?: string | undefined;
}

export interface RemoteWriteOptions {
  remoteWrite?: readonly RemoteReceiver[] | undefined;
  /** Samples that wait at most; the oldest give way. */
  remoteWriteQueue?: number | undefined;
}

/** A receiver that cannot be (exit code 2). */
export class RemoteWriteError extends Error {
  readonly exitCode = 2;
  readonly code = "bad-remote-write";
  readonly fix = "write it as https://receiver.example/api/v1/write, and name a credential for its password";
}

/** How long a poller that ends waits for what is queued; the rest goes out on its next start. */
const DRAIN_MS = 5000;

/** Their addresses in one form, each once. @throws RemoteWriteError */
export function parseReceivers(receivers: readonly RemoteReceiver[]): RemoteReceiver[] {
  const byUrl = new Map<string, RemoteReceiver>();
  for (const { url: text, credential } of receivers) {
    const url = URL.parse(text);
    if (!url || !["http:", "https:"].includes(url.protocol))
      throw new RemoteWriteError(`${JSON.stringify(text)} is not the address of a receiver`);
    if (url.username !== "" || url.password !== "")
      throw new RemoteWriteError(`the receiver at ${url.host} has a password in its address`);
    if (!byUrl.has(url.href)) byUrl.set(url.href, { url: url.href, credential });
  }
  return [...byUrl.values()];
}

export class RemoteWriting {
  readonly #senders: readonly RemoteSender[];
  readonly #status: () => OutboxStatus[];

  private constructor(senders: readonly RemoteSender[], status: () => OutboxStatus[]) {
    this.#senders = senders;
    this.#status = status;
  }

  /**
   * What the store appends from now on goes to the receivers; what waited from before too.
   * @throws RemoteWriteError (2), CredentialError (22): a password that cannot be had is told before polling begins
   */
  static async open(
    store: Store,
    inventory: () => Inventory,
    options: RemoteWriteOptions,
    tell: (line: string) => void,
  ): Promise<RemoteWriting | undefined> {
    const receivers = parseReceivers(options.remoteWrite ?? []).map(({ url, credential }) => ({
      url,
      authorization: authorizationOf(inventory, credential),
      explain: (code: string) => certificateWords(code, Date.now()),
    }));
    if (receivers.length === 0) return undefined;
    for (const { authorization } of receivers) await authorization?.();
    const outbox = store.outbox(
      receivers.map(({ url }) => url),
      options.remoteWriteQueue,
    );
    const labelsOf = labelsFrom(inventory);
    const senders = receivers.map((receiver) => new RemoteSender({ outbox, receiver, labelsOf, tell }));
    return new RemoteWriting(senders, () => outbox.status());
  }

  get status(): OutboxStatus[] {
    return this.#status();
  }

  wake(): void {
    for (const sender of this.#senders) sender.wake();
  }

  async close(drainMs = DRAIN_MS): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.close(drainMs)));
  }
}

/** Read anew from its source for every inventory, so that a changed password needs no restart but a SIGHUP. */
function authorizationOf(inventory: () => Inventory, name: string | undefined) {
  if (name === undefined) return undefined;
  let resolver: { of: Inventory; resolve: ReturnType<typeof credentialResolver> } | undefined;
  return async () => {
    const now = inventory();
    if (resolver?.of !== now) resolver = { of: now, resolve: credentialResolver(now) };
    const credential = await resolver.resolve(name);
    if (credential.kind !== "password")
      throw new CredentialError(name, `is of kind ${credential.kind}; a receiver wants one of kind password`);
    const { user, password } = credential;
    if (user === undefined) return `Bearer ${password.reveal()}`;
    return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString("base64")}`;
  };
}

function labelsFrom(inventory: () => Inventory): (device: string) => Labels {
  return (id) => {
    const { devices, sites } = inventory();
    const device = devices.get(id);
    const site = device && sites.get(device.site);
    return {
      ...(site && { site: site.id, agency: site.agency }),
      ...(device && { role: device.role }),
    };
  };
}
