/** Traps and informs as Net-SNMP sends them, and syslog as logger does. */
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { secretText } from "../../src/snmp/secret.ts";
import { command, community, identity, receiverFor, strict } from "./center.ts";

function isThere(name: string): boolean {
  try {
    execFileSync("which", [name], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const LINK_DOWN = "1.3.6.1.6.3.1.1.5.3";
const ifIndex = ["1.3.6.1.2.1.2.2.1.1.7", "i", "7"];
const v3 = [
  ...["-v", "3", "-u", "watcher", "-l", "authPriv", "-a", "SHA-256", "-A", "auth-password"],
  ...["-x", "AES", "-X", "priv-password"],
];
const engine = ["-e", "0x80001f8804aabbccddee"];

describe.skipIf(!isThere("snmptrap"))("snmptrap (skipped without Debian's package snmp)", () => {
  const target = (port: number | undefined) => `127.0.0.1:${port}`;

  test("v1 linkDown is named as its v2 twin", async () => {
    const { receiver, hints } = await receiverFor();
    const to = target(receiver.trapEndpoint?.port);
    const generic = ["1.3.6.1.4.1.9.1.1", "10.0.0.1", "2", "0", "55"];
    await command("snmptrap", "-v", "1", "-c", "reading", to, ...generic, ...ifIndex);
    await expect.poll(() => hints.length).toBe(1);
    expect(hints[0]).toEqual({
      device: "plain",
      by: "trap",
      name: "linkDown",
      detail: LINK_DOWN,
      ifIndex: 7,
    });
  });

  test("v1 enterprise traps keep their number", async () => {
    const { receiver, hints } = await receiverFor();
    const to = target(receiver.trapEndpoint?.port);
    const enterprise = (number: string) => ["1.3.6.1.4.1.318", "", "6", number, "55"];
    await command("snmptrap", "-v", "1", "-c", "reading", to, ...enterprise("9"));
    await expect.poll(() => hints.length).toBe(1);
    expect(hints[0]).toMatchObject({ name: "other", detail: "1.3.6.1.4.1.318.0.9" });
    await command("snmptrap", "-v", "1", "-c", "reading", to, ...enterprise("5"));
    await expect.poll(() => hints.length).toBe(2);
    expect(hints[1]).toMatchObject({ name: "onBattery", detail: "1.3.6.1.4.1.318.0.5" });
  });

  test.each([
    ["coldStart", 1],
    ["linkUp", 4],
    ["authenticationFailure", 5],
  ])("v2c %s", async (name, number) => {
    const { receiver, hints } = await receiverFor();
    const to = target(receiver.trapEndpoint?.port);
    await command("snmptrap", "-v", "2c", "-c", "reading", to, "", `1.3.6.1.6.3.1.1.5.${number}`);
    await expect.poll(() => hints.length).toBe(1);
    expect(hints[0]).toMatchObject({ device: "plain", by: "trap", name });
    expect(receiver.counters).toMatchObject({ traps: 1, hints: 1 });
  });

  test("v2c inform is acknowledged: snmpinform waits for that", async () => {
    const { receiver, hints } = await receiverFor();
    const to = target(receiver.trapEndpoint?.port);
    await command("snmpinform", "-v", "2c", "-c", "reading", "-r", "0", "-t", "5", to, "", LINK_DOWN);
    expect(hints).toMatchObject([{ by: "inform", name: "linkDown" }]);
    expect(receiver.counters.informs).toBe(1);
  });

  test("v3 authPriv trap: the sender's engine is the authority", async () => {
    const { receiver, hints } = await receiverFor();
    const to = target(receiver.trapEndpoint?.port);
    await command("snmptrap", ...v3, ...engine, to, "", LINK_DOWN, ...ifIndex);
    await expect.poll(() => hints.length).toBe(1);
    expect(hints[0]).toMatchObject({ by: "trap", name: "linkDown", ifIndex: 7 });
  });

  test("v3 authPriv inform: ours is, and it is found out, timed and answered", async () => {
    const { receiver, hints } = await receiverFor();
    const to = target(receiver.trapEndpoint?.port);
    await command("snmpinform", ...v3, "-r", "1", "-t", "5", to, "", LINK_DOWN, ...ifIndex);
    expect(hints).toMatchObject([{ by: "inform", name: "linkDown", ifIndex: 7 }]);
    expect(receiver.counters).toMatchObject({ informs: 1, traps: 0 });
  });

  test("wrong community, user, password or level: counted, no hint", async () => {
    const { receiver, hints } = await receiverFor();
    const to = target(receiver.trapEndpoint?.port);
    const send = (...flags: string[]) => command("snmptrap", ...flags, ...engine, to, "", LINK_DOWN);
    await send("-v", "2c", "-c", "guess");
    await send("-v", "3", "-u", "nobody", "-l", "noAuthNoPriv");
    await send("-v", "3", "-u", "watcher", "-l", "noAuthNoPriv");
    await send(...v3.map((word) => (word === "auth-password" ? "wrong-password" : word)));
    await send(...v3.map((word) => (word === "priv-password" ? "wrong-password" : word)));
    await expect.poll(() => receiver.counters.unauthenticated).toBe(5);
    expect(hints).toEqual([]);
  });

  test("an inform with a wrong password is not answered as if it were right", async () => {
    const { receiver, hints } = await receiverFor();
    const to = target(receiver.trapEndpoint?.port);
    const wrong = v3.map((word) => (word === "auth-password" ? "wrong-password" : word));
    await expect(command("snmpinform", ...wrong, "-r", "0", "-t", "1", to, "", LINK_DOWN)).rejects.toThrow();
    expect(hints).toEqual([]);
  });

  test("two credentials of one user name: each sender's own counts", async () => {
    const other = {
      ...strict,
      auth: { protocol: "sha256" as const, password: secretText("other-auth-password") },
    };
    const { receiver, hints } = await receiverFor({
      list: [
        { device: "plain", addresses: ["127.0.0.9"], credential: community },
        { device: "other", addresses: ["127.0.0.1"], credential: other },
      ],
    });
    const to = target(receiver.trapEndpoint?.port);
    const args = v3.map((word) => (word === "auth-password" ? "other-auth-password" : word));
    await command("snmpinform", ...args, "-r", "0", "-t", "5", to, "", LINK_DOWN);
    await command("snmptrap", ...args, ...engine, to, "", LINK_DOWN);
    await expect
      .poll(() => hints.map(({ device, by }) => [device, by]))
      .toEqual([
        ["other", "inform"],
        ["other", "trap"],
      ]);
  });

  test("a stranger's trap is counted and nothing else", async () => {
    const { receiver, hints } = await receiverFor({
      list: [{ device: "plain", addresses: ["127.0.0.9"], credential: community }],
    });
    const to = target(receiver.trapEndpoint?.port);
    await command("snmptrap", "-v", "2c", "-c", "reading", to, "", LINK_DOWN);
    await expect.poll(() => receiver.counters.unknownSenders).toBe(1);
    expect(hints).toEqual([]);
    expect(identity.boots).toBe(3);
  });

  test("a storm of one sender is cut, and what is left still comes through", async () => {
    const { receiver, hints } = await receiverFor({ rateLimit: { burst: 3, perSecond: 0.001 } });
    const to = target(receiver.trapEndpoint?.port);
    for (let i = 0; i < 5; i += 1) await command("snmptrap", "-v", "2c", "-c", "reading", to, "", LINK_DOWN);
    await expect.poll(() => receiver.counters.rateLimited).toBe(2);
    expect(hints.length).toBe(3);
  });
});

describe.skipIf(!isThere("logger"))("logger", () => {
  const port = (value: number | undefined) => ["-n", "127.0.0.1", "-P", String(value)];

  test.each([
    ["RFC 3164 over UDP", ["-d", "--rfc3164"]],
    ["RFC 5424 over UDP", ["-d", "--rfc5424"]],
    ["lines over TCP", ["-T", "--rfc3164"]],
    ["counted octets over TCP", ["-T", "--rfc5424", "--octet-count"]],
  ])("%s", async (_, flags) => {
    const { receiver, hints } = await receiverFor();
    const to = port(receiver.syslogEndpoint?.port);
    const text = "%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down";
    await command("logger", ...flags, ...to, "-p", "local7.err", "-t", "switch", text);
    await command("logger", ...flags, ...to, "-p", "local7.info", "-t", "switch", "user admin logged in");
    await expect.poll(() => receiver.counters.syslog).toBe(2);
    expect(hints).toEqual([expect.objectContaining({ device: "plain", by: "syslog", name: "linkDown" })]);
  });
});
