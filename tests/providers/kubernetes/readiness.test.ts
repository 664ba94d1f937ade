import { describe, expect, test } from "vitest";
import type { PropertyMap } from "../../../src/engine/interface/provider.ts";
import { explain, heldBy } from "../../../src/providers/kubernetes/readiness/diagnose.ts";
import { ruleFor } from "../../../src/providers/kubernetes/readiness/rules.ts";
import type { Related, Verdict } from "../../../src/providers/kubernetes/readiness/verdict.ts";
import { parseWaitFor, waitForRule } from "../../../src/providers/kubernetes/readiness/wait-for.ts";
import { podTrouble } from "../../../src/providers/kubernetes/readiness/workload-rules.ts";

const judge = (
  apiVersion: string,
  kind: string,
  object: PropertyMap,
  related: Related = {},
  written?: PropertyMap,
): Verdict => {
  const rule = ruleFor({ apiVersion, kind, metadata: { name: "x" }, ...object });
  if (!rule) throw new Error(`nothing is waited for with ${kind}`);
  return rule.judge(
    { apiVersion, kind, metadata: { name: "x", generation: 2 }, ...object },
    related,
    written,
  );
};
const state = (...given: Parameters<typeof judge>) => judge(...given).state;
const condition = (type: string, status: string, more: PropertyMap = {}) => ({ type, status, ...more });
const seen = (status: PropertyMap) => ({ observedGeneration: 2, ...status });

