/** Uses a kubernetes provider as the engine does: check, then the operation, with what the state would hold. */

import type {
  CheckFailure,
  DiffResult,
  PropertyMap,
  ReadResult,
  ResourceProvider,
} from "../../src/engine/interface/provider.ts";
import { isSecret, type PropertyValue } from "../../src/engine/properties/values.ts";

export interface Resource {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
}

/** A resource as the state holds it. */
export class Applied {
  readonly resource: Resource;
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;

  constructor(resource: Resource, id: string, inputs: PropertyMap, outputs: PropertyMap) {
    this.resource = resource;
    this.id = id;
    this.inputs = inputs;
    this.outputs = outputs;
  }
}

export const isSecretValue = (value: PropertyValue | undefined): boolean => isSecret(value);

export async function configured(provider: ResourceProvider, inputs: PropertyMap): Promise<ResourceProvider> {
  const type = "pulumi:providers:kubernetes";
  const urn = `urn:pulumi:dev::p::${type}::default`;
  const variables = Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [`kubernetes:config:${key}`, String(value)]),
  );
  await provider.configure?.({ urn, name: "default", type, id: "1", inputs, variables });
  return provider;
}

export class ProviderUser {
  private readonly provider: ResourceProvider;

  constructor(provider: ResourceProvider) {
    this.provider = provider;
  }

  resource(type: string, name: string): Resource {
    return { urn: `urn:pulumi:dev::p::${type}::${name}`, name, type };
  }

  private typed(name: string, news: PropertyMap, type?: string): Resource {
    const apiVersion = String(news.apiVersion);
    const module = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
    return this.resource(type ?? `kubernetes:${module}:${news.kind}`, name);
  }

  private async checked(resource: Resource, news: PropertyMap, olds: PropertyMap, seed: number) {
    const result = await this.provider.check?.({
      ...resource,
      olds,
      news,
      randomSeed: new Uint8Array(32).fill(seed),
    });
    return { inputs: result?.inputs ?? {}, failures: result?.failures ?? [] };
  }

  async failures(name: string, news: PropertyMap): Promise<readonly CheckFailure[]> {
    return (await this.checked(this.typed(name, news), news, {}, 1)).failures;
  }

  async check(name: string, news: PropertyMap, olds: PropertyMap = {}, seed = 1): Promise<PropertyMap> {
    const { inputs, failures } = await this.checked(this.typed(name, news), news, olds, seed);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    return inputs;
  }

  async preview(name: string, news: PropertyMap): Promise<PropertyMap> {
    const inputs = await this.check(name, news);
    const request = { ...this.typed(name, news), inputs, timeoutSeconds: 0, preview: true };
    return (await this.provider.create(request)).outputs;
  }

  async create(
    name: string,
    news: PropertyMap,
    { timeoutSeconds = 60, type }: { timeoutSeconds?: number; type?: string } = {},
  ): Promise<Applied> {
    const resource = this.typed(name, news, type);
    const { inputs, failures } = await this.checked(resource, news, {}, 1);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    const { id, outputs } = await this.provider.create({
      ...resource,
      inputs,
      timeoutSeconds,
      preview: false,
    });
    return new Applied(resource, id, inputs, outputs);
  }

  async read({ resource, id, inputs, outputs }: Applied): Promise<ReadResult> {
    return (await this.provider.read?.({ ...resource, id, inputs, outputs })) ?? { id: "" };
  }

  async diff(old: Applied, news: PropertyMap, ignoreChanges: readonly string[] = []): Promise<DiffResult> {
    const { resource, id, inputs: oldInputs, outputs: oldOutputs } = old;
    const result = await this.provider.diff?.({
      ...resource,
      id,
      oldInputs,
      oldOutputs,
      news,
      ignoreChanges,
    });
    return result ?? { changes: "unknown" };
  }

  async update(
    old: Applied,
    news: PropertyMap,
    { preview = false, ignoreChanges = [] }: { preview?: boolean; ignoreChanges?: readonly string[] } = {},
  ): Promise<Applied> {
    const { resource, id, inputs: oldInputs, outputs: oldOutputs } = old;
    const request = {
      ...resource,
      id,
      oldInputs,
      oldOutputs,
      news,
      timeoutSeconds: 60,
      ignoreChanges,
      preview,
    };
    const result = await this.provider.update?.(request);
    return new Applied(resource, id, news, result?.outputs ?? {});
  }

  async delete({ resource, id, inputs, outputs }: Applied, timeoutSeconds = 60): Promise<void> {
    await this.provider.delete?.({ ...resource, id, inputs, outputs, timeoutSeconds });
  }
}
