/** A receiver on loopback for tests, and Net-SNMP's own senders. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { Receiver, type ReceiverOptions } from "../../src/receive/receiver.ts";
import { SenderBook } from "../../src/receive/senders.ts";
import type { Hint, Sender } from "../../src/receive/types.ts";
import { secretText } from "../../src/snmp/secret.ts";
import type { SnmpCredential } from "../../src/snmp/types.ts";

export const community: SnmpCredential = { version: "2c", community: secretText("reading") };
export const strict: SnmpCredential = {
  version: "3",
  user: "watcher",
  auth: { protocol: "sha256", password: secretText("auth-password") },
  priv: { protocol: "aes128", password: secretText("priv-password") },
};
export const identity = { engineId: Buffer.from("80001f88050102030405060708", "hex"), boots: 3 };
const loopback = { address: "127.0.0.1", port: 0 };

/** Devices "plain" (v2c) and "strict" (v3), both at 127.0.0.1 unless `senders` says otherwise. */
export async function receiverFor(
  options: Partial<ReceiverOptions> & { list?: readonly Sender[] } = {},
): Promise<{ receiver: Receiver; hints: Hint[] }> {
  const hints: Hint[] = [];
  const { list, ...others } = options;
  const receiver = await Receiver.open({
    senders: new SenderBook(list ?? [{ device: "plain", addresses: ["127.0.0.1"], credential: community }], [
      strict,
    ]),
    onHint: (hint) => hints.push(hint),
    traps: { endpoint: loopback, identity },
    syslog: loopback,
    ...others,
  });
  onTestFinished(() => receiver.close());
  return { receiver, hints };
}

const run = promisify(execFile);

/** Runs a command to its end; rejects when it fails. */
export async function command(name: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(name, args, {
    env: { ...process.env, MIBS: "", SNMPCONFPATH: "/nonexistent", SNMP_PERSISTENT_DIR: "/nonexistent" },
    timeout: 20_000,
  });
  return stdout + stderr;
}
