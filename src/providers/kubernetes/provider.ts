/** The provider of package `kubernetes`: the resource types of `@pulumi/kubernetes`, in this process. */
import { ProviderError } from "../../engine/interface/errors.ts";
import type { ProviderLog, ResourceProvider } from "../../engine/interface/provider.ts";
import { withoutSecrets } from "../../engine/properties/transform.ts";
import type { PropertyMap } from "../../engine/properties/values.ts";
import type { ClusterSettings } from "./cluster/cluster.ts";
import { check } from "./operations/check.ts";
import { checkConfig, diffConfig } from "./operations/configuration.ts";
import { create } from "./operations/create.ts";
import { invoke } from "./operations/decode.ts";
import { remove } from "./operations/delete.ts";
import { diff } from "./operations/diff.ts";
import { read } from "./operations/read.ts";
import { update } from "./operations/update.ts";
import { readOptions } from "./provider-options.ts";
import { Session } from "./session.ts";

const silent: ProviderLog = { info: () => {}, warning: () => {} };

/**
 * One provider, for one configuration. No connection is made before something needs one.
 * @param log hears warnings, and what is waited for
 * @param settings how patient the client is; for tests
 */
export function createKubernetesProvider(
  log: ProviderLog = silent,
  settings: ClusterSettings = {},
): ResourceProvider {
  const abort = new AbortController();
  let opened: Session | undefined;
  const session = () => {
    if (!opened) throw new ProviderError("the kubernetes provider was not configured");
    return opened;
  };
  return {
    checkConfig: async (request) => checkConfig(request),
    diffConfig: async (request) => diffConfig(request),
    configure: async ({ inputs }) => {
      opened = new Session(readOptions(withoutSecrets(inputs) as PropertyMap), log, abort.signal, settings);
      return { acceptSecrets: true, acceptResources: false, acceptOutputs: false, supportsPreview: true };
    },
    check: async (request) => check(session(), request),
    diff: async (request) => diff(session(), request),
    create: async (request) => create(session(), request),
    read: async (request) => read(session(), request),
    update: async (request) => update(session(), request),
    delete: async (request) => remove(session(), request),
    invoke: async (request) => invoke(session(), request),
    construct: async (request) => (await import("./components/construct.ts")).construct(session(), request),
    cancel: async () => abort.abort(),
    close: async () => {
      abort.abort();
      await opened?.close();
    },
  };
}
