// Environments as a province has them: a namespace with its rules, four workloads with services and budgets.
import * as k8s from "@pulumi/kubernetes";

const WORKLOADS = 4;
export function environments(count: number, prefix: string): void {
  for (let index = 0; index < count; index++) environment(`${prefix}-${index}`);
}

function environment(name: string): void {
  const made = new k8s.core.v1.Namespace(name, { metadata: { name } });
  const namespace = made.metadata.name;
  const called = (object: string) => ({ namespace, name: object });
  new k8s.core.v1.ResourceQuota(`${name}-quota`, {
    metadata: called("quota"),
    spec: { hard: { pods: "50", "requests.cpu": "20" } },
  });
  new k8s.core.v1.LimitRange(`${name}-limits`, {
    metadata: called("limits"),
    spec: { limits: [{ type: "Container", defaultRequest: { cpu: "0.1" }, default: { memory: "1024Mi" } }] },
  });
  new k8s.networking.v1.NetworkPolicy(`${name}-deny`, {
    metadata: called("deny"),
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  });
  const account = new k8s.core.v1.ServiceAccount(`${name}-app`, {
    metadata: called("app"),
    automountServiceAccountToken: false,
  });
  const settings = new k8s.core.v1.ConfigMap(`${name}-settings`, {
    metadata: called("settings"),
    data: { mode: "production" },
  });
  new k8s.core.v1.Secret(`${name}-secret`, { metadata: called("secret"), stringData: { password: name } });
  new k8s.rbac.v1.RoleBinding(`${name}-view`, {
    metadata: called("view"),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
    subjects: [{ kind: "Group", name: "operators", apiGroup: "rbac.authorization.k8s.io" }],
  });
  for (let index = 0; index < WORKLOADS; index++) {
    const app = `app-${index}`;
    const matchLabels = { app };
    new k8s.apps.v1.Deployment(`${name}-${app}`, {
      metadata: called(app),
      spec: {
        replicas: 1,
        selector: { matchLabels },
        template: {
          metadata: { labels: matchLabels },
          spec: {
            serviceAccountName: account.metadata.name,
            containers: [
              {
                name: "main",
                image: "registry.example/app:1",
                envFrom: [{ configMapRef: { name: settings.metadata.name } }],
                resources: { requests: { cpu: "0.01", memory: "1Mi" } },
              },
            ],
          },
        },
      },
    });
    new k8s.core.v1.Service(`${name}-${app}-service`, {
      metadata: called(app),
      spec: { selector: matchLabels, ports: [{ port: 80 }] },
    });
    new k8s.policy.v1.PodDisruptionBudget(`${name}-${app}-budget`, {
      metadata: called(app),
      spec: { maxUnavailable: 1, selector: { matchLabels } },
    });
  }
}
