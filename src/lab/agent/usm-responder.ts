/** The agent's side of the User-based Security Model (RFC 3414). */
import type { AgentCredential } from "./definition.ts";
import type { Answering, Handled } from "./message.ts";
import type { BackwardWriter } from "./writer.ts";

export class UsmResponder {
  constructor(
    id: string,
    credential: Extract<AgentCredential, { version: "3" }>,
    boots: number,
    startMs: number,
  ) {
    throw new Error(
      `agent ${id}: SNMPv3 (${credential.user}, boots ${boots}, from ${startMs}) is not played yet`,
    );
  }

  reboot(_nowMs: number): void {}

  answer(_to: BackwardWriter, _datagram: Buffer, _answering: Answering, _nowMs: number): Handled {
    return "not-answered";
  }
}
