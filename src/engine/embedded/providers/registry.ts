import { randomUUID } from "node:crypto";
import type { CheckRequest, CheckResult, DiffRequest, DiffResult } from "../../interface/provider.ts";
import { sameProperties } from "../../properties/compare.ts";
import { withoutSecrets } from "../../properties/transform.ts";
import { isUnknown, type PropertyMap, type PropertyValue, UNKNOWN } from "../../properties/values.ts";
import type { ResourceState } from "../../state/resource.ts";
import {
  nameOf,
  parseProviderReference,
  providerPackage,
  providerReference,
  type Urn,
} from "../../urn/urn.ts";
import type { ProviderHost, ProviderSource } from "./host.ts";
import { type Decider, ProviderInstance } from "./provider-instance.ts";

/** Inputs of a provider resource that are for the engine only. */
const INTERNAL = "__internal";

/**
 * The providers of a run, by reference. It is itself the provider of provider resources: it loads, checks,
 * compares and configures them.
 */
export class ProviderRegistry {
  private readonly host: ProviderHost;
  private readonly dryRun: boolean;
  private readonly providers = new Map<string, ProviderInstance>();
  private readonly loading = new Map<string, Promise<void>>();
  private readonly aliases = new Map<Urn, Urn>();
  private readonly all = new Set<ProviderInstance>();

  constructor(host: ProviderHost, dryRun: boolean) {
    this.host = host;
    this.dryRun = dryRun;
  }

  find(reference: string): ProviderInstance | undefined {
    const direct = this.providers.get(reference);
    if (direct) return direct;
    const { urn, id } = parseProviderReference(reference);
    for (const [now, old] of this.aliases) {
      if (old === urn) return this.providers.get(providerReference(now, id));
    }
    return undefined;
  }

  /** @throws when the provider was not registered in this run nor loaded from the state */
  get(reference: string): ProviderInstance {
    const found = this.find(reference);
    if (!found) throw new Error(`unknown provider ${reference}`);
    return found;
  }

  /** A provider resource goes by another name now. */
  registerAlias(urn: Urn, alias: Urn): void {
    this.aliases.set(urn, alias);
  }

  /** The configuration as the provider gets it, which is also the outputs of its resource. */
  outputsOf(inputs: PropertyMap): PropertyMap {
    if (!(INTERNAL in inputs)) return inputs;
    const { [INTERNAL]: _, ...rest } = inputs;
    return rest;
  }

  /** Decides about provider resources. */
  get asProvider(): ProviderInstance {
    const decider: Decider = {
      check: (request) => this.check(request),
      diff: (request) => this.diff(request),
    };
    // Only the two methods of a decider are ever called on it.
    return decider as ProviderInstance;
  }

  private async check(request: CheckRequest): Promise<CheckResult> {
    const instance = await this.load(request.type, request.news, request.urn);
    const internal = request.news[INTERNAL];
    const checked = await instance.checkConfig({
      ...request,
      olds: this.outputsOf(request.olds),
      news: this.outputsOf(request.news),
    });
    this.providers.set(providerReference(request.urn, UNKNOWN), instance);
    return internal === undefined
      ? checked
      : { ...checked, inputs: { ...checked.inputs, [INTERNAL]: internal } };
  }

  private async diff(request: DiffRequest): Promise<DiffResult> {
    const instance =
      this.find(providerReference(request.urn, UNKNOWN)) ??
      this.find(providerReference(request.urn, request.id));
    if (!instance) throw new Error(`unknown provider ${request.urn}`);
    const news = this.outputsOf(request.news);
    const result = await instance.diffConfig({
      ...request,
      oldInputs: this.outputsOf(request.oldInputs),
      news,
    });
    if (result.changes !== "unknown") return result;
    return { ...result, changes: sameProperties(request.oldOutputs, news) ? "none" : "some" };
  }

  /** @returns the new id; unknown in a preview */
  async create(state: ResourceState): Promise<string> {
    const id = this.dryRun ? UNKNOWN : randomUUID();
    const instance = this.checked(state.urn);
    this.configure(instance, state, id);
    this.providers.set(providerReference(state.urn, id), instance);
    return id;
  }

  async update(state: ResourceState): Promise<void> {
    const instance = this.checked(state.urn);
    this.configure(instance, state, state.id);
    this.providers.set(providerReference(state.urn, state.id), instance);
  }

  /** A provider resource stays as it is: it is configured as it was. */
  async same(state: ResourceState): Promise<void> {
    const reference = providerReference(state.urn, state.id);
    if (this.providers.get(reference)?.isConfigured) return;
    const running = this.loading.get(reference);
    if (running) return running;
    const work = this.loadSame(state, reference);
    this.loading.set(reference, work);
    return work;
  }

  private async loadSame(state: ResourceState, reference: string): Promise<void> {
    const checked = this.providers.get(providerReference(state.urn, UNKNOWN));
    const instance =
      checked && !checked.isConfigured ? checked : await this.load(state.type, state.inputs, state.urn);
    this.configure(instance, state, state.id);
    this.providers.set(reference, instance);
  }

  /**
   * Makes sure that a provider that resources of before refer to is there: configured as its own entry in the
   * state says.
   */
  async ensure(reference: string, previous: readonly ResourceState[]): Promise<void> {
    if (reference === "" || this.find(reference)) return;
    const { urn, id } = parseProviderReference(reference);
    const state = previous.find((resource) => resource.urn === urn && resource.id === id);
    if (!state) throw new Error(`could not find provider ${reference} in the state`);
    await this.same(state);
  }

  remove(state: ResourceState): void {
    this.providers.delete(providerReference(state.urn, state.id));
  }

  private checked(urn: Urn): ProviderInstance {
    const instance = this.providers.get(providerReference(urn, UNKNOWN));
    if (!instance) throw new Error(`the provider ${urn} was not checked`);
    return instance;
  }

  private async load(type: string, inputs: PropertyMap, urn: Urn): Promise<ProviderInstance> {
    const packageName = providerPackage(type);
    const version = inputs.version;
    const source: ProviderSource = {
      packageName,
      version: typeof version === "string" && !isUnknown(version) ? version : undefined,
      internal: inputs[INTERNAL],
      urn,
    };
    const instance = new ProviderInstance(await this.host.load(source), packageName);
    this.all.add(instance);
    return instance;
  }

  private configure(instance: ProviderInstance, state: ResourceState, id: string): void {
    const { version: _, ...inputs } = this.outputsOf(state.inputs);
    const variables: Record<string, string> = {};
    for (const [key, value] of Object.entries(withoutSecrets(inputs) as PropertyMap)) {
      variables[`${instance.packageName}:config:${key}`] = asText(value);
    }
    instance.configure({
      urn: state.urn,
      name: nameOf(state.urn),
      type: state.type,
      id,
      inputs: this.outputsOf(state.inputs),
      variables,
    });
  }

  /** Tells every provider that running calls shall end. */
  async cancel(): Promise<void> {
    await Promise.allSettled([...this.all].map((instance) => instance.provider.cancel?.()));
  }

  /** Lets every provider go. */
  async close(): Promise<void> {
    await Promise.allSettled(
      [...this.all].map(async (instance) => {
        await instance.provider.cancel?.();
        await instance.provider.close?.();
      }),
    );
    this.all.clear();
  }
}

const asText = (value: PropertyValue): string => (typeof value === "string" ? value : JSON.stringify(value));
