/** One API server as the provider works with it: opened when it is first needed. */
import { ApiClient } from "../api/api-client.ts";
import { ApiError } from "../api/api-error.ts";
import { openCredentials } from "../api/credentials.ts";
import { Discovery, type ResourceMapping } from "../api/discovery.ts";
import type { KubeAccess } from "../api/kubeconfig.ts";
import { ObjectStore } from "./object-store.ts";
import { ReadBatch } from "./read-batch.ts";
import { WatchedKind } from "./watched-kind.ts";

export interface ClusterSettings {
  readonly requestTimeoutMs?: number;
  readonly retryForMs?: number;
}

export class Cluster {
  readonly server: string;
  readonly discovery: Discovery;
  readonly objects: ObjectStore;
  readonly reads: ReadBatch;
  private readonly client: ApiClient;
  private readonly watched = new Map<string, WatchedKind>();

  private constructor(client: ApiClient) {
    this.client = client;
    this.server = client.server;
    this.discovery = new Discovery(client);
    this.objects = new ObjectStore(client);
    this.reads = new ReadBatch(this.objects);
  }

  /** @throws Error when keys or certificates cannot be read */
  static async open(access: KubeAccess, settings: ClusterSettings = {}): Promise<Cluster> {
    const credentials = await openCredentials(access);
    return new Cluster(new ApiClient({ server: access.server, credentials, ...settings }));
  }

  /** @throws ConnectionError when the server does not answer within the time */
  async ping(patienceMs: number): Promise<void> {
    await this.client
      .request({ method: "GET", path: "/version", retryForMs: patienceMs })
      .catch((error: unknown) => {
        // A server that says no is there.
        if (!(error instanceof ApiError)) throw error;
      });
  }

  /** "v1.36.3". */
  async version(): Promise<string> {
    const { body } = await this.client.request<{ gitVersion?: string }>({ method: "GET", path: "/version" });
    return body.gitVersion ?? "";
  }

  /** The shared watch of a kind in a namespace (of the whole cluster for kinds in none). */
  watch(mapping: ResourceMapping, namespace: string): WatchedKind {
    const where = mapping.namespaced ? namespace : "";
    const key = `${mapping.apiVersion} ${mapping.plural} ${where}`;
    let watched = this.watched.get(key);
    if (!watched) {
      watched = new WatchedKind(this.objects, mapping, where);
      this.watched.set(key, watched);
    }
    return watched;
  }

  close(): void {
    for (const watched of this.watched.values()) watched.stop();
    this.client.close();
  }
}
