/** One HTTPS request with an answer of bounded size. Touches the outside world. */
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { RegistryError } from "./registry-error.ts";

export interface HttpsAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface HttpsOptions {
  headers: Readonly<Record<string, string>>;
  authority?: string | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Manifests are a few kilobytes; the specification lets a registry refuse above 4 MiB. */
const maxOctets = 4 * 1024 * 1024;
const maxRedirects = 3;

/** @throws {RegistryError} when nobody answers in time, TLS fails, or the answer is too large. */
export async function httpsRequest(
  method: "GET" | "HEAD",
  url: URL,
  options: HttpsOptions,
  redirects = 0,
): Promise<HttpsAnswer> {
  const answer = await send(method, url, options);
  const { location } = answer.headers;
  if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
  const next = new URL(location, url);
  if (next.protocol !== "https:" || redirects >= maxRedirects)
    throw new RegistryError(
      "registry-answer",
      `${url.host}: leads on to ${next.origin}, which is not followed`,
    );
  // The password is for the host it was given for.
  const { authorization: _kept, ...others } = options.headers;
  const headers = next.host === url.host ? options.headers : others;
  return httpsRequest(method, next, { ...options, headers }, redirects + 1);
}

function send(method: string, url: URL, options: HttpsOptions): Promise<HttpsAnswer> {
  const { headers, authority, timeoutMs } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  return new Promise((done, fail) => {
    const outgoing = request(
      url,
      { method, headers, signal, ...(authority && { ca: authority }) },
      (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size <= maxOctets) chunks.push(chunk);
          else
            incoming.destroy(
              new RegistryError("registry-answer", `${url.host}: its answer is larger than 4 MiB`),
            );
        });
        incoming.on("error", (error) => fail(told(error, url, options, timeout)));
        incoming.on("end", () =>
          done({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    outgoing.on("error", (error) => fail(told(error, url, options, timeout)));
    outgoing.end();
  });
}

function told(error: Error, url: URL, options: HttpsOptions, timeout: AbortSignal): Error {
  if (error instanceof RegistryError || options.signal?.aborted) return error;
  if (timeout.aborted)
    return new RegistryError(
      "registry-unreachable",
      `${url.host}: no answer within ${options.timeoutMs / 1000} s`,
    );
  const code = (error as NodeJS.ErrnoException).code ?? "failed";
  if (/CERT|UNABLE_TO_VERIFY|SSL|TLS/.test(code))
    return new RegistryError(
      "registry-unreachable",
      `${url.host}: its certificate is not trusted (${code})`,
      "authorityFile of the registry: the PEM of the authority that signed it",
    );
  return new RegistryError(
    "registry-unreachable",
    `${url.host}: cannot be reached (${code})`,
    "whether the registry runs, and name resolution and firewalls on the way",
  );
}
