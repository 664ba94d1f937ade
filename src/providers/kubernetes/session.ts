/** What the operations of one configured provider share: its options, its cluster, and what it saw in this run. */
import type { ProviderLog } from "../../engine/interface/provider.ts";
import { ConnectionError } from "./api/api-error.ts";
import type { ResourceMapping } from "./api/discovery.ts";
import { type KubeAccess, loadKubeconfig } from "./api/kubeconfig.ts";
import { Cluster, type ClusterSettings } from "./cluster/cluster.ts";
import { isNamespacedBuiltIn } from "./objects/cluster-scoped.ts";
import { apiVersionOf, type KubeObject, kindOf } from "./objects/kube-object.ts";
import { parseApiVersion } from "./objects/resource-type.ts";
import type { ProviderOptions } from "./provider-options.ts";
import { textAt } from "./readiness/verdict.ts";

/** How long a preview waits for a server before it goes on without. */
const PREVIEW_PATIENCE_MS = 2_000;
/** How long a kind that is not there is waited for: its definition may be under way. */
const KIND_PATIENCE_MS = 10_000;
const KIND_RETRY_MS = 500;

export class Session {
  readonly options: ProviderOptions;
  readonly log: ProviderLog;
  readonly signal: AbortSignal;
  /** resources whose replacement was announced in this run: their old object still has the name */
  readonly replacing = new Set<string>();
  private readonly settings: ClusterSettings;
  private opened: Promise<Cluster> | undefined;
  private reachable: Promise<boolean> | undefined;
  private access: KubeAccess | undefined;
  /** scope of kinds whose definitions this program makes, by `<group> <Kind>` */
  private readonly defined = new Map<string, boolean>();

  constructor(
    options: ProviderOptions,
    log: ProviderLog,
    signal: AbortSignal,
    settings: ClusterSettings = {},
  ) {
    this.options = options;
    this.log = log;
    this.signal = signal;
    this.settings = {
      ...settings,
      ...(options.requestTimeoutMs !== undefined && { requestTimeoutMs: options.requestTimeoutMs }),
    };
  }

  get isRendering(): boolean {
    return this.options.renderYamlToDirectory !== undefined;
  }

  /** @throws Error when there is no usable kubeconfig */
  cluster(): Promise<Cluster> {
    this.opened ??= Promise.resolve()
      .then(() => Cluster.open(this.accessOf(), this.settings))
      .catch((error: unknown) => {
        this.opened = undefined;
        throw error;
      });
    return this.opened;
  }

  private accessOf(): KubeAccess {
    this.access ??= loadKubeconfig(this.options);
    return this.access;
  }

  /** The namespace of objects that name none. */
  defaultNamespace(): string {
    if (this.options.namespace) return this.options.namespace;
    try {
      return this.accessOf().namespace;
    } catch {
      // Whoever needs the server says what is wrong with the kubeconfig.
      return "default";
    }
  }

  /** Whether the server answers; asked once, and a preview without it is said once. */
  isReachable(): Promise<boolean> {
    this.reachable ??= this.cluster()
      .then((cluster) => cluster.ping(PREVIEW_PATIENCE_MS))
      .then(() => true)
      .catch((error: unknown) => {
        this.log.warning(
          `${(error as Error).message}. What is shown is computed from the program and the state alone: not checked are validation, defaults, quotas, conflicts of fields, and whether objects exist.`,
        );
        return false;
      });
    return this.reachable;
  }

  /** What templates of charts may ask of the cluster, as it is now; undefined when it does not answer. */
  async capabilities(): Promise<{ version: string; apiVersions: readonly string[] } | undefined> {
    if (!(await this.isReachable())) return undefined;
    const cluster = await this.cluster();
    cluster.discovery.reset();
    const [version, kinds] = await Promise.all([cluster.version(), cluster.discovery.kinds()]);
    const apiVersions = kinds.flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]);
    return { version, apiVersions: [...new Set(apiVersions)].sort() };
  }

  /** A kubeconfig with the one access that this session uses; it holds credentials. */
  kubeconfigText(): string {
    const { cluster, user, namespace } = this.accessOf();
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "pdc", cluster }],
      users: [{ name: "pdc", user }],
      contexts: [{ name: "pdc", context: { cluster: "pdc", user: "pdc", namespace } }],
      "current-context": "pdc",
    });
  }

  /** Remembers a definition that the program makes, for objects of its kind that come before it is there. */
  define(definition: KubeObject): void {
    const [group, kind] = [textAt(definition, "spec", "group"), textAt(definition, "spec", "names", "kind")];
    if (group && kind)
      this.defined.set(`${group} ${kind}`, textAt(definition, "spec", "scope") !== "Cluster");
  }

  /** Whether an object's kind lives in namespaces; undefined when that cannot be found out (yet). */
  async isNamespaced(object: KubeObject): Promise<boolean | undefined> {
    const [apiVersion, kind] = [apiVersionOf(object), kindOf(object)];
    const known =
      isNamespacedBuiltIn(apiVersion, kind) ??
      this.defined.get(`${parseApiVersion(apiVersion).group} ${kind}`);
    if (known !== undefined) return known;
    if (!(await this.isReachable())) return undefined;
    return (await (await this.cluster()).discovery.find(apiVersion, kind))?.namespaced;
  }

  /** The mapping of an object's kind, or undefined when the server has no such kind. */
  async findMapping(object: KubeObject): Promise<ResourceMapping | undefined> {
    return (await this.cluster()).discovery.find(apiVersionOf(object), kindOf(object));
  }

  /** @throws Error when the kind does not appear in a while either */
  async mappingOf(object: KubeObject): Promise<ResourceMapping> {
    const deadline = Date.now() + KIND_PATIENCE_MS;
    for (;;) {
      const mapping = await this.findMapping(object);
      if (mapping) return mapping;
      this.signal.throwIfAborted();
      if (Date.now() > deadline)
        throw new Error(
          `the API server has no kind ${kindOf(object)} in ${apiVersionOf(object)}: its CustomResourceDefinition is missing, or the version is no longer served`,
        );
      await new Promise((resolve) => setTimeout(resolve, KIND_RETRY_MS));
    }
  }

  async close(): Promise<void> {
    const cluster = await this.opened?.catch(() => undefined);
    cluster?.close();
  }
}

export const isUnreachable = (error: unknown): boolean => error instanceof ConnectionError;
