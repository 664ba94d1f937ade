/** Is it known of every system whose it is, how sensitive its data, and how it is kept? */
import { leastLevel } from "./exchanges.ts";
import { bySystem, type Finding, type GateInput } from "./finding.ts";

export function systemFindings({ inventory, environment, plan, date }: GateInput): Finding[] {
  const findings: Finding[] = [];
  for (const { id, handledBy, platform } of inventory.systems.values()) {
    if ((handledBy === "workload") === (platform !== undefined)) continue;
    findings.push({
      rule: "system/not-described",
      severity: "advisory",
      message: platform
        ? `${id} runs on the platform but is handled by ${handledBy}`
        : `${id} is a workload, and nothing of it is described`,
      remedy: platform ? "handledBy: workload" : "platform: what it runs",
      at: { kind: "systems", id, path: ["handledBy"] },
    });
  }
  for (const id of bySystem(plan).keys()) {
    const system = inventory.systems.get(id)!;
    const tell = (
      rule: string,
      message: string,
      remedy: string,
      clause?: string,
      severity: Finding["severity"] = "mandatory",
    ) => {
      const at = { kind: "systems", id, path: ["id"] } as const;
      findings.push({ rule, severity, message: `${id}: ${message}`, remedy, at, ...(clause && { clause }) });
    };
    const level = (system.securityLevel ?? 1) + 2;
    const owner = inventory.agencies.get(system.owner);
    if (!owner) tell("system/owner", "nobody owns it", "owner: an agency", `${level}.2.2.1`);
    else if (owner.mergedInto || (owner.validUntil ?? "9999") <= date)
      tell(
        "system/owner",
        `its owner ${owner.id} is no more`,
        "`pdc agency merge` hands its systems over; or name another owner",
        `${level}.2.2.1`,
      );
    if (system.securityLevel === undefined)
      tell("system/level", "its security level is not decided", "securityLevel: 1–5");
    const need = leastLevel[system.dataClass ?? "public"];
    if (system.securityLevel !== undefined && system.securityLevel < need)
      tell(
        "system/level",
        `it holds ${system.dataClass} data at level ${system.securityLevel}, so what level ${need} asks for is not asked of it`,
        `securityLevel: ${need}, or the class of its data as it is`,
        undefined,
        "advisory",
      );
    if (system.dataClass === undefined)
      tell("system/data-class", "the class of its data is not said", "dataClass", `${level}.4.2.3`);
    if (system.backup === undefined && environment.data === "real")
      tell("system/backup", "it has no backup policy", "backup: { … }", `${level}.11.2.1`);
  }
  return environment.data === "real" ? findings : [...findings, ...sharedCredentials({ environment, plan })];
}

/** A copy for training must not open production's doors; one finding for each of production's keys. */
function sharedCredentials({ environment, plan }: Pick<GateInput, "environment" | "plan">): Finding[] {
  const holders = new Map<string, Set<string>>();
  for (const { system, values } of plan.objects)
    for (const { credential, field } of Object.values(values ?? {})) {
      if (credential.startsWith(`${environment.id}-`) || field === "dockerConfig" || field === "user")
        continue;
      holders.set(credential, (holders.get(credential) ?? new Set()).add(system));
    }
  return [...holders].map(([credential, systems]) => ({
    rule: "system/shared-credential",
    severity: "mandatory",
    message: `${[...systems].join(", ")} in ${environment.id} would hold ${credential}, a credential of other environments`,
    remedy: `a credential ${environment.id}-${credential}`,
    at: { kind: "credentials", id: credential, path: ["id"] },
  }));
}
