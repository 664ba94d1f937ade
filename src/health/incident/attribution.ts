/** Whose fault an incident was, by what was seen of it; nothing seen, nothing claimed. */
import type { Inventory } from "../../inventory/model.ts";
import type { HealthSnapshot, Reason } from "../types.ts";
import type { Cause, CauseKind, Evidence, EvidenceCode, Incident } from "./types.ts";

/** What is known of the power of sites and devices, from UPSs and last gasps. */
export interface PowerSign {
  atMs: number;
  device: string;
  code: "ups-on-battery" | "last-gasp";
}

export interface AttributionInput {
  inventory: Inventory;
  snapshot: HealthSnapshot;
  /** By site id, and by "device/<id>" for last gasps; the newest sign of each. */
  power: ReadonlyMap<string, PowerSign>;
  powerWindowMs: number;
  atMs: number;
}

/** More of the same proves no more. */
const MOST_EVIDENCE = 12;
/** Uptimes are told in whole seconds by clocks that drift. */
const CLOCK_SLACK_MS = 30_000;

/** Codes of reasons that say the device, or a part of it, is at fault by itself. */
const REFUSAL_CODES: ReadonlySet<string> = new Set([
  "refused",
  "unauthenticated",
  "invalid-answer",
  "unresolved",
]);

/**
 * The cause as it stands now. While an outage runs, ports and power speak; when it has ended (`hasEnded`), whether
 * the device at the far end restarted tells its power or the device from the line. Evidence seen before is kept.
 */
export function causeOf(incident: Incident, input: AttributionInput, hasEnded: boolean): Cause {
  const carrier = carrierOf(incident, input.inventory);
  const seen = new Map<string, Evidence>(incident.cause.evidence.map((one) => [keyOf(one), one]));
  for (const one of evidenceNow(incident, input, hasEnded))
    if (!seen.has(keyOf(one))) seen.set(keyOf(one), one);
  const evidence = [...seen.values()].slice(0, MOST_EVIDENCE);
  const kind = kindOf(new Set(evidence.map(({ code }) => code)), carrier !== undefined);
  return { kind, ...(carrier !== undefined && { carrier }), evidence };
}

function keyOf({ code, values }: Evidence): string {
  return `${code} ${values.device ?? ""} ${values.interface ?? ""} ${values.part ?? ""}`;
}

/** The rule: what was done by hand, then power, then the device itself, then the line of a carrier. */
function kindOf(codes: ReadonlySet<EvidenceCode>, hasCarrier: boolean): CauseKind {
  if (codes.has("admin-down") || codes.has("port-missing") || codes.has("refused")) return "configuration";
  if (codes.has("last-gasp") || codes.has("ups-on-battery")) return "power";
  if (codes.has("part-fault")) return "device";
  if (codes.has("restarted")) return "device";
  const isLineProven = codes.has("far-end-alive") || codes.has("no-restart");
  if (hasCarrier && codes.has("port-down") && isLineProven) return "carrier";
  return "unknown";
}

function carrierOf({ subject }: Incident, inventory: Inventory): string | undefined {
  return subject.kind === "link" ? inventory.links.get(subject.id)?.carrier : undefined;
}

function* evidenceNow(incident: Incident, input: AttributionInput, hasEnded: boolean): Generator<Evidence> {
  const { inventory, snapshot, atMs } = input;
  const { subject } = incident;
  const link = subject.kind === "link" ? inventory.links.get(subject.id) : undefined;
  const farEnd = link?.b.device ?? (subject.kind === "device" ? subject.id : undefined);
  const far = farEnd === undefined ? undefined : snapshot.devices.get(farEnd);
  if (!hasEnded) yield* incident.reasons.flatMap((why) => reasonEvidence(incident, why, atMs));
  if (incident.kind !== "outage" || farEnd === undefined) return;
  yield* powerEvidence(incident, farEnd, input);
  const isAnswering = far?.state === "up" || far?.state === "degraded";
  const upSinceMs = isAnswering ? far?.upSinceMs : undefined;
  const hasRestarted = upSinceMs !== undefined && upSinceMs >= incident.startMs - CLOCK_SLACK_MS;
  if (link && isAnswering && !hasEnded && !hasRestarted)
    yield { code: "far-end-alive", atMs, values: { device: farEnd } };
  if (!hasEnded || upSinceMs === undefined) return;
  if (hasRestarted) yield { code: "restarted", atMs: Math.round(upSinceMs), values: { device: farEnd } };
  else yield { code: "no-restart", atMs, values: { device: farEnd } };
}

function* powerEvidence({ startMs }: Incident, farEnd: string, input: AttributionInput): Generator<Evidence> {
  const { inventory, power, powerWindowMs } = input;
  for (const key of [`device/${farEnd}`, inventory.devices.get(farEnd)?.site ?? ""]) {
    const sign = power.get(key);
    if (sign && sign.atMs >= startMs - powerWindowMs && sign.atMs <= startMs + powerWindowMs)
      yield { code: sign.code, atMs: sign.atMs, values: { device: sign.device } };
  }
}

function reasonEvidence({ subject, kind }: Incident, why: Reason, atMs: number): Evidence[] {
  const device = String(why.evidence?.device ?? why.values.device ?? subject.id);
  const port = String(why.values.interface ?? why.evidence?.key ?? "");
  switch (why.code) {
    case "link-end-down":
      return [
        {
          code: "port-down",
          atMs,
          values: { device, interface: port, word: String(why.values.word ?? "down") },
        },
      ];
    case "link-end-shut":
    case "admin-down":
      return [{ code: "admin-down", atMs, values: { device, interface: port } }];
    case "link-end-not-present":
      return [{ code: "part-fault", atMs, values: { device, part: port } }];
    case "interface-missing":
      return [{ code: "port-missing", atMs, values: { device, interface: port } }];
    case "rebooted":
      return [{ code: "restarted", atMs: Number(why.values.atMs), values: { device } }];
    case "ups-on-battery":
      return [{ code: "ups-on-battery", atMs, values: { device } }];
    case "no-answer":
      return [{ code: "way-open", atMs, values: { device } }];
    default:
      if (REFUSAL_CODES.has(why.code)) return [{ code: "refused", atMs, values: { device } }];
      return kind === "fault" && why.evidence?.class !== undefined && why.evidence.class !== "interface"
        ? [{ code: "part-fault", atMs, values: { device, part: String(why.values.label ?? port) } }]
        : [];
  }
}

/** The newest signs of power of a snapshot, added to those known; old ones go. */
export function powerSigns(
  previous: ReadonlyMap<string, PowerSign>,
  snapshot: HealthSnapshot,
  inventory: Inventory,
  hints: readonly PowerSign[],
  { atMs, keepMs }: { atMs: number; keepMs: number },
): Map<string, PowerSign> {
  const signs = new Map([...previous].filter(([, sign]) => sign.atMs >= atMs - keepMs));
  for (const hint of hints) {
    // A UPS tells of the power of its site, a last gasp of the device's own.
    const site = hint.code === "ups-on-battery" ? inventory.devices.get(hint.device)?.site : undefined;
    signs.set(site ?? `device/${hint.device}`, hint);
  }
  for (const { id, state, reasons } of snapshot.devices.values()) {
    if (state === "up" || !reasons.some(({ code }) => code === "ups-on-battery")) continue;
    const site = inventory.devices.get(id)?.site;
    if (site !== undefined) signs.set(site, { atMs, device: id, code: "ups-on-battery" });
  }
  return signs;
}
