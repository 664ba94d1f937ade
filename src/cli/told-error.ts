/** Any error as what a person is told: what failed, where, why, what to do, and the exit code. */
import { exitCodes } from "./exit-codes.ts";
import { systemErrorWords } from "./system-errors.ts";

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
}

interface ProblemShape {
  file: string;
  line: number;
  column: number;
  code: string;
  message: string;
  hint?: string;
}

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
  if (isUsageError(thrown)) {
    return { errors: [{ ...common, code: "usage" }], exitCode: exitCodes.usage, isBug: false };
  }
  if (code !== undefined && code in systemErrorWords) {
    const path = typeof error.path === "string" ? error.path : undefined;
    return {
      errors: [
        {
          code: code.toLowerCase(),
          message: path ? `${path}: ${systemErrorWords[code]}` : `${systemErrorWords[code]} (${message})`,
          ...(path && { target: path }),
        },
      ],
      exitCode: exitCodes.badInput,
      isBug: false,
    };
  }
  return { errors: [{ ...common, code: code ?? "bug" }], exitCode: exitCodes.bug, isBug: true };
}

/** Whether it is oclif's, about the command line; usage-error.ts gives it words. */
export function isUsageError(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error) || typeof (thrown as ErrorShape).exitCode === "number") return false;
  const { oclif, parse, code } = thrown as ErrorShape;
  return code !== "EEXIT" && (oclif !== undefined || parse !== undefined);
}

function tellProblem(problem: ProblemShape): ToldError {
  return {
    code: problem.code,
    message: problem.message,
    // "." is the directory itself, which the message names.
    ...(problem.file !== "." && { target: `${problem.file}:${problem.line}:${problem.column}` }),
    ...(problem.hint !== undefined && { fix: problem.hint }),
  };
}
