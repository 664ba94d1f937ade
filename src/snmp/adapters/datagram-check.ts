import { createSocket, type RemoteInfo, type Socket, type SocketType } from "node:dgram";
import { BerCursor } from "../codec/ber-cursor.ts";
import { DecodeError } from "../codec/decode-error.ts";
import { TAG } from "../codec/tags.ts";
import type { DropCounters } from "../types.ts";

/** Which datagrams may reach a foreign package. */
export interface ExpectedSender {
  address: string;
  port: number;
  anyAddress: boolean;
  /** Absent for v3. */
  community: Buffer | undefined;
}

/**
 * Stands in for `node:dgram` in a package that fails a request on the first odd datagram: what comes from another
 * sender, is cut off, or carries another community is counted and never reaches it. The variables are the
 * package's own business.
 */
export function datagramChecked(
  expected: ExpectedSender,
  counters: DropCounters,
): { createSocket(type: string): Socket } {
  return {
    createSocket(type) {
      const socket = createSocket(type as SocketType);
      const listen = socket.on.bind(socket) as (
        event: string,
        listener: (...args: never[]) => void,
      ) => Socket;
      socket.on = ((event: string, listener: (octets: Buffer, remote: RemoteInfo) => void) => {
        if (event !== "message") return listen(event, listener);
        return listen(event, (octets: Buffer, remote: RemoteInfo) => {
          const fault = faultOf(octets, remote, expected);
          if (fault === undefined) listener(octets, remote);
          else counters[fault] += 1;
        });
      }) as Socket["on"];
      return socket;
    },
  };
}

function faultOf(
  octets: Buffer,
  remote: RemoteInfo,
  expected: ExpectedSender,
): keyof DropCounters | undefined {
  if (remote.port !== expected.port || (remote.address !== expected.address && !expected.anyAddress)) {
    return "wrongAddress";
  }
  const cursor = new BerCursor(octets);
  try {
    const end = cursor.expect(TAG.sequence, octets.length, "message");
    cursor.integer(end, "version");
    if (expected.community === undefined) return undefined;
    cursor.expect(TAG.octetString, end, "community");
    return expected.community.equals(cursor.contents()) ? undefined : "wrongCommunity";
  } catch (error) {
    if (error instanceof DecodeError) return "malformed";
    throw error;
  }
}
