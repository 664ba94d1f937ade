/** Channels against real servers on loopback: mail, webhooks, a program. No secret comes out anywhere. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SMTPServerOptions } from "smtp-server";
import { describe, expect, onTestFinished, test } from "vitest";
import { deliver } from "../../src/notify/channels/deliver.ts";
import { composeMessage } from "../../src/notify/compose.ts";
import type { AlertChannel, AlertMessage } from "../../src/notify/types.ts";
import { incident, morningMs, words } from "./any-incident.ts";
import { mailServer } from "./mail-server.ts";

const secret = "s3cret-canary-value";
const context = {
  credentialOf: async (name: string) => ({
    user: "pdc",
    password: { reveal: () => (name === "url" ? webhookUrl : secret) },
  }),
  directory: tmpdir(),
};
let webhookUrl = "";

const message: AlertMessage = {
  ...composeMessage(
    "ops",
    [{ kind: "opened", rule: "all", incident: incident("a"), cause: "carrier" }],
    morningMs,
    { ...words, language: "vi", sender: "pdc Quảng Bình" },
  ),
};

describe("mail", () => {
  async function server(options: SMTPServerOptions) {
    const { port, mails } = await mailServer(options);
    const channel: AlertChannel = {
      id: "mail",
      kind: "smtp",
      host: "127.0.0.1",
      port,
      security: "none",
      from: "pdc@example.gov.vn",
      to: ["noc@example.gov.vn"],
      groupMs: 0,
    };
    return { channel, mails };
  }

  test("arrives, in Vietnamese, under a stable id", async () => {
    const { channel, mails } = await server({});
    expect(await deliver(channel, message, context)).toEqual({ ok: true });
    const { text: mail = "" } = mails[0] ?? {};
    expect(mail).toContain(`Message-ID: <${message.id}@example.gov.vn>`);
    expect(mail).toContain("Auto-Submitted: auto-generated");
    const [, encoded = ""] = /Subject: (.*(?:\r\n .*)*)/.exec(mail) ?? [];
    const subject = encoded.replace(/=\?UTF-8\?([QB])\?(.*?)\?=\s*/gi, (_, how: string, text: string) =>
      how.toUpperCase() === "B"
        ? Buffer.from(text, "base64").toString()
        : decodeURIComponent(text.replaceAll("_", " ").replaceAll("=", "%")),
    );
    expect(subject.trim()).toBe(message.subject);
  });

  test("logs in with the credential; a wrong one is told without it, and tried again later", async () => {
    const onAuth: SMTPServerOptions["onAuth"] = ({ username, password }, _session, done) =>
      username === "pdc" && password === secret
        ? done(null, { user: "pdc" })
        : done(new Error(`no, not ${password}`));
    const { channel, mails } = await server({ authOptional: false, onAuth });
    expect(await deliver({ ...channel, credential: "login" } as AlertChannel, message, context)).toEqual({
      ok: true,
    });
    expect(mails).toHaveLength(1);
    const wrong = {
      ...context,
      credentialOf: async () => ({ user: "pdc", password: { reveal: () => "wr0ng-canary" } }),
    };
    const result = await deliver({ ...channel, credential: "login" } as AlertChannel, message, wrong);
    expect(result).toMatchObject({ ok: false, refused: false });
    expect(JSON.stringify(result)).not.toContain("wr0ng-canary");
  });

  test("a recipient the server does not know is refused; no server is not", async () => {
    const { channel } = await server({
      onRcptTo: (_address, _session, done) =>
        done(Object.assign(new Error("no such user"), { responseCode: 550 })),
    });
    expect(await deliver(channel, message, context)).toMatchObject({ ok: false, refused: true });
    const nobody = { ...channel, port: 9 } as AlertChannel;
    expect(await deliver(nobody, message, context)).toMatchObject({ ok: false, refused: false });
  });

  test("a server without TLS gets no password when TLS is wanted", async () => {
    const { channel, mails } = await server({});
    const careful = { ...channel, security: "starttls", credential: "login" } as AlertChannel;
    expect(await deliver(careful, message, context)).toMatchObject({ ok: false, refused: false });
    expect(mails).toEqual([]);
  });
});

