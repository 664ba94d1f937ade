/** Does everything that objects of a plan name in their namespace stand in the plan? What the API server would take, and nothing would run. */
import { didYouMean } from "../inventory/near-match.ts";
import { about, bySystem, type Finding, type GateInput } from "./finding.ts";
import { type Labels, type PlannedObject, type PodTemplate, podTemplateOf } from "./objects.ts";

/** Made by the cluster in every namespace. */
const ownOfCluster: readonly string[] = ["ConfigMap kube-root-ca.crt", "ServiceAccount default"];

export function referenceFindings({ plan }: GateInput): Finding[] {
  return [...bySystem(plan).values()].flatMap((objects) => {
    const names = new Set([
      ...ownOfCluster,
      ...objects.map(({ object }) => `${object.kind} ${object.metadata.name}`),
    ]);
    return objects.flatMap((planned) => [
      ...missingFindings(planned, names),
      ...volumeFindings(planned),
      ...selectorFindings(planned, objects),
      ...flowFindings(planned, objects),
    ]);
  });
}

function tell(planned: PlannedObject, rule: string, what: string, remedy: string): Finding {
  const { kind, metadata } = planned.object;
  const message = `${kind} ${metadata.namespace}/${metadata.name}: ${what}`;
  return about(planned, { rule, severity: "mandatory", message, remedy });
}

/** Objects that another needs in order to start, as "Kind name". */
function needs({ object }: PlannedObject): string[] {
  const template = podTemplateOf(object);
  if (template) return podNeeds(template);
  const spec = (object.spec ?? {}) as {
    scaleTargetRef?: { kind: string; name: string };
    defaultBackend?: Backend;
    rules?: { http?: { paths?: { backend: Backend }[] } }[];
  };
  if (object.kind === "HorizontalPodAutoscaler" && spec.scaleTargetRef)
    return [`${spec.scaleTargetRef.kind} ${spec.scaleTargetRef.name}`];
  if (object.kind !== "Ingress") return [];
  const paths = (spec.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  return [...paths.map(({ backend }) => backend), spec.defaultBackend].flatMap((backend) =>
    backend?.service ? [`Service ${backend.service.name}`] : [],
  );
}

interface Backend {
  service?: { name: string };
}

interface Reference {
  name?: string;
  optional?: boolean;
}

function podNeeds({ spec }: PodTemplate): string[] {
  const needed: string[] = [];
  const need = (kind: string, reference: Reference | undefined, name = reference?.name) => {
    if (reference && reference.optional !== true && name) needed.push(`${kind} ${name}`);
  };
  need("ServiceAccount", { name: spec.serviceAccountName ?? "default" });
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const { configMapRef, secretRef } of container.envFrom ?? []) {
      need("ConfigMap", configMapRef);
      need("Secret", secretRef);
    }
    for (const { valueFrom } of container.env ?? []) {
      const from = (valueFrom ?? {}) as { configMapKeyRef?: Reference; secretKeyRef?: Reference };
      need("ConfigMap", from.configMapKeyRef);
      need("Secret", from.secretKeyRef);
    }
  }
  for (const volume of spec.volumes ?? []) {
    const { configMap, secret, persistentVolumeClaim, projected } = volume as {
      configMap?: Reference;
      secret?: Reference & { secretName?: string };
      persistentVolumeClaim?: { claimName?: string };
      projected?: { sources?: { configMap?: Reference; secret?: Reference }[] };
    };
    need("ConfigMap", configMap);
    need("Secret", secret, secret?.secretName);
    need("PersistentVolumeClaim", persistentVolumeClaim && {}, persistentVolumeClaim?.claimName);
    for (const source of projected?.sources ?? []) {
      need("ConfigMap", source.configMap);
      need("Secret", source.secret);
    }
  }
  return needed;
}

function missingFindings(planned: PlannedObject, names: ReadonlySet<string>): Finding[] {
  return [...new Set(needs(planned))]
    .filter((needed) => !names.has(needed) && !isIssued(needed, names))
    .map((needed) => {
      const kind = needed.slice(0, needed.indexOf(" ") + 1);
      const ofKind = [...names].flatMap((name) => (name.startsWith(kind) ? [name.slice(kind.length)] : []));
      const remedy =
        didYouMean(needed.slice(kind.length), ofKind) ?? "describe it, or take the reference out";
      return tell(planned, "reference/missing", `it needs ${needed}, which its system does not have`, remedy);
    });
}

