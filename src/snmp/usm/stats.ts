/** What a Report can say of USM, by the counter it carries (SNMP-USER-BASED-SM-MIB, RFC 3414 5). */
export type UsmStat =
  | "unsupportedSecLevels"
  | "notInTimeWindows"
  | "unknownUserNames"
  | "unknownEngineIDs"
  | "wrongDigests"
  | "decryptionErrors";

export const USM_STATS: Readonly<Record<UsmStat, string>> = {
  unsupportedSecLevels: "1.3.6.1.6.3.15.1.1.1.0",
  notInTimeWindows: "1.3.6.1.6.3.15.1.1.2.0",
  unknownUserNames: "1.3.6.1.6.3.15.1.1.3.0",
  unknownEngineIDs: "1.3.6.1.6.3.15.1.1.4.0",
  wrongDigests: "1.3.6.1.6.3.15.1.1.5.0",
  decryptionErrors: "1.3.6.1.6.3.15.1.1.6.0",
};

const BY_OID = new Map(Object.entries(USM_STATS).map(([stat, oid]) => [oid, stat as UsmStat]));

/** The counter behind an OID, with or without its ".0" (some agents leave it out). */
export function usmStatOf(oid: string): UsmStat | undefined {
  return BY_OID.get(oid) ?? BY_OID.get(`${oid}.0`);
}
