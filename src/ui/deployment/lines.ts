/** One line per finished resource, and the summary: what a pipe, a log and a screen reader get. */
import { terminalLines, terminalText } from "../../report/encode.ts";
import type { DeploymentModel, Row } from "./model.ts";
import { propertyDiff } from "./property-diff.ts";
import { durationText, namesOfUrn, operationWords } from "./words.ts";

export type Paint = (
  style: "green" | "yellow" | "red" | "magenta" | "cyan" | "gray" | "bold",
  text: string,
) => string;

/** "+ created pdc:host:File hosts (0.1 s)" and, when asked, the properties below it. */
export function rowLines(row: Row, options: { paint: Paint; diff: boolean }): string[] {
  const words = operationWords[row.op];
  const word =
    row.state === "failed"
      ? `failed ${words.doing}`
      : row.found
        ? foundWord(row)
        : row.planned
          ? words.planned
          : words.done;
  const duration =
    row.planned || row.endedMs === undefined ? "" : ` (${durationText(row.endedMs - row.startedMs)})`;
  const head = `${words.symbol} ${word} ${row.type} ${row.name}`;
  const lines = [options.paint(row.state === "failed" ? "red" : words.style, terminalText(head)) + duration];
  // Of a replacement, what differs is said once, with the whole.
  const isPart = row.op === "create-replacement" || row.op === "delete-replaced";
  if (options.diff && row.state !== "failed" && !isPart) {
    for (const { symbol, path, text, replaces } of propertyDiff(row.metadata)) {
      const style = symbol === "+" ? "green" : symbol === "-" ? "red" : "yellow";
      lines.push(
        `    ${options.paint(style, terminalText(`${symbol} ${path}: ${text}`))}${replaces ? " (forces replacement)" : ""}`,
      );
    }
  }
  return lines;
}

/** What a refresh found of a resource. */
function foundWord({ op }: Row): string {
  return op === "delete"
    ? "gone"
    : op === "update"
      ? "changed"
      : op === "same"
        ? "as it was"
        : operationWords[op].done;
}

/** Diagnostics and counts; failures last, each with its cause. */
export function summaryLines(model: DeploymentModel, options: { paint: Paint; elapsedMs: number }): string[] {
  const { paint } = options;
  const lines: string[] = [];
  const by = (severity: "info" | "warning" | "error") =>
    model.diagnostics.filter((diagnostic) => diagnostic.severity === severity);
  for (const { urn, message } of by("info")) lines.push(`${subject(urn)}${terminalLines(message)}`);
  for (const { urn, message } of by("warning"))
    lines.push(`${paint("yellow", "warning:")} ${subject(urn)}${terminalLines(message)}`);
  const { summary } = model;
  if (summary) {
    const counts = Object.entries(summary.resourceChanges).filter(([, count]) => count > 0);
    const words = counts.map(([op, count]) => {
      const { planned, done } = operationWords[op as keyof typeof operationWords] ?? {
        planned: op,
        done: op,
      };
      return `${count} ${op === "same" ? "unchanged" : summary.isPreview ? `to ${planned}` : done}`;
    });
    const changed = counts.some(([op]) => op !== "same");
    const head = summary.isPreview
      ? "Preview"
      : summary.result === "succeeded"
        ? "Done"
        : summary.result === "canceled"
          ? "Cancelled"
          : "Failed";
    lines.push(
      "",
      `${paint("bold", `${head}:`)} ${words.join(", ") || "nothing there"}${changed ? "" : "; no changes"} (${durationText(options.elapsedMs)})`,
    );
    if (summary.maybeCorrupt)
      lines.push(
        paint("red", "A provider ended in the middle of a change: run refresh before the next update."),
      );
  }
  const errors = by("error");
  if (errors.length > 0) lines.push("");
  for (const { urn, message } of errors)
    lines.push(`${paint("red", "error:")} ${subject(urn)}${terminalLines(message)}`);
  return lines;
}

function subject(urn: string | undefined): string {
  if (!urn) return "";
  const { type, name } = namesOfUrn(urn);
  return type === "pulumi:pulumi:Stack" ? "" : `${terminalText(`${type} ${name}`)}: `;
}
