/** The frame of a system: namespace, what it may ask for, who may look and operate, accounts without tokens. */
import type { Quota } from "../../src/inventory/platform-model.ts";
import type { KubernetesObject, PlannedObject } from "../../src/policy/objects.ts";
import { planned, type Scope } from "./scope.ts";

/** Everything a namespace has before anything runs in it. */
export function namespaceObjects(scope: Scope, quota: Quota): PlannedObject[] {
  return [
    planned(scope, ["id"], namespace(scope)),
    planned(scope, ["platform", "quota"], resourceQuota(quota)),
    planned(scope, ["platform", "quota"], limitRange(quota)),
    ...(["operators", "viewers"] as const).flatMap((who) => [
      planned(scope, ["platform", "groups", who], role(who)),
      planned(scope, ["platform", "groups", who], roleBinding(who, scope.platform.groups[who])),
    ]),
    // The account that pods get which name none.
    planned(scope, ["platform"], serviceAccount("default")),
  ];
}

function namespace({ system, environment, namespace: name }: Scope): KubernetesObject {
  const { backup } = system;
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      labels: {
        "pdc/owner": system.owner,
        ...(system.securityLevel !== undefined && { "pdc/security-level": String(system.securityLevel) }),
        ...(system.dataClass && { "pdc/data-class": system.dataClass }),
        "pdc/data": environment.data,
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
      },
      annotations: {
        "pdc/system-name": system.name,
        ...(backup && {
          "pdc/backup-recovery-point-hours": String(backup.recoveryPointHours),
          "pdc/backup-recovery-time-hours": String(backup.recoveryTimeHours),
          "pdc/backup-keep-days": String(backup.keepDays),
        }),
      },
    },
  };
}

function resourceQuota({ cpu, memory, storage, pods }: Quota): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "quota" },
    spec: {
      hard: {
        "requests.cpu": cpu,
        "requests.memory": memory,
        "limits.memory": memory,
        ...(storage && { "requests.storage": storage }),
        pods: String(pods),
        // Everything comes in through the ingress.
        "services.nodeports": "0",
        "services.loadbalancers": "0",
      },
    },
  };
}

/**
 * What a container gets that asks for nothing, and the most memory that one may ask for. A most of the processor would
 * give every container without a limit that limit.
 */
function limitRange({ memory }: Quota): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "limits" },
    spec: {
      limits: [
        {
          type: "Container",
          defaultRequest: { cpu: "50m", memory: "64Mi" },
          default: { memory: "256Mi" },
          max: { memory },
        },
      ],
    },
  };
}

export function serviceAccount(name: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name },
    automountServiceAccountToken: false,
  };
}

/**
 * Operators look, read logs, scale, and restart pods by evicting them, as disruption budgets allow, or deleting them.
 * Neither group sees secrets or enters a pod; so neither may change what a pod runs, which could print them.
 */
function role(who: "operators" | "viewers"): KubernetesObject {
  const read = ["get", "list", "watch"];
  const change =
    who === "viewers"
      ? []
      : [
          {
            apiGroups: ["apps"],
            resources: ["deployments/scale", "statefulsets/scale"],
            verbs: ["patch", "update"],
          },
          { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
          { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
        ];
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: who },
    rules: [
      {
        apiGroups: [""],
        resources: [
          "pods",
          "pods/log",
          "services",
          "endpoints",
          "events",
          "configmaps",
          "persistentvolumeclaims",
        ],
        verbs: read,
      },
      { apiGroups: [""], resources: ["resourcequotas", "limitranges", "serviceaccounts"], verbs: read },
      { apiGroups: ["apps"], resources: ["deployments", "statefulsets", "replicasets"], verbs: read },
      { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: read },
      { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"], verbs: read },
      { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: read },
      { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: read },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
      ...change,
    ],
  };
}

function roleBinding(who: "operators" | "viewers", groups: readonly string[]): KubernetesObject {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: who },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: who },
    subjects: groups.map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name })),
  };
}
