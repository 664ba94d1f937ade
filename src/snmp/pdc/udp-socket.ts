import { createSocket, type Socket } from "node:dgram";

/** Asked of the kernel, which gives what its limit allows (`net.core.rmem_max`). */
const RECEIVE_BUFFER_OCTETS = 8 * 1024 * 1024;
/** How long to wait before a socket is opened again that the system refused (EMFILE and the like). */
const REOPEN_MS = 200;

export interface UdpSocketEvents {
  datagram(octets: Buffer, address: string, port: number): void;
  /** A datagram to this peer was not sent. */
  sendFailed(code: string, address: string, port: number): void;
  /** The socket is bound; the size of its receive buffer as the kernel counts it. */
  ready(receiveBufferOctets: number): void;
  /** The socket is lost and will be opened again; nothing that was queued is sent. */
  lost(code: string): void;
}

/** The numeric address is what we were given: no resolver is asked, and no thread. */
const sameAddress = (
  address: string,
  _options: unknown,
  callback: (error: null, address: string, family: number) => void,
): void => callback(null, address, address.includes(":") ? 6 : 4);

/** A socket of one address family, on an ephemeral port (unpredictable, RFC 6056), never keeping the process alive. */
export class UdpSocket {
  private socket: Socket;
  private readonly family: 4 | 6;
  private readonly events: UdpSocketEvents;
  private readonly sent: (error: Error | null) => void;
  private closed = false;
  private reopening = false;

  constructor(family: 4 | 6, events: UdpSocketEvents) {
    this.family = family;
    this.events = events;
    this.sent = (error) => {
      if (error === null) return;
      const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
      events.sendFailed(code ?? "EUNKNOWN", address ?? "", port ?? 0);
    };
    this.socket = this.create();
    this.socket.bind(0);
  }

  /** With `told`, a refusal of the kernel is told by `sendFailed`; without, it is like a datagram lost on the way. */
  send(octets: Uint8Array, port: number, address: string, told = true): void {
    if (this.closed) return;
    if (this.reopening) this.events.sendFailed("EBADF", address, port);
    else if (told) this.socket.send(octets, port, address, this.sent);
    else this.socket.send(octets, port, address);
  }

  /** Undefined while there is no socket. */
  get localPort(): number | undefined {
    if (this.closed || this.reopening) return undefined;
    try {
      return this.socket.address().port;
    } catch {
      return undefined;
    }
  }

  close(): Promise<void> {
    this.closed = true;
    if (this.reopening) return Promise.resolve();
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }

  private create(): Socket {
    const socket = createSocket({
      type: this.family === 4 ? "udp4" : "udp6",
      ipv6Only: this.family === 6,
      recvBufferSize: RECEIVE_BUFFER_OCTETS,
      lookup: sameAddress as never,
    });
    socket.on("message", (octets, remote) => this.events.datagram(octets, remote.address, remote.port));
    socket.on("listening", () => this.events.ready(socket.getRecvBufferSize()));
    socket.on("error", (error: NodeJS.ErrnoException) => this.reopen(socket, error.code ?? "EUNKNOWN"));
    socket.unref();
    return socket;
  }

  private reopen(failed: Socket, code: string): void {
    if (this.closed || failed !== this.socket) return;
    failed.removeAllListeners();
    failed.on("error", () => {});
    try {
      failed.close();
    } catch {
      // It never came to be.
    }
    this.reopening = true;
    this.events.lost(code);
    setTimeout(() => {
      this.reopening = false;
      if (this.closed) return;
      this.socket = this.create();
      this.socket.bind(0);
    }, REOPEN_MS).unref();
  }
}
