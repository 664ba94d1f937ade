/** Remote write: what is sent, to a real receiver that comes and goes, and to one that answers badly. */
import { spawn } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import snappy from "snappyjs";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseReceivers } from "../../src/actions/poll/remote-writing.ts";
import { ratesBetween } from "../../src/samples/rates.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { retryAfterMs } from "../../src/store/remote-write/send.ts";
import { RemoteSender } from "../../src/store/remote-write/sender.ts";
import { metricName, seriesOf } from "../../src/store/remote-write/series.ts";
import { compressed, writeRequest } from "../../src/store/remote-write/write-request.ts";
import type { Store } from "../../src/store/types.ts";
import { counter64, makeInterface, makeSample } from "../samples/make-sample.ts";
import { recentFleet } from "./fleet.ts";
import { opened, temporaryDirectory } from "./place.ts";
import { hasPrometheus, prometheus } from "./prometheus.ts";

const remoteWriter = resolve(import.meta.dirname, "remote-writer.ts");

function newStore(): Store {
  return opened(join(temporaryDirectory(), "samples.db"), { mode: "write" });
}

function senderTo(store: Store, url: string, limit?: number, authorization?: () => Promise<string>) {
  const said: string[] = [];
  const outbox = store.outbox([url], limit);
  const sender = new RemoteSender({
    outbox,
    receiver: { url, authorization },
    labelsOf: () => ({ agency: "ubnd" }),
    tell: (line) => said.push(line),
  });
  onTestFinished(() => sender.close(0));
  return { sender, outbox, said };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await condition()) return;
    await wait(50);
  }
  throw new Error("it did not come to that");
}

/** The values of a series that the samples should become, by device. */
function expected(
  samples: readonly DeviceSample[],
  name: string,
  labels: object = {},
): Map<string, [number, number][]> {
  const found = new Map<string, [number, number][]>();
  for (const sample of samples) {
    for (const { labels: all, value, atMs } of seriesOf(sample, labels as Record<string, string>)) {
      const { __name__, ...rest } = Object.fromEntries(all);
      if (__name__ !== name) continue;
      const key = JSON.stringify(rest);
      found.set(key, [...(found.get(key) ?? []), [atMs, value]]);
    }
  }
  return found;
}

describe("series", () => {
  test.each([
    ["interface", "inOctets", "counter64", "octets", "pdc_interface_in_octets_total"],
    ["interface", "inErrors", "counter32", "packets", "pdc_interface_in_errors_total"],
    ["interface", "operStatus", "state", undefined, "pdc_interface_oper_status"],
    ["interface", "speedBitsPerSecond", "gauge", "bits-per-second", "pdc_interface_speed_bits_per_second"],
    ["processor", "busyPercent", "gauge", "percent", "pdc_processor_busy_percent"],
    ["count", "value", "gauge", "count", "pdc_count"],
    ["sdwan-link", "latencyMs", "gauge", "milliseconds", "pdc_sdwan_link_latency_ms"],
    ["temperature", "value", "gauge", "celsius", "pdc_temperature_celsius"],
    ["optical-power", "rxPower", "gauge", "dBm", "pdc_optical_power_rx_power_dbm"],
  ] as const)("%s %s is called %s", (componentClass, name, kind, unit, metric) => {
    expect(metricName(componentClass, name, { kind, ...(unit !== undefined && { unit }) })).toBe(metric);
    expect(metric).toMatch(/^[a-z_][a-z0-9_]*$/);
  });

  test("W5: carry the device, its place and what it answered, labels in order and well-formed", () => {
    const sample = makeSample(0, {
      reachability: { method: "icmp", sent: 4, received: 3, rttMs: { min: 1, mean: 2, max: 3 }, jitterMs: 1 },
      components: [
        makeInterface({ inOctets: counter64(2n ** 53n) }, { key: `<b>\u202e${"x".repeat(500)}\ud800` }),
      ],
    });
    const series = seriesOf(sample, { agency: "ubnd", site: "" });
    for (const { labels } of series) {
      const names = labels.map(([name]) => name);
      expect(names).toEqual([...names].sort());
      expect(names).not.toContain("site");
      for (const [, value] of labels) expect(value.isWellFormed()).toBe(true);
    }
    const byName = new Map(series.map(({ labels, value }) => [Object.fromEntries(labels).__name__, value]));
    expect(Object.fromEntries(byName)).toEqual({
      pdc_device_up: 1,
      pdc_device_poll_duration_seconds: 0.0125,
      pdc_device_uptime_seconds: 86_400,
      pdc_device_packet_loss_ratio: 0.25,
      pdc_device_rtt_seconds: 0.002,
      pdc_device_jitter_seconds: 0.001,
      pdc_interface_in_octets_total: 2 ** 53,
    });
    const outcomes = (["no-answer", "skipped"] as const).map((outcome) =>
      seriesOf(makeSample(0, { outcome }), {}),
    );
    const up = outcomes.map(
      (all) => all.find(({ labels }) => labels.some(([, value]) => value === "pdc_device_up"))?.value,
    );
    expect(up).toEqual([0, undefined]);
  });

  test("survive Snappy as they were", () => {
    const message = writeRequest(
      recentFleet(1e12)
        .flat()
        .flatMap((sample) => seriesOf(sample, {})),
    );
    expect(Buffer.from(snappy.uncompress(compressed(message))).equals(message)).toBe(true);
  });
});

