/** Binds agents to UDP sockets. Loopback only: a lab is nobody's business but this machine's. */
import { createSocket, type Socket } from "node:dgram";
import type { Agent } from "./agent.ts";

export interface BoundAgent {
  address: string;
  port: number;
  close(): Promise<void>;
}

const receiveBufferOctets = 1 << 20;

/** Whether only this machine can reach the address. */
export function isLoopback(address: string): boolean {
  return address === "::1" || /^127(?:\.\d{1,3}){3}$/.test(address);
}

/**
 * Listens on `address`:`port` (0: any free) and answers from the agent.
 * @throws when the address is not loopback, or cannot be bound.
 */
export async function bindAgent(agent: Agent, address = "127.0.0.1", port = 0): Promise<BoundAgent> {
  if (!isLoopback(address)) throw new Error(`agent ${agent.id}: ${address} is not a loopback address`);
  const type = address.includes(":") ? "udp6" : "udp4";
  // Addresses come from received datagrams; looking them up would put every answer off to the next tick.
  const socket = createSocket({
    type,
    recvBufferSize: receiveBufferOctets,
    lookup: (hostname, _options, callback) => callback(null, hostname, type === "udp6" ? 6 : 4),
  });
  socket.on("message", (datagram, remote) => {
    const answer = agent.answer(datagram, Date.now());
    if (answer === undefined) return;
    if (answer.delayMs === 0) send(socket, answer.datagram, remote);
    else setTimeout(() => send(socket, answer.datagram, remote), answer.delayMs).unref();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off("error", reject);
      // A manager that is gone answers with ICMP; that is no reason for an agent to stop.
      socket.on("error", () => {});
      resolve();
    });
  });
  return {
    address,
    port: socket.address().port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function send(socket: Socket, datagram: Buffer, remote: { address: string; port: number }): void {
  try {
    socket.send(datagram, remote.port, remote.address);
  } catch {
    // Closed while an answer was waiting: the lab is going down.
  }
}
