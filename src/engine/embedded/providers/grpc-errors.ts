import { createRequire } from "node:module";
import type { ServiceError } from "@grpc/grpc-js";
import { InitializationError, ProviderError } from "../../interface/errors.ts";
import { fromStruct } from "../../properties/struct.ts";

const require = createRequire(import.meta.url);

const STATUS_DETAILS = "grpc-status-details-bin";
/** Codes after which an object may have changed all the same: unknown, internal, data loss (rpcerror). */
const OUTCOME_UNKNOWN = new Set([2, 13, 15]);

/** What a failed call means: an object that did not come up, or a refusal with its reason. */
export function callFailed(error: ServiceError): Error {
  const details = error.metadata?.get(STATUS_DETAILS)?.[0];
  if (details && typeof details !== "string") {
    const found = readDetails(details);
    if (found instanceof Error) return found;
    if (found) return new ProviderError(`${error.details}:\n${found}`, { grpcCode: error.code });
  }
  return new ProviderError(messageFor(error), {
    grpcCode: error.code,
    outcomeKnown: !OUTCOME_UNKNOWN.has(error.code),
  });
}

/** A connection that broke is told as what it is: the provider went away. */
function messageFor(error: ServiceError): string {
  const broken = error.code === 14 && /connection|dropped|ECONN|GOAWAY|socket/i.test(error.details);
  return broken ? "error reading from server: EOF" : error.details || error.message;
}

function readDetails(octets: Buffer): Error | string | undefined {
  const { Status } =
    require("@pulumi/pulumi/proto/status_pb.js") as typeof import("@pulumi/pulumi/proto/status_pb.js");
  const provider =
    require("@pulumi/pulumi/proto/provider_pb.js") as typeof import("@pulumi/pulumi/proto/provider_pb.js");
  const errors =
    require("@pulumi/pulumi/proto/errors_pb.js") as typeof import("@pulumi/pulumi/proto/errors_pb.js");
  try {
    for (const any of Status.deserializeBinary(octets).getDetailsList()) {
      const name = any.getTypeName();
      if (name === "pulumirpc.ErrorResourceInitFailed") {
        const failed = provider.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
        const inputs = failed.getInputs();
        return new InitializationError(
          failed.getId(),
          fromStruct(failed.getProperties()),
          failed.getReasonsList(),
          inputs && fromStruct(inputs),
        );
      }
      if (name === "pulumirpc.InputPropertiesError") {
        const list = errors.InputPropertiesError.deserializeBinary(any.getValue_asU8()).getErrorsList();
        return list
          .map((entry) => `\t\t- property ${entry.getPropertyPath()} has a problem: ${entry.getReason()}`)
          .join("\n");
      }
    }
  } catch {
    // Details that cannot be read are no details.
  }
  return undefined;
}
