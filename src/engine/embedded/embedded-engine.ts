import type {
  ConfigValue,
  DestroyOptions,
  Engine,
  EngineSettings,
  ImportOptions,
  ImportStateOptions,
  OutputValue,
  PreviewOptions,
  RefreshOptions,
  RunningOperation,
  StackTarget,
  UpdateOptions,
} from "../interface/engine.ts";
import { type AuditChain, readAuditChain } from "../state/audit-chain.ts";
import type { Snapshot } from "../state/checkpoint.ts";
import { type HistoryEntry, readHistory } from "../state/history.ts";
import { parseStackReference, StackPaths } from "../state/layout.ts";
import { StackStore } from "../state/stack-store.ts";
import { EmbeddedOperation } from "./deploy/operation.ts";
import type { OperationPlan } from "./deploy/operation-plan.ts";
import { operationPlans } from "./deploy/operation-plans.ts";
import { deferCompilers } from "./program/defer-compilers.ts";
import { acceptState } from "./stacks/accept.ts";
import { cancelStack } from "./stacks/cancel.ts";
import { getConfig, removeConfig, setConfig } from "./stacks/config.ts";
import { initStack, listStacks, removeStack } from "./stacks/create.ts";
import { editState, exportStack, importStack, stackOutputs } from "./stacks/state.ts";

/** The engine that runs in this process and needs nothing but npm packages. */
export class EmbeddedEngine implements Engine {
  protected readonly settings: EngineSettings;

  constructor(settings: EngineSettings) {
    this.settings = settings;
  }

  get kind(): Engine["kind"] {
    return "embedded";
  }

  private start(target: StackTarget, plan: OperationPlan): RunningOperation {
    return new EmbeddedOperation(this.settings, target, plan);
  }

  preview(target: StackTarget, options: PreviewOptions = {}): RunningOperation {
    return this.start(target, operationPlans.preview(options));
  }

  up(target: StackTarget, options: UpdateOptions = {}): RunningOperation {
    return this.start(target, operationPlans.up(options));
  }

  refresh(target: StackTarget, options: RefreshOptions = {}): RunningOperation {
    return this.start(target, operationPlans.refresh(options));
  }

  destroy(target: StackTarget, options: DestroyOptions = {}): RunningOperation {
    return this.start(target, operationPlans.destroy(options));
  }

  import(target: StackTarget, options: ImportOptions): RunningOperation {
    return this.start(target, operationPlans.import(options));
  }

  listStacks(project?: string): Promise<{ project: string; stack: string }[]> {
    return listStacks(this.settings, project);
  }

  init(target: StackTarget): Promise<void> {
    return initStack(this.settings, target);
  }

  remove(target: StackTarget, options?: { readonly force?: boolean }): Promise<void> {
    return removeStack(this.settings, target, options);
  }

  cancel(target: StackTarget, options?: { readonly lockId?: string }): Promise<string[]> {
    return cancelStack(this.settings, target, options);
  }

  outputs(target: StackTarget): Promise<Record<string, OutputValue>> {
    return stackOutputs(this.settings, target);
  }

  export(
    target: StackTarget,
    options?: { readonly showSecrets?: boolean; readonly unverified?: boolean },
  ): Promise<string> {
    return exportStack(this.settings, target, options);
  }

  importState(target: StackTarget, deployment: string, options?: ImportStateOptions): Promise<void> {
    return importStack(this.settings, target, deployment, options);
  }

  editState(target: StackTarget, edit: (snapshot: Snapshot) => Snapshot): Promise<void> {
    return editState(this.settings, target, edit);
  }

  acceptState(
    target: StackTarget,
    agrees: (differences: readonly string[]) => Promise<boolean>,
  ): Promise<string[] | undefined> {
    return acceptState(this.settings, target, agrees);
  }

  audit(target: StackTarget): Promise<AuditChain> {
    return readAuditChain(this.paths(target));
  }

  private paths(target: StackTarget): StackPaths {
    return new StackPaths(this.settings.backend, parseStackReference(target.stack, target.project));
  }

  async history(target: StackTarget, limit?: number): Promise<HistoryEntry[]> {
    const paths = this.paths(target);
    const entries = await readHistory(paths, limit);
    if (entries.length === 0) await new StackStore(this.settings.backend, paths.name).requireExisting();
    return entries;
  }

  getConfig(target: StackTarget): Promise<Record<string, ConfigValue>> {
    return getConfig(this.settings, target);
  }

  setConfig(target: StackTarget, key: string, value: ConfigValue, path = false): Promise<void> {
    return setConfig(this.settings, target, key, value, path);
  }

  removeConfig(target: StackTarget, key: string, path = false): Promise<void> {
    return removeConfig(this.settings, target, key, path);
  }
}

export function createEmbeddedEngine(settings: EngineSettings): Engine {
  deferCompilers();
  return new EmbeddedEngine(settings);
}
