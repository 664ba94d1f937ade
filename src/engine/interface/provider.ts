import type { PropertyMap, PropertyValue } from "../properties/values.ts";
import type { Urn } from "../urn/urn.ts";

/**
 * What a resource provider does; the methods of `pulumirpc.ResourceProvider` as plain functions. An object with
 * these methods is a provider in-process; a plugin executable is one through gRPC. Values are in wire form
 * (properties/values.ts): unknown values and secrets may occur where the provider says it accepts them.
 *
 * A method throws to refuse: {@link ProviderError} when nothing happened (or `outcomeKnown: false`), {@link
 * InitializationError} when the object exists but did not come up, {@link DiffUnavailableError} from diff.
 */
export interface ResourceProvider {
  /** absent: the inputs are fine as they are */
  checkConfig?(request: CheckRequest): Promise<CheckResult>;
  /** absent: any difference of the inputs is an update */
  diffConfig?(request: DiffRequest): Promise<DiffResult>;
  configure?(request: ConfigureRequest): Promise<ConfigureResult>;
  /** absent: the inputs are fine as they are */
  check?(request: CheckRequest): Promise<CheckResult>;
  /** absent: any difference of the inputs is an update */
  diff?(request: DiffRequest): Promise<DiffResult>;
  create(request: CreateRequest): Promise<CreateResult>;
  /** absent: nothing is ever known to have drifted */
  read?(request: ReadRequest): Promise<ReadResult>;
  update?(request: UpdateRequest): Promise<UpdateResult>;
  delete?(request: DeleteRequest): Promise<void>;
  invoke?(request: InvokeRequest): Promise<InvokeResult>;
  call?(request: CallRequest): Promise<CallResult>;
  construct?(request: ConstructRequest): Promise<ConstructResult>;
  /** the package's schema as JSON text */
  getSchema?(): Promise<string>;
  /** running calls shall end soon; also sent before the provider is let go */
  cancel?(): Promise<void>;
  /** releases what the provider holds; after it no method is called */
  close?(): Promise<void>;
}

interface ResourceRequest {
  readonly urn: Urn;
  readonly name: string;
  readonly type: string;
}

export interface CheckRequest extends ResourceRequest {
  /** the inputs of before; empty for a new resource */
  readonly olds: PropertyMap;
  readonly news: PropertyMap;
  /** 32 octets; the same for a plan and the update that follows it: the source of generated names */
  readonly randomSeed: Uint8Array;
}

export interface CheckFailure {
  /** empty: the resource as a whole */
  readonly property: string;
  readonly reason: string;
}

export interface CheckResult {
  /** what is stored as inputs and passed on */
  readonly inputs: PropertyMap;
  readonly failures?: readonly CheckFailure[];
}

export interface DiffRequest extends ResourceRequest {
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
  readonly news: PropertyMap;
  readonly ignoreChanges: readonly string[];
}

export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface PropertyDiff {
  readonly kind: DiffKind;
  /** the paths are of inputs, not of outputs */
  readonly inputDiff: boolean;
}

export interface DiffResult {
  /** `unknown`: the engine compares the inputs itself */
  readonly changes: "unknown" | "none" | "some";
  /** top-level keys that force a replacement */
  readonly replaces?: readonly string[];
  /** outputs that stay as they are */
  readonly stables?: readonly string[];
  /** top-level keys that differ */
  readonly diffs?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
  /** by property path */
  readonly detailedDiff?: Readonly<Record<string, PropertyDiff>>;
}

export interface ConfigureRequest extends ResourceRequest {
  readonly id: string;
  readonly inputs: PropertyMap;
  /** the inputs once more, as `<package>:config:<key>` and text */
  readonly variables: Readonly<Record<string, string>>;
}

/** What the provider understands; everything is on when nothing is said. */
export interface ConfigureResult {
  readonly acceptSecrets?: boolean;
  readonly acceptResources?: boolean;
  readonly acceptOutputs?: boolean;
  /** create and update may be called with `preview` */
  readonly supportsPreview?: boolean;
}

