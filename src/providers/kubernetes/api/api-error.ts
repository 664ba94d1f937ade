/** Answers of an API server that are not what was asked for, and connections that broke. */

/** A `Status` object of the API, as far as it is read here. */
export interface ApiStatus {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly kind?: string;
    readonly name?: string;
    readonly causes?: readonly StatusCause[];
  };
}

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** The server answered, and refused. */
export class ApiError extends Error {
  /** HTTP status code */
  readonly code: number;
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  readonly status: ApiStatus;

  constructor(code: number, status: ApiStatus, what: string) {
    super(status.message || `${what}: HTTP ${code}`);
    this.name = "ApiError";
    this.code = code;
    this.reason = status.reason ?? "";
    this.causes = status.details?.causes ?? [];
    this.status = status;
  }
}

/** No answer came. `sent: true`: the request may have been carried out all the same. */
export class ConnectionError extends Error {
  readonly sent: boolean;

  constructor(server: string, why: string, sent: boolean) {
    super(`the API server ${server} does not answer: ${why}`);
    this.name = "ConnectionError";
    this.sent = sent;
  }
}

export const isNotFound = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === 404;

export const isForbidden = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === 403;

/** Who asks is not known to the server; asking again does not help. */
export const isUnauthorized = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === 401;

/** A list or watch began at a version that the server no longer knows. */
export const isExpired = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === 410;

/** The object's namespace is not there (yet). */
export const isNamespaceMissing = (error: unknown): error is ApiError =>
  isNotFound(error) && error.status.details?.kind === "namespaces";

/** One owner of fields that an apply would have taken away. */
export interface FieldConflict {
  readonly manager: string;
  readonly field: string;
}

/** Who owns which field, from the causes of a refused apply; empty when it was refused for another reason. */
export function fieldConflicts(error: unknown): FieldConflict[] {
  if (!(error instanceof ApiError) || error.code !== 409) return [];
  return error.causes
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map(({ field = "", message = "" }) => ({
      field,
      manager: /"((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? "another manager",
    }));
}

/** Fields that the server does not let change, from a refused (dry-run) change; undefined when that is not why. */
export function immutableFields(error: unknown): string[] | undefined {
  if (!(error instanceof ApiError) || error.code !== 422) return undefined;
  // Wordings of k8s.io/apimachinery's ValidateImmutableField and of the kinds that word it themselves.
  const immutable =
    /field is immutable|are forbidden|is immutable|may not change once set|can not be (changed|updated)|cannot (be )?(change|update)|updates to .* not allowed|may not be (changed|updated)/i;
  const fields = error.causes
    .filter(({ message = "" }) => immutable.test(message))
    .map(({ field = "" }) => field);
  return fields.length > 0 && fields.length === error.causes.length ? fields : undefined;
}
