/** `pdc poll --every … --traps … --syslog …`: what devices tell lets them be polled before their turn, and no more. */
import type { ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { describe, expect, onTestFinished, test } from "vitest";
import { OneAtATime } from "../../src/actions/poll/one-at-a-time.ts";
import type { Incident } from "../../src/health/incident/types.ts";
import { startAgent } from "../../src/lab/agent/start-agent.ts";
import { encodeMessage } from "../../src/snmp/codec/encode-message.ts";
import { openStore } from "../../src/store/open-store.ts";
import { pdc, startPdc } from "../acceptance/run-pdc.ts";
import { makeCenter, recording } from "./center.ts";

const LINK_DOWN = "1.3.6.1.6.3.1.1.5.3";
/** upsTrapOnBattery (RFC 1628). */
const ON_BATTERY = "1.3.6.1.2.1.33.2.1";

function trap(community: string, oid: string): Buffer {
  return encodeMessage({
    version: "2c",
    community: Buffer.from(community),
    pdu: {
      type: "trap",
      requestId: 1,
      errorStatus: 0,
      errorIndex: 0,
      varBinds: [
        { oid: "1.3.6.1.2.1.1.3.0", type: "TimeTicks", value: 5 },
        { oid: "1.3.6.1.6.3.1.1.4.1.0", type: "ObjectIdentifier", value: oid },
      ],
    },
  });
}

function send(octets: Uint8Array, port: number, from = "127.0.0.1"): Promise<void> {
  const socket = createSocket("udp4");
  return new Promise((resolve) => {
    socket.bind(0, from, () => {
      socket.send(octets, port, "127.0.0.1", () => {
        socket.close();
        resolve();
      });
    });
  });
}

async function service(...flags: string[]) {
  const every = flags.includes("--every") ? [] : ["--every", "1h"];
  const agent = await startAgent(recording("cisco-ios"), { moving: true });
  // A test may have stopped it already.
  onTestFinished(() => agent.stop().catch(() => {}));
  const other = await startAgent(recording("mikrotik-routeros"), { moving: true });
  onTestFinished(() => other.stop());
  const place = makeCenter([
    { id: "telling", address: agent.address, port: agent.port },
    // Behind another address, so that it is not meant by what 127.0.0.1 sends.
    { id: "quiet", address: "localhost.invalid", port: other.port },
  ]);
  onTestFinished(() => place.dispose());
  const child = startPdc(["poll", ...every, "--output", "ndjson", ...flags], {
    PDC_INVENTORY: place.inventoryDirectory,
    PDC_STATE_DIR: place.stateDirectory,
    PDC_CACHE_DIR: `${place.stateDirectory}/cache`,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  const events = () =>
    output.stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  await expect.poll(events, { timeout: 30_000 }).toMatchObject([{ kind: "cycle" }]);
  const port = (what: string) =>
    Number(new RegExp(`${what} on 127.0.0.1 port (\\d+)`).exec(output.stderr)?.[1]);
  return { place, child, output, events, port, agent };
}

const ended = (child: ChildProcess) => new Promise((resolve) => child.on("close", resolve));

describe("early polls", () => {
  test("a burst of traps is one poll of that device, which is in the store; strangers change nothing", {
    timeout: 60_000,
  }, async () => {
    const { place, child, output, events, port } = await service("--traps", "127.0.0.1:0");
    const to = port("SNMP traps");
    expect(to, output.stderr).toBeGreaterThan(0);
    await send(trap("public", LINK_DOWN), to, "127.0.0.77");
    await send(trap("guess", LINK_DOWN), to);
    for (let i = 0; i < 5; i += 1) await send(trap("public", LINK_DOWN), to);
    await expect.poll(() => events().length, { timeout: 20_000 }).toBe(2);
    expect(events()[1]).toMatchObject({
      kind: "early",
      report: {
        polls: [{ device: "telling", hint: "linkDown", hints: 5, outcome: "complete" }],
        kept: 1,
        lost: 0,
      },
    });
    const end = ended(child);
    child.kill("SIGTERM");
    expect(await end).toBe(143);
    const store = openStore(place.storePath, { mode: "read" });
    onTestFinished(() => store.close());
    const samples = [...store.range({ devices: ["telling"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })];
    expect(samples.map(({ outcome }) => outcome)).toEqual(["complete", "complete"]);
  });

  test("syslog too", { timeout: 60_000 }, async () => {
    const { events, port } = await service("--syslog", "127.0.0.1:0");
    await send(Buffer.from("<190>admin logged in"), port("syslog"));
    await send(Buffer.from("<187>%LINK-3-UPDOWN: Interface Gi0/1, changed state to down"), port("syslog"));
    await expect.poll(() => events().length, { timeout: 20_000 }).toBe(2);
    expect(events()[1].report.polls).toMatchObject([{ device: "telling", hint: "linkDown", hints: 1 }]);
  });

  test.each([
    [
      "a last gasp",
      ["--syslog", "127.0.0.1:0"],
      "syslog",
      Buffer.from("<184>%PLATFORM-0-DYING_GASP: Shutdown due to power loss"),
      "last-gasp",
    ],
    [
      "a UPS on battery",
      ["--traps", "127.0.0.1:0"],
      "SNMP traps",
      trap("public", ON_BATTERY),
      "ups-on-battery",
    ],
  ] as const)(
    "%s is evidence for whose fault the silence after it is, and no state by itself",
    {
      timeout: 90_000,
    },
    async (_, flags, what, octets, code) => {
      const { place, port, agent } = await service(...flags, "--every", "5s");
      const store = openStore(place.storePath, { mode: "read" });
      onTestFinished(() => store.close());
      const incidents = () =>
        store.journal.find<Incident>({ kind: "incident", subject: "device/telling" }).map(({ body }) => body);
      expect(incidents()).toEqual([]);
      await send(octets, port(what));
      await agent.stop();
      await expect.poll(() => incidents().length, { timeout: 60_000, interval: 200 }).toBe(1);
      const [{ cause } = { cause: undefined }] = incidents();
      expect(cause?.kind, JSON.stringify(cause)).toBe("power");
      expect(cause?.evidence.map((one) => one.code)).toContain(code);
    },
  );

  test("what a hint leads to is an incident at once, not an hour later with the next cycle", {
    timeout: 90_000,
  }, async () => {
    const { place, port, agent, events } = await service("--traps", "127.0.0.1:0");
    const store = openStore(place.storePath, { mode: "read" });
    onTestFinished(() => store.close());
    await agent.stop();
    await send(trap("public", LINK_DOWN), port("SNMP traps"));
    const incidents = () => store.journal.find<Incident>({ kind: "incident", subject: "device/telling" });
    await expect.poll(() => incidents().length, { timeout: 60_000, interval: 200 }).toBe(1);
    expect(incidents()[0]?.body).toMatchObject({ kind: "outage" });
    expect(events().filter(({ kind }) => kind === "cycle")).toHaveLength(1);
    // What the other device was found in stands as long as its own cycle says.
    const spans = store.history.spans({ prefix: "device/", fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
    expect(spans.get("device/telling")?.map(({ state }) => state)).toEqual(["up", "down"]);
    expect(spans.get("device/quiet")).toHaveLength(1);
  });

  test.each([
    [["--traps", "1162"], /--every/],
    [["--every", "1m", "--traps", "everywhere:162"], /not an address and port/],
  ])("%j is refused", (flags, says) => {
    const place = makeCenter([]);
    onTestFinished(() => place.dispose());
    const { status, stderr } = pdc(["poll", ...flags], { env: { PDC_INVENTORY: place.inventoryDirectory } });
    expect(status).toBe(2);
    expect(stderr).toMatch(says);
  });
});

test("one at a time, in order, whatever becomes of the work before", async () => {
  const turns = new OneAtATime();
  const told: string[] = [];
  const work =
    (name: string, ms: number, fails = false) =>
    async () => {
      told.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, ms));
      told.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([
    turns.run("a", work("a1", 30, true)),
    turns.run("a", work("a2", 1)),
    turns.run("b", work("b1", 1)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(told.filter((line) => line.startsWith("a"))).toEqual([
    "a1 begins",
    "a1 ends",
    "a2 begins",
    "a2 ends",
  ]);
  expect(told.indexOf("b1 begins")).toBeLessThan(told.indexOf("a1 ends"));
});
