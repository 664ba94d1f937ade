/** What a cycle came to, for people and for scripts. Pure. */
import { jsonText, terminalText } from "../../report/encode.ts";
import type { TableView } from "../../report/table-view.ts";
import type { Outcome } from "../../samples/types.ts";
import type { PollEvent } from "../poll.ts";
import type { EarlyReport } from "./early-poller.ts";
import type { CycleReport, DeviceTrouble } from "./province-poller.ts";

const outcomeWords: Readonly<Record<Outcome, string>> = {
  complete: "complete",
  partial: "partial",
  "no-answer": "no answer",
  refused: "refused",
  unauthenticated: "not authenticated",
  unresolved: "name not resolved",
  invalid: "invalid answers",
  skipped: "skipped",
};
const outcomeOrder = Object.keys(outcomeWords) as Outcome[];
/** Devices named in a sentence before "and 36 more". */
const NAMED_DEVICES = 5;

/** Exit codes of design: 21 partial, 22 configuration, 23 nothing reachable, 24 refused by all. */
export function exitCodeOf(report: CycleReport): number {
  const { devices, outcomes, errors, failure } = report;
  if (failure) return failure.exitCode;
  const complete = outcomes.complete ?? 0;
  if (complete === devices) return 0;
  if (complete + (outcomes.partial ?? 0) > 0) return 21;
  if (outcomes.unauthenticated === devices) return 24;
  if (errors["credential-unresolved"] === devices) return 22;
  return 23;
}

/** One cycle as a command hands it over. */
export function cycleReport(report: CycleReport) {
  return {
    schema: "pdc.poll/1",
    data: report,
    views: [summaryView(report)],
    exitCode: exitCodeOf(report),
    errors: [...(report.failure ? [report.failure] : []), ...groupTroubles(report.troubles)],
  };
}

/** What a service says of an event: `line` on stdout for cycles, `progress` on stderr for the rest. */
export function serviceWords(
  event: PollEvent,
  format: "text" | "json",
): { line?: string; progress?: string } {
  switch (event.kind) {
    case "started":
      return { progress: startedSentence(event) };
    case "reloaded":
      return { progress: `inventory read again: ${devicesWord(event.devices)}` };
    case "reload-failed":
      return { progress: `inventory not read again, going on with the one before: ${event.error.message}` };
    case "alert":
      return { progress: `alert to ${event.channel}: ${terminalText(event.subject)}` };
    case "alerts-failed":
      return { progress: `error: alerts: ${terminalText(event.error.message)}` };
    case "report-mail":
      return {
        progress: event.error
          ? `warning: a report waits to be mailed: ${terminalText(event.error.message)}`
          : `mailed ${terminalText(event.subject)}`,
      };
    case "early":
      return {
        line:
          format === "json"
            ? `${jsonText(event)}\n`
            : `${new Date(event.report.atMs).toISOString()} early: ${earlySentence(event.report)}\n`,
        ...(event.report.failure && { progress: `error: ${terminalText(event.report.failure.message)}` }),
      };
    case "early-failed":
      return { progress: failureLine(event.failure) };
    case "remote-write":
      return { progress: `remote write: ${terminalText(event.line)}` };
    case "upkeep-failed":
      return {
        progress: `warning: the store's upkeep did not get on: ${terminalText(event.error.message)}`,
      };
    case "cycle": {
      const { report, number, missed } = event;
      const { failure } = report;
      const late = missed > 0 ? `; ${count(missed)} cycles missed before it` : "";
      return {
        line:
          format === "json"
            ? `${jsonText(event)}\n`
            : `${new Date(report.beganAtMs).toISOString()} cycle ${number}: ${cycleSentence(report)}${late}\n`,
        ...(failure && { progress: failureLine(failure) }),
      };
    }
  }
}

/** Others write into a message too (a receiver, a disk's driver): one record stays one line. */
function failureLine({ message, fix = "" }: { message: string; fix?: string }): string {
  return `error: ${terminalText(message)}; ${terminalText(fix)}`;
}

