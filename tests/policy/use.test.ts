/** What pods ask for and whether they fit: sums as the scheduler makes them, and a packing that never cheats. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseImage } from "../../src/policy/images.ts";
import type { KubernetesObject, PlannedObject } from "../../src/policy/objects.ts";
import { unplaced } from "../../src/policy/packing.ts";
import { podUse, totalUse } from "../../src/policy/use.ts";

const container = (cpu: string, memory: string, more: object = {}) => ({
  name: "c",
  image: "i",
  resources: { requests: { cpu, memory } },
  ...more,
});
const controller = (
  kind: string,
  spec: object,
  pod: object = { containers: [container("100m", "64Mi")] },
): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "x", namespace: "n" },
  spec: { ...spec, template: { spec: pod } },
});
const others = (...objects: KubernetesObject[]): PlannedObject[] =>
  objects.map((object) => ({ object, at: { kind: "systems", id: "s" }, system: "s" }));
const autoscaler = (min: number, max: number): KubernetesObject => ({
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "x", namespace: "n" },
  spec: { scaleTargetRef: { kind: "Deployment", name: "x" }, minReplicas: min, maxReplicas: max },
});

describe("use", () => {
  test("containers add up; init containers count when one of them is more; sidecars count always", () => {
    const pod = (initContainers: object[]) => ({
      containers: [container("100m", "100Mi"), container("200m", "100Mi")],
      initContainers,
    });
    const cpu = (initContainers: object[]) =>
      podUse(controller("Deployment", {}, pod(initContainers)), [])?.pod.cpu;
    expect(cpu([])).toBe(300);
    expect(cpu([container("250m", "1Mi")])).toBe(300);
    expect(cpu([container("900m", "1Mi")])).toBe(900);
    const sidecar = container("100m", "1Mi", { restartPolicy: "Always" });
    expect(cpu([sidecar])).toBe(400);
    // The init container runs beside the sidecar that began before it.
    expect(cpu([sidecar, container("350m", "1Mi")])).toBe(450);
    expect(cpu([container("350m", "1Mi"), sidecar])).toBe(400);
  });

  test("a limit without a request is the request", () => {
    const pod = {
      containers: [{ name: "c", image: "i", resources: { limits: { cpu: "2", memory: "1Gi" } } }],
    };
    expect(podUse(controller("Deployment", {}, pod), [])?.pod).toEqual({
      cpu: 2000,
      memory: 2 ** 30,
      memoryLimit: 2 ** 30,
    });
  });

  test("replicas, autoscaling and surge", () => {
    const counts = (object: KubernetesObject, ...more: KubernetesObject[]) => {
      const use = podUse(object, others(...more))!;
      return [use.least, use.most, use.surge];
    };
    expect(counts(controller("Deployment", { replicas: 3 }))).toEqual([3, 3, 1]);
    expect(counts(controller("Deployment", {}), autoscaler(4, 10))).toEqual([4, 10, 3]);
    const one = { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } };
    expect(counts(controller("Deployment", { replicas: 8, ...one }))).toEqual([8, 8, 1]);
    expect(counts(controller("Deployment", { replicas: 8, strategy: { type: "Recreate" } }))).toEqual([
      8, 8, 0,
    ]);
    expect(counts(controller("StatefulSet", { replicas: 3 }))).toEqual([3, 3, 0]);
    expect(counts(controller("Job", { parallelism: 2 }))).toEqual([0, 2, 0]);
    expect(podUse({ apiVersion: "v1", kind: "Service", metadata: { name: "x" } }, [])).toBeUndefined();
  });

  test("claims count for each pod", () => {
    const claim = { spec: { resources: { requests: { storage: "10Gi" } } } };
    const use = podUse(controller("StatefulSet", { replicas: 3, volumeClaimTemplates: [claim] }), []);
    expect(totalUse([use, undefined], "least")).toMatchObject({ pods: 3, cpu: 300, storage: 30 * 2 ** 30 });
  });
});

describe("packing", () => {
  const sizes = fc.record({
    cpu: fc.integer({ min: 1, max: 100 }),
    memory: fc.integer({ min: 1, max: 100 }),
  });

  test("what is said to fit does fit, node by node, and what fits nowhere is said", () => {
    fc.assert(
      fc.property(fc.array(sizes, { maxLength: 30 }), fc.integer({ min: 1, max: 8 }), (pods, nodes) => {
        const items = pods.map((pod, i) => ({ name: String(i), ...pod }));
        const bins = Array.from({ length: nodes }, () => ({ cpu: 100, memory: 100, pods: 10 }));
        const left = unplaced(items, bins);
        const placed = items.filter((item) => !left.includes(item));
        const sum = (key: "cpu" | "memory") => placed.reduce((total, one) => total + one[key], 0);
        expect(sum("cpu")).toBeLessThanOrEqual(100 * nodes);
        expect(sum("memory")).toBeLessThanOrEqual(100 * nodes);
        expect(placed.length).toBeLessThanOrEqual(10 * nodes);
        if (items.length <= nodes) expect(left).toEqual([]);
      }),
    );
  });

  test("a sum that fits hides no pod that does not", () => {
    const nodes = [1, 2, 3].map(() => ({ cpu: 4000, memory: 1, pods: 10 }));
    expect(unplaced([{ name: "large", cpu: 5000, memory: 1 }], nodes).map(({ name }) => name)).toEqual([
      "large",
    ]);
    expect(unplaced([{ name: "a", cpu: 1, memory: 1 }], [{ cpu: 9, memory: 9, pods: 0 }])).toHaveLength(1);
  });
});

describe("names of images", () => {
  test.each([
    ["nginx", { host: "docker.io", repository: "library/nginx" }],
    ["nginx:1.27", { host: "docker.io", repository: "library/nginx", tag: "1.27" }],
    ["mot-cua/api:1", { host: "docker.io", repository: "mot-cua/api", tag: "1" }],
    ["localhost/a:1", { host: "localhost", repository: "a", tag: "1" }],
    ["registry:5000/a/b/c:1", { host: "registry:5000", repository: "a/b/c", tag: "1" }],
    ["registry.example/a", { host: "registry.example", repository: "a" }],
    ["r.example/a:1@sha256:ab", { host: "r.example", repository: "a", tag: "1", digest: "sha256:ab" }],
    ["r.example:5000/a@sha256:ab", { host: "r.example:5000", repository: "a", digest: "sha256:ab" }],
  ])("%s", (name, parts) => {
    expect(parseImage(name)).toEqual(parts);
  });
});
