import type { ResolvedConfig } from "../../config/resolve.ts";
import { EngineError } from "../../interface/errors.ts";
import { makeSecret, type PropertyMap } from "../../properties/values.ts";
import { PROVIDER_TYPE_PREFIX, providerReference } from "../../urn/urn.ts";
import { emptyGoal, type RegistrationResult, type ResourceGoal } from "../deploy/goal.ts";

/** Which provider a request wants, when it names none itself. */
export interface ProviderRequest {
  readonly packageName: string;
  readonly version: string;
  readonly pluginDownloadURL: string;
}

/**
 * Makes the providers that resources use without naming one: one for each package, version and download
 * address, configured from the stack's configuration, when it is first needed.
 */
export class DefaultProviders {
  private readonly references = new Map<string, Promise<string>>();
  private readonly config: ResolvedConfig;
  private readonly register: (goal: ResourceGoal) => Promise<RegistrationResult>;
  private readonly denied: ReadonlySet<string>;

  constructor(config: ResolvedConfig, register: (goal: ResourceGoal) => Promise<RegistrationResult>) {
    this.config = config;
    this.register = register;
    this.denied = deniedPackages(config);
  }

  /** @throws when the stack's configuration forbids default providers of the package */
  reference(request: ProviderRequest, who: string): Promise<string> {
    if (this.denied.has("*") || this.denied.has(request.packageName)) {
      return Promise.reject(
        new Error(
          `Default provider for '${request.packageName}' disabled. '${who}' must use an explicit provider.`,
        ),
      );
    }
    const key = `${request.packageName}\0${request.version}\0${request.pluginDownloadURL}`;
    let reference = this.references.get(key);
    if (!reference) {
      reference = this.make(request);
      this.references.set(key, reference);
    }
    return reference;
  }

  private async make(request: ProviderRequest): Promise<string> {
    const inputs = this.inputsFor(request.packageName);
    Object.assign(inputs, providerOptions(request.version, request.pluginDownloadURL));
    const result = await this.register({
      ...emptyGoal,
      type: PROVIDER_TYPE_PREFIX + request.packageName,
      name: providerName(request),
      custom: true,
      properties: inputs,
    });
    return providerReference(result.state.urn, result.state.id);
  }

  private inputsFor(packageName: string): PropertyMap {
    const inputs: PropertyMap = {};
    for (const [key, { value, secret }] of Object.entries(this.config.values)) {
      const colon = key.indexOf(":");
      const dynamic = packageName === "pulumi-nodejs";
      if (!dynamic && key.slice(0, colon) !== packageName) continue;
      inputs[dynamic ? key : key.slice(colon + 1)] = secret ? makeSecret(value) : value;
    }
    return inputs;
  }
}

/** `default`, with the version and download address when there are any. */
function providerName(request: ProviderRequest): string {
  const parts = ["default"];
  if (request.version !== "") parts.push(request.version.replace(/^v/, "").replaceAll(/[^A-Za-z0-9]/g, "_"));
  if (request.pluginDownloadURL !== "") {
    parts.push(request.pluginDownloadURL.replace(/^[a-z]+:\/\//, "").replaceAll(/[^A-Za-z0-9_.-]/g, "_"));
  }
  return parts.join("_");
}

function deniedPackages(config: ResolvedConfig): Set<string> {
  const setting = config.values["pulumi:disable-default-providers"];
  if (!setting) return new Set();
  try {
    const list = JSON.parse(setting.value) as unknown;
    if (Array.isArray(list) && list.every((entry) => typeof entry === "string")) return new Set(list);
  } catch {
    // falls through to the refusal
  }
  throw new EngineError(
    "disable-default-providers",
    22,
    "the configuration pulumi:disable-default-providers is not a list of package names",
    'set it to a JSON list such as ["kubernetes"], or ["*"] for all',
  );
}

/** The version and download address of a provider, as inputs of its resource. */
export function providerOptions(version: string, pluginDownloadURL: string): PropertyMap {
  if (version === "" && pluginDownloadURL === "") return {};
  return {
    ...(version === "" ? {} : { version }),
    __internal: pluginDownloadURL === "" ? {} : { pluginDownloadURL },
  };
}
