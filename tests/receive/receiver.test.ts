/** Endpoints, the engine's identity, senders, connections. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startEngine } from "../../src/receive/engine-identity.ts";
import { parseEndpoint } from "../../src/receive/listen.ts";
import { SenderBook } from "../../src/receive/senders.ts";
import { community, receiverFor } from "./center.ts";

describe("endpoints", () => {
  test.each([
    ["1162", { address: "127.0.0.1", port: 1162 }],
    ["10.0.0.1:162", { address: "10.0.0.1", port: 162 }],
    ["[::1]:1162", { address: "::1", port: 1162 }],
  ])("%s", (text, endpoint) => expect(parseEndpoint(text)).toEqual(endpoint));

  test.each(["", "host:1", "10.0.0.1", "1.2.3.4:99999", "::1:1162", "127.0.0.1:", ":1162"])(
    "%j is none",
    (text) => {
      expect(() => parseEndpoint(text)).toThrow(/not an address and port/);
    },
  );

  test("a port in use is said, with what to do", async () => {
    const { receiver } = await receiverFor();
    const endpoint = { address: "127.0.0.1", port: receiver.trapEndpoint?.port ?? 0 };
    await expect(receiverFor({ syslog: endpoint })).rejects.toMatchObject({
      exitCode: 22,
      code: "eaddrinuse",
    });
  });
});

describe("our engine", () => {
  test("one identity, and boots that rise with each start; a broken file is a new engine", async () => {
    const directory = mkdtempSync(join(tmpdir(), "pdc-engine-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const path = join(directory, "state", "engine.json");
    const [first, second] = [await startEngine(path), await startEngine(path)];
    expect(second).toEqual({ engineId: first.engineId, boots: 2 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, readFileSync(path).subarray(0, 20));
    const third = await startEngine(path);
    expect(third.boots).toBe(1);
    expect(third.engineId).not.toEqual(first.engineId);
    expect(third.engineId.length).toBeGreaterThanOrEqual(5);
  });
});

describe("senders", () => {
  test("an address in any spelling is its device's; several behind one are all hinted, up to a limit", () => {
    const book = new SenderBook([
      { device: "a", addresses: ["10.0.0.1", "FE80::1"], credential: community },
      ...Array.from({ length: 40 }, (_, i) => ({ device: `n${i}`, addresses: ["10.9.9.9"] })),
    ]);
    expect(book.at("::ffff:10.0.0.1").map(({ device }) => device)).toEqual(["a"]);
    expect(book.at("fe80::1%eth0").map(({ device }) => device)).toEqual(["a"]);
    expect(book.at("10.9.9.9")).toHaveLength(16);
    expect(book.at("10.0.0.2")).toEqual([]);
  });
});

describe("connections", () => {
  test("more than may be are refused and counted; what is no syslog is closed", async () => {
    const { receiver, hints } = await receiverFor({ tcp: { connections: 1 } });
    const port = receiver.syslogEndpoint?.port ?? 0;
    const first = connect(port, "127.0.0.1");
    onTestFinished(() => void first.destroy());
    await new Promise((resolve) => first.once("connect", resolve));
    first.write("<187>%LINK-3-UPDOWN: changed state to down\n");
    await expect.poll(() => hints.length).toBe(1);
    const second = connect(port, "127.0.0.1");
    second.on("error", () => {});
    await new Promise((resolve) => second.once("close", resolve));
    expect(receiver.counters.refusedConnections).toBe(1);
    const closed = new Promise((resolve) => first.once("close", resolve));
    first.write(Buffer.alloc(20_000, "x"));
    await closed;
    expect(receiver.counters.malformed).toBe(1);
  });
});
