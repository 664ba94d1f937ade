/** Sockets that are listened on. The only file of the room that touches the network. */
import { createSocket } from "node:dgram";
import { createServer, isIP, type Socket } from "node:net";

export interface Endpoint {
  address: string;
  port: number;
}

export interface Listener {
  /** As bound: with port 0, the port the system chose. */
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

/** An endpoint that cannot be (exit code 2). */
export class EndpointError extends Error {
  readonly exitCode: number = 2;
  readonly code: string = "bad-endpoint";
  readonly fix: string = "write it as 127.0.0.1:1162, [::1]:1162, or 1162 for loopback";
}

/** A socket that the system refuses (exit code 22). */
export class ListenError extends Error {
  readonly exitCode = 22;
  readonly code: string;
  readonly fix: string;
  constructor(what: string, { address, port }: Endpoint, { code = "EUNKNOWN" }: NodeJS.ErrnoException) {
    const why: Readonly<Record<string, string>> = {
      EACCES: "ports below 1024 are the system's",
      EADDRINUSE: "another program listens there",
      EADDRNOTAVAIL: "this machine has no such address",
    };
    super(`cannot listen for ${what} on ${address} port ${port}: ${why[code] ?? code}`);
    this.code = code.toLowerCase();
    this.fix =
      code === "EACCES"
        ? "take a port from 1024 on and redirect to it, or give the service CAP_NET_BIND_SERVICE"
        : "choose another address or port, or end what listens there";
  }
}

/** "1162", "127.0.0.1:1162", "[::1]:1162". Loopback when no address is named. @throws EndpointError */
export function parseEndpoint(text: string): Endpoint {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text.trim());
  const address = match?.[1] ?? match?.[2] ?? "127.0.0.1";
  const port = Number(match?.[3]);
  if (!match || isIP(address) === 0 || port > 65_535)
    throw new EndpointError(`${JSON.stringify(text)} is not an address and port to listen on`);
  return { address, port };
}

/** Asked of the kernel, so that a storm of traps waits there and is not lost before it is counted. */
const RECEIVE_BUFFER_OCTETS = 4 * 1024 * 1024;

/** Datagrams; the handler must not throw, and an answer that cannot be sent is like one lost on the way. */
export function listenUdp(
  what: string,
  endpoint: Endpoint,
  onDatagram: (octets: Buffer, from: string, answer: (octets: Uint8Array) => void) => void,
): Promise<Listener> {
  const family = isIP(endpoint.address);
  const socket = createSocket({
    type: family === 6 ? "udp6" : "udp4",
    recvBufferSize: RECEIVE_BUFFER_OCTETS,
  });
  socket.on("message", (octets, { address, port }) => {
    // A source port of 0 cannot be answered.
    onDatagram(octets, address, (answer) => {
      if (port > 0) socket.send(answer, port, address, () => {});
    });
  });
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => reject(new ListenError(what, endpoint, error)));
    socket.bind(endpoint.port, endpoint.address, () => {
      socket.removeAllListeners("error");
      // An ICMP error of an answer is the sender's affair.
      socket.on("error", () => {});
      const { port } = socket.address();
      resolve({
        endpoint: { ...endpoint, port },
        close: () => new Promise((done) => socket.close(() => done())),
      });
    });
  });
}

export interface StreamHandler {
  data(octets: Buffer, from: string): void;
}

export interface TcpLimits {
  /** Connections at a time (default 256); more are closed at once. */
  connections?: number;
  /** A connection that says nothing for so long is closed, ms (default an hour). */
  idleMs?: number;
}

/** Connections; `open` gives the handler of one, `refused` counts those beyond the limit. */
export function listenTcp(
  what: string,
  endpoint: Endpoint,
  open: (close: () => void) => StreamHandler,
  refused: () => void,
  { connections = 256, idleMs = 3_600_000 }: TcpLimits = {},
): Promise<Listener> {
  const live = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    if (live.size >= connections) {
      refused();
      socket.destroy();
      return;
    }
    live.add(socket);
    const from = socket.remoteAddress ?? "";
    const handler = open(() => socket.destroy());
    socket.setTimeout(idleMs, () => socket.destroy());
    socket.on("data", (octets: Buffer) => handler.data(octets, from));
    socket.on("close", () => live.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new ListenError(what, endpoint, error)));
    server.listen(endpoint.port, endpoint.address, () => {
      server.removeAllListeners("error");
      server.on("error", () => {});
      const bound = server.address();
      const port = typeof bound === "object" && bound ? bound.port : endpoint.port;
      resolve({
        endpoint: { ...endpoint, port },
        close: () =>
          new Promise((done) => {
            for (const socket of live) socket.destroy();
            server.close(() => done());
          }),
      });
    });
  });
}
