/** `pdc poll --remote-write` and `--shard` as a user runs them, against agents and a receiver on loopback. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import snappy from "snappyjs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { makeReport } from "../../src/actions/report/make-report.ts";
import { reportTable } from "../../src/actions/report/presentation.ts";
import { stateOfSeveral } from "../../src/health/union.ts";
import { type StartedAgent, startAgent } from "../../src/lab/agent/start-agent.ts";
import { openStore, openStores } from "../../src/store/open-store.ts";
import { type Ended, startPdc } from "../acceptance/run-pdc.ts";
import { type Center, type CenterDevice, makeCenter, recording } from "./center.ts";

const families = ["cisco-ios", "linux-net-snmp", "mikrotik-routeros"];
const agents = new Map<string, StartedAgent>();
beforeAll(async () => {
  for (const family of families) agents.set(family, await startAgent(recording(family), { moving: true }));
});
afterAll(async () => {
  for (const agent of agents.values()) await agent.stop();
});

function center(): Center {
  const devices: CenterDevice[] = [...agents].map(([id, { address, port }]) => ({ id, address, port }));
  const made = makeCenter(devices);
  onTestFinished(() => made.dispose());
  return made;
}

function poll(place: Center & { environment?: Record<string, string> }, ...flags: string[]): Promise<Ended> {
  const child: ChildProcess = startPdc(["poll", ...flags], {
    PDC_INVENTORY: place.inventoryDirectory,
    PDC_STATE_DIR: place.stateDirectory,
    PDC_CACHE_DIR: join(place.stateDirectory, "cache"),
    ...place.environment,
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, stdout, stderr })));
}

/** Takes everything, while it is open. */
async function receiver() {
  const taken: { authorization: string | undefined; body: string }[] = [];
  let status = 204;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.from(snappy.uncompress(Buffer.concat(chunks))).toString("latin1");
    if (status === 204) taken.push({ authorization: request.headers.authorization, body });
    response.writeHead(status).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`;
  return {
    url,
    taken,
    answer: (code: number) => {
      status = code;
    },
    /** How many samples of a device came. */
    count: (device: string) =>
      taken.reduce(
        (sum, { body }) =>
          sum +
          body
            .split("pdc_device_poll_duration_seconds")
            .slice(1)
            .filter((part) => part.slice(0, 200).includes(device)).length,
        0,
      ),
  };
}

describe("remote write", () => {
  test("sends what was polled, with the credential's password and the place of each device", async () => {
    const place = center();
    writeFileSync(join(place.inventoryDirectory, "..", "receiver"), "hunter2\n", { mode: 0o600 });
    writeFileSync(
      join(place.inventoryDirectory, "credentials", "receiver.yaml"),
      JSON.stringify([
        {
          id: "receiver",
          kind: "password",
          user: "pdc",
          password: { file: join(place.inventoryDirectory, "..", "receiver") },
        },
      ]),
    );
    const { url, taken, count } = await receiver();
    const { status, stdout, stderr } = await poll(
      place,
      "--remote-write",
      url,
      "--remote-write-credential",
      "receiver",
    );
    expect(status, stderr).toBe(0);
    expect(stdout + stderr).not.toContain("hunter2");
    const basic = `Basic ${Buffer.from("pdc:hunter2").toString("base64")}`;
    expect(taken.every(({ authorization }) => authorization === basic)).toBe(true);
    for (const device of families) expect(count(device)).toBe(1);
    const all = taken.map(({ body }) => body).join("");
    for (const word of ["agency-a", "site-a", "pdc_processor_busy_percent"]) expect(all).toContain(word);
  });

  test("the receiver of pdc.yaml is written to when no flag names one", async () => {
    const place = center();
    const [named, other] = [await receiver(), await receiver()];
    mkdirSync(join(place.stateDirectory, "pdc"), { recursive: true });
    writeFileSync(join(place.stateDirectory, "pdc", "pdc.yaml"), `remoteWrite:\n  - url: ${named.url}\n`);
    const configured = {
      ...place,
      environment: { PDC_NO_CONFIG: "", XDG_CONFIG_HOME: place.stateDirectory },
    };
    expect((await poll(configured)).status).toBe(0);
    for (const device of families) expect(named.count(device)).toBe(1);
    expect((await poll(configured, "--remote-write", other.url)).status).toBe(0);
    for (const device of families) expect([named.count(device), other.count(device)]).toEqual([1, 1]);
  });

  test("what a receiver that is away did not get, it gets from the next poll", async () => {
    const place = center();
    const { url, count, answer } = await receiver();
    answer(503);
    const first = await poll(place, "--remote-write", url);
    expect(first.status, first.stderr).toBe(0);
    expect(first.stderr).toContain("remote write");
    expect(first.stderr).toContain("they wait");
    expect(count("cisco-ios")).toBe(0);
    const store = openStore(place.storePath, { mode: "read" });
    expect(store.status().outbox).toEqual([{ destination: url, waiting: 3, sent: 0, dropped: 0 }]);
    store.close();
    answer(204);
    expect((await poll(place, "--remote-write", url)).status).toBe(0);
    for (const device of families) expect(count(device)).toBe(2);
  });

  test("an address or a credential that cannot be is refused before a packet is sent", async () => {
    const place = center();
    expect((await poll(place, "--remote-write", "https://u:p4ss@receiver.example/")).status).toBe(2);
    const { status, stderr } = await poll(
      place,
      "--remote-write",
      "https://receiver.example/",
      "--remote-write-credential",
      "nobody",
    );
    expect(status).toBe(22);
    expect(stderr).toContain("nobody");
    const ofSnmp = await poll(
      place,
      "--remote-write",
      "https://receiver.example/",
      "--remote-write-credential",
      "reading",
    );
    expect(ofSnmp.status).toBe(22);
    expect(ofSnmp.stderr).toContain("kind password");
  });
});

test("two shards share the devices, and their stores together are the whole", async () => {
  const place = center();
  const paths = ["1", "2"].map((shard) => join(place.stateDirectory, `shard-${shard}.db`));
  for (const [at, path] of paths.entries())
    expect((await poll(place, "--shard", `${at + 1}/2`, "--store", path, "--json")).status).toBe(0);
  const devicesOf = (path: string) => {
    const store = openStore(path, { mode: "read" });
    try {
      return [...store.range({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })].map(({ device }) => device);
    } finally {
      store.close();
    }
  };
  const [first, second] = paths.map(devicesOf) as [string[], string[]];
  expect([...first, ...second].sort()).toEqual(families);
  const both = openStores(paths, { union: stateOfSeveral });
  onTestFinished(() => both.close());
  expect([...both.range({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })].map(({ device }) => device)).toEqual(
    families,
  );
  expect([...both.last(1).keys()].sort()).toEqual(families);

  const report = async (...store: string[]) => {
    const { inventoryDirectory, stateDirectory } = place;
    const { rows } = reportTable(await makeReport("device", { inventoryDirectory, stateDirectory, store }));
    return new Map(rows.map((row) => [String(row.id), row.state]));
  };
  const whole = await report(...paths);
  for (const [at, own] of [first, second].entries()) {
    const states = await report(paths[at] as string);
    for (const device of families)
      expect(states.get(device), device).toBe(own.includes(device) ? whole.get(device) : "unknown");
  }
  expect([...whole.values()]).not.toContain("unknown");
  // Each poller has noted what it polls.
  const noticesOf = async (store: string[]) =>
    (await makeReport("device", { ...place, store, language: "en" })).model.notices.join();
  expect(await noticesOf([paths[0]!])).toContain("2/2");
  expect(await noticesOf(paths)).not.toContain("/2");
});