describe("when objects are up", () => {
  test("deployments", () => {
    const deployment = (status: PropertyMap, spec: PropertyMap = { replicas: 2 }) =>
      judge("apps/v1", "Deployment", { spec, status });
    const up = seen({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 });
    expect(deployment(up).state).toBe("ready");
    expect(deployment({ ...up, observedGeneration: 1 }).state).toBe("waiting");
    expect(deployment({ ...up, replicas: 3 })).toEqual({
      state: "waiting",
      why: "1 replicas of the old version are still there",
    });
    expect(deployment({ ...up, availableReplicas: 1 })).toEqual({
      state: "waiting",
      why: "1 of 2 replicas are available",
    });
    const stuck = condition("Progressing", "False", {
      reason: "ProgressDeadlineExceeded",
      message: "timed out",
    });
    expect(deployment(seen({ conditions: [stuck] })).state).toBe("failed");
    // What it says of an earlier attempt is no news, until it says so again.
    const written = { spec: { replicas: 2 }, status: seen({ conditions: [stuck] }) };
    const later = {
      spec: { replicas: 2 },
      status: seen({ conditions: [{ ...stuck, lastUpdateTime: "2026-01-02T00:00:00Z" }] }),
    };
    expect(judge("apps/v1", "Deployment", written, {}, written)).toMatchObject({
      state: "waiting",
      why: expect.stringMatching(/^0 of 2 replicas .*no progress.*timed out/),
    });
    expect(judge("apps/v1", "Deployment", later, {}, written).state).toBe("failed");
    expect(deployment(seen({}), { replicas: 0 }).state).toBe("ready");
    expect(deployment(seen({}), { replicas: 3, paused: true }).state).toBe("ready");
    const refused = condition("ReplicaFailure", "True", { message: "exceeded quota: q" });
    expect(deployment(seen({ conditions: [refused] }))).toMatchObject({
      why: expect.stringMatching(/exceeded quota: q/),
    });
  });

  test("stateful sets, also in parts", () => {
    const set = (status: PropertyMap, spec: PropertyMap = { replicas: 2 }) =>
      state("apps/v1", "StatefulSet", { spec, status });
    const done = seen({ readyReplicas: 2, updatedReplicas: 2, currentRevision: "b", updateRevision: "b" });
    expect(set(done)).toBe("ready");
    expect(set({ ...done, currentRevision: "a" })).toBe("waiting");
    expect(set({ ...done, readyReplicas: 1 })).toBe("waiting");
    expect(set({ ...done, replicas: 3, readyReplicas: 3 })).toBe("waiting");
    const partition = { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } };
    expect(set(seen({ readyReplicas: 2, updatedReplicas: 1 }), partition)).toBe("ready");
    expect(set(seen({ readyReplicas: 2, updatedReplicas: 0 }), partition)).toBe("waiting");
    expect(set(seen({ readyReplicas: 2 }), { replicas: 2, updateStrategy: { type: "OnDelete" } })).toBe(
      "ready",
    );
  });

  test("daemon sets, jobs, pods, claims, definitions, namespaces", () => {
    const daemons = seen({ desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 });
    expect(state("apps/v1", "DaemonSet", { status: daemons })).toBe("ready");
    expect(state("apps/v1", "DaemonSet", { status: { ...daemons, numberAvailable: 2 } })).toBe("waiting");
    expect(state("batch/v1", "Job", { status: { conditions: [condition("Complete", "True")] } })).toBe(
      "ready",
    );
    expect(state("batch/v1", "Job", { status: { conditions: [condition("Failed", "True")] } })).toBe(
      "failed",
    );
    expect(state("batch/v1", "Job", { spec: { suspend: true } })).toBe("ready");
    expect(state("batch/v1", "Job", { status: {} })).toBe("waiting");
    expect(state("v1", "Pod", { status: { phase: "Succeeded" } })).toBe("ready");
    expect(
      state("v1", "Pod", { status: { phase: "Running", conditions: [condition("Ready", "False")] } }),
    ).toBe("waiting");
    const claim = { spec: { storageClassName: "slow" }, status: { phase: "Pending" } };
    const classes = (volumeBindingMode: string) => ({
      StorageClass: [{ metadata: { name: "slow" }, volumeBindingMode }],
    });
    expect(state("v1", "PersistentVolumeClaim", claim, classes("WaitForFirstConsumer"))).toBe("ready");
    expect(state("v1", "PersistentVolumeClaim", claim, classes("Immediate"))).toBe("waiting");
    expect(judge("v1", "PersistentVolumeClaim", claim, { StorageClass: [] })).toMatchObject({
      why: expect.stringMatching(/no storage class slow/),
    });
    const names = condition("NamesAccepted", "False", { message: "taken" });
    expect(
      state("apiextensions.k8s.io/v1", "CustomResourceDefinition", { status: { conditions: [names] } }),
    ).toBe("failed");
    expect(state("v1", "Namespace", { status: { phase: "Terminating" } })).toBe("failed");
  });

  test("services and ingresses: a pod that is not ready is waited for, one that is not there is not", () => {
    const slices = (...endpoints: PropertyMap[]) => ({
      EndpointSlice: [{ metadata: { labels: { "kubernetes.io/service-name": "x" } }, endpoints }],
    });
    const spec = { selector: { app: "x" }, clusterIP: "10.0.0.1" };
    const service = (related: Related, more: PropertyMap = {}) =>
      state("v1", "Service", { spec: { ...spec, ...more } }, related);
    expect(service({ EndpointSlice: [] })).toBe("waiting");
    expect(service(slices())).toBe("ready");
    expect(service(slices({ conditions: { ready: false } }))).toBe("waiting");
    expect(service(slices({ conditions: { ready: false } }, { conditions: { ready: true } }))).toBe("ready");
    expect(service({ EndpointSlice: [] }, { clusterIP: "None" })).toBe("ready");
    expect(service({ EndpointSlice: [] }, { type: "ExternalName" })).toBe("ready");
    expect(service(slices(), { type: "LoadBalancer" })).toBe("waiting");
    const backend = { service: { name: "x" } };
    const ingress = {
      spec: { rules: [{ http: { paths: [{ backend }] } }] },
      status: { loadBalancer: { ingress: [{ ip: "1" }] } },
    };
    expect(state("networking.k8s.io/v1", "Ingress", ingress, slices({ conditions: { ready: false } }))).toBe(
      "waiting",
    );
    expect(state("networking.k8s.io/v1", "Ingress", ingress, slices())).toBe("ready");
    expect(state("networking.k8s.io/v1", "Ingress", { spec: ingress.spec }, slices())).toBe("waiting");
  });

  test("what asks not to be waited for is not", () => {
    const metadata = { name: "x", annotations: { "pulumi.com/skipAwait": "true" } };
    expect(ruleFor({ apiVersion: "apps/v1", kind: "Deployment", metadata })).toBeUndefined();
    expect(ruleFor({ apiVersion: "v1", kind: "ConfigMap" })).toBeUndefined();
    expect(ruleFor({ apiVersion: "example.org/v1", kind: "constructor" })).toBeUndefined();
  });

  test("waitFor: conditions, values by path, several; nonsense is refused", () => {
    const object = {
      status: { ready: true, list: [{ ip: "1" }], conditions: [condition("Synced", "True")] },
    };
    const holds = (text: string) => waitForRule(parseWaitFor(text)).judge(object, {}).state === "ready";
    expect(holds("condition=Synced")).toBe(true);
    expect(holds("condition=Synced=False")).toBe(false);
    expect(holds("jsonpath={.status.list[0].ip}=1")).toBe(true);
    expect(holds("jsonpath={.status.list[1].ip}")).toBe(false);
    expect(holds('["condition=Synced", "jsonpath={.status.ready}=true"]')).toBe(true);
    for (const text of ["ready", "[]", "[1]", "[", "jsonpath={.items..x}", "condition="])
      expect(() => parseWaitFor(text), text).toThrow(/it may be "condition=Type"/);
    // What the official provider refuses: a stack has to be good for both.
    for (const text of [
      "jsonpath=.a",
      "jsonpath='{.a}'=1",
      "jsonpath={.a}=",
      "jsonpath={.a}=b=c",
      "jsonpath={.a}={.b}",
    ])
      expect(() => parseWaitFor(text), text).toThrow(/the path in braces/);
  });

  test("waitFor: paths with filters and wildcards; the first value counts", () => {
    const object: PropertyMap = {
      status: {
        conditions: [condition("Synced", "False"), condition("Ready", "True", { reason: "a.b" })],
        list: [{ no: 1 }, { ip: "2" }, { ip: "3" }],
      },
    };
    const holds = (path: string) => waitForRule(parseWaitFor(`jsonpath=${path}`)).judge(object, {}).state;
    for (const path of [
      '{.status.conditions[?(@.type=="Ready")].status}=True',
      "{$.status.conditions[?@.type=='Ready' && @.status == 'True'].reason}=a.b",
      '{.status.conditions[?(@.type=="Ready" || @.type=="Synced")].status}=False',
      "{ .status.list[*].ip }=2",
      "{.status.list[-1]['ip']}=3",
      "{.status.list[?(@.no)]}",
      "{.status.list[?(@.no!=1)].ip}=2",
    ])
      expect(holds(path), path).toBe("ready");
    for (const path of ['{.status.conditions[?(@.type=="Gone")].status}', "{.status.list[*].ip}=3"])
      expect(holds(path), path).toBe("waiting");
  });

  test("waitFor: a condition of an older generation of the object does not count", () => {
    const judged = (status: PropertyMap) =>
      waitForRule(parseWaitFor("condition=ready")).judge({ metadata: { generation: 2 }, status }, {}).state;
    expect(judged({ conditions: [condition("Ready", "True")] })).toBe("ready");
    expect(judged({ conditions: [condition("Ready", "True")], observedGeneration: 1 })).toBe("waiting");
    expect(
      judged({ conditions: [condition("Ready", "True", { observedGeneration: 2 })], observedGeneration: 1 }),
    ).toBe("ready");
  });

  test("kinds without a rule are waited for by their status when that is wished", () => {
    const custom = { apiVersion: "example.org/v1", kind: "Thing", metadata: { name: "x", generation: 2 } };
    const judged = (status: PropertyMap) => ruleFor(custom, true)?.judge({ ...custom, status }, {}).state;
    expect(ruleFor(custom)).toBeUndefined();
    expect(judged({})).toBe("ready");
    expect(judged({ observedGeneration: 1 })).toBe("waiting");
    expect(judged({ conditions: [condition("Ready", "False")] })).toBe("waiting");
    expect(judged({ conditions: [condition("Reconciling", "True")] })).toBe("waiting");
    expect(judged({ conditions: [condition("Stalled", "True")] })).toBe("failed");
    expect(judged({ observedGeneration: 2, conditions: [condition("Ready", "True")] })).toBe("ready");
    const skipped = { ...custom, metadata: { annotations: { "pulumi.com/skipAwait": "true" } } };
    expect(ruleFor(skipped, true)).toBeUndefined();
  });
});

