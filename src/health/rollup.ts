/** States of sites and agencies from what is in them. */
import type { Device, Inventory } from "../inventory/model.ts";
import type { AgencyTree } from "../topology/agencies.ts";
import type { Topology } from "../topology/types.ts";
import { hasFault, reason, sortReasons } from "./reasons.ts";
import type { Reason, State, SubjectState } from "./types.ts";

/** Reasons of one device or link that its site takes over; more would bury the others. */
const REASONS_PER_SUBJECT = 3;
/** Switched off at night and nobody's network: they never make a site worse. */
const PERIPHERAL_ROLES: ReadonlySet<Device["role"]> = new Set(["printer", "other"]);

type States = ReadonlyMap<string, SubjectState>;

/**
 * A site is up while something in it answers and nothing that matters is wrong; degraded while it answers but a
 * device or an access link is not up; down when nothing answers and the cause is its own (its devices, its access
 * links); unreachable when the cause is further up; unknown when nothing was measured.
 */
export function siteState(
  inventory: Inventory,
  topology: Topology,
  site: string,
  devices: States,
  links: States,
): SubjectState {
  const all = (topology.devicesBySite.get(site) ?? [])
    .map((id) => devices.get(id))
    .filter((state) => state !== undefined);
  const weighty = all.filter(({ id }) => !PERIPHERAL_ROLES.has(inventory.devices.get(id)?.role ?? "other"));
  const members = weighty.length > 0 ? weighty : all;
  const access = (topology.accessLinks.get(site) ?? [])
    .map((id) => links.get(id))
    .filter((state) => state !== undefined);
  const result = (
    state: State,
    reasons: readonly Reason[],
    because?: SubjectState["because"],
  ): SubjectState => ({
    kind: "site",
    id: site,
    state,
    reasons: sortReasons(reasons),
    ...(because && { because }),
    ...sinceOf(state, [...members, ...access]),
  });
  if (members.length === 0) return result("unknown", [reason("nothing-monitored", "info")]);

  const answers = members.some(({ state }) => state === "up" || state === "degraded");
  if (answers) {
    const groups = groupReasons(topology, access, links);
    const told = new Set(groups.flatMap(({ tells }) => tells));
    const reasons = [
      ...groups.map(({ why }) => why),
      // What a group says of its links is not said again of each.
      ...access.flatMap((link) => (link.state === "up" ? [] : takenOver(link, told.has(link.id)))),
      ...members.flatMap((device) => (device.state === "up" ? [] : takenOver(device))),
    ];
    return result(hasFault(reasons) ? "degraded" : "up", reasons);
  }
  const cutOff = members.find(({ state }) => state === "unreachable");
  const dead = members.filter(({ state }) => state === "down");
  const own = new Set([
    ...(topology.devicesBySite.get(site) ?? []),
    ...(topology.accessLinks.get(site) ?? []),
  ]);
  const isOwnFault = dead.length > 0 || (cutOff?.because !== undefined && own.has(cutOff.because.id));
  if (isOwnFault) {
    const broken = [...access, ...members].filter(({ state }) => state === "down");
    return result(
      "down",
      broken.flatMap((part) => takenOver(part)),
    );
  }
  if (cutOff?.because) {
    const { kind, id } = cutOff.because;
    return result("unreachable", [reason("unreachable-because", "warning", { kind, id })], cutOff.because);
  }
  return result("unknown", [...members.flatMap((part) => takenOver(part)), reason("all-unknown", "info")]);
}

/** On the backup, or without one: the reason, and the links it is about. */
function groupReasons(
  topology: Topology,
  access: readonly SubjectState[],
  links: States,
): { why: Reason; tells: readonly string[] }[] {
  const reasons: { why: Reason; tells: readonly string[] }[] = [];
  const groups = new Set(access.map(({ id }) => topology.groupByLink.get(id)));
  for (const group of groups) {
    const primary = group?.primary[0];
    if (group === undefined || primary === undefined) continue;
    const carrying = (ids: readonly string[]) => ids.find((id) => isCarrying(links.get(id)?.state));
    const areLost = (ids: readonly string[]) => ids.every((id) => isLostState(links.get(id)?.state));
    const backup = carrying(group.backup);
    if (areLost(group.primary) && backup !== undefined) {
      reasons.push({ why: reason("on-backup", "warning", { primary, backup }), tells: group.primary });
    } else if (carrying(group.primary) !== undefined && group.backup.length > 0 && areLost(group.backup)) {
      reasons.push({ why: reason("no-backup", "warning", { link: group.backup[0]! }), tells: group.backup });
    }
  }
  return reasons;
}

