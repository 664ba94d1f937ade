import type { SourceEvent } from "./goal.ts";

/** What runs the program: a function of this process, another process, or nothing (a plain destroy). */
export interface Source {
  /** @returns how the program ended, once it did; it has to have asked to be done before that */
  run(): Promise<{ readonly failed: boolean }>;
  /** No call of the program is answered any more. */
  abort(): void;
}

/** The parts that a source needs of a run. */
export interface RunHandle {
  submit(event: SourceEvent): void;
  /** the program is done registering; resolves when everything, deletions too, is done */
  programDone(): Promise<void>;
  abort(error: Error): void;
}
