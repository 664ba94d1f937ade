import { randomUUID } from "node:crypto";
import { ProviderError } from "../../interface/errors.ts";
import type {
  CheckRequest,
  CheckResult,
  CreateRequest,
  CreateResult,
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
import { sameContent } from "../../properties/compare.ts";
import { containsSecrets } from "../../properties/transform.ts";
import {
  isSecret,
  isUnknown,
  type PropertyMap,
  type PropertyValue,
  UNKNOWN,
} from "../../properties/values.ts";
import type { Urn } from "../../urn/urn.ts";

const STACK_REFERENCE = "pulumi:pulumi:StackReference";
const STASH = "pulumi:index:Stash";

/** What the engine's own resources need of the engine. */
export interface BuiltinServices {
  /** outputs of another stack, secrets marked; throws when there is no such stack */
  readonly stackOutputs: (name: string) => Promise<PropertyMap>;
  /** all resources of another stack, by URN */
  readonly stackResources: (name: string) => Promise<PropertyMap>;
  /** a resource that was registered or read in this run */
  readonly findResource: (
    urn: Urn,
  ) => { urn: Urn; id: string; state: PropertyMap; provider?: string } | undefined;
}

/** The package `pulumi`: references to other stacks, stashed values, and questions about resources. */
export class BuiltinProvider implements ResourceProvider {
  private readonly services: BuiltinServices;

  constructor(services: BuiltinServices) {
    this.services = services;
  }

  async check(request: CheckRequest): Promise<CheckResult> {
    if (request.type === STASH) {
      const unknown = Object.keys(request.news).find((key) => key !== "input");
      const failures =
        unknown !== undefined
          ? [{ property: unknown, reason: `unknown property "${unknown}"` }]
          : "input" in request.news
            ? []
            : [{ property: "input", reason: 'missing required property "input"' }];
      return { inputs: request.news, failures };
    }
    if (request.type !== STACK_REFERENCE)
      throw new ProviderError(`unrecognized resource type '${request.type}'`);
    const failures = Object.keys(request.news)
      .filter((key) => key !== "name")
      .map((property) => ({ property, reason: `unknown property "${property}"` }));
    const name = request.news.name;
    if (name === undefined) failures.push({ property: "name", reason: 'missing required property "name"' });
    else if (typeof plain(name) !== "string")
      failures.push({ property: "name", reason: 'property "name" must be a string' });
    return { inputs: request.news, failures };
  }

  async diff(request: DiffRequest): Promise<DiffResult> {
    if (request.type === STASH) {
      const same = sameContent(request.oldInputs.input, request.news.input);
      return { changes: same ? "none" : "some", diffs: same ? [] : ["input"] };
    }
    const same = sameContent(request.oldInputs.name, request.news.name);
    return same ? { changes: "none" } : { changes: "some", replaces: ["name"] };
  }

  async create(request: CreateRequest): Promise<CreateResult> {
    if (request.type === STASH) {
      const input = request.inputs.input ?? null;
      return { id: request.preview ? "" : randomUUID(), outputs: { input, output: input } };
    }
    const outputs = await this.readReference(request.inputs);
    return { id: request.preview ? "" : randomUUID(), outputs };
  }

  async update(request: UpdateRequest): Promise<UpdateResult> {
    if (request.type !== STASH)
      throw new ProviderError(`unexpected update of builtin resource ${request.urn}`);
    // The first value is what is stashed.
    return { outputs: { input: request.news.input ?? null, output: request.oldOutputs.output ?? null } };
  }

  async read(request: ReadRequest): Promise<ReadResult> {
    if (request.type === STASH) return { id: request.id, inputs: request.inputs, outputs: request.outputs };
    const outputs = await this.readReference(request.outputs);
    return { id: request.id, inputs: request.inputs, outputs };
  }

  async delete(): Promise<void> {}

  async invoke(request: InvokeRequest): Promise<InvokeResult> {
    const text = (key: string) => {
      const value = plain(request.args[key] ?? null);
      if (typeof value !== "string") throw new ProviderError(`missing required property "${key}"`);
      return value;
    };
    switch (request.token) {
      case "pulumi:pulumi:getResource": {
        const found = this.services.findResource(text("urn"));
        if (!found) throw new ProviderError(`unknown resource ${text("urn")}`);
        const id: PropertyValue = found.id === "" ? UNKNOWN : found.id;
        return {
          result: {
            urn: found.urn,
            id,
            state: found.state,
            ...(found.provider ? { provider: found.provider } : {}),
          },
        };
      }
      case "pulumi:pulumi:readStackOutputs":
        return { result: await this.readReference(request.args) };
      case "pulumi:pulumi:readStackResourceOutputs": {
        const outputs = await this.services.stackResources(text("stackName"));
        return { result: { name: text("stackName"), outputs } };
      }
    }
    throw new ProviderError(`unrecognized function name: '${request.token}'`);
  }

  private async readReference(inputs: PropertyMap): Promise<PropertyMap> {
    const name = plain(inputs.name ?? null);
    if (isUnknown(name)) return { name: UNKNOWN, outputs: UNKNOWN, secretOutputNames: UNKNOWN };
    if (typeof name !== "string") throw new ProviderError('missing required property "name"');
    const outputs = await this.services.stackOutputs(name);
    const secretOutputNames = Object.keys(outputs)
      .filter((key) => containsSecrets(outputs[key]!))
      .sort();
    return { name: inputs.name ?? null, outputs, secretOutputNames };
  }
}

const plain = (value: PropertyValue): PropertyValue => (isSecret(value) ? value.value : value);
