import type { ResolvedConfig } from "../../config/resolve.ts";
import type { StackTarget } from "../../interface/engine.ts";
import type { Severity } from "../../interface/events.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { RunHandle, Source } from "../deploy/source.ts";
import type { StackSession } from "../deploy/stack-session.ts";
import { directEngine, directMonitor } from "../monitor/direct-client.ts";
import type { EngineService } from "../monitor/engine-service.ts";
import { Monitor } from "../monitor/monitor.ts";
import type { RpcServer } from "../monitor/rpc-server.ts";
import { Turns } from "../monitor/turns.ts";

export interface SourceParts {
  readonly deployment: Deployment;
  readonly run: RunHandle;
  readonly session: StackSession;
  readonly config: ResolvedConfig;
  readonly target: StackTarget;
  readonly service: EngineService;
  readonly server: RpcServer;
  readonly workDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const ORGANIZATION = "organization";
/** More than steps, so that the next one is decided when one ends; few enough to weigh nothing. */
const REGISTRATIONS_AT_ONCE = 500;

/** The program of a stack as the source of a run: a function in this process, or a project in another. */
export function programSource(parts: SourceParts): Source {
  const { deployment, run, config, target, server } = parts;
  const { program } = target;
  if (program === undefined) throw new Error("the operation runs the program, and there is none");
  const { parallel } = deployment.options;
  const turns = new Turns(Math.max(REGISTRATIONS_AT_ONCE, 2 * parallel));
  const monitor = new Monitor({
    deployment,
    turns,
    config,
    submit: (event) => run.submit(event),
    programDone: () => run.programDone(),
    abort: (error) => run.abort(error),
    parallel,
    workDirectory: parts.workDirectory,
    address: () => server.address(),
    organization: ORGANIZATION,
  });
  server.serve(monitor);
  const tell = (severity: Severity, message: string) => deployment.events.diagnostic(severity, message);
  const aborted = Promise.withResolvers<void>();
  const common = {
    project: deployment.project,
    stack: deployment.stack,
    organization: ORGANIZATION,
    parallel,
    dryRun: deployment.dryRun,
    config: Object.fromEntries(Object.entries(config.values).map(([key, { value }]) => [key, value])),
    configSecretKeys: config.secretKeys,
  };
  return {
    async run() {
      try {
        if (typeof program === "function") {
          const { runInProcess } = await import("./in-process.ts");
          return await runInProcess({
            ...common,
            program,
            programName: target.programName ?? deployment.stack,
            monitor: directMonitor(monitor),
            engine: directEngine(parts.service),
            service: parts.service,
            turns,
            tellOutput: tell,
            serveCallbacks: (local) => {
              monitor.callbacks.local = local;
            },
            pendingCalls: () => monitor.calls.count,
            aborted: aborted.promise,
          });
        }
        const { runProject } = await import("./child-process.ts");
        return await runProject({
          ...common,
          files: parts.session.project.files!,
          address: await server.address(),
          environment: parts.environment,
          tell,
          aborted: aborted.promise,
        });
      } finally {
        monitor.callbacks.close();
      }
    },
    abort() {
      monitor.calls.close();
      turns.end();
      aborted.resolve();
    },
  };
}
