/** From a notification PDU to what it says. Pure. */
import type { Pdu } from "../snmp/codec/pdu.ts";
import type { VarBind } from "../snmp/types.ts";
import type { HintName } from "./types.ts";

export interface Notification {
  name: HintName;
  /** snmpTrapOID; of v1 traps, the one they translate to (RFC 3584 3.1). */
  oid: string;
  ifIndex?: number;
}

/** snmpTraps of SNMPv2-MIB and IF-MIB; the generic-trap of v1 is the last number less one. */
const SNMP_TRAPS = "1.3.6.1.6.3.1.1.5";
const NAMES: readonly HintName[] = [
  "coldStart",
  "warmStart",
  "linkDown",
  "linkUp",
  "authenticationFailure",
  "other",
];
/**
 * UPSs on battery: upsTrapOnBattery of UPS-MIB (RFC 1628), also as v1 translates; upsOnBattery (5) and lowBattery
 * (7) of APC's PowerNet-MIB, numbered in its reference guide, "PowerNet MIB Trap Definitions".
 */
const ON_BATTERY: ReadonlySet<string> = new Set([
  "1.3.6.1.2.1.33.2.1",
  "1.3.6.1.2.1.33.2.0.1",
  "1.3.6.1.4.1.318.0.5",
  "1.3.6.1.4.1.318.0.7",
]);
const SNMP_TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0";
const IF_INDEX = "1.3.6.1.2.1.2.2.1.1";
/** generic-trap of RFC 1157: the trap's own number is in specific-trap. */
const ENTERPRISE_SPECIFIC = 6;

/** What a trap or inform tells; undefined for every other PDU, and for one without a snmpTrapOID. */
export function readNotification(pdu: Pdu): Notification | undefined {
  if (pdu.type === "trap-v1") {
    const { genericTrap, specificTrap, enterprise } = pdu;
    if (genericTrap < 0 || genericTrap > ENTERPRISE_SPECIFIC) return undefined;
    const oid =
      genericTrap === ENTERPRISE_SPECIFIC
        ? `${enterprise}.0.${specificTrap}`
        : `${SNMP_TRAPS}.${genericTrap + 1}`;
    return notification(oid, pdu.varBinds);
  }
  if (pdu.type !== "trap" && pdu.type !== "inform") return undefined;
  const named = pdu.varBinds.find(({ oid }) => oid === SNMP_TRAP_OID);
  if (named?.type !== "ObjectIdentifier" || typeof named.value !== "string") return undefined;
  return notification(named.value, pdu.varBinds);
}

function notification(oid: string, varBinds: readonly VarBind[]): Notification {
  const name = nameOf(oid);
  if (name !== "linkDown" && name !== "linkUp") return { name, oid };
  const index = varBinds.find((varBind) => varBind.oid.startsWith(`${IF_INDEX}.`))?.value;
  return { name, oid, ...(typeof index === "number" && { ifIndex: index }) };
}

function nameOf(oid: string): HintName {
  if (ON_BATTERY.has(oid)) return "onBattery";
  if (!oid.startsWith(`${SNMP_TRAPS}.`)) return "other";
  return NAMES[Number(oid.slice(SNMP_TRAPS.length + 1)) - 1] ?? "other";
}
