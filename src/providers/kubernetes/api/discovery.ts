/** Which kinds the server has, how they are called in paths, and whether they live in namespaces. */
import { formatApiVersion, parseApiVersion } from "../objects/resource-type.ts";
import type { ApiClient } from "./api-client.ts";
import { isNotFound } from "./api-error.ts";

export interface ResourceMapping {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** The aggregated form: all groups in one answer (stable since Kubernetes 1.30). */
const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
/** How long what was found missing is not looked for again. */
const MISSING_KEPT_MS = 500;

interface AggregatedList {
  readonly kind?: string;
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: {
          readonly group?: string;
          readonly version?: string;
          readonly kind?: string;
        };
        readonly scope?: string;
        readonly verbs?: readonly string[];
      }[];
    }[];
  }[];
}

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs?: readonly string[];
  }[];
}

const keyOf = (apiVersion: string, kind: string) =>
  `${formatApiVersion(parseApiVersion(apiVersion))} ${kind}`;

/** The path of a kind's collection, or of one object of it. */
export function pathOf(
  { apiVersion, plural, namespaced }: Pick<ResourceMapping, "apiVersion" | "plural" | "namespaced">,
  namespace: string,
  name?: string,
): string {
  const { group, version } = parseApiVersion(apiVersion);
  const segments = group === "" ? ["api", version] : ["apis", group, version];
  if (namespaced && namespace !== "") segments.push("namespaces", namespace);
  segments.push(plural);
  if (name !== undefined) segments.push(name);
  return `/${segments.map(encodeURIComponent).join("/")}`;
}

export class Discovery {
  private readonly client: ApiClient;
  private found: Promise<Map<string, ResourceMapping>> | undefined;
  private foundAt = 0;

  constructor(client: ApiClient) {
    this.client = client;
  }

  /**
   * The kind's mapping; what is missing is looked for anew, since a program may have just made it.
   * @returns undefined when the server has no such kind
   * @throws as {@link ApiClient.request}
   */
  async find(apiVersion: string, kind: string): Promise<ResourceMapping | undefined> {
    const known = await this.all();
    const mapping = known.get(keyOf(apiVersion, kind));
    if (mapping || Date.now() - this.foundAt < MISSING_KEPT_MS) return mapping;
    this.reset();
    return (await this.all()).get(keyOf(apiVersion, kind));
  }

  /** Every kind that is served. */
  async kinds(): Promise<ResourceMapping[]> {
    return [...(await this.all()).values()];
  }

  /** Forgets what was found, after a kind came or went. */
  reset(): void {
    this.found = undefined;
  }

  private all(): Promise<Map<string, ResourceMapping>> {
    this.found ??= this.discover().catch((error: unknown) => {
      this.found = undefined;
      throw error;
    });
    return this.found;
  }

  private async discover(): Promise<Map<string, ResourceMapping>> {
    const answers = await Promise.all(
      ["/api", "/apis"].map((path) =>
        this.client.request<AggregatedList>({
          method: "GET",
          path,
          accept: `${AGGREGATED},application/json`,
        }),
      ),
    );
    const mappings = new Map<string, ResourceMapping>();
    for (const { body } of answers) {
      if (body.kind !== "APIGroupDiscoveryList") return this.discoverGroupByGroup();
      for (const mapping of fromAggregated(body))
        mappings.set(keyOf(mapping.apiVersion, mapping.kind), mapping);
    }
    this.foundAt = Date.now();
    return mappings;
  }

  /** For servers before the aggregated form. */
  private async discoverGroupByGroup(): Promise<Map<string, ResourceMapping>> {
    const { body } = await this.client.request<{
      groups?: readonly { versions?: readonly { groupVersion: string }[] }[];
    }>({ method: "GET", path: "/apis" });
    const versions = [
      "v1",
      ...(body.groups ?? []).flatMap((group) => group.versions ?? []).map((v) => v.groupVersion),
    ];
    const mappings = new Map<string, ResourceMapping>();
    await Promise.all(
      versions.map(async (apiVersion) => {
        const path = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
        const list = await this.client
          .request<ResourceList>({ method: "GET", path })
          .catch((error: unknown) => {
            // A group whose own server is away has no kinds for now.
            if (isNotFound(error) || (error as { code?: number }).code === 503) return undefined;
            throw error;
          });
        for (const { name, kind, namespaced, verbs = [] } of list?.body.resources ?? [])
          if (!name.includes("/"))
            mappings.set(keyOf(apiVersion, kind), { apiVersion, kind, plural: name, namespaced, verbs });
      }),
    );
    this.foundAt = Date.now();
    return mappings;
  }
}

function fromAggregated({ items = [] }: AggregatedList): ResourceMapping[] {
  return items.flatMap(({ metadata, versions = [] }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.flatMap(({ resource, responseKind, scope, verbs = [] }) =>
        responseKind?.kind
          ? [
              {
                apiVersion: formatApiVersion({ group: metadata?.name ?? "", version }),
                kind: responseKind.kind,
                plural: resource,
                namespaced: scope === "Namespaced",
                verbs,
              },
            ]
          : [],
      ),
    ),
  );
}
