/** Samples in, states out: the one entry point of health. */
import { dateAt } from "../inventory/agencies.ts";
import type { Inventory, LinkEnd } from "../inventory/model.ts";
import type { DeviceSample, RatedSample } from "../samples/types.ts";
import { agencyTree } from "../topology/agencies.ts";
import type { Topology } from "../topology/types.ts";
import type { Expectation } from "./interface.ts";
import { isProvenDown, type LinkSide, linkSide, linkVerdict } from "./link.ts";
import { maintenanceAt } from "./maintenance.ts";
import { type DeviceParts, faultSince, judgeParts } from "./parts.ts";
import { hasFault, reason, sortReasons } from "./reasons.ts";
import { agencyStates, siteState } from "./rollup.ts";
import { type DeviceStanding, type Standing, standingOf } from "./standing.ts";
import { forwardingOf, type Reach, reachOf } from "./suppression.ts";
import { defaultThresholds, type Thresholds } from "./thresholds.ts";
import type { HealthSnapshot, LinkMeasures, Reason, SubjectState } from "./types.ts";

export interface EvaluateInput {
  inventory: Inventory;
  topology: Topology;
  /**
   * Samples per device, oldest first; the newest says the state, the others since when, and losses. Each device is
   * asked for a few times, one after the other, so the map may make its samples when asked.
   */
  samples: ReadonlyMap<string, readonly RatedSample[]>;
  nowMs: number;
  thresholds?: Partial<Thresholds>;
}

/**
 * The health of everything in the inventory at one moment. Pure; the order of maps and samples of different devices
 * does not matter; devices that are not in the inventory are ignored. The rules are in this room's README.
 */
export function evaluate({
  inventory,
  topology,
  samples,
  nowMs,
  thresholds: own,
}: EvaluateInput): HealthSnapshot {
  const thresholds = { ...defaultThresholds, ...own };
  const interfaces = new Map<string, SubjectState>();
  const components = new Map<string, SubjectState>();
  const expectations = expectedPorts(inventory, topology);
  // Of a device's samples only what is asked for later is held on to: they may be read one device after the other.
  const standings = new Map<string, Omit<DeviceStanding, "measured">>();
  const parts = new Map<string, Pick<DeviceParts, "reasons" | "near">>();
  const upSince = new Map<string, number>();
  const sideById = new Map<string, LinkSide>();
  for (const device of inventory.devices.keys()) {
    const series = samples.get(device);
    const { measured, ...found } = standingOf(series, nowMs, thresholds);
    standings.set(device, found);
    const expected = expectations.get(device);
    let seen: DeviceParts["interfaces"] | undefined;
    if (series && measured) {
      const judged = judgeParts(device, series, measured, expected, thresholds, { interfaces, components });
      seen = judged.interfaces;
      parts.set(device, { reasons: judged.reasons, near: judged.near });
      const sinceMs = runningSince(measured.sample);
      if (sinceMs !== undefined) upSince.set(device, sinceMs);
    }
    for (const [name, expectation] of expected ?? [])
      if (expectation === "link-end")
        sideById.set(`${device}\0${name}`, linkSide({ device, interface: name }, measured, seen, series));
  }

  const sides = new Map<string, [LinkSide, LinkSide]>();
  const provenDown = new Set<string>();
  for (const id of linksOf(topology)) {
    const link = inventory.links.get(id)!;
    const pair: [LinkSide, LinkSide] = [sideOf(link.a), sideOf(link.b)];
    sides.set(id, pair);
    if (isProvenDown(...pair)) provenDown.add(id);
  }
  const standing = new Map<string, Standing>([...standings].map(([id, found]) => [id, found.standing]));
  const isLinkDown = (link: string) => provenDown.has(link);
  const forwarding = forwardingOf(topology, standing, isLinkDown);
  for (const device of forwarding.keys()) standing.set(device, "answering");
  const reach = reachOf(topology, standing, isLinkDown);

  const tree = agencyTree(inventory, dateAt(inventory, nowMs));
  const cover = maintenanceAt(inventory, tree, nowMs);
  const mark = (state: SubjectState, covered: ReadonlySet<string>): SubjectState =>
    covered.has(state.id) ? { ...state, inMaintenance: true } : state;

  const devices = new Map<string, SubjectState>();
  for (const [id, found] of standings) {
    const state = deviceState(id, found, parts.get(id), reach, forwarding.get(id));
    const since =
      state.state === "degraded"
        ? faultSince(state.reasons[0]!, samples.get(id) ?? [], thresholds)
        : undefined;
    if (since !== undefined) state.sinceMs = since;
    const upSinceMs = upSince.get(id);
    if (upSinceMs !== undefined) state.upSinceMs = upSinceMs;
    const near = parts.get(id)?.near;
    if (near !== undefined && near.length > 0) state.near = near;
    devices.set(id, mark(state, cover.devices));
  }
  const links = new Map<string, SubjectState>();
  const linkMeasures = new Map<string, LinkMeasures>();
  const cannotCarry = (id: string) => provenDown.has(id) || !reach.isOpen(inventory.links.get(id)!.a.device);
  for (const [id, [a, b]] of sides) {
    const verdict = linkVerdict(inventory.links.get(id)!, a, b, {
      stateOfDevice: (device) => devices.get(device),
      causeOf: (device) => reach.causeOf(device),
      isSilent: (device) => standing.get(device) === "silent",
      carriesProbes: carriesProbes(topology, id, cannotCarry),
      nowMs,
      thresholds,
    });
    const since =
      verdict.state === "down"
        ? sinceOf(interfaces, a, b)
        : verdict.state === "unreachable"
          ? devices.get(a.device)?.sinceMs
          : undefined;
    const { state, reasons, because, near } = verdict;
    const subject: SubjectState = {
      kind: "link",
      id,
      state,
      reasons,
      ...(because && { because }),
      ...(since !== undefined && { sinceMs: since }),
      ...(near && near.length > 0 && { near }),
    };
    links.set(id, mark(subject, cover.links));
    linkMeasures.set(id, verdict.measures);
  }
  noteBackups(topology, links);

  const sites = new Map<string, SubjectState>();
  for (const site of inventory.sites.keys())
    sites.set(site, mark(siteState(inventory, topology, site, devices, links), cover.sites));
  const agencies = new Map(
    [...agencyStates(tree, topology, sites)].map(([id, state]) => [id, mark(state, cover.agencies)]),
  );
  return { atMs: nowMs, devices, interfaces, components, links, linkMeasures, sites, agencies };

  /** A device that is not in the inventory has told nothing. */
  function sideOf(end: LinkEnd): LinkSide {
    return sideById.get(`${end.device}\0${end.interface}`) ?? linkSide(end, undefined, undefined, undefined);
  }
}

