/** Errors as lines on stderr: what, where, why, and what to do. */
import { terminalLines } from "../report/encode.ts";
import { painter } from "./terminal.ts";
import type { ToldError } from "./told-error.ts";

/** Texts of devices and files inside are neutralised. The target stands first unless the message names it. */
export function errorLines(errors: readonly ToldError[]): string[] {
  const paint = painter(process.stderr);
  return errors.flatMap(({ target, message, fix }) => [
    `${paint(["red", "bold"], "error:")} ${target && !message.includes(target) ? `${terminalLines(target)}: ` : ""}${terminalLines(message)}`,
    ...(fix ? [`  ${paint("cyan", "hint:")} ${terminalLines(fix)}`] : []),
  ]);
}
