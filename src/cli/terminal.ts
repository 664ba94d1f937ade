/** The only door to the terminal: colour, width, and writing that respects a slow or closed reader. */
import { writeSync } from "node:fs";
import { styleText } from "node:util";
import { exitCodes } from "./exit-codes.ts";
import { systemErrorWords } from "./system-errors.ts";

type Style = Parameters<typeof styleText>[0];

/** Whether a stream may be coloured: `--no-color`, NO_COLOR, TERM=dumb, FORCE_COLOR, else whether it is a terminal. */
export function hasColor(
  stream: { isTTY?: boolean },
  environment = process.env,
  argv = process.argv,
): boolean {
  if (argv.includes("--no-color")) return false;
  if (environment.NO_COLOR) return false;
  const forced = environment.FORCE_COLOR ?? environment.CLICOLOR_FORCE;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return Boolean(stream.isTTY) && environment.TERM !== "dumb";
}

/** Paints when the stream is coloured, else gives the text back. */
export function painter(stream: { isTTY?: boolean }): (style: Style, text: string) => string {
  const colored = hasColor(stream);
  return (style, text) => (colored ? styleText(style, text, { validateStream: false }) : text);
}

const stateStyles: Readonly<Record<string, Style>> = {
  up: "green",
  ok: "green",
  complete: "green",
  degraded: "yellow",
  partial: "yellow",
  warning: "yellow",
  down: ["red", "bold"],
  critical: ["red", "bold"],
  unreachable: "magenta",
  unknown: "gray",
};

/** The colour of a state word; the word itself is always there to be read without it. */
export function stateStyle(word: string): Style | undefined {
  return stateStyles[word.toLowerCase()];
}

/** Columns of the terminal; Infinity where the output is not one, so that nothing is dropped in a pipe. */
export function terminalWidth(stream: { isTTY?: boolean; columns?: number } = process.stdout): number {
  return stream.isTTY ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY;
}

/** Writes all of it, however slowly the reader takes it. */
export function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (text === "") return Promise.resolve();
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** A reader that went away (`| head`) is a good end, not an error; a disk that is full is one, told at once. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    // oclif's own listener throws, which would be a stack trace.
    stream.removeAllListeners("error");
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // EIO: the terminal was closed.
      const isGone = error.code === "EPIPE" || error.code === "EIO";
      if (!isGone) {
        process.exitCode = exitCodes.badInput;
        if (stream === process.stdout) sayUnwritten(error);
      }
      if (changesUnderWay === 0) process.exit(process.exitCode ?? 0);
    });
  }
}

function sayUnwritten(error: NodeJS.ErrnoException): void {
  const why = systemErrorWords[error.code ?? ""] ?? error.message;
  try {
    writeSync(2, `error: the result cannot be written to stdout: ${why}\n`);
  } catch {
    // Nobody is left to be told.
  }
}

let changesUnderWay = 0;

/** While `change` runs, a reader that goes away does not end it: what it does has to be recorded. */
export async function withoutReaders<T>(change: () => Promise<T>): Promise<T> {
  changesUnderWay++;
  try {
    return await change();
  } finally {
    changesUnderWay--;
  }
}
