import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { decodeMessage } from "../../../src/snmp/codec/decode-message.ts";
import { encodeMessage, encodeScopedPdu } from "../../../src/snmp/codec/encode-message.ts";
import type { CommunityMessage, Pdu } from "../../../src/snmp/codec/pdu.ts";
import { secretText } from "../../../src/snmp/secret.ts";
import type { VarBind } from "../../../src/snmp/types.ts";
import { AuthoritativeEngine, type OpenedRequest } from "../../../src/snmp/usm/authoritative-engine.ts";
import type { UsmCredential } from "../../../src/snmp/usm/keys.ts";
import { sealMessage } from "../../../src/snmp/usm/message.ts";
import { type Request, respond, SmallMib } from "../../fixtures/snmp/scripted-agent.ts";
import { type Dice, mutate, wrap } from "./mutate.ts";

const credential: UsmCredential = {
  auth: { protocol: "sha1", password: secretText("fuzzing-password") },
  priv: { protocol: "aes128", password: secretText("fuzzing-password") },
};
export const FUZZ_USER = { name: "fuzz", credential };

/**
 * Datagrams per request. Few, because the first that has a right frame and id ends the attempt, and the rest are
 * only duplicates then.
 */
const BURST = 3;

const corpus = readFileSync(new URL("../../fixtures/snmp/corpus.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => Buffer.from(line.split(" ").slice(1).join(""), "hex"));

/** Every type, in rows and scalars, so that every way of the decoder has something to begin with. */
const rows: VarBind[] = [
  { oid: "1.3.6.1.2.1.1.3.0", type: "TimeTicks", value: 123_456_789 },
  { oid: "1.3.6.1.2.1.1.5.0", type: "OctetString", value: Buffer.from("fuzz") },
  ...[1, 2, 3, 300, 70_000].flatMap((row): VarBind[] => [
    { oid: `1.3.6.1.2.1.2.2.1.1.${row}`, type: "Integer32", value: -row },
    { oid: `1.3.6.1.2.1.2.2.1.2.${row}`, type: "OctetString", value: Buffer.alloc(row % 200, 65) },
    { oid: `1.3.6.1.2.1.2.2.1.10.${row}`, type: "Counter32", value: 4_294_967_295 - row },
  ]),
  { oid: "1.3.6.1.2.1.2.2.1.22.1", type: "ObjectIdentifier", value: "0.0" },
  { oid: "1.3.6.1.2.1.2.2.1.23.1", type: "IpAddress", value: "192.0.2.1" },
  { oid: "1.3.6.1.2.1.2.2.1.24.1", type: "Counter64", value: 18_446_744_073_709_551_615n },
  { oid: "1.3.6.1.2.1.2.2.1.25.1", type: "OpaqueFloat", value: 1 },
  { oid: "1.3.6.1.2.1.2.2.1.26.1", type: "OpaqueDouble", value: Math.PI },
  { oid: "1.3.6.1.2.1.2.2.1.27.1", type: "Gauge32", value: 4_294_967_295 },
  { oid: "1.3.6.1.2.1.2.2.1.28.1", type: "Opaque", value: Buffer.from([1]) },
];
const mib = new SmallMib(rows);

/** Peers that answer each request with a burst of broken packets, and often with a right one at its end. */
export class FuzzPeers {
  readonly sockets: Socket[] = [];
  sent = 0;
  /** Of those, how many have a whole SEQUENCE around them, the version, and the community or a right digest. */
  framed = 0;
  private readonly dice: Dice;
  private readonly engine = new AuthoritativeEngine({
    engineId: Buffer.from("80000000f0f0f0f0", "hex"),
    boots: 1,
    users: new Map([[FUZZ_USER.name, credential]]),
  });

  constructor(dice: Dice) {
    this.dice = dice;
  }

  async open(count: number): Promise<number[]> {
    for (let i = 0; i < count; i++) {
      const socket = createSocket({ type: "udp4", recvBufferSize: 1024 * 1024 });
      socket.on("message", (octets, { port, address }) => this.answer(socket, octets, port, address));
      await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
      this.sockets.push(socket);
    }
    return this.sockets.map((socket) => socket.address().port);
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }

  private answer(socket: Socket, octets: Buffer, port: number, address: string): void {
    const decoded = decodeMessage(octets);
    if (!decoded.ok) return;
    const message = decoded.value;
    const send = (answer: Buffer, framed: boolean): void => {
      this.sent += 1;
      if (framed) this.framed += 1;
      socket.send(answer, port, address);
    };
    if (message.version !== "3") {
      this.burstCommunity(message as Request, send);
      return;
    }
    const verdict = this.engine.receive(octets, message);
    if (verdict.kind === "report") this.burstReport(verdict.datagram, send);
    else if (verdict.kind === "request") this.burstV3(verdict.request, send);
  }

  private burstCommunity(request: Request, send: (octets: Buffer, framed: boolean) => void): void {
    const { dice } = this;
    const right = respond(request, mib.answer(request));
    const { requestId } = request.pdu;
    const head = [
      Buffer.from([2, 1, request.version === "1" ? 0 : 1]),
      wrap(4, Buffer.from(request.community)),
    ];
    for (let i = 0; i < BURST; i++) {
      switch (dice.below(10)) {
        case 0:
          send(dice.octets(dice.below(200)), false);
          break;
        case 1:
        case 2:
          send(mutate(dice, dice.below(3) === 0 ? dice.pick(corpus) : right, dice.pick(corpus)), false);
          break;
        default: {
          // A right frame and a right id around a broken remainder.
          const id = Buffer.alloc(6, 0);
          id.set([2, 4]);
          id.writeInt32BE(dice.below(20) === 0 ? requestId ^ 1 : requestId, 2);
          const status = dice.below(8) === 0 ? dice.below(20) : 0;
          const variables = this.variables(request);
          const rest: Buffer[] = [Buffer.from([2, 1, status, 2, 1, status === 0 ? 0 : dice.below(4)])];
          if (dice.below(4) === 0) rest.push(wrap(0x30, variables));
          else if (dice.below(2) === 0) rest.push(wrap(0x30, mutate(dice, variables, right)));
          else rest.push(mutate(dice, wrap(0x30, variables), right));
          send(wrap(0x30, ...head, wrap(0xa2, id, ...rest)), true);
        }
      }
    }
  }

  /** Encoded variables that may be from other rows than were asked. */
  private variables(request: Request): Buffer {
    const { dice } = this;
    const wanted = dice.below(5) === 0 ? [0, 1, 2].map(() => dice.pick(rows)) : mib.answer(request);
    if (dice.below(6) === 0) wanted.reverse();
    const message: CommunityMessage = {
      version: "2c",
      community: Buffer.alloc(0),
      pdu: { type: "response", requestId: 1, errorStatus: 0, errorIndex: 0, varBinds: wanted },
    };
    const octets = encodeMessage(message);
    // Behind the head of the list, which is the last SEQUENCE before the variables.
    return octets.subarray(listOffset(octets));
  }

  private burstReport(right: Buffer, send: (octets: Buffer, framed: boolean) => void): void {
    const { dice } = this;
    for (let i = 1; i < BURST; i++) send(mutate(dice, right, dice.pick(corpus)), false);
    send(right, true);
  }

  private burstV3(request: OpenedRequest, send: (octets: Buffer, framed: boolean) => void): void {
    const { dice, engine } = this;
    const { pdu } = request.scoped;
    if (pdu.type === "trap-v1") return;
    const varBinds = mib.answer({ version: "2c", community: Buffer.alloc(0), pdu });
    const response: Pdu = {
      type: "response",
      requestId: pdu.requestId,
      errorStatus: 0,
      errorIndex: 0,
      varBinds,
    };
    const right = engine.respond(request, response);
    const scopedPdu = encodeScopedPdu({ ...request.scoped, pdu: response });
    for (let i = 0; i < BURST; i++) {
      if (dice.below(3) === 0) {
        send(mutate(dice, right, dice.pick(corpus)), false);
        continue;
      }
      // Signed and encrypted rightly, and broken within.
      const { engineId, boots, timeSeconds } = engine;
      const frame = { msgId: request.msgId, reportable: false, engineId, boots, timeSeconds };
      const broken = mutate(dice, scopedPdu, dice.pick(corpus));
      send(
        sealMessage({ ...frame, user: Buffer.from(FUZZ_USER.name), keys: request.keys, scopedPdu: broken }),
        true,
      );
    }
    if (dice.below(2) === 0) send(right, true);
  }
}

/** Offset of the first variable in a response that our own encoder wrote. */
function listOffset(octets: Buffer): number {
  let position = 0;
  const enter = (): number => {
    const length = octets[position + 1]!;
    position += length < 0x80 ? 2 : 2 + (length & 0x7f);
    return length;
  };
  const skip = (): void => {
    const length = enter();
    position += length;
  };
  enter();
  skip();
  skip();
  enter();
  skip();
  skip();
  skip();
  enter();
  return position;
}
