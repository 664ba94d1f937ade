import type { Severity, StepMetadata, SummaryEvent } from "../../interface/events.ts";
import { isDefaultProvider, type Urn } from "../../urn/urn.ts";
import type { Step } from "../steps/step.ts";
import type { EventStream } from "./event-stream.ts";
import { secretFilter, stepState } from "./mask.ts";

const prefixes: Readonly<Record<Severity, string>> = {
  debug: "debug: ",
  info: "",
  "info#err": "",
  warning: "warning: ",
  error: "error: ",
};

/** Turns what happens in a run into engine events, and counts the changes. */
export class EventSink {
  private readonly stream: EventStream;
  private readonly planning: boolean;
  private readonly showSecrets: boolean;
  private readonly hide: (text: string) => string;
  readonly changes: Record<string, number> = {};
  /** a step failed such that its object may have changed */
  maybeCorrupt = false;
  /** an error was told */
  sawError = false;

  constructor(
    stream: EventStream,
    options: { planning: boolean; showSecrets: boolean; secrets: readonly string[] },
  ) {
    this.stream = stream;
    this.planning = options.planning;
    this.showSecrets = options.showSecrets;
    this.hide = options.showSecrets ? (text) => text : secretFilter(options.secrets);
  }

  prelude(config: Readonly<Record<string, string>>): void {
    this.stream.push({ preludeEvent: { config } });
  }

  stepBegins(step: Step): void {
    this.stream.push({ resourcePreEvent: { metadata: this.metadata(step), ...this.plan() } });
  }

  stepEnds(step: Step): void {
    this.count(step);
    if (step.announcesOutputs(this.planning)) this.outputs(step);
  }

  /** The outputs of a step are final. */
  outputs(step: Step): void {
    this.stream.push({
      resOutputsEvent: { metadata: { ...this.metadata(step), op: step.toldAs }, ...this.plan() },
    });
  }

  stepFails(step: Step, outcomeUnknown: boolean): void {
    if (outcomeUnknown) this.maybeCorrupt = true;
    if (!this.planning) {
      this.stream.push({
        resOpFailedEvent: { metadata: this.metadata(step), status: outcomeUnknown ? 2 : 0, steps: 0 },
      });
    }
  }

  private count(step: Step): void {
    if (!step.isCounted || isDefaultProvider(step.urn)) return;
    this.changes[step.toldAs] = (this.changes[step.toldAs] ?? 0) + 1;
  }

  diagnostic(
    severity: Severity,
    message: string,
    urn?: Urn,
    more: { streamID?: number; ephemeral?: boolean } = {},
  ): void {
    if (severity === "error") this.sawError = true;
    this.stream.push({
      diagnosticEvent: {
        ...(urn ? { urn } : {}),
        prefix: prefixes[severity],
        message: `${this.hide(message)}\n`,
        color: "never",
        severity,
        ...(more.streamID ? { streamID: more.streamID } : {}),
        ...(more.ephemeral ? { ephemeral: true } : {}),
      },
    });
  }

  summary(result: SummaryEvent["result"], durationSeconds: number): void {
    this.stream.push({
      summaryEvent: {
        maybeCorrupt: this.maybeCorrupt,
        durationSeconds: Math.ceil(durationSeconds),
        resourceChanges: { ...this.changes },
        PolicyPacks: {},
        isPreview: this.planning,
        result,
      },
    });
    this.stream.push({ cancelEvent: {} });
  }

  private plan(): { planning?: true } {
    return this.planning ? { planning: true } : {};
  }

  private metadata(step: Step): StepMetadata {
    const detailedDiff = step.detailedDiff
      ? Object.fromEntries(
          Object.entries(step.detailedDiff).map(([path, diff]) => [
            path,
            { diffKind: diff.kind, inputDiff: diff.inputDiff },
          ]),
        )
      : null;
    return {
      op: step.op,
      urn: step.urn,
      type: step.type,
      old: stepState(step.old, this.showSecrets),
      new: stepState(step.new, this.showSecrets),
      ...(step.keys.length > 0 ? { keys: step.keys } : {}),
      ...(step.diffs.length > 0 ? { diffs: step.diffs } : {}),
      detailedDiff,
      ...(step.logical ? { logical: true } : {}),
      provider: step.provider,
    };
  }
}
