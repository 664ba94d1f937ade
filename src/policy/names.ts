/** Names outside and their certificates: is each name one system's, and is there something that makes it trusted? */
import { about, type Finding, type GateInput } from "./finding.ts";
import type { PlannedObject } from "./objects.ts";

export function nameFindings({ cluster, plan }: GateInput): Finding[] {
  const first = new Map<string, PlannedObject>();
  const findings: Finding[] = [];
  for (const planned of plan.objects) {
    for (const host of hostsOf(planned)) {
      const other = first.get(host);
      if (!other) first.set(host, planned);
      else
        findings.push(
          about(planned, {
            rule: "name/twice",
            severity: "mandatory",
            message: `${planned.system} and ${other.system} both want the name ${host}`,
            remedy: "another `host` for one of them",
          }),
        );
    }
  }
  const isIssued = cluster.operators.includes("cert-manager") && cluster.certificateIssuer !== undefined;
  if (plan.objects.length > 0 && !isIssued && cluster.certificateCredential === undefined)
    findings.push({
      rule: "name/certificate",
      severity: "mandatory",
      message: `cluster ${cluster.id} has no certificates: neither names outside nor databases would have TLS, and pods would wait for a secret that never comes`,
      remedy: "certificateCredential, or cert-manager among `operators` with certificateIssuer",
      at: { kind: "clusters", id: cluster.id, path: ["operators"] },
      clause: "5.12.2.4 b",
    });
  if (first.size > 0 && cluster.ingressClass === undefined && cluster.gateway === undefined)
    findings.push({
      rule: "name/no-way-in",
      severity: "advisory",
      message: `cluster ${cluster.id} says neither ingressClass nor gateway: names outside depend on a default class`,
      remedy: "ingressClass: the class of the center's ingress controller",
      at: { kind: "clusters", id: cluster.id, path: ["services", "ingress"] },
    });
  return findings;
}

function hostsOf({ object }: PlannedObject): string[] {
  const spec = object.spec as { rules?: { host?: string }[]; hostnames?: string[] } | undefined;
  if (object.kind === "Ingress") return (spec?.rules ?? []).flatMap(({ host }) => (host ? [host] : []));
  return object.kind === "HTTPRoute" ? (spec?.hostnames ?? []) : [];
}
