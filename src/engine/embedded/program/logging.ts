import { createRequire } from "node:module";
import type { Resource } from "@pulumi/pulumi";
import type { EngineService } from "../monitor/engine-service.ts";

const require = createRequire(import.meta.url);

/** Where a program's messages go. */
export interface ProgramLog {
  readonly engine: EngineService;
  /** resolves when nobody waits for the program any more */
  readonly aborted: Promise<void>;
}

type LogFunction = (
  message: string,
  resource?: Resource,
  streamId?: number,
  ephemeral?: boolean,
) => Promise<void>;

interface LogModule {
  debug: LogFunction;
  info: LogFunction;
  warn: LogFunction;
  error: LogFunction;
}

interface Runtime {
  getStore(): { logErrorCount: number };
  rpcKeepAlive(): () => void;
}

/** In the order of `LogSeverity`. */
const severities = ["debug", "info", "warn", "error"] as const;

const logs = new WeakMap<object, ProgramLog>();
const chains = new WeakMap<object, Promise<void>>();
let installed = false;

/**
 * Sends the messages of one program to the engine, in order. The SDK keeps one chain of messages for the whole
 * process, and a message about a resource that failed breaks it for all later programs; here each program has
 * its own, and such a message is dropped unless it is an error.
 */
export function logTo(store: object, log: ProgramLog): void {
  logs.set(store, log);
  if (installed) return;
  installed = true;
  const module = require("@pulumi/pulumi/log/index.js") as LogModule;
  const { getStore } = require("@pulumi/pulumi/runtime/state.js") as unknown as Pick<Runtime, "getStore">;
  const { rpcKeepAlive } = require("@pulumi/pulumi/runtime/settings.js") as unknown as Pick<
    Runtime,
    "rpcKeepAlive"
  >;
  severities.forEach((name, severity) => {
    const original = module[name];
    module[name] = (message, resource, streamId, ephemeral) => {
      const current = getStore();
      const target = logs.get(current);
      if (!target) return original(message, resource, streamId, ephemeral);
      // Nobody reads what the SDK tells of every call that it makes.
      if (name === "debug") return Promise.resolve();
      if (name === "error") current.logErrorCount++;
      const delivered = rpcKeepAlive();
      const chain = (chains.get(current) ?? Promise.resolve())
        .then(async () => {
          const urn = resource ? await urnOf(resource, target.aborted) : "";
          // Of a resource that does not come to be, only what went wrong is worth telling.
          if (urn === undefined && name !== "error") return;
          target.engine.write(severity, message, urn ?? "", streamId ?? 0, ephemeral ?? false);
        })
        .finally(delivered);
      chains.set(current, chain);
      return chain;
    };
  });
}

/** A resource that fails to register, or that nobody registers any more, has no URN. */
function urnOf(resource: Resource, aborted: Promise<void>): Promise<string | undefined> {
  const { urn } = resource as unknown as { urn: { promise(): Promise<string> } };
  const none = () => undefined;
  return Promise.race([urn.promise().catch(none), aborted.then(none)]);
}
