import snmp, { type NetSessionOptions, type NetVarBind, type Session } from "net-snmp";
import { noDrops } from "../drops.ts";
import { SnmpRequestError } from "../error.ts";
import type { Exchange, Reply } from "../get.ts";
import { patienceOf, silenceOf } from "../patience.ts";
import { RefusedSession } from "../refused-session.ts";
import { ResponseSize } from "../response-size.ts";
import { canonicalAddress, targetProblem } from "../target-check.ts";
import type {
  DropCounters,
  SnmpDriver,
  SnmpErrorCode,
  SnmpSession,
  SnmpTarget,
  SnmpVersion,
  VarBind,
} from "../types.ts";
import { datagramChecked } from "./datagram-check.ts";
import { ExchangeSession } from "./exchange-session.ts";
import { toVarBind } from "./foreign-value.ts";
import { netUser, unsupportedProtocol } from "./net-snmp-user.ts";

/** The npm package `net-snmp` behind the seam: all versions, one socket per session. */
export function createNetSnmpDriver(): SnmpDriver {
  return new NetSnmpDriver();
}

class NetSnmpDriver implements SnmpDriver {
  readonly name = "net-snmp";
  readonly versions: readonly SnmpVersion[] = ["1", "2c", "3"];
  private readonly counters = noDrops();
  private readonly sessions = new Set<ExchangeSession>();

  get drops(): Readonly<DropCounters> {
    return this.counters;
  }

  open(target: SnmpTarget): SnmpSession {
    const problem = targetProblem(target, this.name, this.versions) ?? protocolProblem(target);
    if (problem) return new RefusedSession(target, problem);
    const { address, family } = canonicalAddress(target.address)!;
    const foreign = openForeign(target, address, family, this.counters);
    foreign.on("error", () => {
      this.counters.malformed += 1;
    });
    const exchange: Exchange = {
      address,
      size: new ResponseSize(),
      ask: (type, oids, bulk) => ask(foreign, target, address, type, oids, bulk),
    };
    const session = new ExchangeSession(target, exchange, () => {
      this.sessions.delete(session);
      foreign.close();
    });
    this.sessions.add(session);
    return session;
  }

  async close(): Promise<void> {
    for (const session of [...this.sessions]) session.close();
  }
}

function protocolProblem(target: SnmpTarget): SnmpRequestError | undefined {
  const protocol = unsupportedProtocol(target);
  if (protocol === undefined) return undefined;
  const detail = `the driver net-snmp does not speak ${protocol}`;
  return new SnmpRequestError("unsupported", target.address, detail, {
    fix: "use the driver pdc for this device",
  });
}

function openForeign(target: SnmpTarget, address: string, family: 4 | 6, counters: DropCounters): Session {
  const { credential, port = 161 } = target;
  const { timeoutMs, retries } = patienceOf(target);
  const community = credential.version === "3" ? undefined : Buffer.from(credential.community.reveal());
  const options: NetSessionOptions = {
    port,
    retries,
    timeout: timeoutMs,
    backoff: 2,
    transport: family === 4 ? "udp4" : "udp6",
    dgramModule: datagramChecked(
      { address, port, anyAddress: target.acceptOtherAddress ?? false, community },
      counters,
    ),
  };
  if (credential.version === "3") {
    const context = credential.contextName ?? "";
    return snmp.createV3Session(address, netUser(credential), {
      ...options,
      version: snmp.Version3,
      context,
    });
  }
  const version = credential.version === "1" ? snmp.Version1 : snmp.Version2c;
  return snmp.createSession(address, credential.community.reveal(), { ...options, version });
}

function ask(
  foreign: Session,
  target: SnmpTarget,
  address: string,
  type: "get" | "get-next" | "get-bulk",
  asked: readonly string[],
  bulk = { nonRepeaters: 0, maxRepetitions: 0 },
): Promise<Reply> {
  const oids = asked.map((oid) => oid.replace(/^\./, ""));
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, found: (NetVarBind | NetVarBind[])[]): void => {
      try {
        if (error) resolve(refusal(error, oids));
        else
          resolve({
            errorStatus: 0,
            errorIndex: 0,
            varBinds: interleaved(found, bulk.nonRepeaters).map(fromNet),
          });
      } catch (thrown) {
        reject(failure(thrown as Error, target, address));
      }
    };
    if (type === "get") foreign.get(oids, done);
    else if (type === "get-next") foreign.getNext(oids, done);
    else foreign.getBulk(oids, bulk.nonRepeaters, bulk.maxRepetitions, done);
  });
}

/** The package gives the repetitions column by column; on the wire they stand row by row. */
function interleaved(found: (NetVarBind | NetVarBind[])[], nonRepeaters: number): NetVarBind[] {
  const columns = found.slice(nonRepeaters).map((column) => (Array.isArray(column) ? column : [column]));
  const rows = Math.max(0, ...columns.map((column) => column.length));
  const repeated = Array.from({ length: rows }, (_, row) => columns.flatMap((column) => column[row] ?? []));
  return [...(found.slice(0, nonRepeaters) as NetVarBind[]), ...repeated.flat()];
}

function fromNet({ oid, type, value }: NetVarBind): VarBind {
  return toVarBind({ oid, tag: type, value, octets: Buffer.isBuffer(value) ? value : Buffer.alloc(0) });
}

/** An error-status as a reply; throws every other error. The package names the variable only in the message. */
function refusal(error: Error & { status?: number }, oids: readonly string[]): Reply {
  if (error.name !== "RequestFailedError" || error.status === undefined) throw error;
  const named = oids.findIndex((oid) => error.message.endsWith(`: ${oid}`));
  return { errorStatus: error.status, errorIndex: named + 1, varBinds: [] };
}

/** What the package's texts mean. */
const CODES: readonly [pattern: RegExp, code: SnmpErrorCode][] = [
  [/Unknown User Name/, "unknown-user"],
  [/Wrong Digest|digest/i, "authentication"],
  [/Unsupported Security Level/, "unsupported-security-level"],
  [/Not In Time Window|outside the time window/, "not-in-time-window"],
  [/decrypt/i, "decryption"],
];

function failure(error: Error, target: SnmpTarget, address: string): SnmpRequestError {
  if (error.name === "RequestTimedOutError")
    return new SnmpRequestError("timeout", address, silenceOf(target));
  if (error.message === "Socket forcibly closed")
    return new SnmpRequestError("closed", address, "the session was closed");
  if (error.name !== "ResponseInvalidError" && !(error instanceof RangeError)) {
    return new SnmpRequestError(
      "unreachable",
      address,
      `cannot send to port ${target.port ?? 161} (${error.message})`,
    );
  }
  const code = CODES.find(([pattern]) => pattern.test(error.message))?.[1] ?? "mismatch";
  return new SnmpRequestError(code, address, error.message);
}
