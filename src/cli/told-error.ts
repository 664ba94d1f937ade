/** Any error as what a person is told: what failed, where, why, what to do, and the exit code. */
import { exitCodes } from "./exit-codes.ts";

export interface ToldError {
  code: string;
  message: string;
  fix?: string;
  /** Device, file:line:column, stack: what it is about. */
  target?: string;
}

export interface Told {
  errors: ToldError[];
  exitCode: number;
  isBug: boolean;
}

interface ErrorShape {
  name?: string;
  message?: string;
  code?: unknown;
  exitCode?: unknown;
  fix?: unknown;
  target?: unknown;
  problems?: unknown;
  path?: unknown;
  oclif?: { exit?: number };
  parse?: unknown;
  suggestions?: string[];
}

interface ProblemShape {
  file: string;
  line: number;
  column: number;
  code: string;
  message: string;
  hint?: string;
}

/** Node's codes of a path or a disk that a person can mend, in words. */
const systemErrors: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "is a directory",
  ENOTDIR: "is not a directory",
  ENOSPC: "no space left on the disk",
  EROFS: "the file system is read-only",
  EADDRINUSE: "the address is in use",
};

/** What a thrown value is to be told as. Errors of rooms carry `exitCode` and `code`; oclif's carry `oclif.exit`. */
export function tell(thrown: unknown): Told {
  const error: ErrorShape = thrown instanceof Error ? thrown : { message: String(thrown) };
  const message = error.message ?? "";
  if (error.name === "AbortError") {
    return {
      errors: [{ code: "interrupted", message: "interrupted" }],
      exitCode: exitCodes.interrupted,
      isBug: false,
    };
  }
  if (Array.isArray(error.problems) && error.problems.length > 0) {
    return {
      errors: (error.problems as ProblemShape[]).map(tellProblem),
      exitCode: typeof error.exitCode === "number" ? error.exitCode : exitCodes.badInput,
      isBug: false,
    };
  }
  const code = typeof error.code === "string" ? error.code : undefined;
  const common: ToldError = {
    code: code ?? "error",
    message,
    ...(typeof error.fix === "string" && { fix: error.fix }),
    ...(typeof error.target === "string" && { target: error.target }),
  };
  if (typeof error.exitCode === "number") {
    return { errors: [common], exitCode: error.exitCode, isBug: error.exitCode === exitCodes.bug };
  }
  if (error.oclif !== undefined || error.parse !== undefined) {
    return { errors: [{ ...common, ...usageError(error) }], exitCode: exitCodes.usage, isBug: false };
  }
  if (code !== undefined && code in systemErrors) {
    const path = typeof error.path === "string" ? error.path : undefined;
    return {
      errors: [
        {
          code: code.toLowerCase(),
          message: path ? `${path}: ${systemErrors[code]}` : message,
          ...(path && { target: path }),
        },
      ],
      exitCode: exitCodes.badInput,
      isBug: false,
    };
  }
  return { errors: [{ ...common, code: code ?? "bug" }], exitCode: exitCodes.bug, isBug: true };
}

function tellProblem(problem: ProblemShape): ToldError {
  return {
    code: problem.code,
    message: problem.message,
    target: `${problem.file}:${problem.line}:${problem.column}`,
    ...(problem.hint !== undefined && { fix: problem.hint }),
  };
}

function usageError(error: ErrorShape): Pick<ToldError, "code" | "message" | "fix"> {
  // oclif appends "See more help with --help" to its messages; the fix line says it once.
  const message = (error.message ?? "").replace(/\n?See more help with --help$/u, "");
  return { code: "usage", message, fix: error.suggestions?.[0] ?? "see the command's --help" };
}
