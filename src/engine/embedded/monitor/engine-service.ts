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
  private readonly write: Log;
  private rootUrn = "";

  constructor(write: Log) {
    this.write = write;
  }

  async log(request: engine.LogRequest): Promise<Empty> {
    const severity = severities[request.getSeverity()] ?? "info";
    // The SDK tells of every call it makes; nobody asked for that.
    if (severity !== "debug") {
      const more = { streamID: request.getStreamid(), ephemeral: request.getEphemeral() };
      this.write(severity, request.getMessage(), request.getUrn(), more);
    }
    const { Empty: Message } =
      require("google-protobuf/google/protobuf/empty_pb.js") as typeof import("google-protobuf/google/protobuf/empty_pb.js");
    return new Message();
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
