// A cloud in memory, and a provider of it whose calls fail when they are told to.
import { InitializationError, ProviderError } from "../../../src/engine/interface/errors.ts";
import type {
  CheckRequest,
  CheckResult,
  ConfigureRequest,
  ConfigureResult,
  CreateRequest,
  CreateResult,
  DeleteRequest,
  DiffRequest,
  DiffResult,
  ReadRequest,
  ReadResult,
  ResourceProvider,
  UpdateRequest,
  UpdateResult,
} from "../../../src/engine/interface/provider.ts";
import { sameContent } from "../../../src/engine/properties/compare.ts";
import { isUnknown, type PropertyMap, UNKNOWN } from "../../../src/engine/properties/values.ts";

export type Method = "create" | "update" | "delete" | "read";
export type Fault = "refuse" | "unknown" | "init";

interface CloudObject {
  name: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
}

export class Cloud {
  readonly objects = new Map<string, CloudObject>();
  readonly calls: string[] = [];
  /** `method:name` → how it fails */
  faults: Readonly<Record<string, Fault>> = {};
  private made = 0;

  id(name: string): string {
    return `${name}-${++this.made}`;
  }

  fault(method: Method, name: string): Fault | undefined {
    return this.faults[`${method}:${name}`];
  }

  /** Something outside changes or removes an object. */
  drift(id: string, change: PropertyMap | undefined): void {
    const object = this.objects.get(id);
    if (!object) return;
    if (change === undefined) this.objects.delete(id);
    else
      this.objects.set(id, {
        ...object,
        inputs: { ...object.inputs, ...change },
        outputs: { ...object.outputs, ...change },
      });
  }
}

/** `key` replaces, `dbrKey` replaces and deletes first, everything else updates. */
export class MemoryProvider implements ResourceProvider {
  private readonly cloud: Cloud;
  private configured = false;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  async configure(_request: ConfigureRequest): Promise<ConfigureResult> {
    this.configured = true;
    return {};
  }

  async diffConfig(request: DiffRequest): Promise<DiffResult> {
    const keys = changed(request.oldInputs, request.news);
    return {
      changes: keys.length ? "some" : "none",
      diffs: keys,
      replaces: keys.filter((key) => key === "region"),
    };
  }

  async check(request: CheckRequest): Promise<CheckResult> {
    return { inputs: request.news };
  }

  async diff(request: DiffRequest): Promise<DiffResult> {
    const keys = changed(request.oldInputs, request.news);
    return {
      changes: keys.length ? "some" : "none",
      diffs: keys,
      replaces: keys.filter((key) => key === "key" || key === "dbrKey"),
      deleteBeforeReplace: keys.includes("dbrKey"),
    };
  }

  async create(request: CreateRequest): Promise<CreateResult> {
    if (request.preview) return { id: "", outputs: { ...request.inputs, result: UNKNOWN } };
    this.enter("create", request.name);
    await this.turn();
    this.failFor("create", request.name);
    const id = this.cloud.id(request.name);
    const outputs = { ...request.inputs, result: `made ${id}` };
    this.cloud.objects.set(id, { name: request.name, inputs: request.inputs, outputs });
    if (this.cloud.fault("create", request.name) === "init") {
      throw new InitializationError(id, outputs, ["not ready"], request.inputs);
    }
    return { id, outputs };
  }

  async update(request: UpdateRequest): Promise<UpdateResult> {
    const outputs = { ...request.news, result: request.oldOutputs.result ?? null };
    if (request.preview) return { outputs };
    this.enter("update", request.name);
    await this.turn();
    this.failFor("update", request.name);
    this.cloud.objects.set(request.id, { name: request.name, inputs: request.news, outputs });
    if (this.cloud.fault("update", request.name) === "init") {
      throw new InitializationError(request.id, outputs, ["not ready"], request.news);
    }
    return { outputs };
  }

  async delete(request: DeleteRequest): Promise<void> {
    this.enter("delete", request.name);
    await this.turn();
    this.failFor("delete", request.name);
    this.cloud.objects.delete(request.id);
  }

  async read(request: ReadRequest): Promise<ReadResult> {
    this.enter("read", request.name);
    await this.turn();
    this.failFor("read", request.name);
    const object = this.cloud.objects.get(request.id);
    return object ? { id: request.id, inputs: object.inputs, outputs: object.outputs } : { id: "" };
  }

  private enter(method: Method, name: string): void {
    if (!this.configured) throw new Error(`${method} of ${name} before the provider was configured`);
    this.cloud.calls.push(`${method} ${name}`);
  }

  private failFor(method: Method, name: string): void {
    const fault = this.cloud.fault(method, name);
    if (fault === "refuse") throw new ProviderError(`${method} of ${name} refused`);
    if (fault === "unknown") throw new ProviderError(`${method} of ${name} lost`, { outcomeKnown: false });
  }

  /** Lets other steps run in between. */
  private turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

function changed(olds: PropertyMap, news: PropertyMap): string[] {
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  return [...keys].filter((key) => isUnknown(news[key]) || !sameContent(olds[key], news[key])).sort();
}