/** An agency as its own sites are; one without sites as those below it. */
export function agencyStates(tree: AgencyTree, topology: Topology, sites: States): Map<string, SubjectState> {
  const sitesOf = new Map<string, SubjectState[]>();
  for (const [site, owner] of tree.agencyOfSite) {
    const state = sites.get(site);
    if (!state || (topology.devicesBySite.get(site)?.length ?? 0) === 0) continue;
    const list = sitesOf.get(owner);
    if (list) list.push(state);
    else sitesOf.set(owner, [state]);
  }
  const done = new Map<string, SubjectState>();
  const visiting = new Set<string>();
  const visit = (id: string): SubjectState => {
    const known = done.get(id);
    if (known) return known;
    visiting.add(id);
    const below = (tree.children.get(id) ?? []).filter((child) => !visiting.has(child)).map(visit);
    const own = sitesOf.get(id) ?? [];
    const notUp = below.filter(({ state }) => state !== "up").length;
    const about = notUp > 0 ? [reason("child-agencies", "info", { count: notUp, total: below.length })] : [];
    const state = own.length > 0 ? combine(id, own, about) : combine(id, below, about, true);
    visiting.delete(id);
    done.set(id, state);
    return state;
  };
  return new Map([...tree.agencies.keys()].map((id) => [id, visit(id)]));
}

function combine(
  id: string,
  parts: readonly SubjectState[],
  about: readonly Reason[],
  ofChildren = false,
): SubjectState {
  const state = combinedState(parts.map((part) => part.state));
  const first = parts.find((part) => part.state === "unreachable");
  const because = state === "unreachable" ? first?.because : undefined;
  const reasons = ofChildren ? [...about] : [...parts.flatMap((part) => part.reasons), ...about];
  if (parts.length === 0) reasons.push(reason("nothing-monitored", "info"));
  return {
    kind: "agency",
    id,
    state,
    reasons: sortReasons(reasons),
    ...(because && { because }),
    ...sinceOf(state, parts),
  };
}

/** Of an agency, from its sites' states; of one without sites, from those of the agencies below it. */
export function combinedState(parts: readonly State[]): State {
  const has = (...states: State[]) => parts.some((state) => states.includes(state));
  if (parts.length === 0) return "unknown";
  if (!has("up", "degraded", "unknown")) return has("down") ? "down" : "unreachable";
  if (has("down", "unreachable", "degraded")) return "degraded";
  return has("up") ? "up" : "unknown";
}

/** The reasons of a device or link as those of what contains it; told otherwise, or of something unknown, they are no fault of it. */
function takenOver(part: SubjectState, isTold = false): Reason[] {
  const isFault = part.state !== "unknown" && !isTold;
  return part.reasons
    .filter(({ severity }) => severity !== "info")
    .slice(0, REASONS_PER_SUBJECT)
    .map((why) => ({
      ...why,
      severity: isFault ? why.severity : "info",
      subject: { kind: part.kind, id: part.id },
    }));
}

function sinceOf(state: State, parts: readonly SubjectState[]): { sinceMs?: number } {
  if (state === "up") return {};
  // Degraded since the first of whatever is wrong now.
  const isSame = (part: SubjectState) =>
    part.state === state || (state === "degraded" && part.state !== "up" && part.state !== "unknown");
  const times = parts
    .filter((part) => isSame(part) && part.sinceMs !== undefined)
    .map((part) => part.sinceMs!);
  return times.length > 0 ? { sinceMs: Math.min(...times) } : {};
}

function isCarrying(state: State | undefined): boolean {
  return state === "up" || state === "degraded";
}

function isLostState(state: State | undefined): boolean {
  return state === "down" || state === "unreachable";
}
