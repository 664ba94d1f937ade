// One stack in memory: operations over it, and what has to hold after each.
import { Deployment, type DeployOptions } from "../../../src/engine/embedded/deploy/deployment.ts";
import { refreshState } from "../../../src/engine/embedded/deploy/refresh.ts";
import { DeploymentRun, type RunResult } from "../../../src/engine/embedded/deploy/run-deployment.ts";
import { EventSink } from "../../../src/engine/embedded/events/event-sink.ts";
import { EventStream } from "../../../src/engine/embedded/events/event-stream.ts";
import { HookRegistry } from "../../../src/engine/embedded/hooks/hook-registry.ts";
import { PlanBook } from "../../../src/engine/embedded/plan/plan-book.ts";
import { ProviderHost } from "../../../src/engine/embedded/providers/host.ts";
import { ProviderRegistry } from "../../../src/engine/embedded/providers/registry.ts";
import type { EngineEvent } from "../../../src/engine/interface/events.ts";
import {
  emptySnapshot,
  encodeCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  type Snapshot,
} from "../../../src/engine/state/checkpoint.ts";
import { verifyResources } from "../../../src/engine/state/integrity.ts";
import type { JournalEntry, JournalWriter } from "../../../src/engine/state/journal.ts";
import { Recorder } from "../../../src/engine/state/recorder.ts";
import { replay } from "../../../src/engine/state/replay.ts";
import { Sealer } from "../../../src/engine/state/sealer.ts";
import { UrnTargets } from "../../../src/engine/urn/targets.ts";
import { type Cloud, MemoryProvider } from "./cloud.ts";
import { PROJECT, type Program, ProgramSource, STACK } from "./program.ts";

export interface Outcome extends RunResult {
  readonly changes: Readonly<Record<string, number>>;
  readonly events: EngineEvent[];
  /** the operation died on a bug, not on a failure that it told of */
  readonly thrown?: unknown;
}

export type OperationKind = "preview" | "up" | "refresh" | "destroy" | "destroy-program" | "refresh-program";

const sealer = new Sealer(undefined);

/** Journal entries as they would be read back from the disk. */
class MemoryJournal implements JournalWriter {
  readonly entries: JournalEntry[] = [];

  note(entry: JournalEntry): void {
    this.entries.push(JSON.parse(JSON.stringify(entry)) as JournalEntry);
  }

  async append(entry: JournalEntry): Promise<void> {
    this.note(entry);
  }
}

const text = (snapshot: Snapshot) => encodeCheckpoint("s", snapshot, sealer, new Date(0));
const reopened = (snapshot: Snapshot) =>
  openCheckpoint(parseCheckpoint(text(snapshot), "memory"), sealer, "memory");

export class MemoryStack {
  snapshot: Snapshot = emptySnapshot();
  readonly cloud: Cloud;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  async operate(kind: OperationKind, program: Program, given: Partial<DeployOptions> = {}): Promise<Outcome> {
    const options: DeployOptions = {
      dryRun: kind === "preview",
      parallel: 4,
      targets: new UrnTargets(),
      targetDependents: false,
      excludes: new UrnTargets(),
      excludeDependents: false,
      replaceTargets: new UrnTargets(),
      continueOnError: false,
      ignoreProtect: false,
      refreshWithProgram: kind === "refresh-program",
      refreshOnly: kind === "refresh-program",
      destroyWithProgram: kind === "destroy-program",
      ...given,
    };
    const stream = new EventStream();
    const events = new EventSink(stream, { planning: options.dryRun, showSecrets: false, secrets: [] });
    const providers = new ProviderRegistry(this.host(), options.dryRun);
    const before = text(this.snapshot);
    const base = reopened(this.snapshot);
    try {
      if (kind === "refresh") return await this.refresh(base, options, events, providers, stream);
      const journal = new MemoryJournal();
      const recorder = new Recorder(base, sealer, options.dryRun ? undefined : async () => journal);
      const deployment = new Deployment({
        stack: STACK,
        project: PROJECT,
        options,
        snapshot: base,
        events,
        recorder,
        providers,
        hooks: new HookRegistry(),
        plans: new PlanBook(),
      });
      const run = new DeploymentRun(deployment);
      const source = kind === "destroy" ? undefined : new ProgramSource(program, run, deployment);
      const result = await run.run(source);
      if (!options.dryRun) await this.store(recorder, journal, before);
      return { ...result, changes: events.changes, events: await eventsOf(stream) };
    } finally {
      await providers.close();
    }
  }

  private host(): ProviderHost {
    const none = async () => {
      throw new Error("there is only one stack");
    };
    return new ProviderHost({
      packages: { mem: { create: () => new MemoryProvider(this.cloud) } },
      environment: {},
      builtin: { stackOutputs: none, stackResources: none, findResource: () => undefined },
      engineAddress: none,
      log: { info: () => {}, warning: () => {}, error: () => {} },
      workDirectory: "/",
    });
  }

  private async refresh(
    base: Snapshot,
    options: DeployOptions,
    events: EventSink,
    providers: ProviderRegistry,
    stream: EventStream,
  ): Promise<Outcome> {
    const { snapshot, failed, canceled } = await refreshState({
      snapshot: base,
      options,
      events,
      providers,
      stack: STACK,
      project: PROJECT,
      standalone: true,
      refresh: {},
      onRun: () => {},
    });
    verifyResources(snapshot.resources, "after the refresh");
    this.snapshot = reopened(snapshot);
    return { failed, canceled, fatal: undefined, changes: events.changes, events: await eventsOf(stream) };
  }

  /**
   * Stores the state, after checking that it holds together, and that a crash after any entry of the journal
   * would have led to one that does.
   */
  private async store(recorder: Recorder, journal: MemoryJournal, before: string): Promise<void> {
    const final = recorder.snapshot();
    verifyResources(final.resources, "after the operation");
    for (let length = 0; length <= journal.entries.length; length++) {
      const base = openCheckpoint(parseCheckpoint(before, "memory"), sealer, "memory");
      const replayed = await replay(base, journal.entries.slice(0, length), sealer);
      verifyResources(replayed.resources, `after a crash at entry ${length}`);
      // Without a single change no journal is made; the order in which things were found the same is then lost.
      if (length === 0 || length < journal.entries.length) continue;
      if (text(replayed) !== text(final)) throw new Error("the journal does not lead to the state");
    }
    this.snapshot = reopened(final);
  }
}

async function eventsOf(stream: EventStream): Promise<EngineEvent[]> {
  stream.end();
  const events: EngineEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
