/** Errors of a provider as gRPC tells them: an object that did not come up travels with what it is. */
import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import { InitializationError, ProviderError } from "../engine/interface/errors.ts";
import { toStruct } from "../engine/properties/struct.ts";

const require = createRequire(import.meta.url);

/** Google's rich error model: a serialized `google.rpc.Status` in this trailer. */
const STATUS_DETAILS = "grpc-status-details-bin";

/** After UNKNOWN the engine takes it that the object may have changed; after other codes that it did not. */
export function callError(error: unknown): grpc.ServiceError | Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  if (error instanceof InitializationError)
    return { code: grpc.status.UNKNOWN, details, metadata: detailsOf(error) };
  const isKnown = error instanceof ProviderError && error.outcomeKnown;
  return { code: isKnown ? grpc.status.FAILED_PRECONDITION : grpc.status.UNKNOWN, details };
}

function detailsOf(error: InitializationError): grpc.Metadata {
  const proto =
    require("@pulumi/pulumi/proto/provider_pb.js") as typeof import("@pulumi/pulumi/proto/provider_pb.js");
  const { Status } =
    require("@pulumi/pulumi/proto/status_pb.js") as typeof import("@pulumi/pulumi/proto/status_pb.js");
  const { Any } =
    require("google-protobuf/google/protobuf/any_pb.js") as typeof import("google-protobuf/google/protobuf/any_pb.js");
  const failed = new proto.ErrorResourceInitFailed().setId(error.id).setReasonsList([...error.reasons]);
  failed.setProperties(toStruct(error.outputs) as never);
  if (error.inputs) failed.setInputs(toStruct(error.inputs) as never);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(error.message).setDetailsList([detail]);
  const metadata = new grpc.Metadata();
  metadata.set(STATUS_DETAILS, Buffer.from(status.serializeBinary()));
  return metadata;
}
