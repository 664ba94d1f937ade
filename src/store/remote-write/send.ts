/**
 * One request to a receiver, and what its answer means. Remote write 1.0 asks to retry 5xx and 429, and to give up what
 * another 4xx refuses. Those 4xx that speak of the way there and not of the samples (an expired password, a mistyped
 * path) are retried too: nothing is lost meanwhile, the queue is bounded.
 */

export type Answer =
  | { kind: "taken" }
  /** Try again, not before `afterMs` when the receiver said so. */
  | { kind: "later"; why: string; afterMs?: number }
  /** The receiver will never take it. `isMixed`: perhaps a part of it. */
  | { kind: "refused"; why: string; isMixed: boolean };

export interface Receiver {
  /** http(s), without credentials in it. */
  url: string;
  /** Value of the header Authorization, read anew for every request. Never logged. */
  authorization?: (() => Promise<string | undefined>) | undefined;
  /** Words for a code of Node's why nothing could be sent; undefined: the code itself is told. */
  explain?: ((code: string) => string | undefined) | undefined;
}

/** Unauthorized, forbidden, not found, method not allowed, proxy authentication, request timeout, too many requests. */
const OF_THE_WAY = [401, 403, 404, 405, 407, 408, 429];
/** Bad request (one sample out of order, say), too large, unprocessable: a part of it may be taken. */
const OF_A_PART = [400, 413, 422];
const REQUEST_TIMEOUT_MS = 30_000;
/** A receiver that asks for more than this is asked sooner all the same. */
const LONGEST_WAIT_MS = 10 * 60_000;
const LONGEST_WORDS = 200;

export async function send(
  { url, authorization, explain }: Receiver,
  body: Uint8Array,
  signal?: AbortSignal,
): Promise<Answer> {
  try {
    const header = await authorization?.();
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const response = await fetch(url, {
      method: "POST",
      // A redirect could lead credentials and data anywhere.
      redirect: "manual",
      headers: {
        "Content-Type": "application/x-protobuf",
        "Content-Encoding": "snappy",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
        "User-Agent": "pdc",
        ...(header !== undefined && { Authorization: header }),
      },
      body: body as Uint8Array<ArrayBuffer>,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return await answerOf(response);
  } catch (error) {
    return { kind: "later", why: reasonOf(error, explain) };
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const { status } = response;
  const words = await firstWords(response);
  if (status >= 200 && status < 300) return { kind: "taken" };
  const why = `it answered ${status}${words === "" ? "" : `: ${words}`}`;
  if (status >= 500 || OF_THE_WAY.includes(status)) {
    const afterMs = retryAfterMs(response.headers.get("Retry-After"), Date.now());
    return { kind: "later", why, ...(afterMs !== undefined && { afterMs }) };
  }
  if (status >= 300 && status < 400) return { kind: "later", why: `${why} (redirects are not followed)` };
  return { kind: "refused", why, isMixed: OF_A_PART.includes(status) };
}

/** RFC 9110 10.2.3: seconds, or a date. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), LONGEST_WAIT_MS) : undefined;
}

/** The body is read to its end, so that the connection is used again; of its text only so much is told. */
async function firstWords(response: Response): Promise<string> {
  const text = await response.text().catch(() => "");
  return text.trim().split("\n", 1)[0]!.slice(0, LONGEST_WORDS);
}

function reasonOf(error: unknown, explain: Receiver["explain"]): string {
  const { message, cause, name } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === "TimeoutError") return `no answer within ${REQUEST_TIMEOUT_MS / 1000} s`;
  return explain?.(cause?.code ?? "") ?? cause?.code ?? cause?.message ?? message;
}
