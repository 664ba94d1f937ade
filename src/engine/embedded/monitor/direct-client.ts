import type { EngineService } from "./engine-service.ts";
import type { Monitor } from "./monitor.ts";
import { RpcError, status, statusName } from "./status.ts";

type Done = (error: RpcError | null, response?: unknown) => void;
type Method = (...args: unknown[]) => void;

/** A client as the SDK holds one, without a connection in between. */
export type DirectClient = Record<string, Method> & { close(): void };

const monitorMethods = [
  "getDeploymentInfo",
  "supportsFeature",
  "registerResource",
  "registerResourceOutputs",
  "readResource",
  "invoke",
  "call",
  "registerPackage",
  "registerStackTransform",
  "registerStackInvokeTransform",
  "registerResourceHook",
  "registerErrorHook",
  "signalAndWaitForShutdown",
] as const;

const engineMethods = ["log", "setRootResource", "getRootResource", "requirePulumiVersion"] as const;

/**
 * The resource monitor for a program in this process: the SDK's calls arrive without being encoded and sent to
 * ourselves.
 */
export function directMonitor(monitor: Monitor): DirectClient {
  const client = unimplemented(["existsResource"]);
  for (const name of monitorMethods) {
    const method = monitor[name].bind(monitor) as (request: unknown) => Promise<unknown>;
    client[name] = answering((request) => monitor.calls.during(() => method(request)));
  }
  return client;
}

/** As {@link directMonitor}, for the engine service. */
export function directEngine(engine: EngineService): DirectClient {
  const client = unimplemented(["startDebugging"]);
  for (const name of engineMethods) {
    client[name] = answering(engine[name].bind(engine) as (request: unknown) => Promise<unknown>);
  }
  return client;
}

function answering(call: (request: unknown) => Promise<unknown>): Method {
  return (request, ...rest) => {
    const done = rest.at(-1) as Done;
    call(request).then(
      (response) => done(null, response),
      (error: unknown) => done(asSeenByClients(asRpcError(error))),
    );
  };
}

/** A refusal with the message that gRPC's clients make of it: the code in front. */
function asSeenByClients(error: RpcError): RpcError {
  const seen = new RpcError(error.code, error.details);
  seen.message = `${error.code} ${statusName(error.code)}: ${error.details}`;
  return seen;
}

function unimplemented(names: readonly string[]): DirectClient {
  const client = { close: () => {} } as DirectClient;
  for (const name of names)
    client[name] = answering(() =>
      Promise.reject(new RpcError(status.unimplemented, `${name} is not offered by this monitor`)),
    );
  return client;
}

/** Whatever was thrown, as an answer of the service. */
export function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  return new RpcError(status.unknown, error instanceof Error ? error.message : String(error));
}

export { engineMethods, monitorMethods };
