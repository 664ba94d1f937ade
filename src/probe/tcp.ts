/** Reachability by TCP: how long the handshake with a port takes. */
import { connect, isIP } from "node:net";
import type { Reachability } from "../samples/types.ts";
import { type ProbeOptions, probeByRequest, probeDefaults } from "./request.ts";

/** A refusal (RST) came from the host itself: it is reachable, whatever the port is for. */
export function probeTcp(address: string, port: number, options: ProbeOptions = {}): Promise<Reachability> {
  if (isIP(address) === 0) throw new TypeError(`${JSON.stringify(address)} is not an IP address`);
  const timeoutMs = options.timeoutMs ?? probeDefaults.timeoutMs;
  return probeByRequest("tcp", () => handshake(address, port, timeoutMs), options);
}

function handshake(address: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const settle = (error?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      if (!error || (error as NodeJS.ErrnoException).code === "ECONNREFUSED") resolve();
      else reject(error);
    };
    const timer = setTimeout(() => settle(new Error("no answer")), timeoutMs);
    socket.once("connect", () => settle());
    socket.once("error", settle);
  });
}
