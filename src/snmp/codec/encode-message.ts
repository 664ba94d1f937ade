import type { VarBind } from "../types.ts";
import { BerWriter } from "./ber-writer.ts";
import { oidToOctets } from "./oid.ts";
import type { CommunityMessage, EncodedVarBind, Pdu, ScopedPdu } from "./pdu.ts";
import { PDU_TAG, TAG, VALUE_TAG } from "./tags.ts";

const shared = new BerWriter(4096);

/**
 * Encodes a v1 or v2c message, request or response; variables may be given already encoded. Throws RangeError on
 * values outside their type (it is our own caller's mistake, never a device's). v3 messages: `usm/`.
 */
export function encodeMessage(message: CommunityMessage<VarBind | EncodedVarBind>): Buffer {
  shared.reset();
  writePdu(shared, message.pdu);
  shared.element(TAG.octetString, message.community);
  shared.integer(message.version === "1" ? 0 : 1);
  shared.close(TAG.sequence, 0);
  return shared.take();
}

/** Encodes the scoped PDU of v3. */
export function encodeScopedPdu(scoped: ScopedPdu<VarBind | EncodedVarBind>): Buffer {
  shared.reset();
  writePdu(shared, scoped.pdu);
  shared.element(TAG.octetString, scoped.contextName);
  shared.element(TAG.octetString, scoped.contextEngineId);
  shared.close(TAG.sequence, 0);
  return shared.take();
}

/** Encodes one variable as its SEQUENCE, for `EncodedVarBind`. */
export function encodeVarBind(varBind: VarBind): Buffer {
  shared.reset();
  writeVarBind(shared, varBind);
  return shared.take();
}

/** Writes a PDU before what `writer` holds. */
export function writePdu(writer: BerWriter, pdu: Pdu<VarBind | EncodedVarBind>): void {
  const mark = writer.mark();
  for (let i = pdu.varBinds.length - 1; i >= 0; i--) {
    const varBind = pdu.varBinds[i]!;
    if ("encoded" in varBind) writer.raw(varBind.encoded);
    else writeVarBind(writer, varBind);
  }
  writer.close(TAG.sequence, mark);
  if (pdu.type === "trap-v1") {
    writer.unsigned(pdu.timeTicks, TAG.timeTicks);
    writer.integer(pdu.specificTrap);
    writer.integer(pdu.genericTrap);
    writer.element(TAG.ipAddress, ipOctets(pdu.agentAddress));
    writer.element(TAG.oid, oidToOctets(pdu.enterprise));
  } else if (pdu.type === "get-bulk") {
    writer.integer(pdu.maxRepetitions);
    writer.integer(pdu.nonRepeaters);
    writer.integer(pdu.requestId);
  } else {
    writer.integer(pdu.errorIndex);
    writer.integer(pdu.errorStatus);
    writer.integer(pdu.requestId);
  }
  writer.close(PDU_TAG[pdu.type], mark);
}

function writeVarBind(writer: BerWriter, varBind: VarBind): void {
  const mark = writer.mark();
  writeValue(writer, varBind);
  writer.element(TAG.oid, oidToOctets(varBind.oid));
  writer.close(TAG.sequence, mark);
}

function writeValue(writer: BerWriter, { oid, type, value }: VarBind): void {
  switch (type) {
    case "Integer32":
      writer.integer(inRange(oid, value, -0x80000000, 0x7fffffff));
      return;
    case "Counter32":
    case "Gauge32":
    case "TimeTicks":
      writer.unsigned(inRange(oid, value, 0, 0xffffffff), VALUE_TAG[type]);
      return;
    case "Counter64":
      if (typeof value !== "bigint" || value < 0n || value > 0xffffffffffffffffn) refuse(oid, type);
      writer.unsigned64(value, TAG.counter64);
      return;
    case "OctetString":
    case "Opaque":
      if (!Buffer.isBuffer(value)) refuse(oid, type);
      writer.element(VALUE_TAG[type], value);
      return;
    case "ObjectIdentifier":
    case "IpAddress":
      if (typeof value !== "string") refuse(oid, type);
      writer.element(VALUE_TAG[type], type === "IpAddress" ? ipOctets(value) : oidToOctets(value));
      return;
    case "OpaqueFloat":
    case "OpaqueDouble":
      if (typeof value !== "number") refuse(oid, type);
      writer.element(TAG.opaque, opaqueFloat(type, value));
      return;
    case "Null":
    case "noSuchObject":
    case "noSuchInstance":
    case "endOfMibView":
      writer.octet(0);
      writer.octet(VALUE_TAG[type]);
  }
}

function opaqueFloat(type: "OpaqueFloat" | "OpaqueDouble", value: number): Buffer {
  const size = type === "OpaqueFloat" ? 4 : 8;
  const octets = Buffer.alloc(3 + size);
  octets.set([0x9f, size === 4 ? 0x78 : 0x79, size]);
  if (size === 4) octets.writeFloatBE(value, 3);
  else octets.writeDoubleBE(value, 3);
  return octets;
}

function inRange(oid: string, value: VarBind["value"], least: number, most: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${oid}: ${String(value)} is not a whole number from ${least} to ${most}`);
  }
  return value;
}

function refuse(oid: string, type: string): never {
  throw new RangeError(`${oid}: value does not fit ${type}`);
}

function ipOctets(address: string): Uint8Array {
  const octets = address.split(".").map(Number);
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255))) {
    throw new RangeError(`"${address}" is not an IPv4 address`);
  }
  return Uint8Array.from(octets);
}
