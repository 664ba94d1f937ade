/** Reports as PDF through a real Chromium, and as mail through a real SMTP server on loopback. */
import { spawnSync } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { sendReports } from "../../src/actions/report/mail.ts";
import { PdfError, pdfOf } from "../../src/actions/report/pdf.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import { htmlPage } from "../../src/report/html/page.ts";
import { speechFor } from "../../src/report/languages.ts";
import { reports } from "../../src/report/reports.ts";
import { mailServer } from "../notify/mail-server.ts";
import { reportInput, smallProvince, TO } from "./period-facts.ts";

const SECRET = "canary-of-the-mail-login";
const hasChromium = spawnSync("chromium", ["--version"]).status === 0;

describe("PDF", () => {
  test.skipIf(!hasChromium)(
    "a page becomes a PDF of A4 sheets",
    async () => {
      const input = reportInput("", { language: "vi" });
      const pdf = Buffer.from(
        await pdfOf(htmlPage(reports.availability(input), speechFor(input.inventory, "vi", TO))),
      );
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      // A4 across: 297 mm by 210 mm, in points.
      const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf.toString("latin1")) ?? [];
      expect([Math.round(Number(width)), Math.round(Number(height))]).toEqual([842, 595]);
    },
    120_000,
  );

  test("without Chromium: what to install, and what else can be done", async () => {
    await expect(pdfOf("<p>", { path: "/nowhere" })).rejects.toMatchObject({
      code: "no-chromium",
      exitCode: 22,
      fix: expect.stringContaining("apt-get install chromium"),
    });
    expect(new PdfError("no-chromium", "x", "y")).toBeInstanceOf(Error);
  });
});

describe("mail", () => {
  const files = [
    { name: "availability-2026-10-01.csv", content: "id,downSeconds\r\na,1\r\n" },
    { name: "availability-2026-10-01.pdf", content: Buffer.from("%PDF-1.7") },
  ];

  const inventory: Inventory = {
    ...smallProvince(),
    credentials: new Map([
      ["mail", { id: "mail", kind: "password", user: "pdc", password: { env: "PDC_TEST_MAIL" } }],
    ]),
  };
  const send = (server: string, rest: Partial<Parameters<typeof sendReports>[1]> = {}) =>
    sendReports(
      inventory,
      { to: ["it@example.gov.vn"], from: "pdc@example.gov.vn", server, timeoutMs: 2000, ...rest },
      { subject: "Báo cáo\r\nBcc: x@example.com", files },
    );

  test("one mail with every file; a name cannot add a header", async () => {
    const { mails, port } = await mailServer();
    await send(`smtp+plain://127.0.0.1:${port}`);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toMatch(/^To: it@example\.gov\.vn/m);
    expect(mails[0]?.text).not.toMatch(/^Bcc:/m);
    expect(mails[0]?.text).toContain("availability-2026-10-01.csv");
    expect(mails[0]?.text).toContain(Buffer.from("%PDF-1.7").toString("base64"));
  });

  test("the login comes from a credential of the inventory, and is in no error", async () => {
    process.env.PDC_TEST_MAIL = SECRET;
    onTestFinished(() => {
      delete process.env.PDC_TEST_MAIL;
    });
    let seen = "";
    const { mails, port } = await mailServer({
      authOptional: false,
      onAuth(auth, _session, done) {
        seen = auth.password ?? "";
        done(null, auth.username === "pdc" ? { user: "pdc" } : {});
      },
    });
    await send(`smtp+plain://127.0.0.1:${port}`, { credential: "mail" });
    expect(mails).toHaveLength(1);
    expect(seen).toBe(SECRET);
    const refusing = await mailServer({
      authOptional: false,
      onAuth: (auth, _session, done) => done(new Error(`no ${auth.password}`)),
    });
    const error: Error = await send(`smtp+plain://127.0.0.1:${refusing.port}`, { credential: "mail" }).catch(
      (one) => one,
    );
    expect(error).toMatchObject({ exitCode: 24 });
    expect(`${error.message} ${error.stack}`).not.toContain(SECRET);
    await expect(send("smtp+plain://192.0.2.1", { credential: "mail" })).rejects.toMatchObject({
      exitCode: 2,
    });
  });

  test("X1: a certificate that nobody vouches for is refused, on TLS and on STARTTLS", async () => {
    // smtp-server brings a self-signed certificate of its own.
    const tls = await mailServer({ secure: true, hideSTARTTLS: false });
    const error: Error = await send(`smtps://127.0.0.1:${tls.port}`).catch((one) => one);
    expect(error).toMatchObject({
      exitCode: 23,
      message: expect.stringMatching(/certificate|self-signed|altnames|expired/i),
    });
    const starttls = await mailServer({ hideSTARTTLS: false });
    await expect(send(`smtp://127.0.0.1:${starttls.port}`)).rejects.toMatchObject({ exitCode: 23 });
    expect([...tls.mails, ...starttls.mails]).toEqual([]);
    // A server that does not offer STARTTLS is not talked to in the open instead.
    const open = await mailServer();
    await expect(send(`smtp://127.0.0.1:${open.port}`)).rejects.toThrow();
    expect(open.mails).toEqual([]);
  });

  test("X3: a server that says nothing, one that is not there, one that refuses", async () => {
    const mute = createServer((socket) => socket.on("error", () => {}));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", () => resolve()));
    onTestFinished(() => {
      mute.close();
    });
    const { port } = mute.address() as AddressInfo;
    await expect(send(`smtp+plain://127.0.0.1:${port}`, { timeoutMs: 300 })).rejects.toMatchObject({
      exitCode: 23,
    });
    await expect(send("smtp+plain://127.0.0.1:9")).rejects.toMatchObject({ exitCode: 23 });
    const refusing = await mailServer({
      onRcptTo: (_address, _session, done) =>
        done(Object.assign(new Error("no such user"), { responseCode: 550 })),
    });
    await expect(send(`smtp+plain://127.0.0.1:${refusing.port}`)).rejects.toMatchObject({ exitCode: 21 });
  });

  test("addresses and servers that cannot be are refused; a login in the address is not repeated", async () => {
    await expect(send("smtps://mail.example", { to: ["a@b>,c@d"] })).rejects.toMatchObject({ exitCode: 2 });
    const error: Error = await send(`smtps://pdc:${SECRET}@mail.example`).catch((one) => one);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(error.message).not.toContain(SECRET);
  });
});
