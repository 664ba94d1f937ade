import { createRequire } from "node:module";
import type { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb.js";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb.js";
import { MAX_MESSAGE_OCTETS } from "../providers/grpc-provider.ts";

const require = createRequire(import.meta.url);

/** Calls a function of a program in this process; undefined: it is not one of its functions. */
export type LocalCallback = (token: string, request: Uint8Array) => Promise<Uint8Array> | undefined;

/** Calls functions of the program: transforms and hooks, which the SDK serves on a port of its own. */
export class Callbacks {
  private readonly clients = new Map<string, CallbacksClient>();
  /** set while a program runs in this process: no connection is needed to reach it */
  local: LocalCallback | undefined;

  /** @throws what the function threw, as the SDK words it */
  async invoke(callback: { target: string; token: string }, request: Uint8Array): Promise<Uint8Array> {
    const local = this.local?.(callback.token, request);
    if (local) return local;
    const client = await this.client(callback.target);
    const { CallbackInvokeRequest } =
      require("@pulumi/pulumi/proto/callback_pb.js") as typeof import("@pulumi/pulumi/proto/callback_pb.js");
    const message = new CallbackInvokeRequest();
    message.setToken(callback.token).setRequest(request);
    return new Promise((resolve, reject) => {
      client.invoke(message, (error, response) => {
        if (error) reject(new Error(error.details));
        else resolve(response.getResponse_asU8());
      });
    });
  }

  private async client(target: string): Promise<CallbacksClient> {
    const known = this.clients.get(target);
    if (known) return known;
    const grpc = await import("@grpc/grpc-js");
    const { CallbacksClient: Client } =
      require("@pulumi/pulumi/proto/callback_grpc_pb.js") as typeof import("@pulumi/pulumi/proto/callback_grpc_pb.js");
    const client = new Client(target, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": MAX_MESSAGE_OCTETS,
      "grpc.max_send_message_length": MAX_MESSAGE_OCTETS,
    });
    this.clients.set(target, client);
    return client;
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }
}

export const callbackOf = (callback: Callback): { target: string; token: string } => ({
  target: callback.getTarget(),
  token: callback.getToken(),
});
