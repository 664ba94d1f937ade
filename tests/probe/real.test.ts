/** The probes against real things on loopback. */
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { createIcmpProber } from "../../src/probe/icmp.ts";
import { findCommand } from "../../src/probe/ping-command.ts";
import { probeByRequest } from "../../src/probe/request.ts";
import { probeTcp } from "../../src/probe/tcp.ts";

const quick = { count: 3, intervalMs: 10, timeoutMs: 500 };

describe.each(["fping", "ping"] as const)("%s", (command) => {
  test.skipIf(!findCommand(command))("reaches loopback, many addresses at once", async () => {
    const prober = await createIcmpProber(quick, [command]);
    if (!("probe" in prober)) throw new Error(prober.reason);
    const addresses = ["127.0.0.1", "127.0.0.2", "::1", "127.3.2.1", "127.0.0.1"];
    for (const reachability of await Promise.all(addresses.map((address) => prober.probe(address)))) {
      expect(reachability).toMatchObject({ method: "icmp", sent: 3, received: 3 });
      expect(reachability?.rttMs?.min).toBeGreaterThan(0);
      expect(reachability?.jitterMs).toBeGreaterThanOrEqual(0);
    }
  });

  test.skipIf(!findCommand(command))("takes nothing for an address that is none", async () => {
    const prober = await createIcmpProber(quick, [command]);
    if (!("probe" in prober)) throw new Error(prober.reason);
    for (const hostile of ["-f/etc/passwd", "$(id)", "127.0.0.1; id", "", "example"])
      expect(() => prober.probe(hostile)).toThrow(TypeError);
  });
});

test("without fping and ping it says what to install", async () => {
  expect(await createIcmpProber(quick, [])).toMatchObject({
    reason: expect.stringContaining("neither"),
    fix: expect.stringContaining("fping"),
  });
});

describe("TCP", () => {
  test("reaches a listening port and one that refuses", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect(await probeTcp("127.0.0.1", port, quick)).toMatchObject({ method: "tcp", sent: 3, received: 3 });
    await new Promise((resolve) => server.close(resolve));
    expect(await probeTcp("127.0.0.1", port, quick)).toMatchObject({ method: "tcp", sent: 3, received: 3 });
  });

  test("refuses names", () => {
    expect(() => probeTcp("localhost", 22)).toThrow(TypeError);
  });
});

describe("anything that can be asked", () => {
  test("counts rejections as loss and goes on", async () => {
    let asked = 0;
    const reachability = await probeByRequest(
      "snmp",
      async () => {
        asked += 1;
        if (asked === 2) throw new Error("timeout");
      },
      quick,
    );
    expect(asked).toBe(3);
    expect(reachability).toMatchObject({ method: "snmp", sent: 3, received: 2 });
  });

  test("stops when told to, with what it has", async () => {
    const stop = new AbortController();
    const reachability = await probeByRequest("snmp", async () => stop.abort(), {
      ...quick,
      intervalMs: 60_000,
      signal: stop.signal,
    });
    expect(reachability).toMatchObject({ sent: 1, received: 1 });
  });
});
