/**
 * Controls that a security level asks for. Levels and clauses are those of TCVN 14423:2026 as read from a secondary
 * source (clause = level + 2, then the group); that a Kubernetes setting meets a clause is our mapping, for a
 * compliance officer to approve. Controls of availability are for environments with real data.
 */
import type { System } from "../inventory/model.ts";
import type { Platform } from "../inventory/platform-model.ts";
import { about, bySystem, type Finding, type GateInput } from "./finding.ts";
import type { KubernetesObject, PlannedObject } from "./objects.ts";
import { podUse } from "./use.ts";

/** Months that logs are kept at least. */
const logMonths: Readonly<Record<number, number>> = { 1: 0, 2: 1, 3: 3, 4: 6, 5: 12 };
/** Months between restore tests at most, where a number is given. */
const restoreTestMonths: Readonly<Record<number, number>> = { 4: 6, 5: 3 };

export function controlFindings(input: GateInput): Finding[] {
  const objects = bySystem(input.plan);
  return [...input.inventory.systems.values()].flatMap((system) => {
    const own = objects.get(system.id);
    if (!own || !system.platform) return [];
    const level = system.securityLevel ?? 1;
    const known: Known = { input, system, platform: system.platform, level, objects: own };
    return [
      ...backup(known),
      ...availability(known),
      ...confidentiality(known),
      ...separation(known),
      ...logs(known),
    ];
  });
}

interface Known {
  input: GateInput;
  system: System;
  platform: Platform;
  level: number;
  objects: readonly PlannedObject[];
}

type Path = NonNullable<Finding["at"]["path"]>;

function finding(
  { system, level }: Known,
  path: Path,
  rule: string,
  message: string,
  remedy: string,
  clause: string,
  severity: Finding["severity"] = "mandatory",
): Finding {
  const at = { kind: "systems", id: system.id, path } as const;
  const full = `${level + 2}.${clause}`;
  return { rule, severity, message: `${system.id} (level ${level}): ${message}`, remedy, at, clause: full };
}

function backup(known: Known): Finding[] {
  const { system, level, input } = known;
  const policy = system.backup;
  if (!policy || input.environment.data !== "real") return [];
  const findings: Finding[] = [];
  const want = (isMet: boolean, path: Path, message: string, remedy: string, clause: string) => {
    if (!isMet) findings.push(finding(known, ["backup", ...path], "control/backup", message, remedy, clause));
  };
  if (level >= 2)
    want(policy.isOffsite, ["isOffsite"], "no backup is kept apart", "isOffsite: true", "11.2.3");
  if (level >= 3) {
    want(policy.copies >= 2, ["copies"], "3-2-1 wants two copies beside the data", "copies: 2", "11.2.3");
    want(policy.media >= 2, ["media"], "3-2-1 wants two kinds of media", "media: 2", "11.2.3");
    want(
      policy.isEncrypted || system.dataClass === "public",
      ["isEncrypted"],
      "its backups are not encrypted",
      "isEncrypted: true",
      "11.2.4",
    );
    const atMost = restoreTestMonths[level];
    const tested = policy.restoreTestMonths;
    want(
      tested !== undefined && (atMost === undefined || tested <= atMost),
      ["restoreTestMonths"],
      "no restore is tried in time",
      `restoreTestMonths: ${atMost ?? 6}`,
      "11.2.5",
    );
  }
  return findings;
}

/** Hot standby and balanced load: two pods on two nodes, and a node may be emptied at any time. */
function availability(known: Known): Finding[] {
  const { level, objects, input } = known;
  if (level < 3 || input.environment.data !== "real") return [];
  return objects.flatMap((planned): Finding[] => {
    const { object } = planned;
    if (!["Deployment", "StatefulSet", "Cluster"].includes(object.kind)) return [];
    const use = podUse(object, objects);
    const name = object.metadata.name;
    const isDatabase = planned.at.path?.[1] === "databases";
    const tell = (rule: string, severity: Finding["severity"], message: string, remedy: string) => {
      const one = finding(known, [], rule, message, remedy, "12.2.2 a", severity);
      return about(planned, one, planned.file === undefined ? planned.at.path : undefined);
    };
    if ((use?.least ?? 0) < 2)
      return [
        isDatabase
          ? tell(
              "control/database-standby",
              // Level 4 asks for hot recovery in so many words.
              level >= 4 ? "mandatory" : "advisory",
              `database ${name} has no standby`,
              "cloudnative-pg among the cluster's operators, instances: 3",
            )
          : tell("control/replicas", "mandatory", `${name} is one pod`, "replicas: { min: 2 }"),
      ];
    // The database operator spreads and guards its instances itself.
    if (object.kind === "Cluster") return [];
    const isGuarded = objects.some(({ object: other }) => guards(other, object));
    return isGuarded
      ? []
      : [
          tell(
            "control/disruption-budget",
            "mandatory",
            `nothing keeps ${name} running while nodes are emptied`,
            "a PodDisruptionBudget",
          ),
        ];
  });
}

