import type { Snapshot } from "../../state/checkpoint.ts";
import type { Recorder } from "../../state/recorder.ts";
import type { ResourceState } from "../../state/resource.ts";
import type { UrnTargets } from "../../urn/targets.ts";
import { makeUrn, type Urn } from "../../urn/urn.ts";
import type { EventSink } from "../events/event-sink.ts";
import type { HookRegistry } from "../hooks/hook-registry.ts";
import type { PlanBook } from "../plan/plan-book.ts";
import type { ProviderRegistry } from "../providers/registry.ts";
import type { ResourceGoal } from "./goal.ts";

/** How one run of the engine behaves; what the user's options come down to. */
export interface DeployOptions {
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly targets: UrnTargets;
  readonly targetDependents: boolean;
  readonly excludes: UrnTargets;
  readonly excludeDependents: boolean;
  readonly replaceTargets: UrnTargets;
  readonly continueOnError: boolean;
  readonly ignoreProtect: boolean;
  /** everything that the program registers is refreshed as it is registered */
  readonly refreshWithProgram: boolean;
  /** with {@link refreshWithProgram}: nothing but the refresh happens */
  readonly refreshOnly: boolean;
  /** the program runs, and then everything is deleted */
  readonly destroyWithProgram: boolean;
}

/** One run of the engine over one stack: what is known of it, shared by all that take part. */
export class Deployment {
  readonly stack: string;
  readonly project: string;
  readonly options: DeployOptions;
  /** the resources of before, in their order */
  readonly previous: readonly ResourceState[];
  /** those of before that are not waiting for deletion */
  readonly olds = new Map<Urn, ResourceState>();
  /** finished in this run */
  readonly news = new Map<Urn, ResourceState>();
  readonly goals = new Map<Urn, ResourceGoal>();
  /** read in this run */
  readonly reads = new Map<Urn, ResourceState>();
  readonly events: EventSink;
  readonly recorder: Recorder;
  readonly providers: ProviderRegistry;
  readonly hooks: HookRegistry;
  readonly plans: PlanBook;

  constructor(parts: {
    stack: string;
    project: string;
    options: DeployOptions;
    snapshot: Snapshot;
    events: EventSink;
    recorder: Recorder;
    providers: ProviderRegistry;
    hooks: HookRegistry;
    plans: PlanBook;
  }) {
    this.stack = parts.stack;
    this.project = parts.project;
    this.options = parts.options;
    this.previous = parts.snapshot.resources;
    this.events = parts.events;
    this.recorder = parts.recorder;
    this.providers = parts.providers;
    this.hooks = parts.hooks;
    this.plans = parts.plans;
    for (const resource of this.previous) if (!resource.delete) this.olds.set(resource.urn, resource);
  }

  get dryRun(): boolean {
    return this.options.dryRun;
  }

  urnOf(parent: Urn, type: string, name: string): Urn {
    return makeUrn(this.stack, this.project, parent, type, name);
  }
}

/** Now, as states and events write it. */
export const timestamp = (): string => new Date().toISOString();
