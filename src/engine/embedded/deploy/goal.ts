import type { PropertyMap, PropertyValue } from "../../properties/values.ts";
import type { ResourceState, Timeouts } from "../../state/resource.ts";
import type { Urn } from "../../urn/urn.ts";

/** Another name that a resource had: a URN, or what differs from its present one. */
export type Alias =
  | { readonly urn: Urn }
  | {
      readonly name?: string;
      readonly type?: string;
      readonly stack?: string;
      readonly project?: string;
      readonly parent?: Urn;
      readonly noParent?: boolean;
    };

/** What the program wants of one resource. */
export interface ResourceGoal {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly properties: PropertyMap;
  readonly parent: Urn;
  readonly protect: boolean | undefined;
  readonly dependencies: readonly Urn[];
  /** `<urn>::<id>`; empty for components and providers */
  readonly provider: string;
  readonly propertyDependencies: Readonly<Record<string, readonly Urn[]>>;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly Alias[];
  /** the id of an object to import */
  readonly importId: string;
  readonly customTimeouts: Timeouts;
  readonly replaceOnChanges: readonly string[];
  readonly retainOnDelete: boolean | undefined;
  readonly deletedWith: Urn;
  readonly replaceWith: readonly Urn[];
  readonly replacementTrigger: PropertyValue | undefined;
  readonly hideDiff: readonly string[];
  /** hook type → names of hooks */
  readonly resourceHooks: Readonly<Record<string, readonly string[]>>;
  readonly sourcePosition: string | undefined;
}

export const emptyGoal: Omit<ResourceGoal, "type" | "name" | "custom"> = {
  properties: {},
  parent: "",
  protect: undefined,
  dependencies: [],
  provider: "",
  propertyDependencies: {},
  deleteBeforeReplace: undefined,
  ignoreChanges: [],
  additionalSecretOutputs: [],
  aliases: [],
  importId: "",
  customTimeouts: {},
  replaceOnChanges: [],
  retainOnDelete: undefined,
  deletedWith: "",
  replaceWith: [],
  replacementTrigger: undefined,
  hideDiff: [],
  resourceHooks: {},
  sourcePosition: undefined,
};

/** How a registration ended, for the program. */
export interface RegistrationResult {
  readonly state: ResourceState;
  readonly result: "success" | "failed" | "skipped";
  /** nothing is known of it, because it was left out */
  readonly unknown?: boolean;
}

/** What the program (or the engine itself, for default providers) sends to the step generator. */
export type SourceEvent = RegisterEvent | ReadEvent | OutputsEvent;

export interface RegisterEvent {
  readonly kind: "register";
  readonly goal: ResourceGoal;
  readonly done: (result: RegistrationResult) => void;
  readonly failed: (error: Error) => void;
}

export interface ReadEvent {
  readonly kind: "read";
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly parent: Urn;
  readonly provider: string;
  readonly properties: PropertyMap;
  readonly dependencies: readonly Urn[];
  readonly additionalSecretOutputs: readonly string[];
  readonly sourcePosition: string | undefined;
  readonly done: (result: RegistrationResult) => void;
  readonly failed: (error: Error) => void;
}

export interface OutputsEvent {
  readonly kind: "outputs";
  readonly urn: Urn;
  readonly outputs: PropertyMap;
  readonly done: () => void;
  readonly failed: (error: Error) => void;
}
