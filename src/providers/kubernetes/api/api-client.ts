/** Requests to one API server over kept-alive connections, tried again where that is safe. */
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type ApiStatus, ConnectionError } from "./api-error.ts";
import type { Credentials } from "./credentials.ts";

/** Connections for requests; those of watches are extra. More only queue up in the server (its APF). */
const MAX_CONNECTIONS = 24;
/** A watch is answered at once, before there is anything to tell; one that is not is asked for again. */
const WATCH_ANSWER_MS = 10_000;
/** Answers beyond this are not kept: a list is asked for in pages. */
const MAX_ANSWER_OCTETS = 256 * 1024 * 1024;
const MAX_RETRY_AFTER_MS = 30_000;
const IMPATIENT_MS = 5_000;

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** from the root of the API, such as `/api/v1/namespaces` */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** breaks the request off */
  readonly signal?: AbortSignal | undefined;
  /** lets a request that is under way end, and does not try again; for writes, whose outcome has to be known */
  readonly giveUp?: AbortSignal | undefined;
  /** false: a request that may have arrived is not sent again; for POST */
  readonly isIdempotent?: boolean;
  /** the body names the version of the object that it is made for: who comes too late is refused, and looks again */
  readonly namesVersion?: boolean;
  /** instead of the client's own */
  readonly retryForMs?: number;
}

export interface ApiClientSettings {
  readonly server: string;
  readonly credentials: Credentials;
  /** how long one answer may take */
  readonly requestTimeoutMs?: number;
  /** how long a request is tried again when the server is away or refuses for now */
  readonly retryForMs?: number;
}

export interface Answer<T> {
  /** HTTP status: 201 made, 200 was there */
  readonly code: number;
  readonly body: T;
  /** what the server warns of (unknown fields, deprecated versions) */
  readonly warnings: readonly string[];
}

export class ApiClient {
  readonly server: string;
  private readonly settings: ApiClientSettings;
  private readonly agent: http.Agent;
  private readonly watchAgent: http.Agent;
  private readonly base: URL;
  /** a server that was away for long is not waited for again at once */
  private impatientUntil = 0;

  constructor(settings: ApiClientSettings) {
    this.settings = settings;
    this.server = settings.server;
    this.base = new URL(settings.server);
    const { Agent } = this.base.protocol === "https:" ? https : http;
    const options = { keepAlive: true, ...settings.credentials.tls };
    this.agent = new Agent({ ...options, maxSockets: MAX_CONNECTIONS, scheduling: "lifo" });
    this.watchAgent = new Agent(options);
  }

