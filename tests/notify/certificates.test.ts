/** X1: servers whose certificate is wrong in one way: refused by everything that sends, which says in which. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { sendReports } from "../../src/actions/report/mail.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import { certificateWords } from "../../src/notify/certificate-words.ts";
import { deliver } from "../../src/notify/channels/deliver.ts";
import type { AlertMessage } from "../../src/notify/types.ts";
import { send } from "../../src/store/remote-write/send.ts";
import { hasOpenssl, type MadeCertificate, makeAuthority } from "./make-certificates.ts";

const DAY = 86_400_000;
const message: AlertMessage = {
  id: "m1",
  channel: "out",
  createdMs: 0,
  severity: "critical",
  subject: "s",
  text: "t",
  notices: [],
} as unknown as AlertMessage;
const context = { credentialOf: () => Promise.reject(new Error("no secret is asked for")), directory: "." };

describe.skipIf(!hasOpenssl)("X1 (skipped without openssl)", () => {
  const directory = mkdtempSync(join(tmpdir(), "pdc-certificates-"));
  const certificates = new Map<string, MadeCertificate>();
  const before = getCACertificates("default");

  beforeAll(() => {
    const now = Date.now();
    const known = makeAuthority(join(directory, "known"));
    setDefaultCACertificates([...before, known.authority]);
    const valid = { fromMs: now - DAY, toMs: now + DAY };
    certificates.set("right", known.issue(valid));
    certificates.set("expired", known.issue({ fromMs: now - 730 * DAY, toMs: now - 365 * DAY }));
    certificates.set("early", known.issue({ fromMs: now + 365 * DAY, toMs: now + 730 * DAY }));
    certificates.set("misnamed", known.issue({ ...valid, name: "DNS:mail.example.vn" }));
    certificates.set("own", known.selfSigned());
    certificates.set("foreign", makeAuthority(join(directory, "foreign")).issue(valid));
  }, 60_000);
  afterAll(() => {
    setDefaultCACertificates(before);
    rmSync(directory, { recursive: true, force: true });
  });

  async function web(name: string) {
    let asked = 0;
    const server = createServer(certificates.get(name)!, (request, response) => {
      asked += 1;
      request.resume().on("end", () => response.end("{}"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return { url: `https://127.0.0.1:${port}/`, asked: () => asked };
  }

  async function mail(name: string) {
    let asked = 0;
    const server = new SMTPServer({
      ...certificates.get(name)!,
      secure: true,
      authOptional: true,
      logger: false,
      onData(stream, _session, done) {
        asked += 1;
        stream.resume().on("end", () => done());
      },
    });
    server.on("error", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    onTestFinished(() => void server.close());
    return { port: (server.server.address() as AddressInfo).port, asked: () => asked };
  }

  test.each([
    ["expired", /has expired \(the clock here says 20\d\d-/],
    ["early", /is not valid yet \(the clock here says 20\d\d-/],
    ["misnamed", /for another name/],
    ["own", /signed by itself/],
    ["foreign", /authority that is not known here.*NODE_EXTRA_CA_CERTS/],
  ])("%s", { timeout: 60_000 }, async (name, says) => {
    const { url, asked } = await web(name);
    const hook = { id: "out", kind: "webhook", shape: "json", url, groupMs: 0 } as const;
    expect(await deliver(hook, message, context)).toMatchObject({
      ok: false,
      refused: false,
      error: expect.stringMatching(says),
    });
    const explain = (code: string) => certificateWords(code, Date.now());
    expect(await send({ url, explain }, new Uint8Array())).toMatchObject({
      kind: "later",
      why: expect.stringMatching(says),
    });
    expect(asked()).toBe(0);

    const { port, asked: mails } = await mail(name);
    const people = { from: "a@example.vn", to: ["b@example.vn"] };
    const alert = {
      id: "out",
      kind: "smtp",
      host: "127.0.0.1",
      port,
      security: "tls",
      ...people,
      groupMs: 0,
    } as const;
    expect(await deliver(alert, message, context)).toMatchObject({
      ok: false,
      error: expect.stringMatching(says),
    });
    const inventory = { credentials: new Map() } as unknown as Inventory;
    const report = { subject: "s", files: [{ name: "a.csv", content: "a" }] };
    await expect(
      sendReports(inventory, { ...people, server: `smtps://127.0.0.1:${port}` }, report),
    ).rejects.toMatchObject({ exitCode: 23, message: expect.stringMatching(says) });
    expect(mails()).toBe(0);
  });

  test("one that is right is accepted", async () => {
    const { url, asked } = await web("right");
    const hook = { id: "out", kind: "webhook", shape: "json", url, groupMs: 0 } as const;
    expect(await deliver(hook, message, context)).toEqual({ ok: true });
    expect(await send({ url }, new Uint8Array())).toEqual({ kind: "taken" });
    expect(asked()).toBe(2);
  });
});
