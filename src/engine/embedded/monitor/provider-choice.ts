import { randomUUID } from "node:crypto";
import { UNKNOWN } from "../../properties/values.ts";
import { parseProviderReference, providerPackage, tokenPackage, typeOf, type Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { DefaultProviders } from "./default-providers.ts";
import type { Registration } from "./registration.ts";
import { RpcError, status } from "./status.ts";

/** A provider package that the program registered. */
export interface RegisteredPackage {
  readonly name: string;
  readonly version: string;
  readonly url: string;
}

/** Which provider serves a resource or a function: the one named, a parent's, or the default one of its package. */
export class ProviderChoice {
  private readonly deployment: Deployment;
  private readonly defaults: DefaultProviders;
  private readonly packages = new Map<string, RegisteredPackage>();
  /** providers that a component hands to its children, by package */
  private readonly componentProviders = new Map<Urn, Readonly<Record<string, string>>>();

  constructor(deployment: Deployment, defaults: DefaultProviders) {
    this.deployment = deployment;
    this.defaults = defaults;
  }

  /** @returns the reference by which later requests name the package */
  addPackage(registered: RegisteredPackage): string {
    const reference = randomUUID();
    this.packages.set(reference, registered);
    return reference;
  }

  packageOf(reference: string): RegisteredPackage | undefined {
    if (reference === "") return undefined;
    const found = this.packages.get(reference);
    if (!found) throw new RpcError(status.invalidArgument, `unknown provider package '${reference}'`);
    return found;
  }

  /** What a resource hands on: its own providers over those of its parent. */
  handOn(urn: Urn, parent: Urn, providers: Readonly<Record<string, string>>): void {
    this.componentProviders.set(urn, { ...this.componentProviders.get(parent), ...providers });
  }

  /** The providers that a component was given for its children. */
  providersFor(registration: Registration): Record<string, string> {
    const { options, custom, parent } = registration;
    const providers: Record<string, string> = { ...options.providers };
    if (custom) return providers;
    // The one provider of a component serves its children as well.
    const given = options.provider || this.deployment.goals.get(parent)?.provider || "";
    if (given !== "") {
      const packageName = providerPackage(typeOf(parseProviderReference(given).urn));
      providers[packageName] ??= given;
    }
    return providers;
  }

  async choose(request: {
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
}

/** A provider without id is one that is not created yet. */
function normalReference(reference: string): string {
  if (reference.endsWith("::")) return reference + UNKNOWN;
  return reference;
}
