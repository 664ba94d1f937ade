import type { VarBind } from "../types.ts";
import type { BerCursor } from "./ber-cursor.ts";
import { decodeValue, type ValueSlot } from "./decode-value.ts";
import { octetsToOid } from "./oid.ts";

/** Decodes the variables from the cursor to `listEnd`. Throws DecodeError. */
export function decodeVarBinds(cursor: BerCursor, listEnd: number, slot: ValueSlot): VarBind[] {
  const varBinds: VarBind[] = [];
  while (cursor.position < listEnd) {
    const end = cursor.openVariable(listEnd);
    const nameEnd = cursor.end;
    const nameStart = cursor.position;
    cursor.checkOid(nameStart, nameEnd);
    const oid = octetsToOid(cursor.octets, nameStart, nameEnd);
    cursor.position = nameEnd;
    decodeValue(cursor, end, slot);
    cursor.finish(end, "a variable");
    varBinds.push({ oid, type: slot.type, value: slot.value });
  }
  return varBinds;
}
