/** What an import brings: raw objects by kind, as inventory files hold them, and what could not be brought. */
import type { Kind } from "../kinds.ts";

/** A raw object; only the fields that the source knows. */
export type RawObject = { id: string } & Record<string, unknown>;

export interface Incoming {
  objects: Partial<Record<Kind, RawObject[]>>;
  /** Sentences about what was left out or guessed, each with its place in the source. */
  notes: string[];
}

/** An import source that cannot be read or understood (exit code 22, or 23 and 24 for a server). */
export class ImportError extends Error {
  readonly code: string;
  readonly exitCode: number;
  readonly fix: string | undefined;
  readonly target: string | undefined;
  constructor(
    code: string,
    message: string,
    options: { exitCode?: number; fix?: string; target?: string } = {},
  ) {
    super(message);
    this.name = "ImportError";
    this.code = code;
    this.exitCode = options.exitCode ?? 22;
    this.fix = options.fix;
    this.target = options.target;
  }
}

/** An id from a name: marks taken off, everything else that an id may not hold becomes a hyphen. */
export function idFrom(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
}

/** Without the fields that the source does not give. */
export function compact<T extends Record<string, unknown>>(object: T): T & { id: string } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T & {
    id: string;
  };
}
