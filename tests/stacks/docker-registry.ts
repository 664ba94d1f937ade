/** A real registry (Debian's docker-registry) on loopback: TLS of an authority of the test's own, and authentication. */
import { spawn, spawnSync } from "node:child_process";
import { createSign, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = "docker-registry";
export const registryAbsence =
  spawnSync(program, ["--version"]).status === 0 && spawnSync("openssl", ["version"]).status === 0
    ? undefined
    : "docker-registry and openssl are not installed";

export const login = { user: "reader", password: "reader-password" };
/** bcrypt of the password above, as htpasswd -B writes it. */
const htpasswd = "reader:$2b$05$g0fb2w8km2NVplJf6Ss.T.5VHZsxsrCdiL/1TQGxbO5HX3kOXtDgy";

export interface TestRegistry {
  host: string;
  authorityFile: string;
  /** Sends with the right login (htpasswd) or a token for everything. */
  send(method: string, path: string, body?: Buffer, headers?: Record<string, string>): Promise<Answer>;
  stop(): Promise<void>;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export async function startRegistry(auth: "htpasswd" | "token"): Promise<TestRegistry> {
  const directory = mkdtempSync(join(tmpdir(), "pdc-registry-"));
  const authorityFile = makeCertificates(directory);
  const port = await freePort();
  const tokens = auth === "token" ? await startTokenService(directory) : undefined;
  writeFileSync(join(directory, "htpasswd"), `${htpasswd}\n`);
  const authentication = tokens
    ? `  token: { realm: "https://127.0.0.1:${tokens.port}/token", service: test-registry, issuer: test-issuer, rootcertbundle: ${directory}/ca.pem }`
    : `  htpasswd: { realm: test, path: ${directory}/htpasswd }`;
  writeFileSync(
    join(directory, "config.yml"),
    `version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: ${directory}/data } }
http:
  addr: 127.0.0.1:${port}
  secret: not-shared
  tls: { certificate: ${directory}/server.pem, key: ${directory}/server.key }
auth:
${authentication}
`,
  );
  const child = spawn(program, ["serve", join(directory, "config.yml")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const ca = readFileSync(authorityFile, "utf8");
  const authorization = tokens
    ? `Bearer ${tokens.everything}`
    : `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
  const registry: TestRegistry = {
    host: `127.0.0.1:${port}`,
    authorityFile,
    send: (method, path, body, headers = {}) =>
      send(new URL(path, `https://127.0.0.1:${port}`), method, ca, { authorization, ...headers }, body),
    stop: async () => {
      child.kill("SIGKILL");
      await exited;
      tokens?.server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  for (let attempt = 0; ; attempt++) {
    const answer = await registry.send("GET", "/v2/").catch(() => undefined);
    if (answer?.status === 200) return registry;
    if (attempt > 100 || child.exitCode !== null) {
      await registry.stop();
      throw new Error(`the registry does not start: ${answer?.status} ${errors}`);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Tokens as the distribution's token specification has them: signed claims of what may be pulled and pushed. */
async function startTokenService(directory: string) {
  const key = readFileSync(join(directory, "server.key"), "utf8");
  const cert = readFileSync(join(directory, "server.pem"), "utf8");
  const chain = cert
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/)![0]
    .replace(/-----[A-Z ]+-----|\s/g, "");
  const sign = (access: object[]) => {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      iss: "test-issuer",
      sub: login.user,
      aud: "test-registry",
      iat: now - 10,
      nbf: now - 10,
      exp: now + 600,
      jti: randomUUID(),
      access,
    };
    const text = `${part({ typ: "JWT", alg: "RS256", x5c: [chain] })}.${part(claims)}`;
    return `${text}.${createSign("RSA-SHA256").update(text).sign(key).toString("base64url")}`;
  };
  const expected = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
  const server: Server = createServer({ key, cert }, (incoming, outgoing) => {
    if (incoming.headers.authorization !== expected) return outgoing.writeHead(401).end();
    const scope = new URL(incoming.url ?? "/", "https://x").searchParams.get("scope") ?? "";
    const [type, name, actions = ""] = scope.split(":");
    outgoing.end(JSON.stringify({ token: sign([{ type, name, actions: actions.split(",") }]) }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const everything = (names: readonly string[]) =>
    sign(names.map((name) => ({ type: "repository", name, actions: ["pull", "push"] })));
  return { server, port, everything: everything(pushed) };
}

/** Repositories that tests push to. */
const pushed = ["mot-cua/api", "library/postgres"];

/** An authority and a certificate of it for 127.0.0.1; the path of the authority. */
function makeCertificates(directory: string): string {
  const openssl = (...args: string[]) => {
    const result = spawnSync("openssl", args, { cwd: directory, encoding: "utf8" });
    if (result.status !== 0) throw new Error(result.stderr);
  };
  openssl(
    ..."req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-authority".split(
      " ",
    ),
  );
  openssl(..."req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=127.0.0.1".split(" "));
  writeFileSync(join(directory, "names"), "subjectAltName=IP:127.0.0.1\n");
  openssl(
    ..."x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names".split(
      " ",
    ),
  );
  return join(directory, "ca.pem");
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createTcpServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

function send(
  url: URL,
  method: string,
  ca: string,
  headers: Record<string, string>,
  body?: Buffer,
): Promise<Answer> {
  return new Promise((done, fail) => {
    const outgoing = request(url, { method, ca, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () =>
        done({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}
