import { DiffUnavailableError, ProviderError } from "../../interface/errors.ts";
import type {
  CallRequest,
  CallResult,
  CheckRequest,
  CheckResult,
  ConfigureRequest,
  ConstructRequest,
  ConstructResult,
  CreateRequest,
  CreateResult,
  DeleteRequest,
  DiffRequest,
  DiffResult,
  InvokeRequest,
  InvokeResult,
  ReadRequest,
  ReadResult,
  ResourceProvider,
  UpdateRequest,
  UpdateResult,
} from "../../interface/provider.ts";
import { elideAssets } from "../../properties/assets.ts";
import { diffProperties } from "../../properties/diff.ts";
import { annotateSecrets, containsUnknowns, downgrade, withoutSecrets } from "../../properties/transform.ts";
import type { PropertyMap } from "../../properties/values.ts";

type Configuration =
  /** some of its inputs are not known yet: it cannot be asked anything */
  | { readonly state: "unknown" }
  | {
      readonly state: "known";
      readonly acceptSecrets: boolean;
      readonly acceptResources: boolean;
      readonly acceptOutputs: boolean;
      readonly supportsPreview: boolean;
    };

const UNKNOWN_CONFIGURATION =
  "The provider for this resource has inputs that are not known during preview.\n" +
  "This preview may not correctly represent the changes that will be applied during an update.";

/** The part of a provider that decides about resources; providers themselves are decided about by the registry. */
export interface Decider {
  check(request: CheckRequest): Promise<CheckResult>;
  diff(request: DiffRequest): Promise<DiffResult>;
}

/**
 * A provider as the engine talks to it: values are brought down to what the provider understands, and what it
 * was not told to be secret is secret again in its answers.
 */
export class ProviderInstance implements Decider {
  readonly provider: ResourceProvider;
  readonly packageName: string;
  private configuration: Promise<Configuration> | undefined;

  constructor(provider: ResourceProvider, packageName: string) {
    this.provider = provider;
    this.packageName = packageName;
  }

  get isConfigured(): boolean {
    return this.configuration !== undefined;
  }

  /** Secrets never reach the two configuration checks; their answers get them back. */
  async checkConfig(request: CheckRequest): Promise<CheckResult> {
    if (!this.provider.checkConfig) return { inputs: request.news };
    const result = await this.provider.checkConfig({
      ...request,
      olds: withoutSecrets(request.olds) as PropertyMap,
      news: withoutSecrets(request.news) as PropertyMap,
    });
    return { ...result, inputs: annotateSecrets(result.inputs, request.news) };
  }

  async diffConfig(request: DiffRequest): Promise<DiffResult> {
    if (!this.provider.diffConfig) return compareInputs(request);
    return this.provider.diffConfig({
      ...request,
      oldInputs: withoutSecrets(request.oldInputs) as PropertyMap,
      oldOutputs: withoutSecrets(request.oldOutputs) as PropertyMap,
      news: withoutSecrets(request.news) as PropertyMap,
    });
  }

  /**
   * Begins to configure the provider. Nobody waits for it here: a provider that cannot be configured fails
   * whoever first needs it.
   */
  configure(request: ConfigureRequest): void {
    this.configuration = this.configured(request);
    this.configuration.catch(() => {});
  }

  private async configured(request: ConfigureRequest): Promise<Configuration> {
    if (containsUnknowns(request.inputs)) return { state: "unknown" };
    const result = (await this.provider.configure?.(request)) ?? {};
    return {
      state: "known",
      acceptSecrets: result.acceptSecrets ?? true,
      acceptResources: result.acceptResources ?? true,
      acceptOutputs: result.acceptOutputs ?? false,
      supportsPreview: result.supportsPreview ?? true,
    };
  }

  async check(request: CheckRequest): Promise<CheckResult> {
    const known = await this.known();
    if (!known || !this.provider.check) return { inputs: request.news };
    const result = await this.provider.check({
      ...request,
      olds: down(request.olds, known),
      news: down(request.news, known),
    });
    return known.acceptSecrets ? result : { ...result, inputs: annotateSecrets(result.inputs, request.news) };
  }

  async diff(request: DiffRequest): Promise<DiffResult> {
    const known = await this.known();
    if (!known) throw new DiffUnavailableError(UNKNOWN_CONFIGURATION);
    if (!this.provider.diff) return compareInputs(request);
    return this.provider.diff({
      ...request,
      oldInputs: elideAssets(down(request.oldInputs, known)),
      oldOutputs: elideAssets(down(request.oldOutputs, known)),
      news: elideAssets(down(request.news, known)),
    });
  }

