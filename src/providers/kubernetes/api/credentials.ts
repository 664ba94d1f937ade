/** How a kubeconfig's user proves who they are: TLS and headers of requests. */
import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import type { KubeAccess } from "./kubeconfig.ts";

/** A service account's token is renewed in its file well before it expires; reading it each minute is enough. */
const TOKEN_FILE_KEPT_MS = 60_000;

export interface Credentials {
  /** for the agents of all connections */
  readonly tls: {
    readonly ca?: Buffer | undefined;
    readonly cert?: Buffer | undefined;
    readonly key?: Buffer | undefined;
    readonly servername?: string | undefined;
    readonly rejectUnauthorized?: boolean;
  };
  /** the headers of a request made now */
  headers(): Promise<Record<string, string | string[]>>;
}

/** Reads keys and certificates. @throws Error that names the file that cannot be read */
export async function openCredentials(access: KubeAccess): Promise<Credentials> {
  const { cluster, user } = access;
  if (user.exec || user["auth-provider"] || cluster["proxy-url"]) return foreignCredentials(access);
  const servername = cluster["tls-server-name"];
  return {
    tls: {
      ca: octets(cluster["certificate-authority-data"], cluster["certificate-authority"]),
      cert: octets(user["client-certificate-data"], user["client-certificate"]),
      key: octets(user["client-key-data"], user["client-key"]),
      ...(servername ? { servername } : {}),
      ...(cluster["insecure-skip-tls-verify"] && { rejectUnauthorized: false }),
    },
    headers: bearer(access),
  };
}

function octets(data: string | undefined, path: string | undefined): Buffer | undefined {
  if (data) return Buffer.from(data, "base64");
  if (!path) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(
      `${path}, named by the kubeconfig, cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

function impersonation({ user }: KubeAccess): Record<string, string | string[]> {
  return {
    ...(user.as && { "impersonate-user": user.as }),
    ...(user["as-uid"] && { "impersonate-uid": user["as-uid"] }),
    ...(user["as-groups"] && { "impersonate-group": [...user["as-groups"]] }),
  };
}

function bearer(access: KubeAccess): Credentials["headers"] {
  const { user } = access;
  const fixed = impersonation(access);
  if (user.username !== undefined && !user.token && !user.tokenFile) {
    const basic = Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64");
    return async () => ({ ...fixed, authorization: `Basic ${basic}` });
  }
  const { token, tokenFile } = user;
  if (!tokenFile) return async () => (token ? { ...fixed, authorization: `Bearer ${token}` } : fixed);
  let kept: { token: string; readAt: number } | undefined;
  return async () => {
    if (!kept || Date.now() - kept.readAt > TOKEN_FILE_KEPT_MS)
      kept = { token: readFileSync(tokenFile, "utf8").trim(), readAt: Date.now() };
    return { ...fixed, authorization: `Bearer ${kept.token}` };
  };
}

/**
 * Exec plugins, cloud login and proxies are `@kubernetes/client-node`'s: it takes a second to load, so it is
 * loaded for those alone.
 */
async function foreignCredentials(access: KubeAccess): Promise<Credentials> {
  const { document, cluster } = access;
  if (cluster["proxy-url"])
    throw new Error(
      "the kubeconfig's cluster has a proxy-url, which this provider does not go through: give it an address that is reached directly",
    );
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  const named = (key: string, list: readonly { name: string; entry: unknown }[]) =>
    list.map(({ name, entry }) => ({ name, [key]: entry }));
  config.loadFromString(
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": document.currentContext,
      clusters: named("cluster", document.clusters),
      contexts: named("context", document.contexts),
      users: named("user", document.users),
    }),
  );
  const ask = async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };
  const first = await ask();
  const buffer = (value: unknown) =>
    value === undefined ? undefined : Buffer.from(value as string | Uint8Array);
  return {
    tls: {
      ca: buffer(first.ca),
      cert: buffer(first.cert),
      key: buffer(first.key),
      ...(first.servername ? { servername: first.servername } : {}),
      ...(first.rejectUnauthorized === false && { rejectUnauthorized: false }),
    },
    async headers() {
      const { headers } = await ask();
      return { ...impersonation(access), ...(headers as Record<string, string> | undefined) };
    },
  };
}