describe("webhooks", () => {
  async function server(answer: (request: IncomingMessage, response: ServerResponse) => void) {
    const seen: { url: string; headers: IncomingMessage["headers"]; body: unknown }[] = [];
    const http = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        seen.push({ url: request.url ?? "", headers: request.headers, body: JSON.parse(body) });
        answer(request, response);
      });
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void http.close());
    const { port } = http.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, seen };
  }
  const channel = (given: Partial<Extract<AlertChannel, { kind: "webhook" }>>): AlertChannel => ({
    id: "ops",
    kind: "webhook",
    shape: "json",
    groupMs: 0,
    ...given,
  });

  test("json carries a bearer's token and an id to know repeats by", async () => {
    const { url, seen } = await server((_, response) => response.end("ok"));
    expect(await deliver(channel({ url, credential: "token" }), message, context)).toEqual({ ok: true });
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${secret}`,
      "idempotency-key": message.id,
    });
    expect(seen[0]?.body).toMatchObject({ schema: "pdc.alert/1", subject: message.subject });
  });

  test("slack: the whole address is the secret, and is in no error", async () => {
    const { url, seen } = await server((_, response) => {
      response.statusCode = 500;
      response.end(`broken at ${webhookUrl}`);
    });
    webhookUrl = `${url}/services/T0/B0/${secret}`;
    const result = await deliver(channel({ shape: "slack", urlCredential: "url" }), message, context);
    expect(seen[0]?.url).toBe(`/services/T0/B0/${secret}`);
    expect(result).toMatchObject({ ok: false, refused: false, error: expect.stringContaining("HTTP 500") });
    expect(JSON.stringify(result)).not.toContain(secret);
  });

  test("telegram and zalo: token where they want it, and errors that come with 200", async () => {
    const telegram = await server((_, response) => response.end('{"ok":true}'));
    const bot = channel({ shape: "telegram", url: telegram.url, credential: "token", to: "-100" });
    expect(await deliver(bot, message, context)).toEqual({ ok: true });
    expect(telegram.seen[0]?.url).toBe(`/bot${secret}/sendMessage`);
    const zalo = await server((_, response) =>
      response.end('{"error":-216,"message":"Access token is invalid"}'),
    );
    const account = channel({ shape: "zalo", url: zalo.url, credential: "token", to: "42" });
    expect(await deliver(account, message, context)).toMatchObject({
      ok: false,
      refused: false,
      error: expect.stringContaining("error -216"),
    });
    expect(zalo.seen[0]?.headers.access_token).toBe(secret);
  });

  test("a redirect is not followed", async () => {
    const inside = await server((_, response) => response.end());
    const outside = await server((_, response) => {
      response.writeHead(307, { location: inside.url });
      response.end();
    });
    const result = await deliver(channel({ url: outside.url, credential: "token" }), message, context);
    expect(result).toMatchObject({ ok: false, error: expect.stringContaining("not followed") });
    expect(inside.seen).toEqual([]);
  });

  test.each([
    [400, {}, { ok: false, refused: true }],
    [404, {}, { ok: false, refused: false }],
    [429, { "retry-after": "30" }, { ok: false, refused: false, retryAfterMs: 30_000 }],
    [503, {}, { ok: false, refused: false }],
  ])("HTTP %i", async (status, headers, expected) => {
    const { url } = await server((_, response) => {
      response.writeHead(status, headers);
      response.end("no\u001b[2J");
    });
    const result = await deliver(channel({ url }), message, context);
    expect(result).toMatchObject(expected);
    expect(JSON.stringify(result)).not.toContain("\\u001b");
  });

  test("nobody there", async () => {
    const result = await deliver(channel({ url: "http://127.0.0.1:9/hook" }), message, context);
    expect(result).toMatchObject({ ok: false, error: expect.stringMatching(/^127\.0\.0\.1:9: /) });
  });
});

test("X3: who takes the connection and says nothing, or says it octet by octet without end, is given up", async () => {
  const openings = ["", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"];
  for (const opening of openings) {
    const mute = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.write(opening);
      const drip = setInterval(() => socket.write(opening === "" ? "" : "x"), 50);
      socket.on("close", () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", () => resolve()));
    onTestFinished(() => void mute.close());
    const { port } = mute.address() as AddressInfo;
    const impatient = { ...context, timeoutMs: 500 };
    const url = `http://127.0.0.1:${port}/`;
    const hook = { id: "ops", kind: "webhook", shape: "json", url, groupMs: 0 } as const;
    expect(await deliver(hook, message, impatient)).toEqual({
      ok: false,
      refused: false,
      error: `127.0.0.1:${port}: no answer within 0.5 s`,
    });
    if (opening !== "") continue;
    const people = { from: "a@example.vn", to: ["b@example.vn"], security: "none", groupMs: 0 } as const;
    const mail = { id: "mail", kind: "smtp", host: "127.0.0.1", port, ...people } as const;
    expect(await deliver(mail, message, impatient)).toMatchObject({
      ok: false,
      refused: false,
      error: expect.stringMatching(/timeout|TIMEDOUT/i),
    });
  }
});

describe("programs", () => {
  const directory = mkdtempSync(join(tmpdir(), "pdc-alert-"));
  const script = (name: string, body: string) => {
    const path = join(directory, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const run = (command: readonly string[], timeoutMs = 10_000) =>
    deliver({ id: "sms", kind: "command", command, timeoutMs, groupMs: 0 }, message, context);

  test("get the message on stdin and nothing of it as an argument", async () => {
    const out = join(directory, "out");
    const path = script("sms", `cat > ${out}; echo "$@" > ${out}.args`);
    expect(await run([path, "$(id)", "; true"])).toEqual({ ok: true });
    expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({
      schema: "pdc.alert/1",
      subject: message.subject,
    });
    expect(readFileSync(`${out}.args`, "utf8")).toBe("$(id) ; true\n");
  });

  test.each([
    [
      "that fail are run again later",
      "echo no credit >&2; exit 3",
      { refused: false, error: /ended with 3: no credit/ },
    ],
    ["that refuse with 65 are believed", "exit 65", { refused: true, error: /ended with 65/ }],
    [
      "that hang are ended, with what they started",
      "sleep 60 & sleep 60",
      { refused: false, error: /not done within/ },
    ],
  ])("%s", async (_, body, { refused, error }) => {
    const result = await run([script("bad", body)], 500);
    expect(result).toMatchObject({ ok: false, refused, error: expect.stringMatching(error) });
  });

  test("that are not there", async () => {
    expect(await run(["/nonexistent/sms"])).toMatchObject({
      ok: false,
      error: expect.stringContaining("ENOENT"),
    });
    rmSync(directory, { recursive: true, force: true });
  });
});
