/** Mails with reports while their server is away: on disk, in order, sent when it is back. A real SMTP server on loopback. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ReportMailer } from "../../src/actions/poll/report-mailer.ts";
import { mailFolder, queueMail, sendWaiting, waitingMails } from "../../src/actions/report/mail-outbox.ts";
import { reportOutbox } from "../../src/actions/report/outbox.ts";
import { runSchedule } from "../../src/actions/report/schedule.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import { openStore } from "../../src/store/open-store.ts";
import { lockForWriting } from "../../src/store/writer-lock.ts";
import { sample } from "../health/samples.ts";
import { smallInventory, writeInventory } from "../inventory/synthetic-inventory.ts";
import { mailServer } from "../notify/mail-server.ts";
import { temporaryDirectory } from "../store/place.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
let inventoryDirectory: string;
let inventory: Inventory;

beforeAll(async () => {
  inventoryDirectory = mkdtempSync(join(tmpdir(), "pdc-outbox-"));
  writeInventory(inventoryDirectory, smallInventory());
  inventory = await loadInventory(inventoryDirectory, { cacheDirectory: false });
});

afterAll(() => rmSync(inventoryDirectory, { recursive: true, force: true }));

/** A port that nothing listens on until a server is begun there. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

async function smtp(port: number, refuses: (address: string) => number | undefined = () => undefined) {
  const { mails } = await mailServer(
    {
      onRcptTo(address, _session, done) {
        const code = refuses(address.address);
        done(code === undefined ? undefined : Object.assign(new Error("not now"), { responseCode: code }));
      },
    },
    port,
  );
  return mails;
}

const files = (name: string) => [{ name, content: `of ${name}` }];
const optionsFor = (port: number, ...to: string[]) => ({
  to: to.length > 0 ? to : ["it@example.gov.vn"],
  from: "pdc@example.gov.vn",
  server: `smtp+plain://127.0.0.1:${port}`,
});

/** Tries at a moment of a clock that the test moves. */
const sendAt = (stateDirectory: string, atMs: number, isAsked = false) =>
  sendWaiting(stateDirectory, inventory, { nowMs: () => atMs, isAsked, timeoutMs: 2000 });

test("while the server is away nothing is lost; afterwards all come, each once, in order", async () => {
  const stateDirectory = temporaryDirectory();
  const port = await freePort();
  const beganMs = Date.UTC(2026, 10, 1);
  for (const [at, name] of ["a.csv", "b.csv", "c.csv"].entries())
    await queueMail(
      stateDirectory,
      { subject: `report ${name}`, files: files(name), options: optionsFor(port) },
      beganMs + at * MINUTE,
    );
  // An hour's outage, asked every ten seconds: tried less and less often.
  let tries = 0;
  for (let atMs = beganMs + 3 * MINUTE; atMs < beganMs + 63 * MINUTE; atMs += 10_000) {
    const { failed } = await sendAt(stateDirectory, atMs);
    tries += failed.length;
    expect(failed.every(({ error }) => error.exitCode === 23)).toBe(true);
  }
  expect(tries).toBeGreaterThan(5);
  expect(tries).toBeLessThan(20);
  expect(await waitingMails(stateDirectory)).toHaveLength(3);
  const mails = await smtp(port);
  await sendAt(stateDirectory, beganMs + 80 * MINUTE);
  expect(mails.map(({ text }) => /^Subject: (.*)$/m.exec(text)?.[1])).toEqual(
    ["a", "b", "c"].map((name) => `report ${name}.csv`),
  );
  expect(mails[0]!.text).toContain(Buffer.from("of a.csv").toString("base64"));
  expect(mails[0]!.text).toMatch(/^Message-ID: <[0-9a-f]{16}-\d+@example\.gov\.vn>/m);
  expect(await waitingMails(stateDirectory)).toEqual([]);
  expect(readdirSync(mailFolder(stateDirectory)).filter((name) => /^[0-9a-f]/.test(name))).toEqual([]);
});

test("what waits is for this user only, holds no secret, and the same reports made again replace it", async () => {
  const stateDirectory = temporaryDirectory();
  const options = { ...optionsFor(9), credential: "mail" };
  await queueMail(stateDirectory, { subject: "one", files: files("a.csv"), options }, 1);
  const { id } = await queueMail(stateDirectory, { subject: "two", files: files("a.csv"), options }, 2);
  expect(await waitingMails(stateDirectory)).toMatchObject([{ subject: "two", attempts: 0 }]);
  const place = join(mailFolder(stateDirectory), id);
  expect(statSync(place).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(place)) expect(statSync(join(place, name)).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(place, "mail.json"), "utf8")).toContain('"credential":"mail"');
});

