/** Names of devices to IP addresses, each asked once in a while, and never long enough to hold up a cycle. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** Answers are good for this long; failures are tried again with the next cycle. */
const KEPT_MS = 300_000;
/** getaddrinfo(3) blocks one of libuv's four threads; a name server that is down must leave some. */
const LOOKUPS_AT_ONCE = 2;
const LOOKUP_TIMEOUT_MS = 5000;

export interface AddressBook {
  /** An IP address is given back as it is. @throws Error with the reason when a name has none. */
  resolve(name: string): Promise<string>;
}

type Lookup = (name: string) => Promise<{ address: string }>;

/** `find` is the system's resolver (hosts file, DNS …), whichever family it prefers. */
export function createAddressBook(
  find: Lookup = (name) => lookup(name),
  nowMs: () => number = () => performance.now(),
): AddressBook {
  const known = new Map<string, { address: Promise<string>; untilMs: number }>();
  const queue: (() => void)[] = [];
  let running = 0;

  /** The turn is given on when the system has answered, not when we stopped waiting: its thread is busy until then. */
  async function inTurn(name: string): Promise<string> {
    if (running >= LOOKUPS_AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      return (await find(name)).address;
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    resolve(name) {
      if (isIP(name) !== 0) return Promise.resolve(name);
      const kept = known.get(name);
      if (kept && kept.untilMs > nowMs()) return kept.address;
      const address = withTimeout(inTurn(name), LOOKUP_TIMEOUT_MS);
      known.set(name, { address, untilMs: nowMs() + KEPT_MS });
      address.catch(() => known.delete(name));
      return address;
    },
  };
}

function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`the name service did not answer within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
