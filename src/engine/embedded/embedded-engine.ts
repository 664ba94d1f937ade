import type { Engine, EngineSettings } from "../interface/engine.ts";
import { emptySnapshot } from "../state/checkpoint.ts";
import { Sealer } from "../state/sealer.ts";
import { UrnTargets } from "../urn/targets.ts";
import type { DeployOptions } from "./deploy/deployment.ts";
import { EmbeddedOperation, type OperationPlan } from "./deploy/operation.ts";
import { StackSession } from "./deploy/stack-session.ts";
import { PlanBook } from "./plan/plan-book.ts";

type Common = import("../interface/engine.ts").UpdateOptions &
  import("../interface/engine.ts").DestroyOptions;

const DEFAULT_PARALLEL = 16;

function deployOptions(options: Common, more: Partial<DeployOptions>): DeployOptions {
  return {
    dryRun: false,
    parallel: Math.max(1, options.parallel ?? DEFAULT_PARALLEL),
    targets: new UrnTargets(options.targets),
    targetDependents: options.targetDependents ?? false,
    excludes: new UrnTargets(options.excludes),
    excludeDependents: options.excludeDependents ?? false,
    replaceTargets: new UrnTargets(options.replace),
    continueOnError: options.continueOnError ?? false,
    ignoreProtect: options.ignoreProtect ?? false,
    refreshWithProgram: false,
    refreshOnly: false,
    destroyWithProgram: false,
    ...more,
  };
}

function operationPlan(
  options: Common,
  plan: Partial<OperationPlan> & Pick<OperationPlan, "kind" | "options">,
): OperationPlan {
  return {
    refreshFirst: false,
    withProgram: true,
    expectNoChanges: options.expectNoChanges ?? false,
    showSecrets: options.showSecrets ?? false,
    message: options.message ?? "",
    environment: options.environment ?? {},
    excludeProtected: options.excludeProtected ?? false,
    plans: new PlanBook(),
    ...plan,
  };
}

/** The engine that runs in this process. */
export function createEmbeddedEngine(
  settings: EngineSettings,
): Pick<Engine, "kind" | "init" | "preview" | "up" | "refresh" | "destroy"> {
  const start = (target: import("../interface/engine.ts").StackTarget, plan: OperationPlan) =>
    new EmbeddedOperation(settings, target, plan);
  return {
    kind: "embedded",
    async init(target) {
      const session = await StackSession.open(settings, target);
      await session.store.prepare();
      const manager = await session.managerFor(undefined);
      await session.store.write(session.store.encode(emptySnapshot(), new Sealer(manager)), undefined);
    },
    preview(target, options = {}) {
      return start(
        target,
        operationPlan(options, {
          kind: "update",
          options: deployOptions(options, { dryRun: true }),
          refreshFirst: options.refresh ?? false,
        }),
      );
    },
    up(target, options = {}) {
      return start(
        target,
        operationPlan(options, {
          kind: "update",
          options: deployOptions(options, {}),
          refreshFirst: options.refresh ?? false,
        }),
      );
    },
    refresh(target, options = {}) {
      const dryRun = options.preview ?? false;
      if (options.runProgram) {
        return start(
          target,
          operationPlan(options, {
            kind: "refresh",
            options: deployOptions(options, { dryRun, refreshOnly: true, refreshWithProgram: true }),
          }),
        );
      }
      return start(
        target,
        operationPlan(options, {
          kind: "refresh",
          options: deployOptions(options, { dryRun }),
          only: { refresh: options },
        }),
      );
    },
    destroy(target, options = {}) {
      const dryRun = options.preview ?? false;
      const withProgram = options.runProgram ?? false;
      return start(
        target,
        operationPlan(options, {
          kind: "destroy",
          options: deployOptions(options, { dryRun, destroyWithProgram: withProgram }),
          refreshFirst: options.refresh ?? false,
          withProgram,
        }),
      );
    },
  };
}
