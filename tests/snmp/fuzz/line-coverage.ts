import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";

/** Lines of one file that ran, out of those that have code. */
export interface LineCoverage {
  file: string;
  covered: number;
  lines: number;
  missed: number[];
}

/** Counts what runs from now on, by V8's own block coverage; type stripping keeps every line where it is. */
export async function startCoverage(): Promise<(files: RegExp) => Promise<LineCoverage[]>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return async (files) => {
    const { result } = await session.post("Profiler.takePreciseCoverage");
    session.disconnect();
    return result
      .filter(({ url }) => url.startsWith("file:") && files.test(url))
      .map(({ url, functions }) => {
        const source = readFileSync(fileURLToPath(url), "utf8");
        const hidden = new Uint8Array(source.length);
        // Ranges are nested: later ones, which are inner ones, decide.
        for (const { ranges } of functions) {
          for (const { startOffset, endOffset, count } of ranges)
            hidden.fill(count === 0 ? 1 : 0, startOffset, endOffset);
        }
        return { file: url.split("/src/")[1]!, ...countLines(source, hidden) };
      });
  };
}

function countLines(source: string, hidden: Uint8Array): Omit<LineCoverage, "file"> {
  let offset = 0;
  let lines = 0;
  const missed: number[] = [];
  for (const [i, line] of source.split("\n").entries()) {
    const begin = offset + (line.length - line.trimStart().length);
    offset += line.length + 1;
    if (!/\w/.test(line) || /^\s*(\/\/|\/?\*|import |export (type|interface)|interface |type )/.test(line))
      continue;
    lines += 1;
    if (hidden[begin] === 1) missed.push(i + 1);
  }
  return { covered: lines - missed.length, lines, missed };
}
