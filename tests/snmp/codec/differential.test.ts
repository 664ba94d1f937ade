import { createSocket, type Socket } from "node:dgram";
import { EventEmitter } from "node:events";
import fc from "fast-check";
import netSnmp from "net-snmp";
import snmpNative from "snmp-native";
import { describe, expect, it } from "vitest";
import { toVarBind } from "../../../src/snmp/adapters/foreign-value.ts";
import { decodeMessage } from "../../../src/snmp/codec/decode-message.ts";
import { encodeMessage } from "../../../src/snmp/codec/encode-message.ts";
import type { CommunityMessage } from "../../../src/snmp/codec/pdu.ts";
import type { VarBind } from "../../../src/snmp/types.ts";

/** Values that both foreign packages know. The first arcs are those of SNMP: they do not take every OID. */
const oid = fc
  .array(
    fc.oneof(
      fc.nat(300),
      fc.nat(0xffffffff),
      fc.constantFrom(127, 128, 16383, 16384, 2097151, 2097152, 4294967295),
    ),
    { minLength: 1, maxLength: 20 },
  )
  .map((rest) => `1.3.${rest.map((subId) => subId >>> 0).join(".")}`);
const unsigned = fc.oneof(
  fc.nat(),
  fc.constantFrom(0, 127, 128, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff),
);
const varBind: fc.Arbitrary<VarBind> = fc.oneof(
  fc.record({
    oid,
    type: fc.constant("Integer32" as const),
    value: fc.oneof(
      fc.integer(),
      fc.constantFrom(-1, -128, -129, 127, 128, -32768, 32768, -0x80000000, 0x7fffffff),
    ),
  }),
  fc.record({ oid, type: fc.constantFrom("Counter32", "Gauge32", "TimeTicks"), value: unsigned }),
  fc.record({ oid, type: fc.constant("Counter64" as const), value: fc.bigInt(0n, 0xffffffffffffffffn) }),
  fc.record({
    oid,
    type: fc.constant("OctetString" as const),
    value: fc.uint8Array({ maxLength: 400 }).map((octets) => Buffer.from(octets)),
  }),
  fc.record({ oid, type: fc.constant("ObjectIdentifier" as const), value: oid }),
  fc.record({ oid, type: fc.constant("IpAddress" as const), value: fc.ipV4() }),
  fc.record({
    oid,
    type: fc.constantFrom("noSuchObject", "noSuchInstance", "endOfMibView"),
    value: fc.constant(null),
  }),
);
const response: fc.Arbitrary<CommunityMessage> = fc.record({
  version: fc.constantFrom("1", "2c"),
  community: fc.stringMatching(/^[a-zA-Z0-9]{1,30}$/).map((text) => Buffer.from(text)),
  pdu: fc.record({
    type: fc.constant("response" as const),
    requestId: fc.integer({ min: 1, max: 0x7fffffff }),
    errorStatus: fc.constant(0),
    errorIndex: fc.constant(0),
    varBinds: fc.array(varBind, { minLength: 1, maxLength: 15 }),
  }),
});

describe("against snmp-native", () => {
  it("it reads what we write as we do", () => {
    fc.assert(
      fc.property(response, (message) => {
        const octets = encodeMessage(message);
        const theirs = snmpNative.parse(Buffer.from(octets));
        const ours = decodeMessage(octets);
        expect(theirs.pdu.reqid).toBe(message.pdu.type === "response" && message.pdu.requestId);
        expect(theirs.community).toBe(Buffer.from(message.community).toString());
        const varBinds = theirs.pdu.varbinds.map(({ oid: subIds, type, value, valueRaw }) =>
          toVarBind({ oid: subIds.join("."), tag: type, value, octets: valueRaw }),
        );
        expect(ours.ok && "pdu" in ours.value && ours.value.pdu.varBinds).toEqual(varBinds);
      }),
      { numRuns: 1500 },
    );
  });

  it("we read what it writes, and write the same octets", () => {
    const number = fc.record({
      oid,
      type: fc.constantFrom("Integer32", "Counter32", "Gauge32", "TimeTicks"),
      value: fc.nat(),
    });
    const tags = { Integer32: 2, Counter32: 0x41, Gauge32: 0x42, TimeTicks: 0x43 } as const;
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 10 }), fc.nat(5), (varBinds, type) => {
        const packet = new snmpNative.Packet();
        packet.community = "public";
        packet.pdu.type = type === 5 ? 2 : type % 2;
        packet.pdu.reqid = 123_456_789;
        packet.pdu.varbinds = varBinds.map((each) => ({
          oid: each.oid.split(".").map(Number),
          type: tags[each.type],
          value: each.value as never,
        }));
        const theirs = snmpNative.encode(packet);
        const decoded = decodeMessage(theirs);
        expect(decoded).toMatchObject({ ok: true, value: { pdu: { requestId: 123_456_789, varBinds } } });
        if (decoded.ok) expect(encodeMessage(decoded.value as CommunityMessage)).toEqual(theirs);
      }),
      { numRuns: 1500 },
    );
  });
});

