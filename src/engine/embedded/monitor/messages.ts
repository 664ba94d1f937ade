import { createRequire } from "node:module";
import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";

const require = createRequire(import.meta.url);

/** The monitor's protocol messages, loaded when the first is needed. */
export const resourceMessages = (): typeof resource =>
  require("@pulumi/pulumi/proto/resource_pb.js") as typeof resource;

export const empty = (): Empty => {
  const { Empty: Message } =
    require("google-protobuf/google/protobuf/empty_pb.js") as typeof import("google-protobuf/google/protobuf/empty_pb.js");
  return new Message();
};
