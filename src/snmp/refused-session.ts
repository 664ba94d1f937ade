import type { SnmpRequestError } from "./error.ts";
import type { SnmpSession, SnmpTarget, TableResult, VarBind, WalkResult } from "./types.ts";

/** The session of a target that cannot be asked at all (no address, no usable credential): every request says why. */
export class RefusedSession implements SnmpSession {
  readonly target: SnmpTarget;
  private readonly error: SnmpRequestError;

  constructor(target: SnmpTarget, error: SnmpRequestError) {
    this.target = target;
    this.error = error;
  }

  get(): Promise<VarBind[]> {
    return Promise.reject(this.error);
  }

  getNext(): Promise<VarBind[]> {
    return Promise.reject(this.error);
  }

  getBulk(): Promise<VarBind[]> {
    return Promise.reject(this.error);
  }

  walk(): Promise<WalkResult> {
    return Promise.reject(this.error);
  }

  table(): Promise<TableResult> {
    return Promise.reject(this.error);
  }

  engine(): undefined {
    return undefined;
  }

  roundTripTimeMs(): undefined {
    return undefined;
  }

  close(): void {}
}
