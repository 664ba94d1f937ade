/** What keeps a control plane from being built or started. Exit code 22: the machine or an option has to change. */
export class ControlPlaneError extends Error {
  readonly exitCode = 22;
  readonly code: string;
  readonly fix: string;
  constructor(code: string, message: string, fix: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}
