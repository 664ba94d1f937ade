/** Webhooks: one POST of JSON. Touches the network. */
import { certificateWords } from "../certificate-words.ts";
import { oneLine } from "../clean-text.ts";
import type { Delivery } from "../outbox.ts";
import { webhookBody } from "../shapes.ts";
import type { AlertChannel, AlertMessage } from "../types.ts";
import type { CredentialOf } from "./secrets.ts";

const TIMEOUT_MS = 10_000;
const MOST_ANSWER_OCTETS = 4096;
/** Of an official account (Zalo OA API 3.0), and of Telegram's bot API. */
const ZALO_URL = "https://openapi.zalo.me/v3.0/oa/message/cs";
const TELEGRAM_URL = "https://api.telegram.org";
/** The receiver understood the request and will not take this message, ever. */
const REFUSING = new Set([400, 413, 415, 422]);

type WebhookChannel = Extract<AlertChannel, { kind: "webhook" }>;

/** Posts a message. Redirects are not followed: they could lead anywhere, with the token. */
export async function postWebhook(
  channel: WebhookChannel,
  message: AlertMessage,
  credentialOf: CredentialOf,
  timeoutMs: number = TIMEOUT_MS,
): Promise<Delivery> {
  const { url, headers, secrets } = await addressOf(channel, credentialOf);
  const host = hostOf(url);
  try {
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        "content-type": "application/json; charset=utf-8",
        "idempotency-key": message.id,
        "user-agent": "pdc",
        ...headers,
      },
      body: JSON.stringify(webhookBody(channel.shape, message, channel.to)),
    });
    const answer = await firstOctets(response);
    const plain = secrets.reduce((text, secret) => text.replaceAll(secret, "[secret]"), answer);
    const says = oneLine(plain).slice(0, 200);
    if (response.status >= 300 && response.status < 400)
      return {
        ok: false,
        refused: false,
        error: `${host}: redirects elsewhere (${response.status}), which is not followed`,
      };
    if (!response.ok) {
      const retryAfter = Number(response.headers.get("retry-after"));
      return {
        ok: false,
        refused: REFUSING.has(response.status),
        error: `${host}: HTTP ${response.status} ${says}`.trimEnd(),
        ...(retryAfter > 0 && { retryAfterMs: retryAfter * 1000 }),
      };
    }
    const inside = channel.shape === "zalo" || channel.shape === "telegram" ? errorInside(answer) : undefined;
    return inside === undefined
      ? { ok: true }
      : { ok: false, refused: false, error: `${host}: refused inside its answer (${inside})` };
  } catch (error) {
    return { ok: false, refused: false, error: `${host}: ${reasonOf(error, timeoutMs)}` };
  }
}

async function addressOf(
  { shape, url, urlCredential, credential }: WebhookChannel,
  credentialOf: CredentialOf,
): Promise<{ url: string; headers: Record<string, string>; secrets: string[] }> {
  const whole = urlCredential === undefined ? url : (await credentialOf(urlCredential)).password.reveal();
  const token = credential === undefined ? undefined : (await credentialOf(credential)).password.reveal();
  const secrets = [...(urlCredential === undefined || !whole ? [] : [whole]), ...(token ? [token] : [])];
  switch (shape) {
    case "telegram":
      return { url: `${whole ?? TELEGRAM_URL}/bot${token ?? ""}/sendMessage`, headers: {}, secrets };
    case "zalo":
      return { url: whole ?? ZALO_URL, headers: token ? { access_token: token } : {}, secrets };
    default:
      return { url: whole ?? "", headers: token ? { authorization: `Bearer ${token}` } : {}, secrets };
  }
}

/** Where it goes, without path and query: tokens stand there. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "the address of the webhook";
}

/** Zalo answers 200 and `error: -216`, Telegram `ok: false`. */
function errorInside(answer: string): string | undefined {
  try {
    const { error, ok } = JSON.parse(answer) as { error?: unknown; ok?: unknown };
    if (typeof error === "number" && error !== 0) return `error ${error}`;
    return ok === false ? "not ok" : undefined;
  } catch {
    return undefined;
  }
}

async function firstOctets(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    octets += chunk.length;
    if (octets >= MOST_ANSWER_OCTETS) break;
  }
  return Buffer.concat(chunks).toString("utf8").slice(0, MOST_ANSWER_OCTETS);
}

/** Node's words for why there was no answer; never the URL, which may be a secret. */
function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nothing listens there",
    ENOTFOUND: "its name has no address",
    ECONNRESET: "the connection was cut",
  };
  const code = cause?.code;
  if (code === undefined) return "the address cannot be used";
  return words[code] ?? certificateWords(code, Date.now()) ?? code;
}
