/** Shows a running operation: live in a terminal, line by line elsewhere; then its summary. */
import type { EngineEvent } from "../../engine/interface/events.ts";
import { type Paint, rowLines, summaryLines } from "./lines.ts";
import { DeploymentModel } from "./model.ts";

export interface ViewOptions {
  /** stderr for a command that gives data on stdout, else stdout. */
  stream: NodeJS.WriteStream;
  /** Draw the live tree; only where `stream` is a terminal. */
  live: boolean;
  /** Properties below each resource. */
  diff: boolean;
  /** Also what did not change. */
  showSame: boolean;
  paint: Paint;
  /** Aborted by the first Ctrl-C: it is said what happens now. */
  signal?: AbortSignal;
}

const stopping = "stopping: what is under way ends and is recorded; Ctrl-C again stops at once";

/** Draws events until they end; gives the model for whoever wants to ask it more. */
export async function viewOperation(
  events: AsyncIterable<EngineEvent>,
  options: ViewOptions,
): Promise<DeploymentModel> {
  const model = new DeploymentModel();
  const startedMs = performance.now();
  const live = options.live
    ? (await import("./live-view.ts")).openLiveView(model, options.stream)
    : undefined;
  const print = (lines: readonly string[]) => {
    if (live) live.print(lines);
    else if (lines.length > 0) options.stream.write(`${lines.join("\n")}\n`);
  };
  const notice = () => print([stopping]);
  options.signal?.addEventListener("abort", notice, { once: true });
  try {
    for await (const event of events) {
      const finished = model.apply(event, performance.now());
      if (!finished || (finished.op === "same" && finished.state === "done" && !options.showSame)) continue;
      if (finished.type !== "pulumi:pulumi:Stack" || finished.state === "failed")
        print(rowLines(finished, options));
    }
  } finally {
    options.signal?.removeEventListener("abort", notice);
    await live?.close();
  }
  const lines = summaryLines(model, { paint: options.paint, elapsedMs: performance.now() - startedMs });
  options.stream.write(`${lines.join("\n")}\n`);
  return model;
}
