/** The name a workload has outside: an Ingress, or a route of the cluster's Gateway. */
import type { Workload } from "../../src/inventory/platform-model.ts";
import type { KubernetesObject } from "../../src/policy/objects.ts";
import { certificateSecret } from "./pod.ts";
import type { Scope } from "./scope.ts";
import { portOf } from "./templates.ts";

export function hostName({ environment }: Scope, workload: Workload): string {
  return `${workload.host}.${environment.domain}`;
}

export function exposure(scope: Scope, workload: Workload): KubernetesObject {
  return scope.cluster.gateway ? route(scope, workload) : ingress(scope, workload);
}

function ingress(scope: Scope, workload: Workload): KubernetesObject {
  const { cluster } = scope;
  const host = hostName(scope, workload);
  const isIssued = usesIssuer(scope);
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      name: workload.name,
      ...(isIssued && { annotations: { "cert-manager.io/cluster-issuer": cluster.certificateIssuer! } }),
    },
    spec: {
      ...(cluster.ingressClass && { ingressClassName: cluster.ingressClass }),
      tls: [{ hosts: [host], secretName: isIssued ? `${workload.name}-tls` : certificateSecret }],
      rules: [
        {
          host,
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: workload.name, port: { number: portOf(workload)! } } },
              },
            ],
          },
        },
      ],
    },
  };
}

/** TLS ends at the Gateway, whose listener has the certificate. */
function route(scope: Scope, workload: Workload): KubernetesObject {
  const gateway = scope.cluster.gateway!;
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: workload.name },
    spec: {
      parentRefs: [{ name: gateway.name, namespace: gateway.namespace }],
      hostnames: [hostName(scope, workload)],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/" } }],
          backendRefs: [{ name: workload.name, port: portOf(workload)! }],
        },
      ],
    },
  };
}

/** What ports speaking TLS show inside the cluster, where the center's authority signs by itself. */
export function servingCertificate({ cluster, platform, namespace }: Scope): KubernetesObject {
  const names = [...platform.databases, ...platform.workloads].map(({ name }) => name);
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: certificateSecret },
    spec: {
      secretName: certificateSecret,
      dnsNames: names.flatMap((name) => [name, `${name}.${namespace}.svc`]),
      issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: cluster.certificateIssuer },
      privateKey: { rotationPolicy: "Always" },
      usages: ["digital signature", "key encipherment", "server auth"],
    },
  };
}

/** Whether the center's authority signs certificates by itself. */
export function usesIssuer({ cluster }: Scope): boolean {
  return cluster.operators.includes("cert-manager") && cluster.certificateIssuer !== undefined;
}
