import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import netSnmp, { type Session as NetSession } from "net-snmp";
import snmpNative from "snmp-native";
import { createPdcDriver } from "../../../src/snmp/pdc/driver.ts";
import { readColumns } from "../../../src/snmp/read-columns.ts";
import { secretText } from "../../../src/snmp/secret.ts";
import type { SnmpCredential } from "../../../src/snmp/types.ts";

/** ifTable (IF-MIB), and the columns that snmpd has of it. */
export const IF_TABLE = "1.3.6.1.2.1.2.2";
const COLUMNS = Array.from({ length: 22 }, (_, i) => i + 1)
  .filter((column) => column !== 12 && column !== 18)
  .map((column) => `${IF_TABLE}.1.${column}`);
/** What all are asked to use, where they can be asked. */
const REPETITIONS = 60;

/** Reads the whole table once; gives how many variables came, and its own CPU time in µs where it is another process. */
export type Contender = () => Promise<{ variables: number; cpuMicroseconds?: number }>;

export function pdcTable(
  port: number,
  credential: SnmpCredential = community(),
): Contender & { close(): void } {
  const driver = createPdcDriver();
  const session = driver.open({ address: "127.0.0.1", port, credential });
  const read = async () => {
    const { complete, columns, error } = await session.table(COLUMNS);
    if (!complete) throw error ?? new Error("incomplete table");
    let variables = 0;
    for (const cells of columns) for (const cell of cells) if (cell) variables += 1;
    return { variables };
  };
  return Object.assign(read, { close: () => void driver.close() });
}

export function pdcColumns(
  port: number,
  credential: SnmpCredential = community(),
): Contender & { close(): void } {
  const driver = createPdcDriver();
  const session = driver.open({ address: "127.0.0.1", port, credential });
  const read = async () => {
    const { complete, columns, error } = await readColumns(session, COLUMNS);
    if (!complete) throw error ?? new Error("incomplete table");
    let variables = 0;
    for (const { values } of columns) for (const value of values) if (value !== undefined) variables += 1;
    return { variables };
  };
  return Object.assign(read, { close: () => void driver.close() });
}

export function pdcWalk(
  port: number,
  credential: SnmpCredential = community(),
): Contender & { close(): void } {
  const driver = createPdcDriver();
  const session = driver.open({ address: "127.0.0.1", port, credential });
  const read = async () => {
    let variables = 0;
    const result = await session.walk(IF_TABLE, (varBinds) => {
      variables += varBinds.length;
    });
    if (!result.complete) throw result.error ?? new Error("incomplete walk");
    return { variables };
  };
  return Object.assign(read, { close: () => void driver.close() });
}

/** The requests that a contender sends, recorded by a relay in between. */
export async function recordRequests(
  port: number,
  start: (relayPort: number) => Contender,
): Promise<Buffer[]> {
  const requests: Buffer[] = [];
  const inside = createSocket("udp4");
  const outside = createSocket("udp4");
  let client = 0;
  outside.on("message", (octets, remote) => {
    client = remote.port;
    requests.push(octets);
    inside.send(octets, port, "127.0.0.1");
  });
  inside.on("message", (octets) => outside.send(octets, client, "127.0.0.1"));
  await new Promise<void>((resolve) => outside.bind(0, "127.0.0.1", resolve));
  await start(outside.address().port)();
  inside.close();
  outside.close();
  return requests;
}

/** The same datagrams over a Node UDP socket, one after the other, nothing decoded. */
export function bareExchange(port: number, requests: readonly Buffer[]): Contender & { close(): void } {
  const socket = createSocket("udp4");
  let next = 0;
  let done: () => void = () => {};
  const send = (): void => {
    const request = requests[next];
    next += 1;
    if (request) socket.send(request, port, "127.0.0.1");
    else done();
  };
  socket.on("message", send);
  const read = async () => {
    next = 0;
    await new Promise<void>((resolve) => {
      done = resolve;
      send();
    });
    return { variables: 0 };
  };
  return Object.assign(read, { close: () => socket.close() });
}

export function netSnmpSubtree(port: number): Contender & { close(): void } {
  const session = netSnmp.createSession("127.0.0.1", "public", {
    port,
    version: netSnmp.Version2c,
  }) as NetSubtree;
  const read = () =>
    new Promise<{ variables: number }>((resolve, reject) => {
      let variables = 0;
      const feed = (varBinds: unknown[]): void => {
        variables += varBinds.length;
      };
      session.subtree(IF_TABLE, REPETITIONS, feed, (error) =>
        error ? reject(error) : resolve({ variables }),
      );
    });
  return Object.assign(read, { close: () => session.close() });
}

type NetSubtree = NetSession & {
  subtree(
    oid: string,
    maxRepetitions: number,
    feed: (varBinds: unknown[]) => void,
    done: (error: Error | null) => void,
  ): void;
};

/** As it comes: one GETNEXT per variable. */
export function snmpNativeSubtree(port: number): Contender & { close(): void } {
  const session = new snmpNative.Session({ family: "udp4" }) as NativeSubtree;
  const read = () =>
    new Promise<{ variables: number }>((resolve, reject) => {
      const options = { oid: IF_TABLE.split(".").map(Number), host: "127.0.0.1", port, community: "public" };
      session.getSubtree(options, (error, varBinds) =>
        error ? reject(error) : resolve({ variables: varBinds.length }),
      );
    });
  return Object.assign(read, { close: () => session.close() });
}

type NativeSubtree = snmpNative.Session & {
  getSubtree(options: object, callback: (error: Error | null, varBinds: unknown[]) => void): void;
};

/** Its codec with GETBULK, on the barest of sockets. */
export function snmpNativeCodec(port: number): Contender & { close(): void } {
  const socket = createSocket("udp4");
  let received: (octets: Buffer) => void = () => {};
  socket.on("message", (octets) => received(octets));
  const root = IF_TABLE.split(".").map(Number);
  const read = () =>
    new Promise<{ variables: number }>((resolve) => {
      let variables = 0;
      const ask = (oid: number[]): void => {
        const packet = new snmpNative.Packet();
        packet.pdu.type = 5;
        packet.pdu.error = 0;
        packet.pdu.errorIndex = REPETITIONS;
        packet.pdu.varbinds = [{ oid, type: 5, value: null }];
        socket.send(snmpNative.encode(packet), port, "127.0.0.1");
      };
      received = (octets) => {
        let last = root;
        for (const { oid } of snmpNative.parse(octets).pdu.varbinds) {
          if (root.some((subId, i) => oid[i] !== subId)) return resolve({ variables });
          variables += 1;
          last = oid;
        }
        ask(last);
      };
      ask(root);
    });
  return Object.assign(read, { close: () => socket.close() });
}

/** The C reference: user and system time of the process, its start included. */
export function snmpBulkWalk(port: number): Contender {
  return async () => {
    const script = `TIMEFORMAT='%3U %3S'; time snmpbulkwalk -v2c -c public -Cr${REPETITIONS} -m '' -On -Oq 127.0.0.1:${port} ${IF_TABLE} | wc -l`;
    const output = execFileSync("bash", ["-c", `{ ${script}; } 2>&1`], { encoding: "utf8" });
    const [lines, times] = output.trim().split("\n");
    const [user, system] = times!.split(" ").map(Number);
    return { variables: Number(lines), cpuMicroseconds: (user! + system!) * 1e6 };
  };
}

function community(): SnmpCredential {
  return { version: "2c", community: secretText("public") };
}
