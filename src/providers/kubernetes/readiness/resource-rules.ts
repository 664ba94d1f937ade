/** When claims, Services, Ingresses, definitions, namespaces and quotas are up. */
import { sameContent } from "../../../engine/properties/compare.ts";
import { type KubeObject, nameOf } from "../objects/kube-object.ts";
import {
  at,
  conditionOf,
  failed,
  listAt,
  mapAt,
  type ReadinessRule,
  type Related,
  ready,
  textAt,
  type Verdict,
  waiting,
} from "./verdict.ts";

const slices = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" };

export const persistentVolumeClaim: ReadinessRule = {
  // Volumes that wait for their first pod would never come if the claim had to be bound first.
  related: [{ apiVersion: "storage.k8s.io/v1", kind: "StorageClass" }],
  judge(object, related): Verdict {
    const phase = textAt(object, "status", "phase");
    if (phase === "Bound") return ready;
    if (phase === "Lost") return failed("the claim has lost its volume");
    const className = textAt(object, "spec", "storageClassName");
    const storageClass = related.StorageClass?.find((candidate) => nameOf(candidate) === className);
    if (storageClass && textAt(storageClass, "volumeBindingMode") === "WaitForFirstConsumer") return ready;
    return waiting(
      className !== "" && related.StorageClass !== undefined && !storageClass
        ? `the claim is ${phase || "new"}: there is no storage class ${className}`
        : `the claim is ${phase || "new"}: no volume is bound to it`,
    );
  },
};

/**
 * How a Service's addresses are. `none`: it selects no pod (yet). That is no reason to wait: whoever makes the
 * pods waits for them, and may itself wait for a place to run while Services hold all of them.
 */
function endpointsOf(serviceName: string, related: Related): "unseen" | "none" | "unready" | "ready" {
  const own = (related.EndpointSlice ?? []).filter(
    (slice) => textAt(slice, "metadata", "labels", "kubernetes.io/service-name") === serviceName,
  );
  // The controller makes a slice for every Service with a selector, if only an empty one.
  if (own.length === 0) return "unseen";
  const endpoints = own.flatMap((slice) => listAt(slice, "endpoints"));
  if (endpoints.length === 0) return "none";
  return endpoints.some((endpoint) => at(endpoint, "conditions", "ready") !== false) ? "ready" : "unready";
}

export const service: ReadinessRule = {
  related: [slices],
  judge(object, related): Verdict {
    const type = textAt(object, "spec", "type") || "ClusterIP";
    if (type === "ExternalName") return ready;
    if (type === "LoadBalancer" && listAt(object, "status", "loadBalancer", "ingress").length === 0)
      return waiting("the load balancer has no address yet");
    // Without a selector its addresses are somebody else's; headless ones may well stand for none.
    const hasSelector = Object.keys(mapAt(object, "spec", "selector")).length > 0;
    if (!hasSelector || textAt(object, "spec", "clusterIP") === "None") return ready;
    if (related.EndpointSlice === undefined) return ready;
    const endpoints = endpointsOf(nameOf(object), related);
    if (endpoints === "unready") return waiting("no pod that it selects is ready");
    return endpoints === "unseen" ? waiting("its endpoints are not made yet") : ready;
  },
};

export const ingress: ReadinessRule = {
  related: [slices],
  judge(object, related): Verdict {
    const unready = backendsOf(object).find((name) => endpointsOf(name, related) === "unready");
    if (unready) return waiting(`no pod behind the service ${unready} is ready`);
    return listAt(object, "status", "loadBalancer", "ingress").length > 0
      ? ready
      : waiting("no ingress controller has given it an address");
  },
};

function backendsOf(object: KubeObject): string[] {
  const paths = listAt(object, "spec", "rules").flatMap((rule) => listAt(rule, "http", "paths"));
  return [...paths.map((path) => at(path, "backend")), at(object, "spec", "defaultBackend")]
    .map((backend) => textAt(backend, "service", "name"))
    .filter((name) => name !== "");
}

export const customResourceDefinition: ReadinessRule = {
  judge(object): Verdict {
    const names = conditionOf(object, "NamesAccepted");
    if (names?.status === "False") return failed(`its names are taken: ${names.message}`);
    const established = conditionOf(object, "Established");
    return established?.status === "True"
      ? ready
      : waiting(`not established yet${established?.message ? `: ${established.message}` : ""}`);
  },
};

export const namespace: ReadinessRule = {
  judge(object): Verdict {
    const phase = textAt(object, "status", "phase");
    if (phase === "Terminating") return failed("the namespace is being deleted");
    return phase === "Active" ? ready : waiting("the namespace is not active yet");
  },
};

export const resourceQuota: ReadinessRule = {
  judge(object): Verdict {
    const [asked, seen] = [mapAt(object, "spec", "hard"), mapAt(object, "status", "hard")];
    return sameContent(asked, seen) ? ready : waiting("the quota is not in force yet");
  },
};

export const persistentVolume: ReadinessRule = {
  judge(object): Verdict {
    const phase = textAt(object, "status", "phase");
    if (phase === "Failed") return failed(`the volume failed: ${textAt(object, "status", "message")}`);
    return phase === "Available" || phase === "Bound" ? ready : waiting(`the volume is ${phase || "new"}`);
  },
};

export const secret: ReadinessRule = {
  judge(object): Verdict {
    if (textAt(object, "type") !== "kubernetes.io/service-account-token") return ready;
    return textAt(object, "data", "token") === "" ? waiting("its token is not made yet") : ready;
  },
};
