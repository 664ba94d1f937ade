import type {
  DestroyOptions,
  ImportOptions,
  PreviewOptions,
  RefreshOptions,
  UpdateOptions,
} from "../../interface/engine.ts";
import { UrnTargets } from "../../urn/targets.ts";
import { PlanBook } from "../plan/plan-book.ts";
import { PlanConstraint } from "../plan/plan-constraint.ts";
import { PlanRecord } from "../plan/plan-record.ts";
import type { DeployOptions } from "./deployment.ts";
import type { OperationPlan } from "./operation-plan.ts";

type Options = Partial<UpdateOptions & DestroyOptions & RefreshOptions & PreviewOptions>;

const DEFAULT_PARALLEL = 16;

function deployOptions(options: Options, more: Partial<DeployOptions>): DeployOptions {
  return {
    dryRun: options.preview ?? false,
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

function plan(
  kind: OperationPlan["kind"],
  options: Options,
  more: Partial<DeployOptions>,
  rest: Partial<OperationPlan> = {},
): OperationPlan {
  return {
    kind,
    options: deployOptions(options, more),
    // With the program, resources are refreshed as it registers them.
    refreshFirst: (options.refresh ?? false) && !options.runProgram,
    withProgram: true,
    expectNoChanges: options.expectNoChanges ?? false,
    showSecrets: options.showSecrets ?? false,
    message: options.message ?? "",
    environment: options.environment ?? {},
    excludeProtected: false,
    plans: new PlanBook(),
    ...rest,
  };
}

const plansOf = ({ plan: text }: UpdateOptions): PlanBook =>
  text === undefined ? new PlanBook() : new PlanConstraint(text);

/** What each operation of the interface comes down to. */
export const operationPlans = {
  preview: (options: PreviewOptions): OperationPlan =>
    plan(
      "update",
      options,
      { dryRun: true, refreshWithProgram: (options.refresh && options.runProgram) ?? false },
      { plans: options.savePlan ? new PlanRecord() : plansOf(options) },
    ),

  up: (options: UpdateOptions): OperationPlan =>
    plan(
      "update",
      options,
      { refreshWithProgram: (options.refresh && options.runProgram) ?? false },
      { plans: plansOf(options) },
    ),

  refresh: (options: RefreshOptions): OperationPlan =>
    options.runProgram
      ? plan("refresh", options, { refreshOnly: true, refreshWithProgram: true })
      : plan("refresh", options, {}, { only: { refresh: options }, withProgram: false }),

  destroy: (options: DestroyOptions): OperationPlan => {
    const destroyWithProgram = options.runProgram ?? false;
    return plan(
      "destroy",
      options,
      { destroyWithProgram },
      { withProgram: destroyWithProgram, excludeProtected: options.excludeProtected ?? false },
    );
  },

  import: (options: ImportOptions): OperationPlan =>
    plan("resource-import", options, {}, { only: { import: options }, withProgram: false }),
};
