/** Stands before a real API server and answers some requests itself: refusals, broken connections, old versions. */
import { readFileSync, writeFileSync } from "node:fs";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import { join } from "node:path";
import { parse } from "yaml";

/** What to do with a request: nothing (pass it on), a refusal, or breaking the connection before or after it arrives. */
export type Fault =
  | {
      readonly code: number;
      readonly reason?: string;
      readonly retryAfterSeconds?: number;
      readonly message?: string;
    }
  | "break before"
  | "break after";

export interface FaultyProxy {
  /** a kubeconfig that leads through the proxy */
  readonly kubeconfigPath: string;
  /** asked of every request, in order */
  decide: (request: { method: string; path: string }) => Fault | undefined;
  /** every request that came, also the refused */
  readonly seen: { method: string; path: string; atMs: number }[];
  close(): Promise<void>;
}

export async function startFaultyProxy(kubeconfigPath: string, directory: string): Promise<FaultyProxy> {
  const config = parse(readFileSync(kubeconfigPath, "utf8")) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  const cluster = config.clusters[0]?.cluster ?? {};
  const user = config.users[0]?.user ?? {};
  const octets = (entry: Record<string, string>, key: string) =>
    entry[`${key}-data`]
      ? Buffer.from(entry[`${key}-data`] as string, "base64")
      : readFileSync(entry[key] as string);
  const agent = new https.Agent({
    keepAlive: true,
    ca: octets(cluster, "certificate-authority"),
    cert: octets(user, "client-certificate"),
    key: octets(user, "client-key"),
  });
  const seen: FaultyProxy["seen"] = [];
  const proxy: FaultyProxy = {
    kubeconfigPath: join(directory, "faulty-kubeconfig"),
    decide: () => undefined,
    seen,
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const server = http.createServer((incoming, outgoing) => {
    const request = { method: incoming.method ?? "", path: incoming.url ?? "" };
    seen.push({ ...request, atMs: performance.now() });
    const fault = proxy.decide(request);
    if (fault === "break before") return void incoming.socket.destroy();
    if (typeof fault === "object") return refuse(outgoing, fault);
    passOn(incoming, outgoing, fault === "break after");
  });

  function passOn(incoming: IncomingMessage, outgoing: ServerResponse, isBroken: boolean): void {
    const upstream = https.request(new URL(incoming.url ?? "/", cluster.server), {
      method: incoming.method ?? "GET",
      headers: { ...incoming.headers, host: new URL(cluster.server ?? "").host },
      agent,
    });
    upstream.on("response", (answer) => {
      if (isBroken) {
        answer.resume().on("end", () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on("error", () => outgoing.destroy());
    outgoing.on("close", () => upstream.destroy());
    incoming.pipe(upstream);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const through = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "faulty", cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: "faulty", context: { cluster: "faulty" } }],
    users: [],
    "current-context": "faulty",
  };
  writeFileSync(proxy.kubeconfigPath, JSON.stringify(through, null, 1), { mode: 0o600 });
  return proxy;
}

function refuse(outgoing: ServerResponse, fault: Extract<Fault, object>): void {
  const { code, reason = "", message = "refused by the test", retryAfterSeconds } = fault;
  const status = { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message };
  outgoing.writeHead(code, {
    "content-type": "application/json",
    ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
  });
  outgoing.end(JSON.stringify(status));
}