test("Retry-After in seconds or as a date, never for longer than ten minutes", () => {
  expect(retryAfterMs("3", 0)).toBe(3000);
  expect(retryAfterMs("Thu, 01 Jan 1970 00:00:05 GMT", 1000)).toBe(4000);
  expect(retryAfterMs("99999", 0)).toBe(600_000);
  for (const header of [null, "soon", ""]) expect(retryAfterMs(header, 0)).toBeUndefined();
});

test("a receiver's address is one, and has no password in it", () => {
  expect(
    parseReceivers([
      { url: "http://127.0.0.1:9090/api/v1/write" },
      { url: "http://127.0.0.1:9090/api/v1/write" },
    ]),
  ).toHaveLength(1);
  for (const url of ["file:///etc/passwd", "nonsense", "https://pdc:hunter2@receiver.example/write"]) {
    let message = "";
    try {
      parseReceivers([{ url }]);
    } catch (error) {
      message = (error as Error).message;
      expect(error).toMatchObject({ exitCode: 2, code: "bad-remote-write" });
    }
    expect(message).not.toBe("");
    expect(message).not.toContain("hunter2");
  }
});

/** A receiver that answers as told; keeps what it took. */
async function receiver(
  answer: (request: IncomingMessage, series: string) => { status: number; headers?: Record<string, string> },
) {
  const requests: { atMs: number; status: number; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.from(snappy.uncompress(Buffer.concat(chunks))).toString("latin1");
    const { status, headers = {} } = answer(request, body);
    requests.push({ atMs: performance.now(), status, body });
    response.writeHead(status, headers).end(status < 300 ? "" : "because");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/write`, requests };
}

describe("a receiver that answers badly", () => {
  const cycle = (number: number) =>
    ["a", "b", "c", "d"].map((device) =>
      makeSample(number * 60, {
        device,
        components: [makeInterface({ inOctets: counter64(BigInt(number)) })],
      }),
    );

  test("is asked again after 503, not before it said, and gets everything in order", async () => {
    let failures = 2;
    const { url, requests } = await receiver(() =>
      failures-- > 0 ? { status: 503, headers: { "Retry-After": "1" } } : { status: 204 },
    );
    const store = newStore();
    const { sender, outbox, said } = senderTo(store, url);
    store.append(cycle(0));
    sender.wake();
    store.append(cycle(1));
    await until(() => outbox.status()[0]!.waiting === 0);
    expect(requests.map(({ status }) => status)).toEqual([503, 503, 204]);
    // It said one second; timers may be a little early.
    expect(requests[1]!.atMs - requests[0]!.atMs).toBeGreaterThan(950);
    expect(said).toEqual([
      expect.stringContaining("they wait: it answered 503: because"),
      expect.stringContaining("takes samples again"),
    ]);
    expect(outbox.status()).toEqual([{ destination: url, waiting: 0, sent: 8, dropped: 0 }]);
  });

  test("loses only the sample it will never take, and says so", async () => {
    const { url, requests } = await receiver((_, body) => ({
      status: body.includes("device\x12\x01c") ? 400 : 204,
    }));
    const store = newStore();
    const { sender, outbox, said } = senderTo(store, url);
    store.append(cycle(0));
    sender.wake();
    await until(() => outbox.status()[0]!.waiting === 0);
    expect(outbox.status()).toEqual([{ destination: url, waiting: 0, sent: 3, dropped: 1 }]);
    expect(said).toEqual([`${url} refused 1 samples: it answered 400: because`]);
    const taken = requests
      .filter(({ status }) => status === 204)
      .map(({ body }) => body)
      .join("");
    for (const device of ["a", "b", "d"]) expect(taken).toContain(`device\x12\x01${device}`);
  });

  test("with an expired password loses nothing, and the password is told nobody", async () => {
    let isRight = false;
    const { url } = await receiver(({ headers }) => {
      expect(headers.authorization).toBe("Bearer s3cret");
      return { status: isRight ? 204 : 401 };
    });
    const store = newStore();
    const { sender, outbox, said } = senderTo(store, url, undefined, async () => "Bearer s3cret");
    store.append(cycle(0));
    sender.wake();
    await until(() => said.length > 0);
    expect(outbox.status()[0]).toMatchObject({ waiting: 4, dropped: 0 });
    isRight = true;
    await until(() => outbox.status()[0]!.waiting === 0);
    expect(outbox.status()[0]).toMatchObject({ sent: 4, dropped: 0 });
    expect(said.join()).not.toContain("s3cret");
  });

  test("that redirects is not followed", async () => {
    const other = await receiver(() => ({ status: 204 }));
    const { url } = await receiver(() => ({ status: 307, headers: { Location: other.url } }));
    const store = newStore();
    const { sender, outbox, said } = senderTo(store, url);
    store.append(cycle(0));
    sender.wake();
    await until(() => said.length > 0);
    expect(said[0]).toContain("redirects are not followed");
    expect(other.requests).toEqual([]);
    expect(outbox.status()[0]!.waiting).toBe(4);
  });

  test("the queue is bounded: the oldest give way, and are counted", async () => {
    const store = newStore();
    const { outbox } = senderTo(store, "http://127.0.0.1:9/write", 10);
    for (let number = 0; number < 5; number += 1) store.append(cycle(number));
    expect(outbox.status()).toEqual([
      { destination: "http://127.0.0.1:9/write", waiting: 10, sent: 0, dropped: 10 },
    ]);
    expect([...outbox.next("http://127.0.0.1:9/write", 100)].map(({ sample }) => sample!.atMs)).toEqual(
      [...cycle(2).slice(2), ...cycle(3), ...cycle(4)].map(({ atMs }) => atMs),
    );
  });

  test("what waits is found though its hour was packed meanwhile; a receiver no longer named is forgotten", () => {
    const store = newStore();
    const outbox = store.outbox(["http://one.example/", "http://two.example/"]);
    store.append(cycle(0));
    for (const _ of store.compaction({ rate: ratesBetween, nowMs: cycle(0)[0]!.atMs + 3 * 3_600_000 }));
    expect([...outbox.next("http://two.example/", 10)].map(({ sample }) => sample)).toEqual(cycle(0));
    outbox.done("http://one.example/", 4);
    expect(outbox.status().map(({ waiting }) => waiting)).toEqual([0, 4]);
    expect(store.outbox(["http://one.example/"]).status()).toEqual([
      { destination: "http://one.example/", waiting: 0, sent: 4, dropped: 0 },
    ]);
  });
});

describe.skipIf(!hasPrometheus)("Prometheus (Debian's package prometheus; skipped without it)", () => {
  test("has every sample, though it was away for a while", async () => {
    const server = await prometheus(temporaryDirectory());
    await server.start();
    const store = newStore();
    const { sender, outbox, said } = senderTo(store, server.writeUrl);
    const cycles = recentFleet(Date.now() - 600_000);
    for (const [at, cycle] of cycles.entries()) {
      if (at === 20) {
        await until(() => outbox.status()[0]!.waiting === 0);
        await server.stop();
      }
      if (at === 45) await server.start();
      store.append(cycle);
      sender.wake();
      if (at === 40) await until(() => said.length > 0);
    }
    await until(() => outbox.status()[0]!.waiting === 0);
    expect(outbox.status()[0]).toMatchObject({ sent: 300, dropped: 0 });
    expect(said.map((line) => line.replace(/.*write /, "").split(/[,:]/)[0])).toEqual([
      "does not take samples",
      "takes samples again",
    ]);
    const truth = cycles.flat();
    for (const name of [
      "pdc_interface_in_octets_total",
      "pdc_processor_busy_percent",
      "pdc_device_up",
      "pdc_device_rtt_seconds",
    ])
      expect(await server.samples(name)).toEqual(expected(truth, name, { agency: "ubnd" }));
    expect((await server.names()).every((name) => name.startsWith("pdc_"))).toBe(true);
  });

  test("has every sample, though pdc was killed again and again", async () => {
    const server = await prometheus(temporaryDirectory());
    await server.start();
    const path = join(temporaryDirectory(), "samples.db");
    const beginMs = Date.now() - 600_000;
    let kills = 0;
    for (let isKilled = true; isKilled; ) {
      const child = spawn(process.execPath, [remoteWriter, path, server.writeUrl, String(beginMs)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = 0;
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString().split("\n").length - 1;
        if (kills < 3 && said >= 10) child.kill("SIGKILL");
      });
      isKilled = await new Promise((done) => child.on("exit", (_, signal) => done(signal === "SIGKILL")));
      if (isKilled) kills += 1;
    }
    expect(kills).toBe(3);
    const truth = recentFleet(beginMs).flat();
    for (const name of ["pdc_interface_in_octets_total", "pdc_device_up"])
      expect(await server.samples(name)).toEqual(expected(truth, name));
  });
});