/** Secrets that cert-manager makes of a Certificate or for an Ingress, and CloudNativePG of its Cluster. */
function isIssued(needed: string, names: ReadonlySet<string>): boolean {
  return (
    needed.startsWith("Secret ") &&
    [...names].some((name) => /^(Certificate|Cluster|ExternalSecret) /.test(name))
  );
}

function volumeFindings(planned: PlannedObject): Finding[] {
  const spec = podTemplateOf(planned.object)?.spec;
  if (!spec) return [];
  const { volumeClaimTemplates = [] } = planned.object.spec as {
    volumeClaimTemplates?: { metadata: { name: string } }[];
  };
  const volumes = [
    ...(spec.volumes ?? []).map(({ name }) => name),
    ...volumeClaimTemplates.map((one) => one.metadata.name),
  ];
  return [...(spec.initContainers ?? []), ...spec.containers].flatMap(({ name, volumeMounts = [] }) =>
    volumeMounts
      .filter((mount) => !volumes.includes(mount.name))
      .map((mount) => {
        const remedy = didYouMean(mount.name, volumes) ?? "name it in volumes";
        return tell(
          planned,
          "reference/volume",
          `container ${name} mounts "${mount.name}", which is no volume of the pod`,
          remedy,
        );
      }),
  );
}

/** What network policies know pods by. */
const flowLabel = "pdc/workload";

/** Pods of a system's own manifests that a Service leads to, though no network policy lets anybody in. */
function flowFindings(planned: PlannedObject, all: readonly PlannedObject[]): Finding[] {
  const template = podTemplateOf(planned.object);
  if (planned.file === undefined || !template) return [];
  const labels = template.metadata?.labels;
  const known = all.flatMap(({ object }) => {
    const { podSelector } = (object.kind === "NetworkPolicy" ? object.spec : {}) as {
      podSelector?: { matchLabels?: Labels };
    };
    return podSelector?.matchLabels?.[flowLabel] ?? [];
  });
  const given = labels?.[flowLabel];
  const remedy = `label ${flowLabel} of spec.template.metadata: one of ${known.join(", ")}, whose flows they share`;
  if (given !== undefined && !known.includes(given)) {
    const what = `${flowLabel}: ${given} is no workload of its system, so its pods have no network flows`;
    return [
      {
        ...tell(planned, "reference/flow", what, didYouMean(given, known) ?? remedy),
        severity: "advisory",
      },
    ];
  }
  const isServed = all.some(({ object }) => {
    const { selector } = (object.kind === "Service" ? object.spec : {}) as { selector?: Labels };
    return selector !== undefined && holds(labels, selector);
  });
  if (given !== undefined || !isServed) return [];
  const what = "a Service leads to its pods, and no network policy lets anybody in";
  return [{ ...tell(planned, "reference/flow", what, remedy), severity: "advisory" }];
}

const holds = (labels: Labels | undefined, selector: Labels) =>
  Object.entries(selector).every(([key, value]) => labels?.[key] === value);

/** Controllers that would be refused since their pods are not theirs, and Services that lead nowhere. */
function selectorFindings(planned: PlannedObject, all: readonly PlannedObject[]): Finding[] {
  const { object } = planned;
  const spec = (object.spec ?? {}) as { selector?: Labels & { matchLabels?: Labels } };
  if (["Deployment", "StatefulSet"].includes(object.kind)) {
    const labels = podTemplateOf(object)?.metadata?.labels;
    const selector = spec.selector?.matchLabels;
    if (selector && holds(labels, selector)) return [];
    return [
      tell(
        planned,
        "reference/selector",
        selector ? "its selector does not select its own pods" : "it has no selector",
        "spec.selector.matchLabels as the labels of spec.template.metadata",
      ),
    ];
  }
  if (object.kind !== "Service" || !spec.selector || Object.keys(spec.selector).length === 0) return [];
  const isFound = all.some((other) =>
    holds(podTemplateOf(other.object)?.metadata?.labels, spec.selector as Labels),
  );
  // Pods of an operator's are in no plan.
  if (isFound || all.some((other) => other.object.kind === "Cluster")) return [];
  return [
    tell(
      planned,
      "reference/selector",
      "it selects no pod of its system",
      "spec.selector as labels of the pods it is for",
    ),
  ];
}