function deviceState(
  id: string,
  found: Omit<DeviceStanding, "measured">,
  parts: Pick<DeviceParts, "reasons"> | undefined,
  reach: Reach,
  forwardsFor: number | undefined,
): SubjectState {
  const since = found.sinceMs === undefined ? {} : { sinceMs: found.sinceMs };
  if (forwardsFor !== undefined) {
    const reasons = [
      reason("agent-silent-forwards", "warning", { count: forwardsFor }, { device: id }),
      ...asInfo(found.reasons),
    ];
    return { kind: "device", id, state: "degraded", reasons, ...since };
  }
  if (found.standing === "silent") {
    const because = reach.because.get(id);
    if (!because) return { kind: "device", id, state: "down", reasons: found.reasons, ...since };
    const why = reason("unreachable-because", "warning", { kind: because.kind, id: because.id });
    return {
      kind: "device",
      id,
      state: "unreachable",
      because,
      reasons: [why, ...asInfo(found.reasons)],
      ...since,
    };
  }
  if (found.cannotMeasure)
    return { kind: "device", id, state: found.cannotMeasure, reasons: found.reasons, ...since };
  const reasons = sortReasons([...found.reasons, ...(parts?.reasons ?? [])]);
  return { kind: "device", id, state: hasFault(reasons) ? "degraded" : "up", reasons, ...since };
}

/** Since when a device has been running: by the host's uptime where it tells it, else by its agent's. */
function runningSince({ atMs, incarnation }: DeviceSample): number | undefined {
  const { hostUpTimeTicks, sysUpTimeTicks, engineTimeSeconds } = incarnation;
  const agentMs = Math.max((sysUpTimeTicks ?? -1) * 10, (engineTimeSeconds ?? -1) * 1000);
  const upMs = hostUpTimeTicks === undefined ? agentMs : hostUpTimeTicks * 10;
  return upMs < 0 ? undefined : atMs - upMs;
}

function asInfo(reasons: readonly Reason[]): Reason[] {
  return reasons.map((why) => ({ ...why, severity: "info" }));
}

/** What the inventory says of ports, per device, by the names it uses. A link's end is watched whatever else is said. */
function expectedPorts(inventory: Inventory, topology: Topology): Map<string, Map<string, Expectation>> {
  const ports = new Map<string, Map<string, Expectation>>();
  const of = (device: string) => {
    const list = ports.get(device) ?? new Map<string, Expectation>();
    ports.set(device, list);
    return list;
  };
  for (const device of inventory.devices.values()) {
    for (const port of device.interfaces)
      of(device.id).set(port.name, port.monitored ? "expected" : "ignored");
  }
  for (const id of linksOf(topology)) {
    const { a, b } = inventory.links.get(id)!;
    for (const end of [a, b]) of(end.device).set(end.interface, "link-end");
  }
  return ports;
}

/** The links the topology counts, each once, in a stable order. */
function linksOf(topology: Topology): Set<string> {
  const all = new Set<string>();
  for (const links of topology.linksByDevice.values()) for (const link of links) all.add(link);
  return all;
}

/** Probes of the agency's address travel over its primary while that can carry, else over the backup. */
function carriesProbes(topology: Topology, link: string, cannotCarry: (link: string) => boolean): boolean {
  if (cannotCarry(link)) return false;
  const group = topology.groupByLink.get(link);
  return !group?.backup.includes(link) || group.primary.every(cannotCarry);
}

/** Tells a backup that it is carrying what its primary cannot. */
function noteBackups(topology: Topology, links: Map<string, SubjectState>): void {
  for (const group of topology.groups.values()) {
    const [primary] = group.primary;
    const isLost = (id: string) => ["down", "unreachable"].includes(links.get(id)?.state ?? "");
    if (primary === undefined || !group.primary.every(isLost)) continue;
    for (const id of group.backup) {
      const backup = links.get(id);
      if (!backup || (backup.state !== "up" && backup.state !== "degraded")) continue;
      links.set(id, {
        ...backup,
        reasons: sortReasons([...backup.reasons, reason("carrying-for-primary", "info", { primary })]),
      });
    }
  }
}

function sinceOf(
  interfaces: ReadonlyMap<string, SubjectState>,
  a: LinkSide,
  b: LinkSide,
): number | undefined {
  const times = [a, b]
    .map((side) => interfaces.get(`${side.device}/interface/${side.seen?.component.key ?? side.interface}`))
    .filter((state) => state?.state === "down" && state.sinceMs !== undefined)
    .map((state) => state!.sinceMs!);
  return times.length > 0 ? Math.min(...times) : undefined;
}
