import type { Operation } from "../../interface/events.ts";
import type { PropertyDiff } from "../../interface/provider.ts";
import type { PendingOperation, ResourceState } from "../../state/resource.ts";
import type { Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";

/** Operations that are the inner workings of another one: they are neither shown nor counted. */
const inner: ReadonlySet<Operation> = new Set([
  "create-replacement",
  "delete-replaced",
  "discard-replaced",
  "read-replacement",
  "import-replacement",
  "refresh",
  "remove-pending-replace",
]);

/** How a step ended, when it did not throw. */
export interface StepOutcome {
  /** the step failed, but what it did is recorded */
  readonly failure?: Error;
  /** the step is done, but what had to follow it failed (a hook): the run does not go on */
  readonly afterwards?: Error | undefined;
  /** the answer to whoever asked for the step */
  readonly respond?: () => void;
}

/** One thing that the engine does to one resource. */
export abstract class Step {
  abstract readonly op: Operation;
  readonly deployment: Deployment;
  readonly urn: Urn;
  readonly type: string;
  /** what it was; some steps find out only when they run */
  old: ResourceState | undefined;
  /** what it becomes; undefined: it goes */
  new: ResourceState | undefined;
  keys: readonly string[] = [];
  diffs: readonly string[] = [];
  detailedDiff: Readonly<Record<string, PropertyDiff>> | undefined;
  /** has to have ended well before this one begins: it was decided on earlier */
  after: Step | undefined;
  private readonly completion = Promise.withResolvers<boolean>();
  /** no event tells of it */
  silent = false;
  /** set by a step whose operation shall not be counted */
  counts = true;

  constructor(deployment: Deployment, old: ResourceState | undefined, now: ResourceState | undefined) {
    const subject = (now ?? old)!;
    this.deployment = deployment;
    this.urn = subject.urn;
    this.type = subject.type;
    this.old = old;
    this.new = now;
  }

  /** Resolves when it ended, or will never begin: whether it is done. */
  get ended(): Promise<boolean> {
    return this.completion.promise;
  }

  /** Tells those that wait for it. */
  end(done: boolean): void {
    this.completion.resolve(done);
  }

  get logical(): boolean {
    return !inner.has(this.op);
  }

  get provider(): string {
    return (this.new ?? this.old)?.provider ?? "";
  }

  /** the operation under which its end is told and counted */
  get toldAs(): Operation {
    return this.op;
  }

  get isCounted(): boolean {
    return this.logical && this.counts;
  }

  /** Kind of pending operation that is recorded before the step begins; undefined: none. */
  get pendingType(): PendingOperation["type"] | undefined {
    return undefined;
  }

  /** The resource that the pending operation is about. */
  get subject(): ResourceState {
    return (this.new ?? this.old)!;
  }

  /** Whether its end is told at once; a component's is told when it registers its outputs. */
  announcesOutputs(planning: boolean): boolean {
    return planning || this.subject.custom || this.op === "delete";
  }

  /** Its failure does not keep other steps from being done. */
  get sparesOthers(): boolean {
    return false;
  }

  /**
   * Does it.
   * @throws when nothing was done, or nothing that could be recorded
   */
  abstract apply(): Promise<StepOutcome>;

  /** Records it. @param operation the pending operation that {@link pendingType} led to */
  abstract record(operation: number | undefined): Promise<void>;

  /** Tells whoever asked that it failed (`failed`) or was left out because of another failure (`skipped`). */
  refuse(_result: "failed" | "skipped"): void {}
}
