/** What of a device goes into a recording as it is, what under another name, and what not at all. */
import { isWithin } from "../../../profiles/oid.ts";

/**
 * Left out: who talks to whom, who may log in, what runs with which arguments. No profile reads them.
 * mib-2: routes, ARP, connections, forwarding databases; HOST-RESOURCES: software; SNMP: users, communities, targets.
 */
const leftOut = [
  "1.3.6.1.2.1.3",
  "1.3.6.1.2.1.4.21",
  "1.3.6.1.2.1.4.22",
  "1.3.6.1.2.1.4.24",
  "1.3.6.1.2.1.4.35",
  "1.3.6.1.2.1.6.13",
  "1.3.6.1.2.1.6.19",
  "1.3.6.1.2.1.6.20",
  "1.3.6.1.2.1.7.5",
  "1.3.6.1.2.1.7.7",
  "1.3.6.1.2.1.17.4.3",
  "1.3.6.1.2.1.17.7.1.2.2",
  "1.3.6.1.2.1.25.4",
  "1.3.6.1.2.1.25.5",
  "1.3.6.1.2.1.25.6",
  "1.3.6.1.2.1.92",
  "1.3.6.1.6.3.12",
  "1.3.6.1.6.3.13",
  "1.3.6.1.6.3.15",
  "1.3.6.1.6.3.16",
  "1.3.6.1.6.3.18",
  "1.3.6.1.4.1.8072.1.2",
  "1.3.6.1.4.1.8072.1.9",
  "1.3.6.1.4.1.2021.2",
  "1.3.6.1.4.1.2021.8",
];

/**
 * Kept as text: what makers, not owners, write. System description, names and kinds of interfaces, physical parts
 * (but for serial, alias and asset numbers), storage and device names, names of sensors, printer supplies.
 */
const makersTexts = [
  "1.3.6.1.2.1.1.1",
  "1.3.6.1.2.1.1.9",
  "1.3.6.1.2.1.2.2.1.2",
  "1.3.6.1.2.1.31.1.1.1.1",
  ...[2, 7, 8, 9, 10, 12, 13].map((column) => `1.3.6.1.2.1.47.1.1.1.1.${column}`),
  "1.3.6.1.2.1.25.2.3.1.3",
  "1.3.6.1.2.1.25.3.2.1.3",
  "1.3.6.1.2.1.99.1.1.1.6",
  "1.3.6.1.2.1.33.1.1",
  "1.3.6.1.2.1.43.11.1.1.6",
  "1.3.6.1.2.1.43.8.2.1",
  "1.3.6.1.4.1.2021.4",
  "1.3.6.1.4.1.2021.10.1",
  "1.3.6.1.4.1.2021.9.1.2",
  "1.3.6.1.4.1.2021.13.15.1.1.2",
  "1.3.6.1.4.1.2021.13.16",
];

/** Always under another name, even where a profile reads them: contact, name, place, aliases, serial numbers, engine, neighbours. */
const ownersTexts = [
  "1.3.6.1.2.1.1.4",
  "1.3.6.1.2.1.1.5",
  "1.3.6.1.2.1.1.6",
  "1.3.6.1.2.1.31.1.1.1.18",
  ...[11, 14, 15].map((column) => `1.3.6.1.2.1.47.1.1.1.1.${column}`),
  "1.3.6.1.2.1.43.5.1.1.16",
  "1.3.6.1.2.1.43.5.1.1.17",
  "1.3.6.1.2.1.33.1.1.5",
  "1.3.6.1.2.1.33.1.1.6",
  "1.3.6.1.6.3.10.2.1.1",
  "1.0.8802.1.1.2.1.3.3",
  "1.0.8802.1.1.2.1.4",
  "1.3.6.1.4.1.9.9.23.1.2",
];

export type Treatment = "leave-out" | "keep" | "disguise";

/** `readByProfile`: columns and scalars whose text the device's profile measures or chooses by. */
export function treatmentOf(oid: string, readByProfile: ReadonlySet<string>): Treatment {
  if (leftOut.some((root) => isWithin(oid, root))) return "leave-out";
  if (ownersTexts.some((root) => isWithin(oid, root))) return "disguise";
  if (makersTexts.some((root) => isWithin(oid, root))) return "keep";
  for (let end = oid.length; end > 0; end = oid.lastIndexOf(".", end - 1)) {
    if (readByProfile.has(oid.slice(0, end))) return "keep";
  }
  return "disguise";
}
