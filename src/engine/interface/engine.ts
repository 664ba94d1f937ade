import type { PropertyMap, PropertyValue } from "../properties/values.ts";
import type { PassphraseSource } from "../secrets/passphrase-source.ts";
import type { AuditChain } from "../state/audit-chain.ts";
import type { Snapshot } from "../state/checkpoint.ts";
import type { HistoryEntry } from "../state/history.ts";
import type { TakeOver } from "../state/lock.ts";
import type { Urn } from "../urn/urn.ts";
import type { EngineEvent } from "./events.ts";
import type { InProcessPackage } from "./provider.ts";

/**
 * A Pulumi program: a plain function that registers resources with `@pulumi/pulumi` and returns the stack's
 * outputs.
 */
export type PulumiProgram = () => unknown;

/** A value of the stack's configuration; `secret` values are open here and are never shown. */
export interface ConfigValue {
  readonly value: string;
  readonly secret?: boolean;
}

/** What an engine works on. */
export interface StackTarget {
  readonly stack: string;
  readonly project: string;
  /** a function, or the directory of a Node.js project with a Pulumi.yaml */
  readonly program?: PulumiProgram | { readonly directory: string } | undefined;
  /** named in errors of the program; default: the stack's name */
  readonly programName?: string | undefined;
  /** where Pulumi.<stack>.yaml lies; default: the project's directory, or nowhere */
  readonly settingsDirectory?: string | undefined;
  /** what relative paths of assets are relative to; default: the process's own */
  readonly workDirectory?: string | undefined;
  /** configuration in place of that in Pulumi.<stack>.yaml, or over it: `namespace:key` */
  readonly config?: Readonly<Record<string, ConfigValue>> | undefined;
}

/** What every engine is made with. */
export interface EngineSettings {
  /** a directory, or `file://` and one */
  readonly backend: string;
  readonly passphrase: PassphraseSource;
  /** packages served by this process */
  readonly packages?: Readonly<Record<string, InProcessPackage>>;
  /** further directories where `pulumi-resource-*` executables are looked for, before PATH */
  readonly pluginDirectories?: readonly string[];
  /** environment of plugins and programs; default: that of the process, without the passphrase */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** what to do with a lock whose owner is gone; default `dead-owner` */
  readonly takeOver?: TakeOver;
  /** of pdc, for the audit log */
  readonly version?: string;
  /** told of what did not stop an operation but should be known; default: a warning of the process */
  readonly warn?: (message: string) => void;
}