/** A `node:dgram` that goes nowhere: what is sent is seen, what arrives is said. */
class SilentSocket extends EventEmitter {
  readonly sent: Buffer[] = [];
  ref(): void {}
  unref(): void {}
  close(): void {}
  send(octets: Buffer, ...rest: unknown[]): void {
    this.sent.push(Buffer.from(octets));
    (rest.at(-1) as (error: null) => void)(null);
  }
}

describe("against net-snmp", () => {
  it("it reads what we write as we do", () => {
    fc.assert(
      fc.property(response, (message) => {
        const socket = new SilentSocket();
        const community = Buffer.from(message.community).toString();
        const session = netSnmp.createSession("127.0.0.1", community, {
          version: message.version === "1" ? netSnmp.Version1 : netSnmp.Version2c,
          dgramModule: { createSocket: () => socket as unknown as Socket },
        });
        const { varBinds } = message.pdu;
        let theirs: VarBind[] | undefined;
        session.get(
          varBinds.map((each) => each.oid),
          (error, found) => {
            if (error) throw error;
            theirs = found.map(({ oid: name, type, value }) =>
              toVarBind({
                oid: name,
                tag: type,
                value,
                octets: Buffer.isBuffer(value) ? value : Buffer.alloc(0),
              }),
            );
          },
        );
        const request = decodeMessage(socket.sent[0]!);
        if (!request.ok || !("pdu" in request.value) || request.value.pdu.type !== "get")
          throw new Error("no GET");
        expect(request.value.pdu.varBinds.map((each) => each.oid)).toEqual(varBinds.map((each) => each.oid));
        const { requestId } = request.value.pdu;
        const octets = encodeMessage({
          ...message,
          pdu: { ...message.pdu, requestId } as typeof message.pdu,
        });
        socket.emit("message", Buffer.from(octets), { address: "127.0.0.1", port: 161 });
        const ours = decodeMessage(octets);
        expect(ours.ok && "pdu" in ours.value && ours.value.pdu.varBinds).toEqual(theirs);
      }),
      { numRuns: 1000 },
    );
  });

  it("answers of its agent are read by both of us alike", async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    const agentModule = netSnmp as unknown as {
      createAgent(options: object, callback: (error: Error | null) => void): NetAgent;
      createAuthorizer?: unknown;
      MibProviderType: { Scalar: number };
      ObjectType: Record<string, number>;
      MaxAccess: Record<string, number>;
    };
    const agent = agentModule.createAgent(
      { port, address: "127.0.0.1", disableAuthorization: true },
      () => {},
    );
    agent.getMib().registerProvider({
      name: "counter",
      type: agentModule.MibProviderType.Scalar,
      oid: "1.3.6.1.4.1.55555.1",
      scalarType: agentModule.ObjectType.Counter,
      maxAccess: agentModule.MaxAccess["read-only"],
    });
    agent.getMib().setScalarValue("counter", 4_000_000_000);
    const client = createSocket("udp4");
    const answered = new Promise<Buffer>((resolve) => client.once("message", resolve));
    const name = "1.3.6.1.4.1.55555.1.0";
    const get = encodeMessage({
      version: "2c",
      community: Buffer.from("public"),
      pdu: {
        type: "get",
        requestId: 77,
        errorStatus: 0,
        errorIndex: 0,
        varBinds: [{ oid: name, type: "Null", value: null }],
      },
    });
    client.send(get, port, "127.0.0.1");
    const octets = await answered;
    client.close();
    agent.close();
    expect(decodeMessage(octets)).toMatchObject({
      ok: true,
      value: {
        pdu: {
          type: "response",
          requestId: 77,
          varBinds: [{ oid: name, type: "Counter32", value: 4_000_000_000 }],
        },
      },
    });
  });
});

interface NetAgent {
  getMib(): {
    registerProvider(provider: object): void;
    setScalarValue(name: string, value: number): void;
  };
  close(): void;
}
