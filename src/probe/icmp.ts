/**
 * Reachability by ICMP echo, without privileges of our own: through `fping` (many addresses per process) or `ping`
 * (one each), whichever is installed and allowed to send.
 */
import { isIP } from "node:net";
import { availableParallelism } from "node:os";
import type { Reachability } from "../samples/types.ts";
import { findCommand, runCommand } from "./ping-command.ts";
import { parseFping, parsePing } from "./ping-output.ts";
import { type ProbeOptions, probeDefaults } from "./request.ts";
import { summarize } from "./summary.ts";

export interface IcmpProber {
  readonly command: "fping" | "ping";
  /**
   * Never rejects. An address that does not answer is loss; undefined when it could not be measured (the command was
   * killed, or failed), which is not loss.
   * @throws TypeError for what is no IP address.
   */
  probe(address: string): Promise<Reachability | undefined>;
}

/** Why ICMP cannot be measured on this machine, for people. */
export interface IcmpUnavailable {
  reason: string;
  fix: string;
}

/** Addresses given to one `fping`, how long it waits for more of them, and how many may run at once. */
const BATCH_ADDRESSES = 256;
const BATCH_WAIT_MS = 20;
const FPING_PROCESSES = 4;
/** Between two packets of one fping, ms: the pace of all of them together is what the network sees. */
const PACKET_INTERVAL_MS = 1;

/** Finds a way to send echo requests and tries it on loopback. `commands` are tried in order (default fping, ping). */
export async function createIcmpProber(
  options: ProbeOptions = {},
  commands: readonly ("fping" | "ping")[] = ["fping", "ping"],
): Promise<IcmpProber | IcmpUnavailable> {
  let refused: string | undefined;
  for (const command of commands) {
    const file = findCommand(command);
    if (!file) continue;
    const prober = command === "fping" ? fpingProber(file, options) : pingProber(file, options);
    const trial =
      command === "fping"
        ? fpingProber(file, { ...options, count: 1 })
        : pingProber(file, { ...options, count: 1 });
    if ((await trial.probe("127.0.0.1"))?.received) return prober;
    refused = command;
  }
  return refused
    ? {
        reason: `${refused} is installed but may not send ICMP`,
        fix: "let it: setcap cap_net_raw+ep on it, or allow the group in net.ipv4.ping_group_range",
      }
    : { reason: "neither fping nor ping is installed", fix: "install fping (Debian: apt-get install fping)" };
}

function checked(address: string): string {
  if (isIP(address) === 0) throw new TypeError(`${JSON.stringify(address)} is not an IP address`);
  return address;
}

function pingProber(file: string, options: ProbeOptions): IcmpProber {
  const { count, intervalMs, timeoutMs, signal } = { ...probeDefaults, ...options };
  const limit = createLimit(availableParallelism() * 16);
  return {
    command: "ping",
    probe(address) {
      const argv = [
        "-n",
        "-c",
        String(count),
        // Below 0.2 s iputils asks for root.
        "-i",
        String(Math.max(0.2, intervalMs / 1000)),
        "-W",
        String(Math.max(1, Math.ceil(timeoutMs / 1000))),
        checked(address),
      ];
      const wholeMs = count * Math.max(200, intervalMs) + timeoutMs + 2000;
      return limit(async () => {
        const { output, exitCode } = await runCommand(file, argv, { timeoutMs: wholeMs, signal });
        // 1 is "no answer"; 2 and death by a signal mean that nothing was measured (no route, no permission).
        return exitCode === 0 || exitCode === 1 ? summarize("icmp", parsePing(output, count)) : undefined;
      });
    },
  };
}

function fpingProber(file: string, options: ProbeOptions): IcmpProber {
  const { count, intervalMs, timeoutMs, signal } = { ...probeDefaults, ...options };
  const limit = createLimit(FPING_PROCESSES);
  const argv = [
    "-C",
    String(count),
    "-q",
    "-i",
    String(PACKET_INTERVAL_MS),
    "-p",
    String(Math.max(10, intervalMs)),
    "-t",
    String(timeoutMs),
    "-f",
    "-",
  ];
  let waiting = new Map<string, PromiseWithResolvers<Reachability | undefined>>();
  let timer: NodeJS.Timeout | undefined;

  async function run(
    batch: ReadonlyMap<string, PromiseWithResolvers<Reachability | undefined>>,
  ): Promise<void> {
    const roundMs = Math.max(batch.size * PACKET_INTERVAL_MS, intervalMs);
    const { output } = await limit(() =>
      runCommand(file, argv, {
        input: `${[...batch.keys()].join("\n")}\n`,
        timeoutMs: count * roundMs + timeoutMs + 2000,
        signal,
      }),
    );
    const rtts = parseFping(output, count);
    for (const [address, answer] of batch) {
      const measured = rtts.get(address);
      answer.resolve(measured && summarize("icmp", measured));
    }
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = new Map();
    if (batch.size > 0) void run(batch);
  }

  return {
    command: "fping",
    probe(address) {
      const known = waiting.get(checked(address));
      if (known) return known.promise;
      const answer = Promise.withResolvers<Reachability | undefined>();
      waiting.set(address, answer);
      if (waiting.size >= BATCH_ADDRESSES) flush();
      else timer ??= setTimeout(flush, BATCH_WAIT_MS);
      return answer.promise;
    },
  };
}

/** At most `size` at once, the others in the order they came. */
function createLimit(size: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (work) => {
    if (running >= size) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
