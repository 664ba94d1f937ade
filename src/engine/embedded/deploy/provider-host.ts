import type { RpcServer } from "../monitor/rpc-server.ts";
import { ProviderHost } from "../providers/host.ts";
import type { StackWork } from "./deploy-stack.ts";
import type { Deployment } from "./deployment.ts";

/** Where a program runs, and what relative paths of assets are relative to. */
export const workDirectoryOf = ({ target, session }: Pick<StackWork, "target" | "session">): string =>
  target.workDirectory ?? session.project.files?.directory ?? process.cwd();

/**
 * The host of a run's providers, with what the builtin ones ask of the run.
 * @param find looks up what was registered or read in the run
 */
export function providerHost(
  work: StackWork,
  server: RpcServer,
  find: (urn: string) => ReturnType<typeof findResource>,
): ProviderHost {
  const { engine, events, session } = work;
  return new ProviderHost({
    packages: engine.packages ?? {},
    environment: engine.environment ?? process.env,
    pluginDirectories: engine.pluginDirectories,
    builtin: {
      stackOutputs: (name) => session.outputsOf(name),
      stackResources: (name) => session.resourcesOf(name),
      findResource: find,
    },
    engineAddress: () => server.address(),
    log: {
      info: (message, urn) => events.diagnostic("info", message, urn, { ephemeral: true }),
      warning: (message, urn) => events.diagnostic("warning", message, urn),
      error: (message) => events.diagnostic("error", message),
    },
    workDirectory: workDirectoryOf(work),
  });
}

/** What `pulumi:pulumi:getResource` gives. */
export function findResource(deployment: Deployment, urn: string) {
  const state = deployment.news.get(urn) ?? deployment.reads.get(urn);
  if (!state) return undefined;
  return { urn, id: state.id, state: state.outputs, ...(state.provider ? { provider: state.provider } : {}) };
}
