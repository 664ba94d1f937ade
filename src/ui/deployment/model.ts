/** What is known of a running operation, from its events: the state that lines, the tree and the summary draw. */
import type { EngineEvent, Operation, StepMetadata, SummaryEvent } from "../../engine/interface/events.ts";
import { namesOfUrn } from "./words.ts";

export type RowState = "running" | "done" | "failed";

export interface Row {
  urn: string;
  type: string;
  name: string;
  parent: string;
  op: Operation;
  state: RowState;
  startedMs: number;
  endedMs?: number;
  metadata: StepMetadata;
  planned: boolean;
  /** It was looked at, not changed: its operation is what was found. */
  found: boolean;
}

export interface Diagnostic {
  urn?: string;
  severity: "info" | "warning" | "error";
  message: string;
}

/** Applies events one after the other. `nowMs` is handed in, so that durations can be tested. */
export class DeploymentModel {
  readonly rows = new Map<string, Row>();
  readonly diagnostics: Diagnostic[] = [];
  summary: SummaryEvent | undefined;

  /** @returns the row that this event finished, if any; default providers never show */
  apply(event: EngineEvent, nowMs: number): Row | undefined {
    if (event.resourcePreEvent)
      this.#begin(event.resourcePreEvent.metadata, event.resourcePreEvent.planning === true, nowMs);
    if (event.resOutputsEvent) return this.#end(event.resOutputsEvent.metadata, "done", nowMs);
    if (event.resOpFailedEvent) return this.#end(event.resOpFailedEvent.metadata, "failed", nowMs);
    if (event.summaryEvent) this.summary = event.summaryEvent;
    const diagnostic = event.diagnosticEvent;
    if (diagnostic && !diagnostic.ephemeral && diagnostic.severity !== "debug") {
      this.diagnostics.push({
        ...(diagnostic.urn && { urn: diagnostic.urn }),
        severity: diagnostic.severity === "info#err" ? "info" : diagnostic.severity,
        message: plain(diagnostic.message),
      });
    }
    return undefined;
  }

  /** Rows that change something, in the order they began; `same` rows only when asked for. */
  shown(withSame = false): Row[] {
    return [...this.rows.values()].filter(({ op }) => withSame || op !== "same");
  }

  #begin(metadata: StepMetadata, planned: boolean, nowMs: number): void {
    if (isDefaultProvider(metadata)) return;
    const before = this.rows.get(metadata.urn);
    this.rows.set(metadata.urn, {
      ...namesOfUrn(metadata.urn),
      urn: metadata.urn,
      parent: metadata.new?.parent || metadata.old?.parent || "",
      op: metadata.op,
      state: "running",
      // A replacement is several steps of one resource; its row counts from the first.
      startedMs: before?.state === "running" || before?.op.includes("replace") ? before.startedMs : nowMs,
      metadata: metadata.op === "delete-replaced" && before ? before.metadata : metadata,
      planned,
      found: metadata.op === "refresh",
    });
  }

  #end(metadata: StepMetadata, state: RowState, nowMs: number): Row | undefined {
    const row = this.rows.get(metadata.urn);
    if (!row) return undefined;
    // A component's outputs are told twice: at the end of its step and when the program registers them.
    const again = row.state !== "running" && row.op === metadata.op;
    row.op = metadata.op;
    // What a refresh found comes only with its end.
    if (row.found) row.metadata = metadata;
    row.state = row.state === "failed" ? "failed" : state;
    row.endedMs = nowMs;
    return again ? undefined : row;
  }
}

function isDefaultProvider({ urn, type }: StepMetadata): boolean {
  return type.startsWith("pulumi:providers:") && namesOfUrn(urn).name.startsWith("default");
}

/** Pulumi's diagnostics carry colour marks such as "<{%fg 1%}>". */
function plain(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "").trimEnd();
}
