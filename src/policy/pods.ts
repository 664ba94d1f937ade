/** Is every pod of a plan as Pod Security "restricted" wants it, with requests, limits and an account of its own? */
import { about, type Finding, type GateInput } from "./finding.ts";
import { type Container, type PlannedObject, type PodSpec, podTemplateOf } from "./objects.ts";

export function podFindings({ plan }: GateInput): Finding[] {
  return plan.objects.flatMap((planned) => {
    const spec = podTemplateOf(planned.object)?.spec;
    return spec
      ? [...podSecurity(planned, spec), ...containerFindings(planned, spec), ...exposedPorts(planned, spec)]
      : exposedService(planned);
  });
}

function tell(planned: PlannedObject, rule: string, what: string, remedy: string, clause: string): Finding {
  const { kind, metadata } = planned.object;
  const message = `${kind} ${metadata.namespace}/${metadata.name}: ${what}`;
  return about(planned, { rule, severity: "mandatory", message, remedy, clause });
}

function podSecurity(planned: PlannedObject, spec: PodSpec): Finding[] {
  const findings: Finding[] = [];
  for (const key of ["hostNetwork", "hostPID", "hostIPC"] as const)
    if (spec[key])
      findings.push(
        tell(planned, "pod/host", `${key} takes it out of its walls`, `without ${key}`, "5.5.2.1 b"),
      );
  if (spec.volumes?.some(({ hostPath }) => hostPath !== undefined))
    findings.push(
      tell(planned, "pod/host", "a volume of the node's own disk", "a claim or emptyDir", "5.5.2.1 b"),
    );
  if (spec.automountServiceAccountToken !== false)
    findings.push(
      tell(
        planned,
        "pod/token",
        "it gets a token of the Kubernetes API",
        "automountServiceAccountToken: false",
        "5.6.2.4",
      ),
    );
  return findings;
}

function containerFindings(planned: PlannedObject, spec: PodSpec): Finding[] {
  const findings: Finding[] = [];
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const fault of faultsOf(container, spec))
      findings.push(
        tell(
          planned,
          "pod/security",
          `container ${container.name}: ${fault}`,
          "mend its securityContext",
          "5.5.2.1 b",
        ),
      );
    const { requests, limits } = container.resources ?? {};
    if (!requests?.cpu || !requests.memory || !limits?.memory)
      findings.push(
        tell(
          planned,
          "pod/resources",
          `container ${container.name} does not say what it needs`,
          "requests of cpu and memory, and a limit of memory",
          "5.12.2.2 a",
        ),
      );
  }
  return findings;
}

function faultsOf(
  { securityContext: own = {} }: Container,
  { securityContext: pod = {} }: PodSpec,
): string[] {
  const isNonRoot = own.runAsNonRoot ?? pod.runAsNonRoot ?? false;
  const user = own.runAsUser ?? pod.runAsUser;
  const seccomp = own.seccompProfile?.type ?? pod.seccompProfile?.type;
  return [
    ...(own.privileged ? ["privileged"] : []),
    ...(isNonRoot && user !== 0 ? [] : ["may run as root"]),
    ...(own.allowPrivilegeEscalation === false ? [] : ["may gain privileges"]),
    ...(own.capabilities?.drop?.includes("ALL") ? [] : ["keeps capabilities"]),
    ...((own.capabilities?.add ?? []).some((one) => one !== "NET_BIND_SERVICE") ? ["adds capabilities"] : []),
    ...(seccomp === "RuntimeDefault" || seccomp === "Localhost" ? [] : ["has no seccomp profile"]),
  ];
}

function exposedPorts(planned: PlannedObject, spec: PodSpec): Finding[] {
  const isOpen = spec.containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort !== undefined));
  return isOpen
    ? [tell(planned, "pod/host", "a port of the node", "a Service, and an Ingress for people", "5.5.2.1 b")]
    : [];
}

function exposedService(planned: PlannedObject): Finding[] {
  if (planned.object.kind !== "Service") return [];
  const { type, externalIPs } = planned.object.spec as { type?: string; externalIPs?: unknown[] };
  if ((type ?? "ClusterIP") === "ClusterIP" && !externalIPs?.length) return [];
  return [
    tell(
      planned,
      "service/exposed",
      "it is open to the network around the cluster",
      "an Ingress",
      "5.12.2.4 d",
    ),
  ];
}
