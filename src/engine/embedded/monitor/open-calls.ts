import { shutDown } from "./status.ts";

/** The calls of a program that were not answered yet. When the run is over, none of them is left hanging. */
export class OpenCalls {
  private readonly refusals = new Set<() => void>();
  private closed = false;

  get count(): number {
    return this.refusals.size;
  }

  /** Does a call unless, or until, the run is over. */
  during<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(shutDown());
    return new Promise<T>((resolve, reject) => {
      const refuse = () => reject(shutDown());
      this.refusals.add(refuse);
      work()
        .then(resolve, reject)
        .finally(() => this.refusals.delete(refuse));
    });
  }

  /** Pending and later calls are answered with "unavailable", which leaves the SDK quiet. */
  close(): void {
    this.closed = true;
    for (const refuse of this.refusals) refuse();
    this.refusals.clear();
  }
}
