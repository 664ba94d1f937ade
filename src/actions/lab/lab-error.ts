/** A lab that is not as the command needs it (exit code 25: something else holds it). */
export class LabError extends Error {
  readonly exitCode = 25;
  readonly code: string;
  readonly fix: string;
  constructor(code: string, message: string, fix: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}
