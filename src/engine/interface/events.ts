import type { PropertyMap } from "../properties/values.ts";
import type { Urn } from "../urn/urn.ts";
import type { DiffKind } from "./provider.ts";

/**
 * Engine events in the shapes of the CLI's event log and the Automation API (`apitype.EngineEvent`): an
 * envelope with exactly one event. Secrets are masked in all of them.
 */
export interface EngineEvent {
  readonly sequence: number;
  /** Unix seconds */
  readonly timestamp: number;
  readonly preludeEvent?: { readonly config: Readonly<Record<string, string>> };
  readonly summaryEvent?: SummaryEvent;
  readonly cancelEvent?: Record<string, never>;
  readonly resourcePreEvent?: ResourceEvent;
  readonly resOutputsEvent?: ResourceEvent;
  readonly resOpFailedEvent?: ResourceEvent & { readonly status: number; readonly steps: number };
  readonly diagnosticEvent?: DiagnosticEvent;
  readonly stdoutEvent?: { readonly message: string; readonly color: string };
}

export type EventBody = Omit<EngineEvent, "sequence" | "timestamp">;

export type Operation =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "refresh"
  | "discard"
  | "discard-replaced"
  | "remove-pending-replace"
  | "import"
  | "import-replacement";

export interface SummaryEvent {
  readonly maybeCorrupt: boolean;
  readonly durationSeconds: number;
  readonly resourceChanges: Readonly<Record<string, number>>;
  readonly PolicyPacks: Record<string, never>;
  readonly isPreview: boolean;
  readonly result: "succeeded" | "failed" | "canceled";
}

export interface ResourceEvent {
  readonly metadata: StepMetadata;
  readonly planning?: true;
}

export interface StepMetadata {
  readonly op: Operation;
  readonly urn: Urn;
  readonly type: string;
  readonly old: StepState | null;
  readonly new: StepState | null;
  /** what forces a replacement */
  readonly keys?: readonly string[];
  readonly diffs?: readonly string[];
  readonly detailedDiff: Readonly<
    Record<string, { readonly diffKind: DiffKind; readonly inputDiff: boolean }>
  > | null;
  /** one step of those that make up a change; the others are its inner workings */
  readonly logical?: boolean;
  readonly provider: string;
}

export interface StepState {
  readonly type: string;
  readonly urn: Urn;
  readonly custom?: boolean;
  readonly delete?: boolean;
  readonly id: string;
  readonly parent: Urn;
  readonly protect?: boolean;
  readonly taint?: boolean;
  readonly external?: boolean;
  readonly retainOnDelete?: boolean;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  readonly provider: string;
  readonly initErrors?: readonly string[];
  readonly hideDiffs?: readonly string[];
}

export type Severity = "debug" | "info" | "info#err" | "warning" | "error";

export interface DiagnosticEvent {
  readonly urn?: Urn;
  readonly prefix?: string;
  readonly message: string;
  readonly color: string;
  readonly severity: Severity;
  readonly streamID?: number;
  readonly ephemeral?: boolean;
}
