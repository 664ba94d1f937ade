import type { DestroyOptions, PreviewOptions, RefreshOptions, UpdateOptions } from "../interface/engine.ts";

type Common = Pick<
  UpdateOptions,
  | "parallel"
  | "targets"
  | "targetDependents"
  | "excludes"
  | "excludeDependents"
  | "message"
  | "expectNoChanges"
  | "runProgram"
>;

const optional = <K extends string, V>(key: K, value: V | undefined) =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);

function common(options: Common) {
  return {
    color: "never" as const,
    suppressProgress: true,
    ...optional("parallel", options.parallel),
    ...optional("target", options.targets && [...options.targets]),
    ...optional("targetDependents", options.targetDependents),
    ...optional("exclude", options.excludes && [...options.excludes]),
    ...optional("excludeDependents", options.excludeDependents),
    ...optional("message", options.message),
    ...optional("runProgram", options.runProgram),
  };
}

/** Our options in the words of the Automation API. */
export const cliOptions = {
  up: (options: UpdateOptions, planFile?: string) => ({
    ...common(options),
    ...optional("expectNoChanges", options.expectNoChanges),
    ...optional("refresh", options.refresh),
    ...optional("replace", options.replace && [...options.replace]),
    ...optional("continueOnError", options.continueOnError),
    ...optional("showSecrets", options.showSecrets),
    ...optional("plan", planFile),
  }),
  preview: (options: PreviewOptions, planFile?: string) => ({
    ...common(options),
    ...optional("expectNoChanges", options.expectNoChanges),
    ...optional("refresh", options.refresh),
    ...optional("replace", options.replace && [...options.replace]),
    ...optional("plan", planFile),
  }),
  refresh: (options: RefreshOptions) => ({
    ...common(options),
    ...optional("expectNoChanges", options.expectNoChanges),
    ...optional("clearPendingCreates", options.clearPendingCreates),
    ...optional("showSecrets", options.showSecrets),
  }),
  destroy: (options: DestroyOptions) => ({
    ...common(options),
    ...optional("refresh", options.refresh),
    ...optional("excludeProtected", options.excludeProtected),
    ...optional("continueOnError", options.continueOnError),
    ...optional("showSecrets", options.showSecrets),
  }),
};