  /**
   * @throws ApiError when the server refuses; ConnectionError when it does not answer; the signal's reason
   */
  async request<T>(request: ApiRequest): Promise<Answer<T>> {
    const patienceMs = request.retryForMs ?? this.settings.retryForMs ?? 30_000;
    const deadline = Date.now() < this.impatientUntil ? 0 : Date.now() + patienceMs;
    let mayHaveArrived = false;
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await this.once<T>(request);
        this.impatientUntil = 0;
        return answer;
      } catch (error) {
        request.signal?.throwIfAborted();
        if (error instanceof ConnectionError && error.sent) mayHaveArrived = true;
        const delayMs = retryDelay(
          error,
          attempt,
          request.isIdempotent ?? request.method !== "POST",
          request.namesVersion,
        );
        if (delayMs === undefined || Date.now() + delayMs > deadline || request.giveUp?.aborted) {
          if (error instanceof ConnectionError) this.impatientUntil = Date.now() + IMPATIENT_MS;
          if (error instanceof ConnectionError && mayHaveArrived && !error.sent)
            throw new ConnectionError(this.server, error.message.split(": ").slice(1).join(": "), true);
          throw error;
        }
        const signal = request.signal ?? request.giveUp;
        await sleep(delayMs, undefined, signal ? { signal } : {}).catch(() => {});
        request.signal?.throwIfAborted();
      }
    }
  }

  private async once<T>(request: ApiRequest): Promise<Answer<T>> {
    const response = await this.send(request, this.agent);
    const text = await this.readAll(response);
    const code = response.statusCode ?? 0;
    if (code < 200 || code > 299) throw refusal(code, response, text, request);
    const body = parseJson(text);
    if (body === undefined) throw new ConnectionError(this.server, "its answer is not JSON", true);
    return { code, body: body as T, warnings: warningsOf(response) };
  }

  /**
   * A watch: each line of the answer, until the server ends it.
   * @throws as {@link request}
   */
  async *lines(request: ApiRequest): AsyncGenerator<string, void, undefined> {
    const response = await this.send(request, this.watchAgent);
    const code = response.statusCode ?? 0;
    if (code !== 200) throw refusal(code, response, await this.readAll(response), request);
    response.setEncoding("utf8");
    let rest = "";
    try {
      for await (const chunk of response) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line !== "") yield line;
      }
    } catch (error) {
      request.signal?.throwIfAborted();
      throw new ConnectionError(this.server, reasonOf(error), true);
    } finally {
      response.destroy();
    }
  }

  close(): void {
    this.agent.destroy();
    this.watchAgent.destroy();
  }

  private async send(request: ApiRequest, agent: http.Agent): Promise<IncomingMessage> {
    const { method, path, query = {}, signal } = request;
    const url = new URL(this.base.pathname.replace(/\/$/, "") + path, this.base);
    for (const [key, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(key, value);
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const headers = {
      accept: request.accept ?? "application/json",
      "user-agent": "pdc",
      ...(body && {
        "content-type": request.contentType ?? "application/json",
        "content-length": body.length,
      }),
      ...(await this.settings.credentials.headers()),
    };
    const { request: open } = url.protocol === "https:" ? https : http;
    return new Promise((resolve, reject) => {
      let sent = false;
      const isWatch = agent === this.watchAgent;
      const outgoing = open(url, { method, headers, agent, ...(signal && { signal }) }, (response) => {
        // An open watch may be silent for long.
        if (isWatch) outgoing.setTimeout(0);
        resolve(response);
      });
      outgoing.setTimeout(isWatch ? WATCH_ANSWER_MS : (this.settings.requestTimeoutMs ?? 60_000), () =>
        outgoing.destroy(new Error("no answer in time")),
      );
      outgoing.on("finish", () => {
        sent = true;
      });
      outgoing.on("error", (error) => {
        if (signal?.aborted) return reject(signal.reason);
        reject(new ConnectionError(this.server, reasonOf(error), sent));
      });
      outgoing.end(body);
    });
  }

  private async readAll(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let octets = 0;
    try {
      for await (const chunk of response) {
        octets += chunk.length;
        if (octets > MAX_ANSWER_OCTETS)
          throw new ApiError(
            413,
            { message: `the answer is larger than ${MAX_ANSWER_OCTETS} octets` },
            "GET",
          );
        chunks.push(chunk);
      }
    } catch (error) {
      response.destroy();
      throw error instanceof ApiError ? error : new ConnectionError(this.server, reasonOf(error), true);
    }
    return Buffer.concat(chunks).toString("utf8");
  }
}

function reasonOf(error: unknown): string {
  const { code, message, errors } = error as NodeJS.ErrnoException & { errors?: Error[] };
  // A host with several addresses fails with one error for each.
  return message || errors?.[0]?.message || code || "the connection broke";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(code: number, response: IncomingMessage, text: string, request: ApiRequest): ApiError {
  const parsed = parseJson(text);
  const status = (
    typeof parsed === "object" && parsed !== null ? parsed : { message: text.slice(0, 200) }
  ) as ApiStatus;
  const retryAfterSeconds = Number(response.headers["retry-after"]);
  const details = {
    ...status.details,
    ...(retryAfterSeconds >= 0 && { retryAfterSeconds }),
  };
  const message =
    code === 401 ? { message: "the API server does not accept the kubeconfig's credentials (401)" } : {};
  return new ApiError(code, { ...status, ...message, details }, `${request.method} ${request.path}`);
}

/** RFC 9111's warn-code, agent and quoted text, as API servers send them. */
function warningsOf(response: IncomingMessage): string[] {
  return [...(response.headers.warning ?? "").matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) =>
    text.replaceAll(/\\(.)/g, "$1"),
  );
}

/** When to try again; undefined when that would not help, or might do a thing twice. */
export function retryDelay(
  error: unknown,
  attempt: number,
  isIdempotent: boolean,
  namesVersion = false,
): number | undefined {
  const backoffMs = Math.min(100 * 2 ** attempt, 5_000) * (0.5 + Math.random());
  if (error instanceof ConnectionError) return isIdempotent || !error.sent ? backoffMs : undefined;
  if (!(error instanceof ApiError)) return undefined;
  const asked = error.status.details?.retryAfterSeconds;
  const refusedForNow = error.code === 429 || (error.code >= 500 && (isIdempotent || error.code === 503));
  // Two writers met in the store; the request is as good as before. A precondition that fails will fail again.
  const metAnother =
    error.code === 409 &&
    error.reason === "Conflict" &&
    error.causes.length === 0 &&
    isIdempotent &&
    !namesVersion &&
    !/precondition/i.test(error.message);
  if (!refusedForNow && !metAnother) return undefined;
  if (error.code === 501 || error.code === 505) return undefined;
  return asked === undefined
    ? backoffMs
    : Math.min(asked * 1000, MAX_RETRY_AFTER_MS) + Math.random() * backoffMs;
}
