/** The few requests that the lab itself sends to its API server: readiness, nodes, the storage class. */
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import type { CertificateFiles } from "./certificates.ts";

export interface Api {
  /** Status and body of an answer; a body that is JSON is parsed. @throws when nobody answers. */
  send(
    method: string,
    path: string,
    body?: object,
    contentType?: string,
  ): Promise<{ status: number; body: unknown }>;
  close(): void;
}

const patienceMs = 10_000;

export async function connectApi(
  port: number,
  authorityPath: string,
  client: CertificateFiles,
): Promise<Api> {
  const [ca, cert, key] = await Promise.all(
    [authorityPath, client.certificatePath, client.keyPath].map((path) => readFile(path)),
  );
  const agent = new Agent({ ca, cert, key, keepAlive: true });
  return {
    close: () => agent.destroy(),
    send: (method, path, body, contentType = "application/json") =>
      new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, method, path, agent, timeout: patienceMs };
        const headers = body === undefined ? {} : { "content-type": contentType };
        const sent = request({ ...options, headers }, (answer) => {
          let text = "";
          answer.setEncoding("utf8");
          answer.on("data", (chunk) => {
            text += chunk;
          });
          answer.once("error", reject);
          answer.once("end", () => {
            const isJson = answer.headers["content-type"]?.includes("json") === true;
            resolve({ status: answer.statusCode ?? 0, body: isJson ? JSON.parse(text) : text });
          });
        });
        sent.once("timeout", () => sent.destroy(new Error("the API server does not answer")));
        sent.once("error", reject);
        sent.end(body === undefined ? undefined : JSON.stringify(body));
      }),
  };
}
