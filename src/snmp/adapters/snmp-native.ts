import snmp, { type NativeVarBind, type ParsedPacket } from "snmp-native";
import { TAG } from "../codec/tags.ts";
import { noDrops } from "../drops.ts";
import { SnmpRequestError } from "../error.ts";
import type { Exchange, Reply } from "../get.ts";
import { patienceOf, silenceOf } from "../patience.ts";
import { RefusedSession } from "../refused-session.ts";
import { ResponseSize } from "../response-size.ts";
import { canonicalAddress, targetProblem } from "../target-check.ts";
import type { DropCounters, SnmpDriver, SnmpSession, SnmpTarget, SnmpVersion, VarBind } from "../types.ts";
import { ExchangeSession } from "./exchange-session.ts";
import { toVarBind } from "./foreign-value.ts";

const PDU_NUMBER = { get: 0, "get-next": 1, "get-bulk": 5 } as const;
/** A response, as the package numbers PDUs. */
const RESPONSE = 2;

/** The npm package `snmp-native` behind the seam: v1 and v2c, its codec and its timers, one socket per address family. */
export function createSnmpNativeDriver(): SnmpDriver {
  return new SnmpNativeDriver();
}

interface Pending {
  target: SnmpTarget;
  address: string;
  community: string;
  resolve: (reply: Reply) => void;
  reject: (error: SnmpRequestError) => void;
}

class SnmpNativeDriver implements SnmpDriver {
  readonly name = "snmp-native";
  readonly versions: readonly SnmpVersion[] = ["1", "2c"];
  private readonly counters = noDrops();
  private readonly sockets = new Map<4 | 6, snmp.Session>();
  private readonly pending = new Map<number, Pending>();
  private closed = false;

  get drops(): Readonly<DropCounters> {
    return this.counters;
  }

  open(target: SnmpTarget): SnmpSession {
    const problem = targetProblem(target, this.name, this.versions);
    if (problem) return new RefusedSession(target, problem);
    const { address, family } = canonicalAddress(target.address)!;
    const exchange: Exchange = {
      address,
      size: new ResponseSize(),
      ask: (type, oids, bulk) => {
        const packet = packetOf(target, oids);
        packet.pdu.type = PDU_NUMBER[type];
        packet.pdu.error = bulk?.nonRepeaters ?? 0;
        packet.pdu.errorIndex = bulk?.maxRepetitions ?? 0;
        return this.send(target, address, family, packet);
      },
    };
    return new ExchangeSession(target, exchange, () => this.cancel(target, "the session was closed"));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.cancel(undefined, "the driver was closed");
    for (const session of this.sockets.values()) session.close();
    this.sockets.clear();
  }

  private cancel(target: SnmpTarget | undefined, why: string): void {
    for (const [id, entry] of this.pending) {
      if (target !== undefined && entry.target !== target) continue;
      this.forget(id);
      entry.reject(new SnmpRequestError("closed", entry.address, why));
    }
  }

  /** Takes a request out of our books and the package's. */
  private forget(id: number): void {
    this.pending.delete(id);
    for (const { reqs } of this.sockets.values()) {
      clearTimeout(reqs[id]?.timeout);
      delete reqs[id];
    }
  }

  private session(family: 4 | 6): snmp.Session {
    let session = this.sockets.get(family);
    if (!session) {
      const receive = (octets: Buffer, remote: { address: string; port: number }): void =>
        this.receive(octets, remote);
      session = new snmp.Session({ family: family === 4 ? "udp4" : "udp6", msgReceived: receive });
      session.socket?.unref();
      this.sockets.set(family, session);
    }
    return session;
  }

  private send(target: SnmpTarget, address: string, family: 4 | 6, packet: snmp.Packet): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(new SnmpRequestError("closed", address, "the driver is closed"));
        return;
      }
      const options = { host: address, port: target.port ?? 161, timeouts: timeoutsOf(target) };
      const settle = (error: Error | null): void => {
        this.pending.delete(packet.pdu.reqid);
        if (error?.message === "Timeout") reject(new SnmpRequestError("timeout", address, silenceOf(target)));
        else reject(new SnmpRequestError("unreachable", address, error?.message ?? "cannot send"));
      };
      try {
        this.session(family).sendMsg(packet, options, settle);
      } catch (error) {
        // It does not take every OID, nor more than 1,024 requests in one millisecond.
        reject(new SnmpRequestError("unsupported", address, `snmp-native: ${(error as Error).message}`));
        return;
      }
      this.pending.set(packet.pdu.reqid, { target, address, community: packet.community, resolve, reject });
    });
  }

  /** The package's own receiver throws on stray packets and does not look at the sender. */
  private receive(octets: Buffer, remote: { address: string; port: number }): void {
    let packet: ParsedPacket;
    let varBinds: VarBind[];
    try {
      packet = snmp.parse(octets);
      varBinds = packet.pdu.varbinds.map(nativeVarBind);
    } catch {
      this.counters.malformed += 1;
      return;
    }
    const id = packet.pdu.reqid;
    const entry = this.pending.get(id);
    if (!entry || packet.pdu.type !== RESPONSE) {
      this.counters.unknownRequest += 1;
      return;
    }
    const { port = 161, acceptOtherAddress = false } = entry.target;
    if (remote.port !== port || (remote.address !== entry.address && !acceptOtherAddress)) {
      this.counters.wrongAddress += 1;
      return;
    }
    if (packet.community !== entry.community) {
      this.counters.wrongCommunity += 1;
      return;
    }
    this.forget(id);
    entry.resolve({ errorStatus: packet.pdu.error, errorIndex: packet.pdu.errorIndex, varBinds });
  }
}

function packetOf({ credential }: SnmpTarget, oids: readonly string[]): snmp.Packet {
  const packet = new snmp.Packet();
  packet.version = credential.version === "1" ? 0 : 1;
  packet.community = credential.version === "3" ? "" : credential.community.reveal();
  packet.pdu.varbinds = oids.map((oid) => ({
    oid: oid.replace(/^\./, "").split(".").map(Number),
    type: TAG.null,
    value: null,
  }));
  return packet;
}

function nativeVarBind({ oid, type, value, valueRaw }: NativeVarBind): VarBind {
  return toVarBind({ oid: oid.join("."), tag: type, value, octets: valueRaw });
}

/** The waits of the attempts, one after the other. */
function timeoutsOf(target: SnmpTarget): number[] {
  const { timeoutMs, retries } = patienceOf(target);
  return Array.from({ length: retries + 1 }, (_, attempt) => timeoutMs * 2 ** attempt);
}
