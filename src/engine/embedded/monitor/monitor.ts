import { createRequire } from "node:module";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb.js";
import type * as provider from "@pulumi/pulumi/proto/provider_pb.js";
import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import type { ResolvedConfig } from "../../config/resolve.ts";
import { messageOf } from "../../interface/errors.ts";
import type { ProgramContext } from "../../interface/provider.ts";
import { hashAssets } from "../../properties/assets.ts";
import { fromStruct, toStruct } from "../../properties/struct.ts";
import { dependenciesInside, downgrade, knownOnly, withoutOutputs } from "../../properties/transform.ts";
import { isUnknown, type PropertyMap, UNKNOWN } from "../../properties/values.ts";
import {
  isProviderType,
  parseProviderReference,
  providerPackage,
  providerReference,
  tokenPackage,
  typeOf,
  type Urn,
} from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { RegistrationResult, ResourceGoal, SourceEvent } from "../deploy/goal.ts";
import { Callbacks, callbackOf } from "./callbacks.ts";
import { DefaultProviders, providerOptions } from "./default-providers.ts";
import { errorHook, resourceHook } from "./hook-callbacks.ts";
import { goalOf, type Registration, readRegistration } from "./registration.ts";
import { RpcError, shutDown, status } from "./status.ts";
import { applyInvokeTransforms, applyTransforms, type Transform } from "./transforms.ts";

const require = createRequire(import.meta.url);
const messages = (): typeof resource => require("@pulumi/pulumi/proto/resource_pb.js") as typeof resource;
const empty = (): Empty => {
  const { Empty: Message } =
    require("google-protobuf/google/protobuf/empty_pb.js") as typeof import("google-protobuf/google/protobuf/empty_pb.js");
  return new Message();
};

/**
 * What this engine does, as numbers of `ResourceMonitorFeature`: secrets, resource references, output values,
 * alias specs, replacement triggers, deletedWith, replaceWith, transforms, invoke transforms, resource hooks,
 * error hooks, invoke dependencies, invoke parents. Parameterized packages (9), options to hooks (12), byte
 * strings (13) and state migrations (16) are not done, and so the SDK refuses them.
 */
const FEATURES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 14, 15];
const LEGACY_FEATURES: ReadonlySet<string> = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "replacementTrigger",
  "deletedWith",
  "replaceWith",
  "transforms",
  "invokeTransforms",
  "resourceHooks",
  "errorHooks",
]);

/** What the monitor is made with. */
export interface MonitorSetup {
  readonly deployment: Deployment;
  readonly config: ResolvedConfig;
  /** hands an event to the step generator */
  readonly submit: (event: SourceEvent) => void;
  /** the program is done registering; resolves when everything, deletions too, is done */
  readonly programDone: () => Promise<void>;
  /** an error that ends the whole run */
  readonly abort: (error: Error) => void;
  readonly parallel: number;
  readonly workDirectory: string;
  readonly address: () => Promise<string>;
  readonly organization: string;
}

/** `pulumirpc.ResourceMonitor`: what the program calls. Every method takes and gives the protocol's messages. */
export class Monitor {
  private readonly setup: MonitorSetup;
  private readonly defaults: DefaultProviders;
  readonly callbacks = new Callbacks();
  private readonly stackTransforms: Transform[] = [];
  private readonly invokeTransforms: Transform[] = [];
  private readonly ownTransforms = new Map<Urn, readonly Transform[]>();
  /** providers that a component hands to its children, by package */
  private readonly componentProviders = new Map<Urn, Readonly<Record<string, string>>>();
  private readonly parents = new Map<Urn, Urn>();
  private readonly children = new Map<Urn, Set<Urn>>();
  private readonly unresolved = new Set<Urn>();
  private readonly packages = new Map<string, { name: string; version: string; url: string }>();
  private closed = false;
  private closing: (() => void)[] = [];
  private signalled = false;

