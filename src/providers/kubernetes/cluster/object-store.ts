/** The four things that are done to one object, on the generic paths of its kind. */

import type { ApiClient } from "../api/api-client.ts";
import { pathOf, type ResourceMapping } from "../api/discovery.ts";
import type { PropagationPolicy } from "../objects/annotations.ts";
import { type KubeObject, metadataOf, nameOf, namespaceOf } from "../objects/kube-object.ts";

export interface Written {
  readonly object: KubeObject;
  /** it was not there before */
  readonly isNew: boolean;
  readonly warnings: readonly string[];
}

export interface WriteOptions {
  readonly fieldManager: string;
  /** take fields from whoever owns them */
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** ends further tries, not the request itself */
  readonly giveUp?: AbortSignal | undefined;
}

export interface ListPage {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: KubeObject[];
}

/** Objects of one API server. All methods throw as {@link ApiClient.request} does. */
export class ObjectStore {
  private readonly client: ApiClient;

  constructor(client: ApiClient) {
    this.client = client;
  }

  async get(
    mapping: ResourceMapping,
    namespace: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<KubeObject> {
    const path = pathOf(mapping, namespace, name);
    return (await this.client.request<KubeObject>({ method: "GET", path, signal })).body;
  }

  /** One page of a kind; items say their kind, which a list leaves out. */
  async list(
    mapping: ResourceMapping,
    namespace: string,
    query: Readonly<Record<string, string | undefined>> = {},
    signal?: AbortSignal,
  ): Promise<{ items: KubeObject[]; resourceVersion: string; continueAt: string }> {
    const path = pathOf(mapping, namespace);
    const { body } = await this.client.request<ListPage>({ method: "GET", path, query, signal });
    const { apiVersion, kind } = mapping;
    return {
      items: (body.items ?? []).map((item) => ({ apiVersion, kind, ...item })),
      resourceVersion: body.metadata?.resourceVersion ?? "",
      continueAt: body.metadata?.continue ?? "",
    };
  }

  /** Server-side apply: the fields of `object` are ours from then on, others that were ours are let go. */
  async apply(mapping: ResourceMapping, object: KubeObject, options: WriteOptions): Promise<Written> {
    const answer = await this.client.request<KubeObject>({
      method: "PATCH",
      path: pathOf(mapping, namespaceOf(object), nameOf(object)),
      query: { ...writeQuery(options), force: String(options.force ?? false) },
      contentType: "application/apply-patch+yaml",
      body: object,
      giveUp: options.giveUp,
    });
    return { object: answer.body, isNew: answer.code === 201, warnings: answer.warnings };
  }

  async create(mapping: ResourceMapping, object: KubeObject, options: WriteOptions): Promise<Written> {
    const answer = await this.client.request<KubeObject>({
      method: "POST",
      path: pathOf(mapping, namespaceOf(object)),
      query: writeQuery(options),
      body: object,
      giveUp: options.giveUp,
    });
    return { object: answer.body, isNew: true, warnings: answer.warnings };
  }

  /** JSON merge patch (RFC 7386); with a `metadata.resourceVersion` it is for that version only. */
  async merge(
    mapping: ResourceMapping,
    { namespace, name }: { namespace: string; name: string },
    patch: KubeObject,
    options: WriteOptions,
  ): Promise<Written> {
    const answer = await this.client.request<KubeObject>({
      method: "PATCH",
      path: pathOf(mapping, namespace, name),
      query: writeQuery(options),
      contentType: "application/merge-patch+json",
      body: patch,
      namesVersion: metadataOf(patch).resourceVersion !== undefined,
      giveUp: options.giveUp,
    });
    return { object: answer.body, isNew: false, warnings: answer.warnings };
  }

  /**
   * @param uid only that very object is deleted, not one that took its name
   * @returns whether it is gone already: the server answers with the object while something still holds it
   */
  async delete(
    mapping: ResourceMapping,
    { namespace, name, uid }: { namespace: string; name: string; uid: string },
    { policy, giveUp }: { policy: PropagationPolicy; giveUp?: AbortSignal | undefined },
  ): Promise<boolean> {
    const { body } = await this.client.request<KubeObject>({
      method: "DELETE",
      path: pathOf(mapping, namespace, name),
      body: {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: policy,
        ...(uid !== "" && { preconditions: { uid } }),
      },
      giveUp,
    });
    return body.kind === "Status";
  }

  /** The lines of a watch from a version on. */
  watch(
    mapping: ResourceMapping,
    namespace: string,
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    return this.client.lines({
      method: "GET",
      path: pathOf(mapping, namespace),
      query: { watch: "true", allowWatchBookmarks: "true", resourceVersion, timeoutSeconds: "300" },
      signal,
    });
  }
}

function writeQuery({ fieldManager, dryRun }: WriteOptions): Record<string, string | undefined> {
  return { fieldManager, fieldValidation: "Warn", dryRun: dryRun ? "All" : undefined };
}
