/** Alert files and commands: problems at their places, channels that take or refuse a test. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { AlertFollower } from "../../../src/actions/alert/follow.ts";
import { readAlerts } from "../../../src/actions/alert/read-alerts.ts";
import { exampleAlerts } from "../../../src/actions/alert/show.ts";
import type { InventoryError } from "../../../src/inventory/errors.ts";
import { startAgent } from "../../../src/lab/agent/start-agent.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { startPdc } from "../../acceptance/run-pdc.ts";
import { incident } from "../../notify/any-incident.ts";
import { makeCenter, recording } from "../../poll/center.ts";

function place(alerts?: string) {
  const center = makeCenter([]);
  onTestFinished(() => center.dispose());
  const credentials = ["smtp-login", "zalo-token"].map((id) => ({
    id,
    kind: "password",
    user: "pdc",
    password: { env: "PDC_TEST_SECRET" },
  }));
  writeFileSync(join(center.inventoryDirectory, "credentials", "alerts.yaml"), JSON.stringify(credentials));
  mkdirSync(join(center.inventoryDirectory, "alerts"));
  const write = (text: string) =>
    writeFileSync(join(center.inventoryDirectory, "alerts", "alerts.yaml"), text);
  if (alerts !== undefined) write(alerts);
  return { ...center, writeAlerts: write };
}

/** Two devices with a link of the carrier VNPT between them. */
function withLink(center: ReturnType<typeof place>) {
  const interfaces = [{ name: "wan" }] as never;
  center.write([
    { id: "near", address: "127.0.0.1", port: 9, interfaces },
    { id: "far", address: "127.0.0.2", port: 9, interfaces },
  ]);
  const [a, b] = ["near", "far"].map((device) => ({ device, interface: "wan" }));
  mkdirSync(join(center.inventoryDirectory, "links"));
  writeFileSync(
    join(center.inventoryDirectory, "links", "links.yaml"),
    JSON.stringify([{ id: "wan-far", kind: "fiber", carrier: "VNPT", a, b }]),
  );
  return center;
}

