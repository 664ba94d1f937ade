/** The provider of package `pdc`: hosts of the center, and later devices and backups. */
import type { ResourceProvider } from "../../engine/interface/provider.ts";
import { hostCommand } from "./host-command.ts";
import { hostFile } from "./host-file.ts";
import { checkInputs, diffInputs } from "./property-rules.ts";
import type { ResourceType } from "./resource-type.ts";
import { schemaOf } from "./schema.ts";

/** Type token → resource type. A new one is one file and one line here. */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  "pdc:host:File": hostFile,
  "pdc:host:Command": hostCommand,
};

export const datacenterVersion = "0.1.0";

/** A provider object for the engine, or for the plugin server. It takes no secrets and does not act at preview. */
export function createDatacenterProvider(): ResourceProvider {
  const abort = new AbortController();
  const signal = (timeoutSeconds: number) =>
    timeoutSeconds > 0
      ? AbortSignal.any([abort.signal, AbortSignal.timeout(timeoutSeconds * 1000)])
      : abort.signal;
  const typeOf = (token: string): ResourceType => {
    const type = resourceTypes[token];
    if (!type)
      throw new Error(`unknown resource type ${token}; there are ${Object.keys(resourceTypes).join(", ")}`);
    return type;
  };
  return {
    configure: async () => ({
      acceptSecrets: false,
      acceptResources: false,
      acceptOutputs: false,
      supportsPreview: false,
    }),
    check: async ({ type, news }) => checkInputs(typeOf(type).rules, news),
    diff: async ({ type, oldInputs, news, ignoreChanges }) => ({
      ...diffInputs(typeOf(type).rules, oldInputs, news, ignoreChanges),
      deleteBeforeReplace: typeOf(type).deleteBeforeReplace ?? false,
    }),
    create: async ({ type, name, inputs, timeoutSeconds }) =>
      typeOf(type).create(name, inputs, { signal: signal(timeoutSeconds) }),
    read: async ({ type, id, inputs, outputs }) => ({
      id: "",
      ...(await readAs(typeOf(type), id, inputs, outputs, signal(0))),
    }),
    update: async ({ type, id, oldInputs, news, timeoutSeconds }) => ({
      outputs: await typeOf(type).update(id, oldInputs, news, { signal: signal(timeoutSeconds) }),
    }),
    delete: async ({ type, id, inputs, outputs, timeoutSeconds }) =>
      typeOf(type).delete(id, inputs, outputs, { signal: signal(timeoutSeconds) }),
    getSchema: async () => JSON.stringify(schemaOf(resourceTypes, datacenterVersion)),
    cancel: async () => abort.abort(),
  };
}

async function readAs(
  type: ResourceType,
  id: string,
  inputs: Parameters<ResourceType["read"]>[1],
  outputs: Parameters<ResourceType["read"]>[2],
  signal: AbortSignal,
) {
  const found = await type.read(id, inputs, outputs, { signal });
  return found && { id, ...found };
}