/** "polling 412 devices into …", and what is not as it should be. */
export function startedSentence(event: Extract<PollEvent, { kind: "started" }>): string {
  const warnings = event.warnings.map((warning) => `warning: ${warning}\n`);
  const listening = event.listening.length > 0 ? `; listening for ${event.listening.join(", ")}` : "";
  return `${warnings.join("")}polling ${devicesWord(event.devices)} into ${event.storePath}${listening}`;
}

/** "412 devices in 3.2 s: 405 complete, 2 partial, 5 no answer; 37,080 values, 412 samples kept". */
export function cycleSentence(report: CycleReport): string {
  const { devices, durationMs, outcomes, values, kept, lost, isStopped } = report;
  const parts = outcomeOrder
    .filter((outcome) => outcomes[outcome])
    .map((outcome) => `${count(outcomes[outcome] ?? 0)} ${outcomeWords[outcome]}`);
  const lostPart = lost > 0 ? `, ${count(lost)} lost` : "";
  return `${devicesWord(devices)} in ${seconds(durationMs)} s: ${parts.join(", ") || "none polled"}; ${count(values)} values, ${count(kept)} samples kept${lostPart}${isStopped ? "; stopped" : ""}`;
}

/** "2 devices after a hint: core-1 (linkDown: complete), edge-3 (other: no answer)". */
export function earlySentence({ polls, lost }: EarlyReport): string {
  const named = polls
    .slice(0, NAMED_DEVICES)
    .map(({ device, hint, outcome }) => `${device} (${hint}: ${outcomeWords[outcome]})`);
  const more = polls.length > named.length ? ` and ${count(polls.length - named.length)} more` : "";
  const lostPart = lost > 0 ? `; ${count(lost)} samples lost` : "";
  return `${devicesWord(polls.length)} after a hint: ${named.join(", ")}${more}${lostPart}`;
}

export function summaryView(report: CycleReport): TableView {
  const { outcomes, devices, durationMs, values, kept } = report;
  const failed = devices - (outcomes.complete ?? 0) - (outcomes.partial ?? 0) - (outcomes["no-answer"] ?? 0);
  const number = (value: unknown) => count(Number(value));
  return {
    columns: [
      { key: "devices", header: "DEVICES", align: "right", dropOrder: 0, format: number },
      { key: "complete", header: "COMPLETE", align: "right", dropOrder: 0, format: number },
      { key: "partial", header: "PARTIAL", align: "right", format: number },
      { key: "noAnswer", header: "NO ANSWER", align: "right", format: number },
      { key: "otherFailures", header: "OTHER", align: "right", format: number },
      { key: "values", header: "VALUES", align: "right", format: number },
      { key: "samplesKept", header: "KEPT", align: "right", format: number },
      { key: "durationMs", header: "SECONDS", align: "right", format: (value) => seconds(Number(value)) },
    ],
    rows: [
      {
        devices,
        complete: outcomes.complete ?? 0,
        partial: outcomes.partial ?? 0,
        noAnswer: outcomes["no-answer"] ?? 0,
        otherFailures: failed,
        values,
        samplesKept: kept,
        durationMs,
      },
    ],
  };
}

/** Equal troubles as one error each, the most frequent first. */
export function groupTroubles(
  troubles: readonly DeviceTrouble[],
): { code: string; message: string; fix?: string }[] {
  const groups = Map.groupBy(troubles, ({ outcome, code }) => `${outcome}/${code}`);
  return [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .map((group) => {
      const first = group[0] as DeviceTrouble;
      const named = group.slice(0, NAMED_DEVICES).map(({ device }) => device);
      const more = group.length > named.length ? ` and ${count(group.length - named.length)} more` : "";
      const who =
        group.length === 1 ? first.device : `${count(group.length)} devices (${named.join(", ")}${more})`;
      return {
        code: first.code,
        message: `${who}: ${outcomeWords[first.outcome]}: ${first.message}`,
        ...(first.fix !== undefined && { fix: first.fix }),
      };
    });
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function devicesWord(devices: number): string {
  return devices === 1 ? "1 device" : `${count(devices)} devices`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