  constructor(setup: MonitorSetup) {
    this.setup = setup;
    this.defaults = new DefaultProviders(setup.config, (goal) => this.submitGoal(goal));
  }

  /** Pending and later calls are answered with "unavailable", which leaves the SDK quiet. */
  close(): void {
    this.closed = true;
    for (const reject of this.closing.splice(0)) reject();
  }

  /** Calls that were not answered yet. */
  get pendingCalls(): number {
    return this.closing.length;
  }

  /** Does a call unless, or until, the run is over. */
  guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(shutDown());
    return new Promise<T>((resolve, reject) => {
      const refuse = () => reject(shutDown());
      this.closing.push(refuse);
      work()
        .then(resolve, reject)
        .finally(() => {
          const at = this.closing.indexOf(refuse);
          if (at >= 0) this.closing.splice(at, 1);
        });
    });
  }

  async getDeploymentInfo(): Promise<resource.DeploymentInfo> {
    const info = new (messages().DeploymentInfo)();
    const { deployment, config } = this.setup;
    info.setProject(deployment.project).setStack(deployment.stack).setOrganization(this.setup.organization);
    for (const [key, { value }] of Object.entries(config.values)) info.getConfigMap().set(key, value);
    info.setConfigsecretkeysList(config.secretKeys);
    info.setDryrun(deployment.dryRun).setParallel(this.setup.parallel);
    info.setSupportedfeaturesList(FEATURES as resource.ResourceMonitorFeature[]);
    return info;
  }

  async supportsFeature(request: resource.SupportsFeatureRequest): Promise<resource.SupportsFeatureResponse> {
    return new (messages().SupportsFeatureResponse)().setHassupport(LEGACY_FEATURES.has(request.getId()));
  }

  async registerResource(
    request: resource.RegisterResourceRequest,
    fromNode = true,
  ): Promise<resource.RegisterResourceResponse> {
    const { deployment } = this.setup;
    const parent = request.getParent();
    const own = request.getTransformsList().map(callbackOf);
    let registration = await readRegistration(request, fromNode, this.setup.workDirectory);
    const packageRef = this.packageOf(request.getPackageref());
    registration = await applyTransforms(
      this.callbacks,
      [...own, ...this.inheritedTransforms(parent)],
      registration,
    );
    registration = {
      ...registration,
      properties: await hashAssets(registration.properties, this.setup.workDirectory),
    };
    const { options, custom, remote, type, name } = registration;
    const urn = deployment.urnOf(parent, type, name);
    this.adopt(urn, parent);
    const providers = this.providersFor(registration);
    this.componentProviders.set(urn, { ...this.componentProviders.get(parent), ...providers });
    if (own.length > 0) this.ownTransforms.set(urn, own);
    this.unresolved.add(urn);
    try {
      const parentGoal = deployment.goals.get(parent);
      let providerRef = "";
      if ((custom && !isProviderType(type)) || remote) {
        providerRef = await this.chooseProvider({
          given: options.provider,
          providers,
          parent,
          token: type,
          version: packageRef?.version ?? options.version,
          url: packageRef?.url ?? options.pluginDownloadURL,
          who: urn,
        });
      }
      if (remote) return await this.construct(registration, providerRef, providers, request);
      const withVersion = isProviderType(type) ? withProviderOptions(registration, packageRef) : registration;
      const goal = goalOf(withVersion, {
        provider: custom && !isProviderType(type) ? providerRef : "",
        parentGoal,
        sourcePosition: sourcePosition(request),
      });
      const result = await this.submitGoal(goal);
      if (result.result !== "success" && !request.getSupportsresultreporting()) {
        throw new RpcError(status.internal, "resource registration failed");
      }
      return this.response(request, result, urn);
    } finally {
      this.unresolved.delete(urn);
    }
  }

  private response(
    request: resource.RegisterResourceRequest,
    result: RegistrationResult,
    urn: Urn,
  ): resource.RegisterResourceResponse {
    const response = new (messages().RegisterResourceResponse)();
    const { state } = result;
    response.setUrn(urn);
    response.setId(isUnknown(state.id) && !isProviderType(state.type) ? "" : state.id);
    const outcome = { success: 0, failed: 1, skipped: 2 } as const;
    response.setResult(outcome[result.result] as resource.Result);
    if (result.unknown) response.setUnknown(true);
    // A component's outputs are what its own program says.
    let properties: PropertyMap = state.custom ? state.outputs : {};
    if (!request.getSupportspartialvalues()) properties = knownOnly(properties);
    response.setObject(
      toStruct(
        downgrade(properties, {
          secrets: request.getAcceptsecrets(),
          resources: request.getAcceptresources(),
          outputs: false,
        }),
      ),
    );
    return response;
  }

  private submitGoal(goal: ResourceGoal): Promise<RegistrationResult> {
    return new Promise((done, failed) => this.setup.submit({ kind: "register", goal, done, failed }));
  }

  private adopt(urn: Urn, parent: Urn): void {
    this.parents.set(urn, parent);
    if (parent === "") return;
    const siblings = this.children.get(parent);
    if (siblings) siblings.add(urn);
    else this.children.set(parent, new Set([urn]));
  }

  /** Transforms of the parents, nearest first, then those of the stack. */
  private inheritedTransforms(parent: Urn): Transform[] {
    const transforms: Transform[] = [];
    for (let urn = parent; urn !== ""; urn = this.parents.get(urn) ?? "") {
      transforms.push(...(this.ownTransforms.get(urn) ?? []));
    }
    return [...transforms, ...this.stackTransforms];
  }

  private packageOf(reference: string): { name: string; version: string; url: string } | undefined {
    if (reference === "") return undefined;
    const found = this.packages.get(reference);
    if (!found) throw new RpcError(status.invalidArgument, `unknown provider package '${reference}'`);
    return found;
  }

  /** The providers that a component was given for its children. */
  private providersFor(registration: Registration): Record<string, string> {
    const { options, custom, parent } = registration;
    const providers: Record<string, string> = { ...options.providers };
    if (custom) return providers;
    // The one provider of a component serves its children as well.
    const given = options.provider || this.setup.deployment.goals.get(parent)?.provider || "";
    if (given !== "") {
      const packageName = providerPackage(typeOf(parseProviderReference(given).urn));
      providers[packageName] ??= given;
    }
    return providers;
  }

  private async chooseProvider(request: {
    given: string;
    providers: Readonly<Record<string, string>>;
    parent: Urn;
    token: string;
    version: string;
    url: string;
    who: string;
  }): Promise<string> {
    const packageName = tokenPackage(request.token);
    if (request.given !== "") return normalReference(request.given);
    const own = request.providers[packageName];
    if (own) return normalReference(own);
    const inherited = this.componentProviders.get(request.parent)?.[packageName];
    if (inherited) return normalReference(inherited);
    return this.defaults.reference(
      { packageName, version: request.version, pluginDownloadURL: request.url },
      request.who,
    );
  }

  private async construct(
    registration: Registration,
    providerRef: string,
    providers: Readonly<Record<string, string>>,
    request: resource.RegisterResourceRequest,
  ): Promise<resource.RegisterResourceResponse> {
    const { options } = registration;
    const instance = this.setup.deployment.providers.get(providerRef);
    const constructed = await instance.construct({
      context: await this.context(),
      type: registration.type,
      name: registration.name,
      parent: registration.parent,
      inputs: registration.properties,
      inputDependencies: Object.fromEntries(
        Object.entries(options.propertyDependencies).map(([key, urns]) => [key, urns]),
      ),
      options: {
        protect: options.protect,
        providers,
        aliases: options.aliases.flatMap((alias) => ("urn" in alias ? [alias.urn] : [])),
        dependencies: options.dependencies,
        additionalSecretOutputs: options.additionalSecretOutputs,
        deletedWith: options.deletedWith,
        deleteBeforeReplace: options.deleteBeforeReplace,
        ignoreChanges: options.ignoreChanges,
        replaceOnChanges: options.replaceOnChanges,
        retainOnDelete: options.retainOnDelete,
        customTimeouts: options.customTimeouts,
      },
    });
    const response = new (messages().RegisterResourceResponse)();
    response.setUrn(constructed.urn);
    const dependencies = new Map<string, Set<Urn>>();
    for (const [key, urns] of Object.entries(constructed.outputDependencies))
      dependencies.set(key, new Set(urns));
    for (const [key, value] of Object.entries(constructed.outputs)) {
      const inside = dependenciesInside(value);
      if (inside.size > 0) dependencies.set(key, new Set([...(dependencies.get(key) ?? []), ...inside]));
    }
    for (const [key, urns] of dependencies) {
      const list = new (messages().RegisterResourceResponse.PropertyDependencies)();
      list.setUrnsList([...urns].sort());
      response.getPropertydependenciesMap().set(key, list);
    }
    let properties = withoutOutputs(constructed.outputs) as PropertyMap;
    if (!request.getSupportspartialvalues()) properties = knownOnly(properties);
    const accepts = {
      secrets: request.getAcceptsecrets(),
      resources: request.getAcceptresources(),
      outputs: false,
    };
    return response.setObject(toStruct(downgrade(properties, accepts)));
  }

  private async context(): Promise<ProgramContext> {
    const { deployment, config, parallel, organization } = this.setup;
    return {
      project: deployment.project,
      stack: deployment.stack,
      organization,
      config: Object.fromEntries(Object.entries(config.values).map(([key, { value }]) => [key, value])),
      configSecretKeys: config.secretKeys,
      dryRun: deployment.dryRun,
      parallel,
      monitorAddress: await this.setup.address(),
    };
  }

  async registerResourceOutputs(request: resource.RegisterResourceOutputsRequest): Promise<Empty> {
    const urn = request.getUrn();
    if (urn === "") throw new RpcError(status.invalidArgument, "missing required URN");
    const outputs = await hashAssets(fromStruct(request.getOutputs()), this.setup.workDirectory);
    await new Promise<void>((done, failed) => {
      this.setup.submit({
        kind: "outputs",
        urn,
        outputs: withoutOutputs(outputs) as PropertyMap,
        done,
        failed,
      });
    });
    return empty();
  }

  async readResource(request: resource.ReadResourceRequest): Promise<resource.ReadResourceResponse> {
    const type = request.getType();
    const parent = request.getParent();
    const packageRef = this.packageOf(request.getPackageref());
    const provider = await this.chooseProvider({
      given: request.getProvider(),
      providers: {},
      parent,
      token: type,
      version: packageRef?.version ?? request.getVersion(),
      url: packageRef?.url ?? request.getPlugindownloadurl(),
      who: request.getName(),
    });
    const properties = await hashAssets(fromStruct(request.getProperties()), this.setup.workDirectory);
    const urn = this.setup.deployment.urnOf(parent, type, request.getName());
    this.adopt(urn, parent);
    const result = await new Promise<RegistrationResult>((done, failed) => {
      this.setup.submit({
        kind: "read",
        id: request.getId(),
        type,
        name: request.getName(),
        parent,
        provider,
        properties: withoutOutputs(properties) as PropertyMap,
        dependencies: [...new Set(request.getDependenciesList())].sort(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        sourcePosition: sourcePosition(request),
        done,
        failed,
      });
    });
    const response = new (messages().ReadResourceResponse)();
    response.setUrn(result.state.urn);
    return response.setProperties(
      toStruct(
        downgrade(result.state.outputs, {
          secrets: request.getAcceptsecrets(),
          resources: request.getAcceptresources(),
          outputs: false,
        }),
      ),
    );
  }

  async invoke(request: resource.ResourceInvokeRequest): Promise<resource.ResourceInvokeResponse> {
    const pb = require("@pulumi/pulumi/proto/provider_pb.js") as typeof provider;
    const response = new (messages().ResourceInvokeResponse)();
    const packageRef = this.packageOf(request.getPackageref());
    const call = await applyInvokeTransforms(this.callbacks, this.invokeTransforms, {
      token: request.getTok(),
      args: await hashAssets(fromStruct(request.getArgs()), this.setup.workDirectory),
      provider: request.getProvider(),
      version: packageRef?.version ?? request.getVersion(),
      pluginDownloadURL: packageRef?.url ?? request.getPlugindownloadurl(),
    });
    if (this.anyUnresolved(request.getDependsonList())) return response.setUnknown(true);
    const reference = await this.chooseProvider({
      given: call.provider,
      providers: {},
      parent: request.getParent(),
      token: call.token,
      version: call.version,
      url: call.pluginDownloadURL,
      who: call.token,
    });
    const instance = this.setup.deployment.providers.get(reference);
    let answer: Awaited<ReturnType<typeof instance.invoke>>;
    try {
      const preview = this.setup.deployment.dryRun;
      answer = await instance.invoke({
        token: call.token,
        args: withoutOutputs(call.args) as PropertyMap,
        preview,
      });
    } catch (error) {
      throw new RpcError(
        status.unknown,
        `invocation of ${call.token} returned an error: ${messageOf(error)}`,
      );
    }
    const accepts = { secrets: true, resources: request.getAcceptresources(), outputs: false };
    response.setReturn(toStruct(downgrade(answer.result ?? {}, accepts)));
    for (const failure of answer.failures ?? []) {
      response.addFailures(new pb.CheckFailure().setProperty(failure.property).setReason(failure.reason));
    }
    return response;
  }

  /** Whether one of the resources is still being registered, or not known to exist. */
  private anyUnresolved(urns: readonly Urn[]): boolean {
    const { deployment } = this.setup;
    return urns.some((urn) => {
      if (this.unresolved.has(urn)) return true;
      const state = deployment.news.get(urn) ?? deployment.reads.get(urn);
      if (!state) return false;
      if (state.custom) return state.id === "" || isUnknown(state.id);
      return this.anyUnresolved([...(this.children.get(urn) ?? [])]);
    });
  }

  async call(request: resource.ResourceCallRequest): Promise<provider.CallResponse> {
    const pb = require("@pulumi/pulumi/proto/provider_pb.js") as typeof provider;
    const args = await hashAssets(fromStruct(request.getArgs()), this.setup.workDirectory);
    const argDependencies: Record<string, string[]> = {};
    request.getArgdependenciesMap().forEach((value, key) => {
      argDependencies[key] = value.getUrnsList();
    });
    const packageRef = this.packageOf(request.getPackageref());
    const reference = await this.chooseProvider({
      given: request.getProvider() || this.providerOfSelf(args),
      providers: {},
      parent: "",
      token: request.getTok(),
      version: packageRef?.version ?? request.getVersion(),
      url: packageRef?.url ?? request.getPlugindownloadurl(),
      who: request.getTok(),
    });
    const instance = this.setup.deployment.providers.get(reference);
    let answer: Awaited<ReturnType<typeof instance.call>>;
    try {
      const context = await this.context();
      answer = await instance.call({
        token: request.getTok(),
        args,
        argDependencies,
        context,
      });
    } catch (error) {
      const told = new RpcError(
        status.unknown,
        `call of ${request.getTok()} returned an error: ${messageOf(error)}`,
      );
      // A method that fails leaves the program without its value: the run ends.
      this.setup.abort(told);
      throw told;
    }
    const response = new pb.CallResponse();
    const dependencies = new Map<string, Set<Urn>>();
    for (const [key, urns] of Object.entries(answer.resultDependencies ?? {}))
      dependencies.set(key, new Set(urns));
    for (const [key, value] of Object.entries(answer.result)) {
      const inside = dependenciesInside(value);
      if (inside.size > 0) dependencies.set(key, new Set([...(dependencies.get(key) ?? []), ...inside]));
    }
    for (const [key, urns] of dependencies) {
      response
        .getReturndependenciesMap()
        .set(key, new pb.CallResponse.ReturnDependencies().setUrnsList([...urns].sort()));
    }
    response.setReturn(toStruct(withoutOutputs(answer.result) as PropertyMap));
    for (const failure of answer.failures ?? []) {
      response.addFailures(new pb.CheckFailure().setProperty(failure.property).setReason(failure.reason));
    }
    return response;
  }

  /** A method is served by the provider of the resource that it is called on. */
  private providerOfSelf(args: PropertyMap): string {
    const self = args.__self__;
    const urn = typeof self === "object" && self !== null && !Array.isArray(self) ? self.urn : undefined;
    if (typeof urn !== "string") return "";
    const state = this.setup.deployment.news.get(urn);
    if (isProviderType(typeOf(urn)) && state) return providerReference(urn, state.id || UNKNOWN);
    return this.setup.deployment.goals.get(urn)?.provider ?? "";
  }

  async registerPackage(request: resource.RegisterPackageRequest): Promise<resource.RegisterPackageResponse> {
    const { randomUUID } = await import("node:crypto");
    if (request.getParameterization()) {
      throw new RpcError(
        status.unimplemented,
        `the parameterized package '${request.getName()}' is not supported by the embedded engine; use --engine pulumi`,
      );
    }
    const reference = randomUUID();
    this.packages.set(reference, {
      name: request.getName(),
      version: request.getVersion(),
      url: request.getDownloadUrl(),
    });
    return new (messages().RegisterPackageResponse)().setRef(reference);
  }

  async registerStackTransform(callback: Callback): Promise<Empty> {
    this.stackTransforms.push(callbackOf(callback));
    return empty();
  }

  async registerStackInvokeTransform(callback: Callback): Promise<Empty> {
    this.invokeTransforms.push(callbackOf(callback));
    return empty();
  }

  async registerResourceHook(request: resource.RegisterResourceHookRequest): Promise<Empty> {
    this.setup.deployment.hooks.addResourceHook(resourceHook(this.callbacks, request));
    return empty();
  }

  async registerErrorHook(request: resource.RegisterErrorHookRequest): Promise<Empty> {
    this.setup.deployment.hooks.addErrorHook(errorHook(this.callbacks, request));
    return empty();
  }

  async signalAndWaitForShutdown(): Promise<Empty> {
    if (this.signalled) throw new RpcError(status.unknown, "SignalAndWaitForShutdown was called twice");
    this.signalled = true;
    await this.setup.programDone();
    return empty();
  }
}

/** A provider without id is one that is not created yet. */
function normalReference(reference: string): string {
  if (reference.endsWith("::")) return reference + UNKNOWN;
  return reference;
}

function sourcePosition(request: {
  getSourceposition(): { getUri(): string; getLine(): number; getColumn(): number } | undefined;
}): string | undefined {
  const position = request.getSourceposition();
  if (!position?.getUri().startsWith("project:")) return undefined;
  const column = position.getColumn();
  return `${position.getUri()}#${position.getLine()}${column > 0 ? `,${column}` : ""}`;
}

/** The version and download address of a provider resource are inputs of it. */
function withProviderOptions(
  registration: Registration,
  packageRef: { version: string; url: string } | undefined,
): Registration {
  const version = packageRef?.version ?? registration.options.version;
  const url = packageRef?.url ?? registration.options.pluginDownloadURL;
  const properties = { ...registration.properties, ...providerOptions(version, url) };
  return { ...registration, properties };
}
