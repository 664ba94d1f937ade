import type { Callback } from "@pulumi/pulumi/proto/callback_pb.js";
import type * as provider from "@pulumi/pulumi/proto/provider_pb.js";
import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import type { ResolvedConfig } from "../../config/resolve.ts";
import type { ProgramContext } from "../../interface/provider.ts";
import { hashAssets } from "../../properties/assets.ts";
import { fromStruct, toStruct } from "../../properties/struct.ts";
import { downgrade, knownOnly, withoutOutputs } from "../../properties/transform.ts";
import { isUnknown, type PropertyMap } from "../../properties/values.ts";
import { isProviderType, type Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { RegistrationResult, ResourceGoal, SourceEvent } from "../deploy/goal.ts";
import { Callbacks, callbackOf } from "./callbacks.ts";
import { construct } from "./construct.ts";
import { DefaultProviders, providerOptions } from "./default-providers.ts";
import { errorHook, resourceHook } from "./hook-callbacks.ts";
import { callMethod, invoke } from "./invocations.ts";
import { empty, resourceMessages } from "./messages.ts";
import { ProviderChoice } from "./provider-choice.ts";
import { goalOf, type Registration, readRegistration } from "./registration.ts";
import { RpcError, shutDown, status } from "./status.ts";
import { applyTransforms, type Transform } from "./transforms.ts";
import type { Turns } from "./turns.ts";

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
  readonly turns: Turns;
  readonly parallel: number;
  readonly workDirectory: string;
  readonly address: () => Promise<string>;
  readonly organization: string;
}

/** `pulumirpc.ResourceMonitor`: what the program calls. Every method takes and gives the protocol's messages. */
export class Monitor {
  readonly setup: MonitorSetup;
  readonly choice: ProviderChoice;
  readonly callbacks = new Callbacks();
  private readonly stackTransforms: Transform[] = [];
  readonly invokeTransforms: Transform[] = [];
  private readonly ownTransforms = new Map<Urn, readonly Transform[]>();
  private readonly parents = new Map<Urn, Urn>();
  private readonly children = new Map<Urn, Set<Urn>>();
  private readonly unresolved = new Set<Urn>();
  private closed = false;
  private closing: (() => void)[] = [];
  private signalled = false;

  constructor(setup: MonitorSetup) {
    this.setup = setup;
    const defaults = new DefaultProviders(setup.config, (goal) => this.submitGoal(goal));
    this.choice = new ProviderChoice(setup.deployment, defaults);
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
    const info = new (resourceMessages().DeploymentInfo)();
    const { deployment, config } = this.setup;
    info.setProject(deployment.project).setStack(deployment.stack).setOrganization(this.setup.organization);
    for (const [key, { value }] of Object.entries(config.values)) info.getConfigMap().set(key, value);
    info.setConfigsecretkeysList(config.secretKeys);
    info.setDryrun(deployment.dryRun).setParallel(this.setup.parallel);
    info.setSupportedfeaturesList(FEATURES as resource.ResourceMonitorFeature[]);
    return info;
  }

  async supportsFeature(request: resource.SupportsFeatureRequest): Promise<resource.SupportsFeatureResponse> {
    return new (resourceMessages().SupportsFeatureResponse)().setHassupport(
      LEGACY_FEATURES.has(request.getId()),
    );
  }

  async registerResource(
    request: resource.RegisterResourceRequest,
    fromNode = true,
  ): Promise<resource.RegisterResourceResponse> {
    const { deployment } = this.setup;
    const parent = request.getParent();
    const own = request.getTransformsList().map(callbackOf);
    let registration = await readRegistration(request, fromNode, this.setup.workDirectory);
    const packageRef = this.choice.packageOf(request.getPackageref());
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
    const providers = this.choice.providersFor(registration);
    this.choice.handOn(urn, parent, providers);
    if (own.length > 0) this.ownTransforms.set(urn, own);
    this.unresolved.add(urn);
    try {
      const parentGoal = deployment.goals.get(parent);
      let providerRef = "";
      if ((custom && !isProviderType(type)) || remote) {
        providerRef = await this.choice.choose({
          given: options.provider,
          providers,
          parent,
          token: type,
          version: packageRef?.version ?? options.version,
          url: packageRef?.url ?? options.pluginDownloadURL,
          who: urn,
        });
      }
      if (remote) {
        const instance = deployment.providers.get(providerRef);
        return await construct(instance, await this.context(), registration, providers, request);
      }
      const withVersion = isProviderType(type) ? withProviderOptions(registration, packageRef) : registration;
      const goal = goalOf(withVersion, {
        provider: custom && !isProviderType(type) ? providerRef : "",
        parentGoal,
        sourcePosition: sourcePosition(request),
      });
      const result = await this.setup.turns.during(() => this.submitGoal(goal));
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
    const response = new (resourceMessages().RegisterResourceResponse)();
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

  async context(): Promise<ProgramContext> {
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
    const packageRef = this.choice.packageOf(request.getPackageref());
    const provider = await this.choice.choose({
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
    const response = new (resourceMessages().ReadResourceResponse)();
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

  invoke(request: resource.ResourceInvokeRequest): Promise<resource.ResourceInvokeResponse> {
    return invoke(this, request);
  }

  call(request: resource.ResourceCallRequest): Promise<provider.CallResponse> {
    return callMethod(this, request);
  }

  /** Whether one of the resources is still being registered, or not known to exist. */
  anyUnresolved(urns: readonly Urn[]): boolean {
    const { deployment } = this.setup;
    return urns.some((urn) => {
      if (this.unresolved.has(urn)) return true;
      const state = deployment.news.get(urn) ?? deployment.reads.get(urn);
      if (!state) return false;
      if (state.custom) return state.id === "" || isUnknown(state.id);
      return this.anyUnresolved([...(this.children.get(urn) ?? [])]);
    });
  }

  async registerPackage(request: resource.RegisterPackageRequest): Promise<resource.RegisterPackageResponse> {
    if (request.getParameterization()) {
      throw new RpcError(
        status.unimplemented,
        `the parameterized package '${request.getName()}' is not supported by the embedded engine; use --engine pulumi`,
      );
    }
    const reference = this.choice.addPackage({
      name: request.getName(),
      version: request.getVersion(),
      url: request.getDownloadUrl(),
    });
    return new (resourceMessages().RegisterPackageResponse)().setRef(reference);
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
