import { createRequire } from "node:module";
import type * as engine from "@pulumi/pulumi/proto/engine_pb.js";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { satisfies } from "../../config/version-range.ts";
import type { Severity } from "../../interface/events.ts";
import { ENGINE_VERSION } from "../../state/checkpoint.ts";
import type { Urn } from "../../urn/urn.ts";
import { RpcError, status } from "./status.ts";

const require = createRequire(import.meta.url);
const messages = (): typeof engine => require("@pulumi/pulumi/proto/engine_pb.js") as typeof engine;

/** In the order of `LogSeverity`. */
const severities: readonly Severity[] = ["debug", "info", "warning", "error"];

export type Log = (
  severity: Severity,
  message: string,
  urn: Urn,
  more: { streamID: number; ephemeral: boolean },
) => void;

/** `pulumirpc.Engine`: logging, and the few questions that programs and plugins have. */
export class EngineService {
  private readonly tell: Log;
  private rootUrn = "";

  constructor(tell: Log) {
    this.tell = tell;
  }

  async log(request: engine.LogRequest): Promise<Empty> {
    this.write(
      request.getSeverity(),
      request.getMessage(),
      request.getUrn(),
      request.getStreamid(),
      request.getEphemeral(),
    );
    const { Empty: Message } =
      require("google-protobuf/google/protobuf/empty_pb.js") as typeof import("google-protobuf/google/protobuf/empty_pb.js");
    return new Message();
  }

  /** @param severity as a number of `LogSeverity`; debug messages are dropped */
  write(severity: number, message: string, urn: Urn, streamID: number, ephemeral: boolean): void {
    const name = severities[severity] ?? "info";
    if (name !== "debug") this.tell(name, message, urn, { streamID, ephemeral });
  }

  async setRootResource(request: engine.SetRootResourceRequest): Promise<engine.SetRootResourceResponse> {
    this.rootUrn = request.getUrn();
    return new (messages().SetRootResourceResponse)();
  }

  async getRootResource(): Promise<engine.GetRootResourceResponse> {
    return new (messages().GetRootResourceResponse)().setUrn(this.rootUrn);
  }

  async requirePulumiVersion(
    request: engine.RequirePulumiVersionRequest,
  ): Promise<engine.RequirePulumiVersionResponse> {
    const range = request.getPulumiVersionRange();
    if (!satisfies(ENGINE_VERSION, range)) {
      throw new RpcError(
        status.unknown,
        `Pulumi CLI version ${ENGINE_VERSION.slice(1)} does not satisfy the version range "${range}"`,
      );
    }
    return new (messages().RequirePulumiVersionResponse)();
  }
}