describe("the file", () => {
  test("the example can be used as it is", async () => {
    const config = await readAlerts(await place(exampleAlerts).load());
    expect(config.channels.map(({ id, kind }) => [id, kind])).toEqual([
      ["mail", "smtp"],
      ["zalo", "webhook"],
      ["sms", "command"],
    ]);
    expect(config.channels[0]).toMatchObject({ port: 587, groupMs: 60_000 });
    expect(config.rules[0]).toMatchObject({ delayMs: 120_000, repeatMs: 14_400_000, resolved: true });
  });

  test("none is no rules, and the inventory is as valid as before", async () => {
    const center = place();
    rmSync(join(center.inventoryDirectory, "alerts"), { recursive: true });
    expect(await readAlerts(await center.load())).toEqual({ channels: [], rules: [] });
  });

  test.each([
    ["channels:\n  - id: a\n    kind: smpt\n", "alerts/alerts.yaml:3:11", /smtp/],
    [
      "channels:\n  - { id: a, kind: command, comand: [x] }\n",
      "alerts/alerts.yaml:2:29",
      /"comand".*"command"/,
    ],
    ["rules:\n  - id: r\n    channels: [nobody]\n", "alerts/alerts.yaml:3:16", /no channel "nobody"/],
    [
      "rules:\n  - id: r\n    match: { severities: [fatal] }\n    channels: []\n",
      "alerts/alerts.yaml:3:27",
      /warning, critical/,
    ],
    ["chanels: []\n", "alerts/alerts.yaml:1:1", /did you mean "channels"/],
    ["- a\n", "alerts/alerts.yaml:1:1", /channels:/],
    [
      "channels:\n  - { id: a, kind: webhook, shape: zalo, credential: zalo-tokn, to: x }\n",
      "alerts/alerts.yaml:2:54",
      /did you mean "zalo-token"/,
    ],
    [
      "channels:\n  - { id: a, kind: webhook, shape: telegram, to: x }\n",
      "alerts/alerts.yaml:2:5",
      /needs "credential"/,
    ],
    [
      "rules:\n  - id: r\n    channels: [a]\n    delay: soon\nchannels:\n  - { id: a, kind: command, command: [x] }\n",
      "alerts/alerts.yaml:4:12",
      /30s, 5m/,
    ],
    [
      "rules:\n  - id: r\n    channels: [a]\n    match: { agencies: [nowhere] }\nchannels:\n  - { id: a, kind: command, command: [x] }\n",
      "alerts/alerts.yaml:4:25",
      /no agency "nowhere"/,
    ],
    [
      "rules:\n  - id: r\n    channels: [a]\n    match: { carriers: [VNTP] }\nchannels:\n  - { id: a, kind: command, command: [x] }\n",
      "alerts/alerts.yaml:4:25",
      /no carrier "VNTP" did you mean "VNPT"/,
    ],
    [
      "rules:\n  - id: r\n    channels: [a]\n    match: { codes: [outage, procesor-busy] }\nchannels:\n  - { id: a, kind: command, command: [x] }\n",
      "alerts/alerts.yaml:4:30",
      /did you mean "processor-busy"/,
    ],
    [
      "channels:\n  - { id: a, kind: command, command: [x] }\n  - { id: a, kind: command, command: [x] }\n",
      "alerts/alerts.yaml:3:11",
      /twice/,
    ],
    ["channels: {}\n", "alerts/alerts.yaml:1:11", /must be a list/],
  ])("%j", async (text, where, says) => {
    const inventory = await withLink(place(text)).load();
    const error: InventoryError = await readAlerts(inventory).then(
      () => Promise.reject(new Error("it was accepted")),
      (thrown) => thrown,
    );
    expect(error.exitCode).toBe(22);
    const told = error.problems.map(
      ({ file, line, column, message, hint }) => `${file}:${line}:${column} ${message} ${hint ?? ""}`,
    );
    expect(told.join("\n")).toMatch(says);
    expect(
      told.some((line) => line.startsWith(where)),
      told.join("\n"),
    ).toBe(true);
  });

  test("a carrier is taken in any case, and is the inventory's own word", async () => {
    const center = withLink(
      place(
        "channels:\n  - { id: a, kind: command, command: [x] }\nrules:\n  - { id: r, channels: [a], match: { carriers: [vnpt], codes: [outage] } }\n",
      ),
    );
    const { rules } = await readAlerts(await center.load());
    expect(rules[0]?.match).toMatchObject({ carriers: ["VNPT"], codes: ["outage"] });
  });

  test("a rule about an agency is about those below it", async () => {
    const center = place(
      "channels:\n  - { id: a, kind: command, command: [x] }\nrules:\n  - { id: r, channels: [a], match: { agencies: [agency-a] } }\n",
    );
    writeFileSync(
      join(center.inventoryDirectory, "agencies", "more.yaml"),
      JSON.stringify([{ id: "below", name: "Below", kind: "unit", parents: [{ agency: "agency-a" }] }]),
    );
    const { rules } = await readAlerts(await center.load());
    expect(rules[0]?.match.agencies).toEqual(["agency-a", "below"]);
  });
});

async function hook() {
  const bodies: { notices: { kind: string; incident: string }[]; subject: string }[] = [];
  let status = 200;
  const http = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (status === 200) bodies.push(JSON.parse(body));
      response.writeHead(status);
      response.end();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void http.close());
  const { port } = http.address() as AddressInfo;
  const yaml = `channels:
  - { id: ops, kind: webhook, shape: json, url: "http://127.0.0.1:${port}/", groupEvery: 0s }
  - { id: dead, kind: webhook, shape: slack, url: "http://127.0.0.1:9/" }
rules:
  - { id: all, channels: [ops] }
`;
  return {
    yaml,
    bodies,
    answer: (next: number) => {
      status = next;
    },
  };
}

