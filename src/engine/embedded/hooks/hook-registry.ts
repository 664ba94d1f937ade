import type { PropertyMap } from "../../properties/values.ts";
import type { Urn } from "../../urn/urn.ts";

export type HookType =
  | "BeforeCreate"
  | "AfterCreate"
  | "BeforeUpdate"
  | "AfterUpdate"
  | "BeforeDelete"
  | "AfterDelete"
  | "OnError";

/** What a hook is told about the resource. */
export interface HookArguments {
  readonly urn: Urn;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly newInputs?: PropertyMap | undefined;
  readonly oldInputs?: PropertyMap | undefined;
  readonly newOutputs?: PropertyMap | undefined;
  readonly oldOutputs?: PropertyMap | undefined;
}

/** A function of the program that runs around a step. */
export interface ResourceHook {
  readonly name: string;
  readonly onDryRun: boolean;
  readonly ignoreErrors: boolean;
  readonly run: (args: HookArguments) => Promise<void>;
}

/** A function of the program that is asked whether a failed step shall be tried again. */
export interface ErrorHook {
  readonly name: string;
  readonly run: (args: HookArguments, operation: string, errors: readonly string[]) => Promise<boolean>;
}

/** The hooks that the program registered; names are unique over both kinds. */
export class HookRegistry {
  private readonly resourceHooks = new Map<string, ResourceHook>();
  private readonly errorHooks = new Map<string, ErrorHook>();
  /** whether there is a program that could have registered hooks */
  programRuns = false;

  addResourceHook(hook: ResourceHook): void {
    this.refuseTwice(hook.name);
    this.resourceHooks.set(hook.name, hook);
  }

  addErrorHook(hook: ErrorHook): void {
    this.refuseTwice(hook.name);
    this.errorHooks.set(hook.name, hook);
  }

  private refuseTwice(name: string): void {
    if (this.resourceHooks.has(name) || this.errorHooks.has(name))
      throw new Error(`resource hook already registered for name "${name}"`);
  }

  resourceHook(name: string): ResourceHook | undefined {
    return this.resourceHooks.get(name);
  }

  errorHook(name: string): ErrorHook | undefined {
    return this.errorHooks.get(name);
  }
}
