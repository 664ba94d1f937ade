import { delimiter, resolve } from "node:path";
import { unsupported } from "../../interface/errors.ts";
import type { InProcessPackage, ProviderLog, ResourceProvider } from "../../interface/provider.ts";
import type { PropertyValue } from "../../properties/values.ts";
import type { Urn } from "../../urn/urn.ts";
import { BuiltinProvider, type BuiltinServices } from "./builtin-provider.ts";
import { findPlugin } from "./plugin-search.ts";

const DYNAMIC = "pulumi-nodejs";
const DYNAMIC_TYPE = `pulumi:providers:${DYNAMIC}`;

/** What a provider resource says about where its provider comes from. */
export interface ProviderSource {
  readonly packageName: string;
  readonly version: string | undefined;
  /** the engine's own part of the inputs: download address, parameterization … */
  readonly internal: PropertyValue | undefined;
  readonly urn: Urn;
}

/** Says things about plugins. */
export interface PluginLog {
  info(message: string, urn?: Urn): void;
  error(message: string): void;
}

export interface HostOptions {
  readonly packages: Readonly<Record<string, InProcessPackage>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** looked through for plugins before PATH */
  readonly pluginDirectories?: readonly string[] | undefined;
  readonly builtin: BuiltinServices;
  /** `host:port` of the engine service that plugins log to */
  readonly engineAddress: () => Promise<string>;
  readonly log: PluginLog & ProviderLog;
  readonly workDirectory: string;
}

/**
 * Finds providers: the engine's own package `pulumi`, packages of this process, `pulumi-nodejs` (dynamic
 * providers), and `pulumi-resource-<package>` executables.
 */
export class ProviderHost {
  private readonly options: HostOptions;
  /** started before anybody asked */
  private ahead: Promise<ResourceProvider> | undefined;

  constructor(options: HostOptions) {
    this.options = options;
  }

  /**
   * Starts the provider of dynamic resources, which the state says is going to be needed, while other things are
   * being prepared.
   */
  startAhead(state: readonly { readonly type: string }[]): void {
    if (!state.some(({ type }) => type === DYNAMIC_TYPE)) return;
    this.ahead = this.start(DYNAMIC, undefined);
    // Whoever asks for it is told.
    this.ahead.catch(() => {});
  }

  /** Ends what nobody asked for. */
  async close(): Promise<void> {
    const unused = this.ahead;
    this.ahead = undefined;
    await unused?.then(
      (provider) => provider.close?.(),
      () => {},
    );
  }

  /** @throws EngineError when there is no such package, or not in the version asked for */
  async load(source: ProviderSource): Promise<ResourceProvider> {
    const { packageName, version } = source;
    if (parameterized(source.internal)) throw unsupported(`the parameterized package '${packageName}'`);
    if (packageName === "pulumi") return new BuiltinProvider(this.options.builtin);
    const inProcess = this.options.packages[packageName];
    if (inProcess) {
      if (version && inProcess.version && version !== inProcess.version) {
        throw unsupported(`${packageName} ${version} (this is ${inProcess.version})`);
      }
      return inProcess.create(this.options.log);
    }
    if (packageName === DYNAMIC && this.ahead) {
      const started = this.ahead;
      this.ahead = undefined;
      return started;
    }
    return this.start(packageName, version);
  }

  private async start(packageName: string, version: string | undefined): Promise<ResourceProvider> {
    const { startPlugin } = await import("./plugin-process.ts");
    const { environment, pluginDirectories = [] } = this.options;
    const path = [...pluginDirectories.map((directory) => resolve(directory)), environment.PATH ?? ""];
    const command = await findPlugin(packageName, version, { ...environment, PATH: path.join(delimiter) });
    return startPlugin({
      command,
      packageName,
      engineAddress: await this.options.engineAddress(),
      environment: this.options.environment,
      workDirectory: this.options.workDirectory,
      log: this.options.log,
    });
  }
}

function parameterized(internal: PropertyValue | undefined): boolean {
  return (
    typeof internal === "object" &&
    internal !== null &&
    !Array.isArray(internal) &&
    "parameterization" in internal
  );
}
