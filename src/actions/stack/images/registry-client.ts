/**
 * Manifests of an OCI registry over HTTPS (the distribution specification's `/v2/<name>/manifests/<reference>`), with
 * Bearer tokens or Basic authentication as the registry asks. A digest is computed from the manifest's own octets.
 */
import { createHash } from "node:crypto";
import type { SecretText } from "../../../inventory/secret.ts";
import { type HttpsAnswer, httpsRequest } from "./https-request.ts";
import { RegistryError } from "./registry-error.ts";

export interface RegistryAccess {
  /** "registry.example:5000". */
  host: string;
  /** PEM of the authorities to trust in place of the system's. */
  authority?: string | undefined;
  user?: string | undefined;
  password?: SecretText | undefined;
  /** For one request (default 10 s). */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

export interface Manifest {
  /** "sha256:…" of the octets. */
  digest: string;
  mediaType: string;
}

/** Lists of platforms first: a digest of one of them would leave the other machines out. */
const accept = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
const attempts = 3;

export class RegistryClient {
  readonly #access: RegistryAccess;
  /** Authorization header by repository. */
  readonly #authorizations = new Map<string, string>();

  constructor(access: RegistryAccess) {
    this.#access = access;
  }

  /** Whether the registry has it. @throws {RegistryError} when it cannot say. */
  async has(repository: string, reference: string): Promise<boolean> {
    const answer = await this.#manifest("HEAD", repository, reference);
    return answer !== undefined;
  }

  /** The manifest's digest, or undefined when there is none of that name. @throws {RegistryError} */
  async digestOf(repository: string, reference: string): Promise<Manifest | undefined> {
    const answer = await this.#manifest("GET", repository, reference);
    if (!answer) return undefined;
    const digest = `sha256:${createHash("sha256").update(answer.body).digest("hex")}`;
    const told = answer.headers["docker-content-digest"];
    if (typeof told === "string" && told.startsWith("sha256:") && told !== digest)
      throw new RegistryError(
        "registry-damaged",
        `${this.#access.host}/${repository}:${reference}: the registry says ${told}, its manifest is ${digest}`,
        "something between here and the registry changes its answers, or its store is damaged",
      );
    const mediaType = mediaTypeOf(answer);
    if (!accept.includes(mediaType))
      throw new RegistryError(
        "registry-answer",
        `${this.#access.host}/${repository}:${reference}: "${mediaType}" is no manifest`,
      );
    return { digest, mediaType };
  }

  async #manifest(
    method: "GET" | "HEAD",
    repository: string,
    reference: string,
  ): Promise<HttpsAnswer | undefined> {
    const { host } = this.#access;
    const url = new URL(`https://${host}/v2/${repository}/manifests/${reference}`);
    let answer = await this.#send(method, url, repository);
    if (answer.status === 401 && (await this.#authorize(answer, repository)))
      answer = await this.#send(method, url, repository);
    if (answer.status === 200) return answer;
    if (answer.status === 404) return undefined;
    if (answer.status === 401 || answer.status === 403)
      throw new RegistryError(
        "registry-refused",
        `${host}/${repository}: refused (${answer.status})`,
        "the registry's credential, and whether it may pull this repository",
      );
    throw new RegistryError(
      "registry-answer",
      `${host}/${repository}:${reference}: answers ${answer.status}`,
    );
  }

  /** A busy or restarting registry is asked again. */
  async #send(method: "GET" | "HEAD", url: URL, repository: string): Promise<HttpsAnswer> {
    const { authority, timeoutMs = 10_000, signal } = this.#access;
    const authorization = this.#authorizations.get(repository);
    const headers = { accept, ...(authorization && { authorization }) };
    for (let attempt = 1; ; attempt++) {
      const answer = await httpsRequest(method, url, { headers, authority, timeoutMs, signal });
      const isBusy = answer.status === 429 || answer.status >= 500;
      if (!isBusy || attempt === attempts) return answer;
      const seconds = Number(answer.headers["retry-after"]);
      const waitMs = Number.isFinite(seconds) ? Math.min(seconds * 1000, timeoutMs) : 200 * attempt;
      await new Promise((done) => setTimeout(done, waitMs));
    }
  }

  /** Answers the challenge of a 401; false when there is nothing to answer with. */
  async #authorize({ headers }: HttpsAnswer, repository: string): Promise<boolean> {
    const { host, user, password, authority, timeoutMs = 10_000, signal } = this.#access;
    const challenge = String(headers["www-authenticate"] ?? "");
    const basic =
      user !== undefined && password
        ? `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString("base64")}`
        : undefined;
    if (/^basic\b/i.test(challenge)) {
      if (!basic || this.#authorizations.has(repository)) return false;
      this.#authorizations.set(repository, basic);
      return true;
    }
    const realm = parameter(challenge, "realm");
    if (!/^bearer\b/i.test(challenge) || realm === undefined || !URL.canParse(realm)) return false;
    const url = new URL(realm);
    // A password goes nowhere in clear text, whatever the challenge says.
    if (url.protocol !== "https:")
      throw new RegistryError(
        "registry-refused",
        `${host}: wants its password sent to ${url.origin}, without TLS`,
      );
    const service = parameter(challenge, "service");
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", parameter(challenge, "scope") ?? `repository:${repository}:pull`);
    const answer = await httpsRequest("GET", url, {
      headers: basic ? { authorization: basic } : {},
      authority,
      timeoutMs,
      signal,
    });
    if (answer.status !== 200) return false;
    const token = tokenOf(answer.body);
    if (token === undefined) return false;
    this.#authorizations.set(repository, `Bearer ${token}`);
    return true;
  }
}

function mediaTypeOf({ headers, body }: HttpsAnswer): string {
  const header = String(headers["content-type"] ?? "")
    .split(";")[0]!
    .trim();
  if (header !== "" && header !== "application/json") return header;
  try {
    return String((JSON.parse(body.toString("utf8")) as { mediaType?: unknown }).mediaType ?? header);
  } catch {
    return header;
  }
}

function parameter(challenge: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`, "i").exec(challenge)?.[1];
}

function tokenOf(body: Buffer): string | undefined {
  try {
    const { token, access_token: other } = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
    const text = token ?? other;
    return typeof text === "string" && /^[\x21-\x7e]+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
