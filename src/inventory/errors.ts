/** How an inventory is refused: all its problems at once, each at a place a person can open. */
import type { InventoryProblem } from "./model.ts";

/** An inventory that is not used, with everything that is wrong with it. Exit code 22. */
export class InventoryError extends Error {
  readonly code: string = "invalid-inventory";
  readonly exitCode = 22;
  readonly problems: readonly InventoryProblem[];
  readonly fix: string;

  constructor(directory: string, problems: readonly InventoryProblem[], fix?: string) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`${count} in the inventory ${directory}\n${problems.map(describeProblem).join("\n")}`);
    this.name = "InventoryError";
    this.problems = problems;
    this.fix = fix ?? "Correct the places named above; `pdc inventory validate` checks again.";
  }
}

/** "devices/center.yaml:12:5: unknown key "adress" (did you mean "address"?) [unknown-key]". */
export function describeProblem(problem: InventoryProblem): string {
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}${hint} [${problem.code}]`;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is no directory",
  ELOOP: "symbolic links lead in a circle",
  EMFILE: "too many files are open",
  ENOSPC: "no space left on the disk",
  EROFS: "the file system is read-only",
};

/** Why Node.js could not read or write a file, in words. */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ""] ?? code ?? message;
}

/** Problems in the order of files and lines, each place and code once. */
export function sortProblems(problems: readonly InventoryProblem[]): InventoryProblem[] {
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const key = describeProblem(problem);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
