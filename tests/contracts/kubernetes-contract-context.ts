/** What each test of the kubernetes provider's contract works with: a provider, and a namespace of its own. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { PropertyMap, ResourceProvider } from "../../src/engine/interface/provider.ts";
import type { ControlPlane } from "../../src/lab/control-plane/start-control-plane.ts";
import { configured, ProviderUser } from "./kubernetes-provider-user.ts";

/** To be taken apart inside of a test: it is filled before each. */
export interface ContractContext {
  readonly plane: ControlPlane;
  readonly provider: ResourceProvider;
  readonly user: ProviderUser;
  /** made before the test, deleted after it */
  readonly namespace: string;
  /** for names of kinds, which are the whole cluster's */
  readonly unique: number;
  /** an object as the server has it */
  readonly live: (path: string) => Promise<PropertyMap>;
  readonly configMapPath: (name: string) => string;
  /** a change by somebody else */
  readonly mergePatch: (path: string, body: object) => ReturnType<ControlPlane["api"]["send"]>;
}

let tests = 0;

export function contractContext(
  name: string,
  plane: () => ControlPlane,
  open: () => Promise<ResourceProvider>,
): ContractContext {
  const context = {} as { -readonly [Key in keyof ContractContext]: ContractContext[Key] };
  beforeAll(async () => {
    context.plane = plane();
    context.provider = await configured(await open(), { kubeconfig: plane().kubeconfigPath });
    context.user = new ProviderUser(context.provider);
    context.live = async (path) => (await plane().api.send("GET", path)).body as PropertyMap;
    context.configMapPath = (object) => `/api/v1/namespaces/${context.namespace}/configmaps/${object}`;
    context.mergePatch = (path, body) =>
      plane().api.send("PATCH", path, body, "application/merge-patch+json");
  });
  afterAll(() => context.provider?.close?.());
  beforeEach(async () => {
    context.unique = tests++;
    context.namespace = `contract-${name.replaceAll(/\W+/g, "-").toLowerCase()}-${context.unique}`;
    const made = await plane().api.send("POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: context.namespace },
    });
    expect(made.status).toBe(201);
  });
  afterEach(() => plane().api.send("DELETE", `/api/v1/namespaces/${context.namespace}`));
  return context;
}
