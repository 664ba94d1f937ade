import { createSocket, type Socket } from "node:dgram";
import type { Peer } from "./peer.ts";

/** Connected sockets open at once; repeats to further silent peers go through the shared socket. */
const MOST_PROBES = 64;
/** For answers that are still under way, which the kernel would otherwise refuse towards the device. */
const LINGER_MS = 1000;

export interface ProbeEvents {
  datagram(octets: Buffer, address: string, port: number): void;
  /** The host of this peer (or a router before it) answered that it cannot be reached. */
  refused(peer: Peer, code: string): void;
}

/**
 * The kernel tells of ICMP "port unreachable" only on a connected socket. A repeat to a peer that was silent goes
 * through one of these: when the host lives but no agent listens there, it is known at once, not after all tries.
 */
export class RefusalProbes {
  private readonly sockets = new Map<Peer, Socket>();
  /** Released, but open yet for late answers. */
  private readonly lingering = new Set<Socket>();
  private readonly events: ProbeEvents;

  constructor(events: ProbeEvents) {
    this.events = events;
  }

  /** Sends through a connected socket; false when there is none to spare. */
  send(datagram: Uint8Array, peer: Peer): boolean {
    const known = this.sockets.get(peer);
    if (known) {
      this.transmit(known, datagram, peer);
      return true;
    }
    if (this.sockets.size + this.lingering.size >= MOST_PROBES) return false;
    const socket = createSocket(peer.family === 4 ? "udp4" : "udp6");
    this.sockets.set(peer, socket);
    socket.unref();
    socket.on("message", (octets, { address, port }) => this.events.datagram(octets, address, port));
    socket.on("error", (error: NodeJS.ErrnoException) => this.events.refused(peer, error.code ?? "EUNKNOWN"));
    socket.connect(peer.port, peer.address, () => {
      if (this.sockets.get(peer) === socket) this.transmit(socket, datagram, peer);
    });
    return true;
  }

  /** The question to this peer is settled. */
  release(peer: Peer): void {
    const socket = this.sockets.get(peer);
    if (!socket) return;
    this.sockets.delete(peer);
    this.lingering.add(socket);
    // Datagrams one behind the other can give an error each.
    socket.removeAllListeners("error").on("error", () => {});
    setTimeout(() => this.end(socket), LINGER_MS).unref();
  }

  close(): void {
    for (const peer of [...this.sockets.keys()]) this.release(peer);
    for (const socket of [...this.lingering]) this.end(socket);
  }

  private end(socket: Socket): void {
    if (!this.lingering.delete(socket)) return;
    try {
      socket.close();
    } catch {
      // It was never opened.
    }
  }

  private transmit(socket: Socket, datagram: Uint8Array, peer: Peer): void {
    try {
      socket.send(datagram, (error) => {
        if (error) this.events.refused(peer, (error as NodeJS.ErrnoException).code ?? "EUNKNOWN");
      });
    } catch {
      // Not connected (yet): as good as lost.
    }
  }
}
