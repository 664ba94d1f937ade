/** Which API server, in whose name: from kubeconfig files, their text, or a pod's service account. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";

export interface KubeconfigSelection {
  /** path of a file, or the text of one; absent: KUBECONFIG, ~/.kube/config, or the pod's service account */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
}

export interface KubeCluster {
  readonly server?: string;
  readonly "certificate-authority"?: string;
  readonly "certificate-authority-data"?: string;
  readonly "insecure-skip-tls-verify"?: boolean;
  readonly "tls-server-name"?: string;
  readonly "proxy-url"?: string;
}

export interface KubeUser {
  readonly "client-certificate"?: string;
  readonly "client-certificate-data"?: string;
  readonly "client-key"?: string;
  readonly "client-key-data"?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly "as-uid"?: string;
  readonly "as-groups"?: readonly string[];
  readonly exec?: unknown;
  readonly "auth-provider"?: unknown;
}

export interface KubeAccess {
  readonly server: string;
  readonly cluster: KubeCluster;
  readonly user: KubeUser;
  /** of the context; "default" when it names none */
  readonly namespace: string;
  /** the merged configuration, for authentication that is somebody else's */
  readonly document: KubeconfigDocument;
}

interface Named<T> {
  name: string;
  entry: T;
}

export interface KubeconfigDocument {
  readonly contexts: Named<{ cluster?: string; user?: string; namespace?: string }>[];
  readonly clusters: Named<KubeCluster>[];
  readonly users: Named<KubeUser>[];
  readonly currentContext: string;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** @throws Error that says what is missing where; secrets are not in it */
export function loadKubeconfig(
  selection: KubeconfigSelection,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): KubeAccess {
  const { kubeconfig } = selection;
  if (kubeconfig) {
    const isText = kubeconfig.includes("\n") || kubeconfig.trimStart().startsWith("{");
    if (isText) return select(readDocument(kubeconfig, process.cwd(), "the kubeconfig given"), selection);
    const path = kubeconfig.replace(/^~(?=\/|$)/, homedir());
    return select(readFile(path), selection);
  }
  const listed = environment.KUBECONFIG?.split(delimiter).filter(Boolean) ?? [];
  const files = listed.length > 0 ? listed : [join(environment.HOME ?? homedir(), ".kube/config")];
  const present = files.filter(existsSync);
  if (present.length > 0) return select(merge(present.map(readFile)), selection);
  if (existsSync(`${SERVICE_ACCOUNT}/token`)) return inCluster(environment);
  throw new Error(
    `no kubeconfig: ${files.join(", ")} is not there; name one with kubernetes:kubeconfig or KUBECONFIG`,
  );
}

function readFile(path: string): KubeconfigDocument {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`the kubeconfig ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return readDocument(text, dirname(resolve(path)), path);
}

function readDocument(text: string, directory: string, where: string): KubeconfigDocument {
  let document: Record<string, unknown> | null;
  try {
    document = parse(text) as Record<string, unknown> | null;
  } catch {
    // The parser's message would show the line, which may hold a token.
    throw new Error(`${where} is not YAML`);
  }
  if (typeof document !== "object" || document === null || !Array.isArray(document.clusters))
    throw new Error(`${where} is not a kubeconfig: it has no clusters`);
  const entries = <T>(list: unknown, key: string) =>
    (Array.isArray(list) ? list : []).map((item: Record<string, unknown>) => ({
      name: String(item.name),
      entry: absolute((item[key] ?? {}) as Record<string, unknown>, directory) as T,
    }));
  return {
    clusters: entries<KubeCluster>(document.clusters, "cluster"),
    contexts: entries(document.contexts, "context"),
    users: entries<KubeUser>(document.users, "user"),
    currentContext: typeof document["current-context"] === "string" ? document["current-context"] : "",
  };
}

/** Paths in a kubeconfig are relative to its own directory. */
function absolute(entry: Record<string, unknown>, directory: string): Record<string, unknown> {
  const paths = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key,
      paths.includes(key) && typeof value === "string" && value !== "" ? resolve(directory, value) : value,
    ]),
  );
}

/** As kubectl merges: who comes first wins. */
function merge(documents: readonly KubeconfigDocument[]): KubeconfigDocument {
  const first = <T>(lists: Named<T>[][]) => [
    ...new Map(
      lists
        .flat()
        .reverse()
        .map((item) => [item.name, item]),
    ).values(),
  ];
  return {
    clusters: first(documents.map(({ clusters }) => clusters)),
    contexts: first(documents.map(({ contexts }) => contexts)),
    users: first(documents.map(({ users }) => users)),
    currentContext: documents.find(({ currentContext }) => currentContext !== "")?.currentContext ?? "",
  };
}

function select(document: KubeconfigDocument, selection: KubeconfigSelection): KubeAccess {
  const names = (list: readonly Named<unknown>[]) => list.map(({ name }) => name).join(", ") || "none";
  const contextName = selection.context || document.currentContext;
  const context = document.contexts.find(({ name }) => name === contextName)?.entry;
  if (!context && selection.context)
    throw new Error(`the kubeconfig has no context ${selection.context}; it has ${names(document.contexts)}`);
  const clusterName = selection.cluster || context?.cluster;
  const cluster = document.clusters.find(({ name }) => name === clusterName)?.entry;
  if (!cluster)
    throw new Error(
      clusterName
        ? `the kubeconfig has no cluster ${clusterName}; it has ${names(document.clusters)}`
        : `the kubeconfig has no current context; name one of ${names(document.contexts)} with kubernetes:context`,
    );
  if (!cluster.server || !URL.canParse(cluster.server))
    throw new Error(`the kubeconfig's cluster ${clusterName} has no usable server address`);
  const user = document.users.find(({ name }) => name === context?.user)?.entry ?? {};
  return {
    server: cluster.server.replace(/\/+$/, ""),
    cluster,
    user,
    namespace: context?.namespace || "default",
    document: { ...document, currentContext: contextName },
  };
}

function inCluster(environment: Readonly<Record<string, string | undefined>>): KubeAccess {
  const { KUBERNETES_SERVICE_HOST: host = "kubernetes.default.svc", KUBERNETES_SERVICE_PORT: port = "443" } =
    environment;
  const namespacePath = `${SERVICE_ACCOUNT}/namespace`;
  const server = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    server,
    cluster: { server, "certificate-authority": `${SERVICE_ACCOUNT}/ca.crt` },
    user: { tokenFile: `${SERVICE_ACCOUNT}/token` },
    namespace: existsSync(namespacePath) ? readFileSync(namespacePath, "utf8").trim() : "default",
    document: { clusters: [], contexts: [], users: [], currentContext: "" },
  };
}
