/**
 * The process under fire: a driver that polls peers which answer with rubbish. Arguments: the ports of the peers.
 * Tells its parent what went wrong (nothing may), what it counted, its memory and the coverage of the decoder.
 */
import { createPdcDriver } from "../../../src/snmp/pdc/driver.ts";
import type { Receiver } from "../../../src/snmp/pdc/receiver.ts";
import { secretText } from "../../../src/snmp/secret.ts";
import type { SnmpCredential, SnmpSession } from "../../../src/snmp/types.ts";
import { startCoverage } from "./line-coverage.ts";
import { FUZZ_USER } from "./peers.ts";

const COLUMNS = [1, 2, 10].map((column) => `1.3.6.1.2.1.2.2.1.${column}`);
const stopCoverage = await startCoverage();
const mistakes: string[] = [];
process.on("uncaughtException", (error) => mistakes.push(`uncaught: ${error.stack}`));
process.on("unhandledRejection", (error) => mistakes.push(`unhandled: ${String(error)}`));
process.on("warning", (warning) => mistakes.push(`warning: ${warning.stack}`));

const driver = createPdcDriver();
let datagrams = 0;
const { receiver } = driver as unknown as { receiver: Receiver };
const receive = receiver.receive.bind(receiver);
receiver.receive = (octets, address, port) => {
  datagrams += 1;
  receive(octets, address, port);
};

const codes = new Map<string, number>();
let answers = 0;
let running = true;

function credentialFor(i: number): SnmpCredential {
  if (i % 4 === 3) {
    const { auth, priv } = FUZZ_USER.credential;
    return { version: "3", user: FUZZ_USER.name, auth: auth!, priv: priv! };
  }
  return { version: i % 4 === 2 ? "1" : "2c", community: secretText("public") };
}

const ASKS: readonly ((session: SnmpSession) => Promise<unknown>)[] = [
  (session) => session.get([`${COLUMNS[0]}.1`, `${COLUMNS[1]}.1`]),
  (session) => session.getNext([COLUMNS[0]!]),
  (session) => session.table(COLUMNS, { maxRows: 20, watchRestart: true, scalars: ["1.3.6.1.2.1.1.5.0"] }),
  (session) => session.walk("1.3.6.1.2.1.2.2", () => {}, { maxRows: 40 }),
  (session) => session.table(COLUMNS, { maxRows: 20 }),
];

async function poll(port: number, i: number): Promise<void> {
  const session = driver.open({
    address: "127.0.0.1",
    port,
    credential: credentialFor(i),
    timeoutMs: 60,
    retries: 1,
  });
  for (let round = 0; running; round++) {
    try {
      await ASKS[round % ASKS.length]!(session);
      answers += 1;
    } catch (error) {
      const { code, address } = error as { code?: string; address?: string };
      if (code === undefined || address !== "127.0.0.1") mistakes.push(`rejected with ${String(error)}`);
      codes.set(code ?? "none", (codes.get(code ?? "none") ?? 0) + 1);
    }
  }
}

const polls = process.argv.slice(2).map((port, i) => poll(Number(port), i));
process.on("message", async (message) => {
  if (message === "progress") {
    process.send?.({ datagrams, rss: process.memoryUsage.rss() });
    return;
  }
  running = false;
  await Promise.all(polls);
  await driver.close();
  const coverage = await stopCoverage(
    /src\/snmp\/(codec\/(ber-cursor|decode-|oid)|pdc\/(receiver|table-rows|walk-rows|scalar-head))/,
  );
  process.send?.({
    datagrams,
    rss: process.memoryUsage.rss(),
    answers,
    codes: [...codes],
    drops: driver.drops,
    mistakes,
    coverage,
  });
  process.disconnect();
});
