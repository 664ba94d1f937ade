import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

interface Debuggable {
  debuggablePromise: (promise: Promise<unknown>, context: unknown) => Promise<unknown>;
}

interface Tracing {
  stackTrace(skip: number): unknown[];
}

interface Candidates {
  getStore(): { leakCandidates: Set<Promise<unknown>> };
}

let lean = false;

/**
 * The SDK keeps for every resource what only helps who looks for a promise that never resolves, and where in its
 * source the program made it: two thirds of the memory of a large program, and half of its time. In this process
 * nobody reads either, unless PULUMI_DEBUG_PROMISE_LEAKS asks for the first.
 */
export function leanSdk(state: unknown): void {
  if (lean) return;
  lean = true;
  if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) withoutTracesOfPromises(state as Candidates);
  withoutTracesOfResources();
}

/** The promises of a resource's properties, by the label that the SDK gives them. */
const OF_A_PROPERTY = /^(transfer[A-Z]\w*|resolve(URN|ID)(IsKnown)?)\(/;

/**
 * A promise is only known to be pending, without a stack trace, a label and two more promises. Those of properties
 * are not even that: as long as they are, so is the registration that they belong to.
 */
function withoutTracesOfPromises({ getStore }: Candidates): void {
  const debuggable = require("@pulumi/pulumi/runtime/debuggable.js") as Debuggable;
  const traced = debuggable.debuggablePromise;
  let first = true;
  debuggable.debuggablePromise = (promise, context) => {
    // The first one goes the long way: it has the SDK look for pending ones at the end of the process.
    if (first) {
      first = false;
      return traced(promise, context);
    }
    if (OF_A_PROPERTY.test(String(context))) return promise;
    const { leakCandidates } = getStore();
    leakCandidates.add(promise);
    return promise.then(
      (value) => {
        leakCandidates.delete(promise);
        return value;
      },
      (error: unknown) => {
        leakCandidates.delete(promise);
        throw error;
      },
    );
  };
}

/** Positions in a source file are only recorded of projects, which run in a process of their own. */
function withoutTracesOfResources(): void {
  const { Resource } = require("@pulumi/pulumi/resource.js") as { Resource: Tracing };
  Resource.stackTrace = () => [];
}