function guards(budget: KubernetesObject, object: KubernetesObject): boolean {
  if (budget.kind !== "PodDisruptionBudget") return false;
  const wanted = (budget.spec as { selector?: { matchLabels?: Record<string, string> } }).selector
    ?.matchLabels;
  const labels = (object.spec as { template?: { metadata?: { labels?: Record<string, string> } } }).template
    ?.metadata?.labels;
  return wanted !== undefined && Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}

function confidentiality(known: Known): Finding[] {
  const { level, objects, input, system, platform } = known;
  const findings: Finding[] = [];
  for (const planned of objects) {
    const { object } = planned;
    if (object.kind !== "Ingress") continue;
    const { tls } = object.spec as { tls?: unknown[] };
    if (!tls || tls.length === 0)
      findings.push(
        about(
          planned,
          finding(known, [], "control/tls", "a name outside without TLS", "a certificate", "12.2.4 b"),
        ),
      );
  }
  const isSecret = system.dataClass !== undefined && system.dataClass !== "public";
  if (level >= 2 && isSecret && input.environment.data !== "synthetic") {
    for (const [i, { name, storageClass }] of platform.databases.entries()) {
      const used =
        input.cluster.storageClasses.find((one) => one.name === storageClass) ??
        input.cluster.storageClasses[0];
      if (used?.isEncrypted) continue;
      const path: Path = ["platform", "databases", i, ...(storageClass ? ["storageClass"] : [])];
      findings.push(
        finding(
          known,
          path,
          "control/encryption-at-rest",
          `${name} keeps ${system.dataClass} data on ${used?.name}, which is not encrypted`,
          "a storage class with isEncrypted",
          "4.2.4",
        ),
      );
    }
  }
  // Between systems of level 3 everything travels encrypted.
  const provided = new Set(
    [...input.inventory.exchanges.values()]
      .filter(({ provider, dataClass }) => provider.system === system.id && dataClass !== "public")
      .map(({ provider }) => provider.workload),
  );
  for (const [i, { name, isTls }] of platform.workloads.entries()) {
    if (level < 3 || isTls || (!provided.has(name) && platform.gateway !== name)) continue;
    findings.push(
      finding(
        known,
        ["platform", "workloads", i],
        "control/encryption-in-transit",
        `${name} gives data to other systems in clear text`,
        "isTls: true, and a certificate it shows",
        "4.2.4",
      ),
    );
  }
  for (const [i, { name, config }] of platform.workloads.entries()) {
    for (const key of Object.keys(config).filter((one) =>
      /passw|secret|token|api_?key|credential/i.test(one),
    ))
      findings.push(
        finding(
          known,
          ["platform", "workloads", i, "config", key],
          "control/secret-in-clear",
          `${name} has ${key} among its open configuration`,
          "a credential, named in `secrets`",
          "4.2.3",
        ),
      );
  }
  return findings;
}

/** Each system in a zone of its own, run by people of its own. */
function separation(known: Known): Finding[] {
  const { objects, platform, level } = known;
  const findings: Finding[] = [];
  const denies = objects.some(({ object }) => object.kind === "NetworkPolicy" && isDefaultDeny(object));
  if (!denies)
    findings.push(
      finding(
        known,
        ["platform"],
        "control/default-deny",
        "its namespace is open",
        "a policy that denies",
        "12.2.2 b",
      ),
    );
  const { operators } = platform.groups;
  if (level >= 2 && operators.length === 0)
    findings.push(
      finding(
        known,
        ["platform", "groups"],
        "control/operators",
        "no group operates it, so nobody but administrators of the cluster can",
        "groups: { operators: […] }",
        "6.2.4",
        "advisory",
      ),
    );
  return findings;
}

function isDefaultDeny(object: KubernetesObject): boolean {
  const { podSelector, policyTypes, ingress, egress } = object.spec as {
    podSelector?: object;
    policyTypes?: string[];
    ingress?: unknown[];
    egress?: unknown[];
  };
  return (
    Object.keys(podSelector ?? {}).length === 0 &&
    ["Ingress", "Egress"].every((type) => policyTypes?.includes(type)) &&
    (ingress?.length ?? 0) + (egress?.length ?? 0) === 0
  );
}

function logs(known: Known): Finding[] {
  const { level, input } = known;
  const { cluster, environment } = input;
  const need = logMonths[level] ?? 0;
  if (environment.data !== "real" || (cluster.logRetentionMonths ?? 0) >= need) return [];
  const message = `logs of cluster ${cluster.id} are kept ${cluster.logRetentionMonths ?? "an unknown number of"} months, not ${need}`;
  const one = finding(known, [], "control/log-retention", message, `logRetentionMonths: ${need}`, "8.2.1 a");
  return [{ ...one, at: { kind: "clusters", id: cluster.id, path: ["logRetentionMonths"] } }];
}