export interface CreateRequest extends ResourceRequest {
  readonly inputs: PropertyMap;
  /** 0: no limit */
  readonly timeoutSeconds: number;
  /** nothing shall happen; outputs that are not known yet are unknown */
  readonly preview: boolean;
}

export interface CreateResult {
  readonly id: string;
  readonly outputs: PropertyMap;
  readonly refreshBeforeUpdate?: boolean;
}

export interface ReadRequest extends ResourceRequest {
  readonly id: string;
  /** what is known of the object; empty when it is read for the first time */
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  /** an import: the engine knows nothing but the id */
  readonly anew?: boolean;
  /** 0 or absent: none was given */
  readonly timeoutSeconds?: number;
}

export interface ReadResult {
  /** empty: there is no such object */
  readonly id: string;
  readonly outputs?: PropertyMap | undefined;
  /** absent: the provider does not tell */
  readonly inputs?: PropertyMap | undefined;
  readonly refreshBeforeUpdate?: boolean;
}

export interface UpdateRequest extends ResourceRequest {
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
  readonly news: PropertyMap;
  readonly timeoutSeconds: number;
  readonly ignoreChanges: readonly string[];
  readonly preview: boolean;
}

export interface UpdateResult {
  readonly outputs: PropertyMap;
  readonly refreshBeforeUpdate?: boolean;
}

export interface DeleteRequest extends ResourceRequest {
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  readonly timeoutSeconds: number;
}

export interface InvokeRequest {
  /** `package:module:function` */
  readonly token: string;
  readonly args: PropertyMap;
  readonly preview: boolean;
}

export interface InvokeResult {
  readonly result?: PropertyMap;
  readonly failures?: readonly CheckFailure[];
}

export interface CallRequest {
  readonly token: string;
  readonly args: PropertyMap;
  readonly argDependencies: Readonly<Record<string, readonly Urn[]>>;
  readonly context: ProgramContext;
}

export interface CallResult {
  readonly result: PropertyMap;
  readonly resultDependencies?: Readonly<Record<string, readonly Urn[]>>;
  readonly failures?: readonly CheckFailure[];
}

/** What a component or method needs to register resources of its own. */
export interface ProgramContext {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly config: Readonly<Record<string, string>>;
  readonly configSecretKeys: readonly string[];
  readonly dryRun: boolean;
  readonly parallel: number;
  /** `host:port` of the resource monitor */
  readonly monitorAddress: string;
}

export interface ConstructRequest {
  readonly context: ProgramContext;
  readonly type: string;
  readonly name: string;
  readonly parent: Urn;
  readonly inputs: PropertyMap;
  readonly inputDependencies: Readonly<Record<string, readonly Urn[]>>;
  readonly options: ConstructOptions;
}

export interface ConstructOptions {
  readonly protect?: boolean | undefined;
  readonly providers: Readonly<Record<string, string>>;
  readonly aliases: readonly Urn[];
  readonly dependencies: readonly Urn[];
  readonly additionalSecretOutputs: readonly string[];
  readonly deletedWith: Urn;
  readonly deleteBeforeReplace?: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly retainOnDelete?: boolean | undefined;
  readonly customTimeouts: { readonly create?: string; readonly update?: string; readonly delete?: string };
}

export interface ConstructResult {
  readonly urn: Urn;
  readonly outputs: PropertyMap;
  readonly outputDependencies: Readonly<Record<string, readonly Urn[]>>;
}

/** Where a provider of this process says what is neither a result nor an error. */
export interface ProviderLog {
  /** what it is doing now; shown while it lasts */
  info(message: string, urn?: Urn): void;
  warning(message: string, urn?: Urn): void;
}

/** Makes a provider for one provider resource; called once per configuration. */
export type ProviderFactory = (log: ProviderLog) => ResourceProvider | Promise<ResourceProvider>;

/** A package that is served by this process. */
export interface InProcessPackage {
  readonly version?: string;
  readonly create: ProviderFactory;
}

export type { PropertyMap, PropertyValue };
