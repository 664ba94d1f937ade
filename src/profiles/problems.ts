/** What is wrong with a profile file, with the place a person can open. */

export interface ProfileProblem {
  file: string;
  line: number;
  column: number;
  code: string;
  message: string;
  hint?: string;
}

/** All problems of all files at once. Exit code 22 (bad inventory or configuration). */
export class ProfileError extends Error {
  readonly exitCode = 22;
  readonly problems: readonly ProfileProblem[];

  constructor(problems: readonly ProfileProblem[]) {
    const [first] = problems;
    super(
      first === undefined
        ? "bad profile"
        : `${first.file}:${first.line}:${first.column}: ${first.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ""}`,
    );
    this.name = "ProfileError";
    this.problems = problems;
  }
}

/** Says that something below `path` of the file at hand is wrong. */
export type Complain = (path: readonly PropertyKey[], code: string, message: string, hint?: string) => void;

/** The entry of `known` nearest to `word` when it is near enough to be meant (two edits, or a third of the word). */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(2, Math.ceil(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Edits between two short words; two neighbours changed round are one edit (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const substitution = previous[column - 1]! + (isSame ? 0 : 1);
      const swap = isSwapped && row > 1 && column > 1 ? before[column - 2]! + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(substitution, swap, previous[column]! + 1, current[column - 1]! + 1));
    }
    [before, previous] = [previous, current];
  }
  return previous[right.length]!;
}

export const didYouMean = (word: string, known: Iterable<string>): string | undefined => {
  const candidate = nearest(word, known);
  return candidate === undefined ? undefined : `did you mean "${candidate}"?`;
};

/** Complaints about a part of a file, by path inside that part. */
export function below(complain: Complain, path: readonly PropertyKey[]): Complain {
  return (inner, ...rest) => complain([...path, ...inner], ...rest);
}
