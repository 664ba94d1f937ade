import { createRequire } from "node:module";
import type {
  Server,
  ServerUnaryCall,
  sendUnaryData,
  UntypedHandleCall,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { MAX_MESSAGE_OCTETS } from "../providers/grpc-provider.ts";
import { asRpcError, engineMethods, monitorMethods } from "./direct-client.ts";
import type { EngineService } from "./engine-service.ts";
import type { Monitor } from "./monitor.ts";

const require = createRequire(import.meta.url);

/**
 * The monitor and the engine service on a port of loopback, for programs and plugins in other processes. It
 * starts when somebody first asks where it is.
 */
export class RpcServer {
  private readonly engine: EngineService;
  private monitor: Monitor | undefined;
  private started: Promise<{ server: Server; address: string }> | undefined;

  constructor(engine: EngineService) {
    this.engine = engine;
  }

  /** Without a monitor, only plugins have something to ask. */
  serve(monitor: Monitor): void {
    this.monitor = monitor;
  }

  async address(): Promise<string> {
    this.started ??= this.start();
    return (await this.started).address;
  }

  private async start(): Promise<{ server: Server; address: string }> {
    const grpc = await import("@grpc/grpc-js");
    const { ResourceMonitorService } =
      require("@pulumi/pulumi/proto/resource_grpc_pb.js") as typeof import("@pulumi/pulumi/proto/resource_grpc_pb.js");
    const { EngineService: Definition } =
      require("@pulumi/pulumi/proto/engine_grpc_pb.js") as typeof import("@pulumi/pulumi/proto/engine_grpc_pb.js");
    const server = new grpc.Server({
      "grpc.max_receive_message_length": MAX_MESSAGE_OCTETS,
      "grpc.max_send_message_length": MAX_MESSAGE_OCTETS,
    });
    server.addService(ResourceMonitorService, this.monitorMethods());
    server.addService(Definition, this.engineMethods());
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return { server, address: `127.0.0.1:${port}` };
  }

  private monitorMethods(): UntypedServiceImplementation {
    const methods: UntypedServiceImplementation = {};
    for (const name of monitorMethods) {
      methods[name] = handler((request, call) => {
        const monitor = this.monitor;
        if (!monitor) return Promise.reject(new Error("no program runs"));
        const fromNode = isNode(call);
        const method = monitor[name].bind(monitor) as (
          request: unknown,
          fromNode: boolean,
        ) => Promise<unknown>;
        return monitor.calls.during(() => method(request, fromNode));
      });
    }
    return methods;
  }

  private engineMethods(): UntypedServiceImplementation {
    const methods: UntypedServiceImplementation = {};
    for (const name of engineMethods) {
      const method = this.engine[name].bind(this.engine) as (request: unknown) => Promise<unknown>;
      methods[name] = handler((request) => method(request));
    }
    return methods;
  }

  async close(): Promise<void> {
    const started = this.started;
    this.started = undefined;
    (await started)?.server.forceShutdown();
  }
}

type Call = ServerUnaryCall<unknown, unknown>;

function handler(answer: (request: unknown, call: Call) => Promise<unknown>): UntypedHandleCall {
  return (call: Call, done: sendUnaryData<unknown>) => {
    answer(call.request, call).then(
      (response) => done(null, response),
      (error: unknown) => {
        const { code, details } = asRpcError(error);
        done({ code, details });
      },
    );
  };
}

/** Whether the caller is a Node SDK, whose older versions mean aliases differently. */
function isNode(call: Call): boolean {
  const [runtime] = call.metadata.get("pulumi-runtime");
  const [agent] = call.metadata.get("user-agent");
  return runtime === "nodejs" || String(agent ?? "").includes("grpc-node-js/");
}
