/** What the live view shows of a province at one moment: plain data, small enough to keep and to hand over. */
import type { AnnotatedIncident } from "../../health/incident/people.ts";
import type { HealthSnapshot, LinkMeasures, State, SubjectState } from "../../health/types.ts";
import { dateAt } from "../../inventory/agencies.ts";
import type { Inventory, Link } from "../../inventory/model.ts";
import type { Language } from "../../report/format.ts";
import { speechFor } from "../../report/languages.ts";
import type { Speech } from "../../report/sentence.ts";
import { type AgencyTree, agencyTree } from "../../topology/agencies.ts";

export interface WatchRow {
  kind: "agency" | "link" | "device";
  id: string;
  name: string;
  /** The agency it belongs to, or is below; "" directly under the province. */
  agency: string;
  state: State;
  /** Why, in one line; "" when all is well. Holds text of devices: hostile. */
  why: string;
  sinceMs?: number;
  inMaintenance?: boolean;
  /** Links: the carrier. Devices: the role. Agencies: the kind. */
  what: string;
  /** Links, bits per second seen from the center's end: in = from the agency, out = to it. */
  in?: number;
  out?: number;
  /** Of the committed rate, the busier direction, percent. */
  use?: number;
  rttMs?: number;
  lossPercent?: number;
  /** Use of the last measurements, oldest first; null where nothing is known. */
  trend?: readonly (number | null)[];
}

export interface WatchIncident {
  id: string;
  severity: "warning" | "critical";
  subject: string;
  /** Agency it is at, for the way there; "" when it is nobody's. */
  agency: string;
  startMs: number;
  why: string;
  cause: string;
  impact: string;
  /** Agencies that depend on it. */
  affected: number;
  isFlapping: boolean;
  acknowledgedBy?: string;
}

export interface WatchSnapshot {
  version: 1;
  province: string;
  timeZone: string;
  /** The moment the states are of, and the newest sample behind them. */
  atMs: number;
  newestSampleMs?: number;
  /** Nothing new has come for so long that the states are of then: the poller has stopped, perhaps. */
  isOld?: true;
  /** Shards of the province whose stores are not among those that were read ("2/3"). */
  missingShards?: readonly string[];
  rows: readonly WatchRow[];
  incidents: readonly WatchIncident[];
}

export interface SnapshotInput {
  inventory: Inventory;
  health: HealthSnapshot;
  incidents: readonly AnnotatedIncident[];
  trends: ReadonlyMap<string, readonly (number | null)[]>;
  newestSampleMs: number | undefined;
  isOld?: boolean;
  missingShards?: readonly string[];
  /** Of names and reasons. */
  language: Language;
}

/** Pure. */
export function watchSnapshot(input: SnapshotInput): WatchSnapshot {
  const { inventory, health, incidents, trends, newestSampleMs, isOld, missingShards = [] } = input;
  const tree = agencyTree(inventory, dateAt(inventory, health.atMs));
  const speech = speechFor(inventory, input.language, health.atMs);
  const rowOf = (
    kind: WatchRow["kind"],
    id: string,
    agency: string,
    what: string,
    state: SubjectState | undefined,
  ): WatchRow => ({
    kind,
    id,
    name: speech.names[kind](id),
    agency,
    what,
    state: state?.state ?? "unknown",
    why:
      state?.state === "up" && state.reasons.every(({ severity }) => severity === "info")
        ? ""
        : speech.why(state),
    ...(state?.sinceMs !== undefined && { sinceMs: state.sinceMs }),
    ...(state?.inMaintenance && { inMaintenance: true }),
  });
  const agencyOfDevice = (device: string) =>
    tree.agencyOfSite.get(inventory.devices.get(device)?.site ?? "") ?? "";
  const rows: WatchRow[] = [];
  for (const agency of tree.agencies.values())
    rows.push(
      rowOf(
        "agency",
        agency.id,
        tree.parent.get(agency.id) ?? "",
        agency.kind,
        health.agencies.get(agency.id),
      ),
    );
  for (const [id, state] of health.links) {
    const link = inventory.links.get(id);
    if (!link) continue;
    rows.push({
      ...rowOf("link", id, agencyOfDevice(link.b.device), carrierOf(link), state),
      ...measuresOf(health.linkMeasures.get(id)),
      ...(trends.has(id) && { trend: trends.get(id)! }),
    });
  }
  for (const [id, state] of health.devices)
    rows.push(rowOf("device", id, agencyOfDevice(id), inventory.devices.get(id)?.role ?? "", state));
  return {
    version: 1,
    province: inventory.province.name,
    timeZone: inventory.province.timeZone,
    atMs: health.atMs,
    ...(newestSampleMs !== undefined && { newestSampleMs }),
    ...(isOld && { isOld }),
    ...(missingShards.length > 0 && { missingShards }),
    rows,
    incidents: incidents.map((one) => incidentOf(one, inventory, tree, speech)),
  };
}

/** Use of a link as one number: the busier direction against what is committed. */
export function busierUse(measures: LinkMeasures | undefined): number | undefined {
  const { inUtilisationPercent, outUtilisationPercent } = measures ?? {};
  if (inUtilisationPercent === undefined) return outUtilisationPercent;
  return Math.max(inUtilisationPercent, outUtilisationPercent ?? 0);
}

function measuresOf(measures: LinkMeasures | undefined): Partial<WatchRow> {
  if (!measures) return {};
  const { inBitsPerSecond, outBitsPerSecond, rttMs, lossPercent } = measures;
  const use = busierUse(measures);
  return {
    ...(inBitsPerSecond !== undefined && { in: Math.round(inBitsPerSecond) }),
    ...(outBitsPerSecond !== undefined && { out: Math.round(outBitsPerSecond) }),
    ...(use !== undefined && { use: Math.round(use * 10) / 10 }),
    ...(rttMs !== undefined && { rttMs: Math.round(rttMs * 10) / 10 }),
    ...(lossPercent !== undefined && { lossPercent: Math.round(lossPercent * 10) / 10 }),
  };
}

function carrierOf({ carrier, kind, group }: Link): string {
  return [carrier ?? kind, group?.role === "backup" ? "backup" : ""].filter(Boolean).join(" ");
}

function incidentOf(
  { incident, cause, acknowledged }: AnnotatedIncident,
  inventory: Inventory,
  tree: AgencyTree,
  speech: Speech,
): WatchIncident {
  const { id, severity, subject, startMs, reasons, impact, affected, flapping } = incident;
  const [device = ""] = subject.id.split("/");
  const end = subject.kind === "link" ? inventory.links.get(subject.id)?.b.device : device;
  const site = subject.kind === "site" ? subject.id : inventory.devices.get(end ?? "")?.site;
  const carrier = incident.cause.carrier;
  return {
    id,
    severity,
    subject: `${speech.messages.subjects[subject.kind]} ${speech.names.subject(subject.kind, subject.id)}`,
    agency: subject.kind === "agency" ? subject.id : (tree.agencyOfSite.get(site ?? "") ?? ""),
    startMs,
    why: speech.why({ kind: subject.kind, id: subject.id, state: "down", reasons }),
    cause: cause === "carrier" && carrier !== undefined ? carrier : cause,
    impact,
    affected: affected.agencies.length,
    isFlapping: flapping !== undefined,
    ...(acknowledged && { acknowledgedBy: acknowledged.by }),
  };
}
