import type { Callback } from "@pulumi/pulumi/proto/callback_pb.js";
import type * as provider from "@pulumi/pulumi/proto/provider_pb.js";
import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import type { ProgramContext } from "../../interface/provider.ts";
import { Callbacks, callbackOf } from "./callbacks.ts";
import { DefaultProviders } from "./default-providers.ts";
import { deploymentInfo, supportsFeature } from "./features.ts";
import { errorHook, resourceHook } from "./hook-callbacks.ts";
import { callMethod, invoke } from "./invocations.ts";
import { empty, resourceMessages } from "./messages.ts";
import type { MonitorScope, MonitorSetup } from "./monitor-scope.ts";
import { OpenCalls } from "./open-calls.ts";
import { ProviderChoice } from "./provider-choice.ts";
import { readResource } from "./read-resource.ts";
import { registerOutputs } from "./register-outputs.ts";
import { registerResource, submitGoal } from "./register-resource.ts";
import { ResourceTree } from "./resource-tree.ts";
import { RpcError, status } from "./status.ts";
import { TransformsInForce } from "./transforms-in-force.ts";

/**
 * `pulumirpc.ResourceMonitor`: what one program calls. Every method takes and gives the protocol's messages; what it
 * does with them, where that is more than a line, is in a file of its name.
 */
export class Monitor implements MonitorScope {
  readonly setup: MonitorSetup;
  readonly calls = new OpenCalls();
  readonly callbacks = new Callbacks();
  readonly choice: ProviderChoice;
  readonly tree: ResourceTree;
  readonly transforms: TransformsInForce;
  private signalled = false;

  constructor(setup: MonitorSetup) {
    this.setup = setup;
    const defaults = new DefaultProviders(setup.config, (goal) => submitGoal(setup, goal));
    this.choice = new ProviderChoice(setup.deployment, defaults);
    this.tree = new ResourceTree(setup.deployment);
    this.transforms = new TransformsInForce(this.tree);
  }

  async getDeploymentInfo(): Promise<resource.DeploymentInfo> {
    return deploymentInfo(this.setup);
  }

  async supportsFeature(request: resource.SupportsFeatureRequest): Promise<resource.SupportsFeatureResponse> {
    return new (resourceMessages().SupportsFeatureResponse)().setHassupport(supportsFeature(request.getId()));
  }

  registerResource(
    request: resource.RegisterResourceRequest,
    fromNode = true,
  ): Promise<resource.RegisterResourceResponse> {
    return registerResource(this, request, fromNode);
  }

  async registerResourceOutputs(request: resource.RegisterResourceOutputsRequest): Promise<Empty> {
    await registerOutputs(this, request);
    return empty();
  }

  readResource(request: resource.ReadResourceRequest): Promise<resource.ReadResourceResponse> {
    return readResource(this, request);
  }

  invoke(request: resource.ResourceInvokeRequest): Promise<resource.ResourceInvokeResponse> {
    return invoke(this, request);
  }

  call(request: resource.ResourceCallRequest): Promise<provider.CallResponse> {
    return callMethod(this, request);
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
    this.transforms.ofStack.push(callbackOf(callback));
    return empty();
  }

  async registerStackInvokeTransform(callback: Callback): Promise<Empty> {
    this.transforms.ofInvokes.push(callbackOf(callback));
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

  /** What methods and components of providers are told of the run. */
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
}