describe("why objects are not up", () => {
  const owner = { kind: "Deployment", metadata: { name: "web", namespace: "n", uid: "d" } };

  test("what containers wait for", () => {
    const pod = (status: PropertyMap) =>
      podTrouble({ kind: "Pod", status: { containerStatuses: [{ name: "c", image: "i:1", ...status }] } });
    expect(pod({ state: { waiting: { reason: "ImagePullBackOff", message: "denied" } } })).toBe(
      "container c: image i:1 cannot be pulled (ImagePullBackOff: denied)",
    );
    expect(
      pod({
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
      }),
    ).toBe("container c: CrashLoopBackOff; it ended with 137 (OOMKilled)");
    expect(pod({ state: { waiting: { reason: "ContainerCreating" } } })).toBeUndefined();
    expect(pod({ state: { terminated: { exitCode: 0, reason: "Completed" } } })).toBeUndefined();
  });

  test("conditions, pods and events are told once each, of this object only", () => {
    const replicaSet = {
      kind: "ReplicaSet",
      metadata: { name: "web-1", uid: "r", ownerReferences: [{ uid: "d" }] },
      status: { conditions: [condition("ReplicaFailure", "True", { message: "exceeded quota: q" })] },
    };
    const event = (uid: string, reason: string, message: string) => ({
      type: "Warning",
      reason,
      message,
      involvedObject: { kind: "Pod", name: "p", uid },
    });
    const pods = ["p1", "p2"].map((uid) => ({
      kind: "Pod",
      metadata: { uid },
      status: { conditions: [condition("PodScheduled", "False", { message: "no nodes" })] },
    }));
    const events = [
      event("p1", "Unhealthy", "Readiness probe failed: 503"),
      event("r", "FailedCreate", "exceeded quota: q"),
      event("other", "Failed", "not ours"),
    ];
    expect(explain(owner, { pods, replicaSets: [replicaSet], events })).toEqual([
      "pods cannot be made: exceeded quota: q",
      "cannot be scheduled: no nodes (2 times)",
      "Pod p: Unhealthy: Readiness probe failed: 503",
    ]);
  });

  test("what holds a deletion", () => {
    const metadata = { name: "n", deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["a/b"] };
    expect(heldBy({ kind: "ConfigMap", metadata })).toBe("held by a/b");
    const remaining = condition("NamespaceContentRemaining", "True", { message: "2 things remain" });
    const namespace = {
      kind: "Namespace",
      metadata: { ...metadata, finalizers: [] },
      spec: { finalizers: ["kubernetes"] },
      status: { conditions: [remaining] },
    };
    expect(heldBy(namespace)).toBe("held by kubernetes; 2 things remain");
    expect(heldBy({ kind: "ConfigMap", metadata: { name: "n" } })).toBe("n is not marked for deletion");
  });
});