describe("a server that refuses", () => {
  test("one address: the others have the mail once, and only it is tried again", async () => {
    const stateDirectory = temporaryDirectory();
    const port = await freePort();
    let isFull = true;
    const mails = await smtp(port, (address) => (address.startsWith("full") && isFull ? 452 : undefined));
    const options = optionsFor(port, "it@example.gov.vn", "full@example.gov.vn");
    await queueMail(stateDirectory, { subject: "s", files: files("a.csv"), options }, 0);
    expect((await sendAt(stateDirectory, 0)).failed).toMatchObject([{ error: { exitCode: 21 } }]);
    isFull = false;
    expect((await sendAt(stateDirectory, MINUTE)).sent).toHaveLength(1);
    expect(mails.map(({ to }) => to)).toEqual([["it@example.gov.vn"], ["full@example.gov.vn"]]);
  });

  test("the mail itself: given up after three tries, told, holds nothing up, and sent when asked for", async () => {
    const stateDirectory = temporaryDirectory();
    const port = await freePort();
    let isGone = true;
    const mails = await smtp(port, (address) => (address.startsWith("gone") && isGone ? 550 : undefined));
    const queue = (subject: string, atMs: number, ...to: string[]) =>
      queueMail(stateDirectory, { subject, files: files("a.csv"), options: optionsFor(port, ...to) }, atMs);
    await queue("refused", 0, "gone@example.gov.vn");
    await queue("taken", 1);
    for (let atMs = 10; atMs < 60 * MINUTE; atMs += MINUTE) await sendAt(stateDirectory, atMs);
    expect(mails).toHaveLength(1);
    const place = { directory: inventoryDirectory };
    expect((await reportOutbox(place, { stateDirectory, send: false })).waiting).toMatchObject([
      { subject: "refused", attempts: 3, nextTry: null, lastError: expect.stringContaining("not now") },
    ]);
    isGone = false;
    const { sent, waiting } = await reportOutbox(place, { stateDirectory, send: true, timeoutMs: 2000 });
    expect([sent, waiting]).toEqual([["refused"], []]);
  });

  test("a mail that has waited for thirty days is not tried by itself any more", async () => {
    const stateDirectory = temporaryDirectory();
    const options = optionsFor(await freePort());
    await queueMail(stateDirectory, { subject: "s", files: files("a.csv"), options }, 0);
    await sendAt(stateDirectory, 31 * DAY);
    expect(await waitingMails(stateDirectory)).toMatchObject([{ isGivenUp: true }]);
    expect((await sendAt(stateDirectory, 40 * DAY)).failed).toEqual([]);
  });
});

test("two processes do not send the same mail: the second leaves it to the first", async () => {
  const stateDirectory = temporaryDirectory();
  const port = await freePort();
  const mails = await smtp(port);
  await queueMail(stateDirectory, { subject: "s", files: files("a.csv"), options: optionsFor(port) }, 0);
  const lock = lockForWriting(join(mailFolder(stateDirectory), "outbox"));
  expect(await sendAt(stateDirectory, 1)).toMatchObject({ isBusy: true, sent: [] });
  lock.release();
  const both = await Promise.all([sendAt(stateDirectory, 1), sendAt(stateDirectory, 1)]);
  expect(both.flatMap(({ sent }) => sent)).toHaveLength(1);
  expect(mails).toHaveLength(1);
});

test("a scheduled run whose server is away says so by its exit code; the poller sends what waits", async () => {
  const stateDirectory = temporaryDirectory();
  const store = openStore(join(stateDirectory, "samples.db"), { mode: "write" });
  store.append([sample("rt-center", Date.now() - DAY)]);
  store.close();
  const port = await freePort();
  const run = runSchedule({
    inventoryDirectory,
    stateDirectory,
    every: "daily",
    reports: ["incident"],
    formats: ["csv"],
    mail: { ...optionsFor(port), timeoutMs: 2000 },
  });
  await expect(run).rejects.toMatchObject({
    code: "mail-failed",
    exitCode: 23,
    fix: expect.stringContaining("report outbox --send"),
  });
  const [mail] = await waitingMails(stateDirectory);
  expect(existsSync(join(mailFolder(stateDirectory), mail!.id, mail!.files[0]!))).toBe(true);
  const mails = await smtp(port);
  const told: [string, Error | undefined][] = [];
  const mailer = new ReportMailer(stateDirectory, (subject, error) => told.push([subject, error]));
  // Its next try is seconds away.
  await expect
    .poll(
      async () => {
        mailer.follow(inventory);
        await mailer.close();
        return mails.length;
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBe(1);
  expect(told).toEqual([[mail!.subject, undefined]]);
});

test("Ctrl-C during a scheduled run: nothing is dropped, nothing waits to be mailed", async () => {
  const stateDirectory = temporaryDirectory();
  const store = openStore(join(stateDirectory, "samples.db"), { mode: "write" });
  store.append([sample("rt-center", Date.now() - DAY)]);
  store.close();
  const controller = new AbortController();
  const drop = join(stateDirectory, "drop");
  const run = runSchedule({
    inventoryDirectory,
    stateDirectory,
    every: "daily",
    reports: ["incident", "availability"],
    formats: ["csv"],
    drop,
    mail: optionsFor(await freePort()),
    signal: controller.signal,
  });
  setImmediate(() => controller.abort());
  await expect(run).rejects.toMatchObject({ name: "AbortError" });
  expect(existsSync(drop)).toBe(false);
  expect(await waitingMails(stateDirectory)).toEqual([]);
});

test("what no server takes is refused, and does not wait", async () => {
  const stateDirectory = temporaryDirectory();
  const large = [{ name: "a.html", content: Buffer.alloc(21_000_000) }];
  await expect(
    queueMail(stateDirectory, { subject: "s", files: large, options: optionsFor(9) }, 0),
  ).rejects.toMatchObject({ exitCode: 2, fix: expect.stringContaining("--drop") });
  expect(await waitingMails(stateDirectory)).toEqual([]);
});

test("a login that cannot be, or a server that cannot be, is told before a report is made, and nothing waits", async () => {
  const stateDirectory = temporaryDirectory();
  const run = (mail: object) =>
    runSchedule({
      inventoryDirectory,
      stateDirectory,
      every: "daily",
      reports: ["incident"],
      formats: ["csv"],
      mail: { ...optionsFor(9), ...mail },
    });
  await expect(run({ credential: "nobody" })).rejects.toMatchObject({ exitCode: 2 });
  await expect(run({ server: "mail.example" })).rejects.toMatchObject({ exitCode: 2 });
  await expect(run({ to: ["nobody"] })).rejects.toMatchObject({ exitCode: 2 });
  expect(existsSync(mailFolder(stateDirectory))).toBe(false);
});