interface CommonOptions {
  /** how many steps run at once; default 16, at least 1 */
  readonly parallel?: number;
  /** URNs, with `*` and `**`: only these (and providers, and the stack itself) */
  readonly targets?: readonly string[];
  /** also what depends on the targets */
  readonly targetDependents?: boolean;
  readonly excludes?: readonly string[];
  /** also not what depends on the excluded ones */
  readonly excludeDependents?: boolean;
  /** what does not depend on a failed resource goes on */
  readonly continueOnError?: boolean;
  /** run the program first, so that providers get their configuration from it */
  readonly runProgram?: boolean;
  /** events show secrets */
  readonly showSecrets?: boolean;
  /** fail when something would change; the changes are made all the same */
  readonly expectNoChanges?: boolean;
  /** goes into the history */
  readonly message?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface UpdateOptions extends CommonOptions {
  /** URNs to replace although nothing about them changed */
  readonly replace?: readonly string[];
  /** read everything first */
  readonly refresh?: boolean;
  /** only what this plan foresees may happen; the text of a plan file */
  readonly plan?: string;
  /** protection is not looked at when something is replaced */
  readonly ignoreProtect?: boolean;
}

export interface PreviewOptions extends UpdateOptions {
  /** the result holds a plan */
  readonly savePlan?: boolean;
}

export interface RefreshOptions extends CommonOptions {
  /** only show what would be found */
  readonly preview?: boolean;
  /** forget interrupted creations: somebody looked, and there is nothing */
  readonly clearPendingCreates?: boolean;
  /** interrupted creations that did happen: the id of what came of each */
  readonly importPendingCreates?: Readonly<Record<Urn, string>>;
}

export interface DestroyOptions extends CommonOptions {
  readonly preview?: boolean;
  readonly refresh?: boolean;
  /** leave what is protected, and what it needs */
  readonly excludeProtected?: boolean;
}

/** A resource to take over. */
export interface ImportResource {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly parent?: Urn;
  /** `<provider urn>::<id>` or the URN of a provider in the state */
  readonly provider?: string;
  readonly version?: string;
  readonly pluginDownloadURL?: string;
  /** the input keys to keep; default: all that the provider gives */
  readonly properties?: readonly string[];
  /** a component: nothing is read */
  readonly component?: boolean;
}

export interface ImportOptions extends Omit<CommonOptions, "targets"> {
  readonly resources: readonly ImportResource[];
  /** default true */
  readonly protect?: boolean;
  readonly preview?: boolean;
}

export interface OperationResult {
  readonly result: "succeeded" | "failed" | "canceled";
  /** why, apart from what the diagnostics say */
  readonly error?: Error | undefined;
  readonly changes: Readonly<Record<string, number>>;
  /** the stack's outputs after an update (secrets masked unless asked for); what a preview foresees */
  readonly outputs: PropertyMap;
  /** the text of a plan file, when one was asked for */
  readonly plan?: string | undefined;
}

/**
 * A running operation: its events as they come, and its result. It runs whether or not anybody reads the
 * events; those that nobody read yet are kept.
 */
export interface RunningOperation extends AsyncIterable<EngineEvent> {
  readonly result: Promise<OperationResult>;
  /** Nothing new begins; what is under way ends and is recorded. */
  cancel(): void;
  /** Stops at once; what was under way stays as pending operation. */
  terminate(): void;
}

export interface OutputValue {
  readonly value: PropertyValue;
  readonly secret: boolean;
}

export interface ImportStateOptions {
  /** also when the text is of another stack or its references do not hold */
  readonly force?: boolean;
  /** what a person changed in an export, for the audit log: no values */
  readonly edits?: readonly string[];
}

/** A deployment engine. Both engines work on the same state. */
export interface Engine {
  readonly kind: "embedded" | "pulumi";
  listStacks(project?: string): Promise<{ readonly project: string; readonly stack: string }[]>;
  init(target: StackTarget): Promise<void>;
  /** @param force also when it still has resources */
  remove(target: StackTarget, options?: { readonly force?: boolean }): Promise<void>;
  preview(target: StackTarget, options?: PreviewOptions): RunningOperation;
  up(target: StackTarget, options?: UpdateOptions): RunningOperation;
  refresh(target: StackTarget, options?: RefreshOptions): RunningOperation;
  destroy(target: StackTarget, options?: DestroyOptions): RunningOperation;
  import(target: StackTarget, options: ImportOptions): RunningOperation;
  /**
   * Removes the locks of owners that are gone and finishes what they left. A live owner's lock only goes with
   * its id.
   * @returns what was done, as lines for people
   */
  cancel(target: StackTarget, options?: { readonly lockId?: string }): Promise<string[]>;
  outputs(target: StackTarget): Promise<Record<string, OutputValue>>;
  /**
   * The deployment as JSON text, as `pulumi stack export` gives it.
   * @param options.unverified also when references in it do not hold: to repair it
   */
  export(
    target: StackTarget,
    options?: { readonly showSecrets?: boolean; readonly unverified?: boolean },
  ): Promise<string>;
  importState(target: StackTarget, deployment: string, options?: ImportStateOptions): Promise<void>;
  /** Changes the state by hand, under the stack's lock; the result is checked before it is written. */
  editState(target: StackTarget, edit: (snapshot: Snapshot) => Snapshot): Promise<void>;
  /**
   * Takes a state that neither engine wrote, after a person looked at what differs.
   * @returns what differed; empty when nothing had to be accepted; undefined when it was not agreed to
   */
  acceptState(
    target: StackTarget,
    agrees: (differences: readonly string[]) => Promise<boolean>,
  ): Promise<string[] | undefined>;
  /** Who did what to the stack, and whether that record is whole. */
  audit(target: StackTarget): Promise<AuditChain>;
  history(target: StackTarget, limit?: number): Promise<HistoryEntry[]>;
  getConfig(target: StackTarget): Promise<Record<string, ConfigValue>>;
  /** @param path `key` is a path into an object */
  setConfig(target: StackTarget, key: string, value: ConfigValue, path?: boolean): Promise<void>;
  removeConfig(target: StackTarget, key: string, path?: boolean): Promise<void>;
}
