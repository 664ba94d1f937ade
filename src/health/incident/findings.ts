/** What one snapshot shows to be wrong, one entry for each thing that can begin and end on its own. */
import type { HealthSnapshot, Reason, SubjectState } from "../types.ts";
import type { Incident, IncidentKind } from "./types.ts";

export interface Finding {
  /** "link/wan-1/outage", "device/sw-1/processor-busy". */
  key: string;
  kind: IncidentKind;
  subject: Incident["subject"];
  code: string;
  severity: "warning" | "critical";
  reasons: readonly Reason[];
}

/** States of unknown that somebody must mend: the device answers, and cannot be measured. */
const REFUSALS: ReadonlySet<string> = new Set(["refused", "unauthenticated", "invalid-answer", "unresolved"]);

/** Everything wrong in a snapshot, by key. What is only unreachable is not: its cause is. */
export function findingsOf(snapshot: HealthSnapshot): Map<string, Finding> {
  const found = new Map<string, Finding>();
  for (const device of snapshot.devices.values()) if (device.reasons.length > 0) addDevice(device, found);
  for (const link of snapshot.links.values()) if (link.reasons.length > 0) addLink(link, found);
  return found;
}

export function findingKey(subject: Incident["subject"], code: string): string {
  return `${subject.kind}/${subject.id}/${code}`;
}

/** The parts of a key. */
export function partsOf(key: string): [kind: string, id: string, code: string] {
  const [kind = "", id = "", code = ""] = key.split("/");
  return [kind, id, code];
}

function addDevice(device: SubjectState, found: Map<string, Finding>): void {
  if (device.state === "down") add(device, "outage", "outage", device.reasons, found);
  else if (device.state === "degraded") addFaults(device, device.reasons, found);
  else if (device.state === "unknown")
    addFaults(
      device,
      device.reasons.filter(({ code }) => REFUSALS.has(code)),
      found,
    );
}

function addLink(link: SubjectState, found: Map<string, Finding>): void {
  if (link.state === "down") add(link, "outage", "outage", link.reasons, found);
  // The faults of a port are told at its device.
  else if (link.state === "degraded")
    addFaults(
      link,
      link.reasons.filter(({ evidence }) => evidence?.class !== "interface"),
      found,
    );
}

function addFaults(subject: SubjectState, reasons: readonly Reason[], found: Map<string, Finding>): void {
  const byCode = new Map<string, Reason[]>();
  for (const why of reasons) {
    if (why.severity === "info") continue;
    const same = byCode.get(why.code);
    if (same) same.push(why);
    else byCode.set(why.code, [why]);
  }
  for (const [code, same] of byCode)
    add(
      subject,
      code === "rebooted" ? "restart" : "fault",
      code === "rebooted" ? "restart" : code,
      same,
      found,
    );
}

function add(
  { kind, id }: SubjectState,
  as: IncidentKind,
  code: string,
  reasons: readonly Reason[],
  found: Map<string, Finding>,
): void {
  const subject = { kind, id };
  const key = findingKey(subject, code);
  const isCritical = as === "outage" || reasons.some(({ severity }) => severity === "critical");
  found.set(key, { key, kind: as, subject, code, severity: isCritical ? "critical" : "warning", reasons });
}
