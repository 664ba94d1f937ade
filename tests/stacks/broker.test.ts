/** The message broker: one cluster of its pods where it has several, a broker alone where it has one. */
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { loadInventory } from "../../src/inventory/load.ts";
import { type KubernetesObject, podTemplateOf } from "../../src/policy/objects.ts";
import { planPlatform } from "../../stacks/platform/plan.ts";

const inventory = await loadInventory(resolve(import.meta.dirname, "../../inventory/quang-binh"), {
  cacheDirectory: false,
});
const of = (environment: string) => {
  const objects = planPlatform(inventory, environment).objects.filter(({ system }) => system === "lgsp");
  const find = (kind: string, name: string) =>
    objects.find(({ object }) => object.kind === kind && object.metadata.name === name);
  return { object: (kind: string, name: string) => find(kind, name)?.object as KubernetesObject, find };
};
type Spec = Record<string, never> & { [field: string]: unknown };
const specOf = (object: KubernetesObject) => object.spec as Spec;
const settingsOf = (object: KubernetesObject) =>
  Object.fromEntries(
    (object.data as Record<string, string>)
      ["rabbitmq.conf"]!.trim()
      .split("\n")
      .map((line) => line.split(" = ")),
  ) as Record<string, string>;

describe("a broker of three pods", () => {
  const { object, find } = of("production");
  const queue = object("StatefulSet", "queue");
  const pod = podTemplateOf(queue)!.spec;
  const container = pod.containers[0]!;
  const environment = Object.fromEntries(container.env!.map((one) => [one.name, one.value ?? one.valueFrom]));

  test("they find each other by names that they have before they are ready, and start together", () => {
    expect(specOf(queue)).toMatchObject({
      serviceName: "queue-nodes",
      podManagementPolicy: "Parallel",
      replicas: 3,
    });
    expect(specOf(object("Service", "queue-nodes"))).toMatchObject({
      clusterIP: "None",
      publishNotReadyAddresses: true,
      ports: [{ port: 5672 }, { port: 4369 }, { port: 25672 }],
    });
    expect(environment).toMatchObject({
      RABBITMQ_USE_LONGNAME: "true",
      RABBITMQ_NODENAME: "rabbit@$(POD_NAME).queue-nodes.production-lgsp",
      POD_NAME: { fieldRef: { fieldPath: "metadata.name" } },
    });
    // A variable is put in only where it was named before.
    const names = container.env!.map(({ name }) => name);
    expect(names.indexOf("POD_NAME")).toBeLessThan(names.indexOf("RABBITMQ_NODENAME"));
    const { enabled_plugins } = object("ConfigMap", "queue-nodes").data as Record<string, string>;
    expect(enabled_plugins).toContain("rabbitmq_peer_discovery_k8s");
  });

  test("whoever asks the broker gets a pod that is ready", () => {
    const client = specOf(object("Service", "queue"));
    expect(client).not.toHaveProperty("clusterIP");
    expect(client).not.toHaveProperty("publishNotReadyAddresses");
  });

  test("queues have a majority; who is cut off from it stops", () => {
    expect(settingsOf(object("ConfigMap", "queue-nodes"))).toMatchObject({
      "cluster_formation.peer_discovery_backend": "k8s",
      "cluster_formation.target_cluster_size_hint": "3",
      cluster_partition_handling: "pause_minority",
      default_queue_type: "quorum",
      "disk_free_limit.absolute": String(2 ** 30),
    });
    expect(specOf(object("PodDisruptionBudget", "queue"))).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "IfHealthyBudget",
    });
  });

  test("the cookie comes from a credential, into a file that only the broker's user may read", () => {
    expect(find("Secret", "queue-cluster")?.values).toEqual({
      cookie: { credential: "lgsp-queue-cluster", field: "password" },
    });
    const [init] = pod.initContainers!;
    expect(init!.command!.join(" ")).toMatch(
      /cp \/run\/secrets\/cluster\/cookie \/var\/lib\/rabbitmq\/\.erlang\.cookie && chmod 0400/,
    );
    expect(init).toMatchObject({ image: container.image, securityContext: container.securityContext });
    expect(pod.volumes).toContainEqual({
      name: "cluster",
      secret: { secretName: "queue-cluster", defaultMode: 0o440 },
    });
    expect(JSON.stringify(container)).not.toContain("cookie");
  });

  test("no probe ends a pod that joins or waits for the others; it leaves when its queues can do without it", () => {
    expect(container).not.toHaveProperty("startupProbe");
    expect(container.livenessProbe).toMatchObject({
      exec: { command: ["rabbitmq-diagnostics", "--quiet", "ping"] },
    });
    expect(container.readinessProbe).toMatchObject({ tcpSocket: { port: 5672 } });
    const leave = (container.lifecycle as { preStop: { exec: { command: string[] } } }).preStop.exec
      .command[2]!;
    expect(leave).toMatch(/await_online_quorum_plus_one .*; rabbitmq-upgrade drain/);
    const waits = [...leave.matchAll(/-t (\d+)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(waits);
  });

  test("its pods have no right in the cluster's API", () => {
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  test("other settings are other pods", () => {
    const { annotations } = podTemplateOf(queue)!.metadata!;
    const staging = podTemplateOf(of("staging").object("StatefulSet", "queue"))!.metadata!.annotations!;
    expect(annotations!["pdc/settings-sha256"]).not.toBe(staging["pdc/settings-sha256"]);
  });
});

test("a broker of one pod looks for no others, and keeps the name that it would have among them", () => {
  const { object, find } = of("training");
  const queue = object("StatefulSet", "queue");
  const pod = podTemplateOf(queue)!.spec;
  expect(pod).not.toHaveProperty("initContainers");
  expect(find("Secret", "queue-cluster")).toBeUndefined();
  const { enabled_plugins } = object("ConfigMap", "queue-nodes").data as Record<string, string>;
  expect(enabled_plugins).not.toContain("peer_discovery");
  expect(settingsOf(object("ConfigMap", "queue-nodes"))).not.toHaveProperty("cluster_partition_handling");
  expect(pod.containers[0]!.env).toContainEqual({
    name: "RABBITMQ_NODENAME",
    value: "rabbit@$(POD_NAME).queue-nodes.training-lgsp",
  });
  expect(JSON.stringify(pod.containers[0]!.lifecycle)).not.toContain("await_online_quorum");
});
