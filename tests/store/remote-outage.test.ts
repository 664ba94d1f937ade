/** An hour without the receiver, on a clock of the test's own: what waits, what is asked, and what comes of it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import snappy from "snappyjs";
import { expect, onTestFinished, test } from "vitest";
import { RemoteSender, type SenderClock } from "../../src/store/remote-write/sender.ts";
import { makeSample } from "../samples/make-sample.ts";
import { opened, temporaryDirectory } from "./place.ts";

const DEVICES = Array.from({ length: 20 }, (_, number) => `router-${String(number).padStart(2, "0")}`);
const PERIOD_MS = 60_000;
const CYCLES = 60;
const beginMs = Date.UTC(2026, 10, 1);

/** Time passes when the test says so. */
class HeldClock implements SenderClock {
  nowMs = 0;
  #pauses: { untilMs: number; end: () => void }[] = [];

  monotonicMs(): number {
    return this.nowMs;
  }

  pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((end) => {
      signal.addEventListener("abort", () => end());
      this.#pauses.push({ untilMs: this.nowMs + ms, end });
    });
  }

  get isPaused(): boolean {
    return this.#pauses.length > 0;
  }

  /** To the end of the next pause, at most to `untilMs`; false: there is none before. */
  step(untilMs: number): boolean {
    const next = this.#pauses.findIndex((pause) => pause.untilMs <= untilMs);
    if (next < 0) {
      this.nowMs = untilMs;
      return false;
    }
    const [pause] = this.#pauses.splice(next, 1);
    this.nowMs = pause!.untilMs;
    pause!.end();
    return true;
  }
}

/** Fields of a protobuf message: varints as numbers, the rest as octets (protobuf.dev, "Encoding"). */
function fieldsOf(octets: Buffer): { field: number; value: number | Buffer }[] {
  const fields: { field: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const octet = octets[at++]!;
      value += (octet & 0x7f) * shift;
      if (octet < 0x80) return value;
    }
  };
  while (at < octets.length) {
    const tag = varint();
    const [field, type] = [tag >> 3, tag & 7];
    const length = type === 0 ? 0 : type === 1 ? 8 : varint();
    fields.push({ field, value: type === 0 ? varint() : octets.subarray(at, at + length) });
    at += length;
  }
  return fields;
}

/** "device atMs" of each `pdc_device_up` in a request, in its order. */
function polledIn(body: Buffer): string[] {
  return fieldsOf(body).flatMap(({ value: series }) => {
    const parts = fieldsOf(series as Buffer);
    const labels = new Map(
      parts
        .filter(({ field }) => field === 1)
        .map(({ value }) => fieldsOf(value as Buffer).map((text) => String(text.value)) as [string, string]),
    );
    const sample = fieldsOf(parts.find(({ field }) => field === 2)!.value as Buffer);
    const atMs = sample.find(({ field }) => field === 2)?.value as number;
    return labels.get("__name__") === "pdc_device_up" ? [`${labels.get("device")} ${atMs}`] : [];
  });
}

/** Answers 503 while it is away; keeps what it took, in the order in which it came. */
async function receiver() {
  const state = { isAway: true, requests: 0, taken: [] as string[] };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    state.requests += 1;
    if (!state.isAway) state.taken.push(...polledIn(Buffer.from(snappy.uncompress(Buffer.concat(chunks)))));
    response.writeHead(state.isAway ? 503 : 204).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/write`, state };
}

/** Polls for an hour while the receiver is away, then lets it come back; `limit`: samples that may wait. */
async function anHour(limit?: number) {
  const { url, state } = await receiver();
  const store = opened(join(temporaryDirectory(), "samples.db"), { mode: "write" });
  const outbox = store.outbox([url], limit);
  const clock = new HeldClock();
  const said: string[] = [];
  const sender = new RemoteSender({
    outbox,
    receiver: { url },
    labelsOf: () => ({}),
    tell: (line) => said.push(line),
    clock,
  });
  onTestFinished(() => sender.close(0));
  const still = async () => {
    while (!clock.isPaused && outbox.status()[0]!.waiting > 0) await breathe();
  };
  const polled: string[] = [];
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const samples = DEVICES.map((device, at) =>
      makeSample(0, { device, atMs: beginMs + cycle * PERIOD_MS + at }),
    );
    polled.push(...samples.map(({ device, atMs }) => `${device} ${atMs}`));
    store.append(samples);
    sender.wake();
    await still();
    while (clock.step((cycle + 1) * PERIOD_MS)) await still();
  }
  const during = { requests: state.requests, ...outbox.status()[0]! };
  state.isAway = false;
  while (outbox.status()[0]!.waiting > 0) {
    clock.step(clock.nowMs + PERIOD_MS);
    await still();
  }
  return { said, during, after: outbox.status()[0]!, taken: state.taken, polled };
}

test("nothing is lost: every sample comes once, each series in the order of time; the receiver is asked seldom", async () => {
  const { said, during, after, taken, polled } = await anHour();
  expect(during).toMatchObject({ waiting: CYCLES * DEVICES.length, sent: 0, dropped: 0 });
  // From a quarter of a second to half a minute between tries.
  expect(during.requests).toBeGreaterThan(CYCLES);
  expect(during.requests).toBeLessThan(4 * CYCLES);
  expect(taken).toEqual(polled);
  expect(after).toMatchObject({ waiting: 0, sent: polled.length, dropped: 0 });
  expect(said).toHaveLength(2);
  expect(said[1]).toMatch(/takes samples again, after 3[5-9]\d\d s/);
}, 60_000);

test("with room for less, the oldest give way and are counted; what is kept comes, in order", async () => {
  const limit = 500;
  const { during, after, taken, polled } = await anHour(limit);
  const dropped = polled.length - limit;
  expect(during).toMatchObject({ waiting: limit, dropped });
  expect(taken).toEqual(polled.slice(-limit));
  expect(after).toMatchObject({ waiting: 0, sent: limit, dropped });
}, 60_000);