const pdc = async (center: ReturnType<typeof place>, ...args: string[]) => {
  const child = startPdc(args, {
    PDC_INVENTORY: center.inventoryDirectory,
    PDC_STATE_DIR: center.stateDirectory,
    PDC_CACHE_DIR: join(center.stateDirectory, "cache"),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, stdout, stderr };
};

describe("commands", () => {
  const run = (center: ReturnType<typeof place>, ...args: string[]) => pdc(center, "alert", ...args);

  test("test sends, tells what failed, and gives the exit code of both", { timeout: 60_000 }, async () => {
    const { yaml, bodies } = await hook();
    const center = place(yaml);
    const one = await run(center, "test", "--channel", "ops", "--json");
    expect(one.status, one.stderr).toBe(0);
    expect(bodies).toHaveLength(1);
    const all = await run(center, "test", "--json");
    expect(all.status).toBe(21);
    expect(JSON.parse(all.stdout).data).toMatchObject([
      { channel: "ops", state: "ok" },
      { channel: "dead", state: "failed", error: expect.stringContaining("127.0.0.1:9") },
    ]);
    expect((await run(center, "test", "--channel", "dead")).status).toBe(23);
    const typo = await run(center, "test", "--channel", "opz");
    expect(typo.status).toBe(2);
    expect(typo.stderr).toContain('did you mean "ops"');
    const list = await run(center, "list", "--json");
    expect(JSON.parse(list.stdout).data.rules).toMatchObject([
      { rule: "all", about: "every incident", told: 0 },
    ]);
  });
});

test("pdc poll: a device that falls silent is told once, and its return", { timeout: 60_000 }, async () => {
  const { yaml, bodies } = await hook();
  const center = place(yaml);
  const agent = await startAgent(recording("cisco-ios"), { moving: true });
  const { address, port } = agent;
  center.write([{ id: "edge", address, port, timeoutMs: 200, retries: 0 }]);
  const told = () => bodies.flatMap(({ notices }) => notices.map(({ kind }) => kind));
  expect((await pdc(center, "poll")).status).toBe(0);
  expect(told()).toEqual([]);
  await agent.stop();
  expect((await pdc(center, "poll")).stderr).toContain("alert to ops: [pdc Test] MỚI: Thiết bị edge");
  await pdc(center, "poll");
  expect(told()).toEqual(["opened"]);
  const again = await startAgent(recording("cisco-ios"), { moving: true, port });
  onTestFinished(() => again.stop());
  await pdc(center, "poll");
  expect(told()).toEqual(["opened", "closed"]);
});

test("after a cycle: running incidents are told, acknowledged ones not again, ended ones resolved", async () => {
  const { yaml, bodies, answer } = await hook();
  const center = place(yaml);
  mkdirSync(center.stateDirectory, { recursive: true });
  const store = openStore(center.storePath, { mode: "write" });
  onTestFinished(() => store.close());
  const nowMs = Date.now();
  const record = (id: string, endMs?: number) => {
    const body = incident(id, { startMs: nowMs, lastSeenMs: nowMs, ...(endMs !== undefined && { endMs }) });
    store.journal.append({
      kind: "incident",
      id,
      subject: `link/${id}`,
      openedMs: nowMs,
      ...(endMs !== undefined && { closedMs: endMs }),
      body,
    });
  };
  const troubles: Error[] = [];
  const made: string[] = [];
  const follower = new AlertFollower({
    stateDirectory: center.stateDirectory,
    onTrouble: (error) => troubles.push(error),
    onMessage: ({ subject }) => made.push(subject),
  });
  onTestFinished(() => follower.close());
  const inventory = await center.load();
  const cycle = (atMs: number) => ({ store, inventory, nowMs: atMs });
  answer(503);
  record("a");
  record("b");
  follower.follow(cycle(nowMs));
  await follower.settle();
  follower.follow(cycle(nowMs));
  await follower.settle();
  expect(made).toHaveLength(1);
  record("a", nowMs + 1000);
  follower.follow(cycle(nowMs + 1000));
  await follower.close();
  answer(200);

  const next = new AlertFollower({ stateDirectory: center.stateDirectory, onTrouble: () => {} });
  onTestFinished(() => next.close());
  next.follow(cycle(nowMs + 2000));
  await expect
    .poll(() => bodies.flatMap(({ notices }) => notices.map(({ kind, incident: id }) => `${kind} ${id}`)), {
      timeout: 15_000,
    })
    .toEqual(["opened a", "opened b", "closed a"]);
  expect(troubles).toEqual([]);
});