  async create(request: CreateRequest): Promise<CreateResult> {
    const known = await this.known();
    // Only a preview can meet a configuration that is not known.
    if (!known) return { id: "", outputs: {} };
    if (request.preview && !known.supportsPreview) return { id: "", outputs: request.inputs };
    const result = await this.provider.create({ ...request, inputs: down(request.inputs, known) });
    return known.acceptSecrets
      ? result
      : { ...result, outputs: annotateSecrets(result.outputs, request.inputs) };
  }

  async read(request: ReadRequest): Promise<ReadResult> {
    const known = await this.known();
    if (!known) return { id: request.id, outputs: {}, inputs: request.inputs };
    if (!this.provider.read) return { id: request.id, outputs: request.outputs, inputs: request.inputs };
    const result = await this.provider.read({
      ...request,
      inputs: elideAssets(down(request.inputs, known)),
      outputs: elideAssets(down(request.outputs, known)),
    });
    if (result.id === "") return { id: "", outputs: undefined, inputs: undefined };
    if (known.acceptSecrets) return result;
    return {
      ...result,
      outputs: result.outputs && annotateSecrets(result.outputs, request.outputs),
      inputs: result.inputs && annotateSecrets(result.inputs, request.inputs),
    };
  }

  async update(request: UpdateRequest): Promise<UpdateResult> {
    const known = await this.known();
    if (!known) return { outputs: {} };
    if (request.preview && !known.supportsPreview) return { outputs: request.news };
    if (!this.provider.update)
      throw new ProviderError(`the provider of ${request.type} cannot update it in place`);
    const result = await this.provider.update({
      ...request,
      oldInputs: elideAssets(down(request.oldInputs, known)),
      oldOutputs: elideAssets(down(request.oldOutputs, known)),
      news: down(request.news, known),
    });
    return known.acceptSecrets
      ? result
      : { ...result, outputs: annotateSecrets(result.outputs, request.news) };
  }

  async delete(request: DeleteRequest): Promise<void> {
    const known = (await this.known()) ?? plainValuesOnly;
    await this.provider.delete?.({
      ...request,
      inputs: elideAssets(down(request.inputs, known)),
      outputs: elideAssets(down(request.outputs, known)),
    });
  }

  async invoke(request: InvokeRequest): Promise<InvokeResult> {
    const known = await this.known();
    if (!known) return { result: {} };
    if (!this.provider.invoke) throw new ProviderError(`the package ${this.packageName} has no functions`);
    const result = await this.provider.invoke({ ...request, args: down(request.args, known) });
    if (known.acceptSecrets || !result.result) return result;
    return { ...result, result: annotateSecrets(result.result, request.args) };
  }

  async call(request: CallRequest): Promise<CallResult> {
    if (!this.provider.call) throw new ProviderError(`the package ${this.packageName} has no methods`);
    const known = await this.known();
    if (!known) return { result: {} };
    return this.provider.call({ ...request, args: down(request.args, known) });
  }

  async construct(request: ConstructRequest): Promise<ConstructResult> {
    if (!this.provider.construct)
      throw new ProviderError(`the package ${this.packageName} has no components`);
    const known = (await this.known()) ?? plainValuesOnly;
    return this.provider.construct({ ...request, inputs: down(request.inputs, known) });
  }

  private async known(): Promise<Known | undefined> {
    if (!this.configuration) throw new Error(`the provider of ${this.packageName} was not configured`);
    const configuration = await this.configuration;
    return configuration.state === "known" ? configuration : undefined;
  }
}

type Known = Extract<Configuration, { state: "known" }>;

/** What every provider understands. */
const plainValuesOnly: Known = {
  state: "known",
  acceptSecrets: false,
  acceptResources: false,
  acceptOutputs: false,
  supportsPreview: false,
};

/** Brings values down to what the provider understands. */
function down(properties: PropertyMap, known: Known): PropertyMap {
  return downgrade(properties, {
    secrets: known.acceptSecrets,
    resources: known.acceptResources,
    outputs: known.acceptOutputs,
  });
}

/** The difference for a provider that does not tell: any changed input is an update. */
function compareInputs(request: DiffRequest): DiffResult {
  const { keys, detailedDiff } = diffProperties(request.oldInputs, request.news);
  return keys.length === 0 ? { changes: "none" } : { changes: "some", diffs: keys, detailedDiff };
}
