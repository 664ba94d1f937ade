/** How workloads are spread, judged by the real scheduler: nodes that take no pods must not keep others from theirs. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ControlPlane, startControlPlane } from "../../src/lab/control-plane/start-control-plane.ts";
import { spread } from "../../stacks/platform/pod.ts";
import { podLabels } from "../../stacks/platform/scope.ts";
import { absence, startTimeoutMs } from "../lab/control-plane/availability.ts";

describe.skipIf(absence)("spreading", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 4 });
  }, startTimeoutMs);
  afterAll(() => plane?.stop());

  const nodesOf = async (kind: string, name: string) => {
    const path = `/api/v1/namespaces/default/pods?labelSelector=app.kubernetes.io/name=${name}`;
    const { items } = (await plane.api.send("GET", path)).body as {
      items: { spec: { nodeName?: string } }[];
    };
    return items.map(({ spec }) => spec.nodeName ?? `${kind} not scheduled`).sort();
  };

  test.each(["Deployment", "StatefulSet"] as const)(
    "a %s has place beside a node of the control plane and one that is being drained",
    async (kind) => {
      const list = (await plane.api.send("GET", "/api/v1/nodes")).body as {
        items: { metadata: { name: string } }[];
      };
      const [first, second, ...open] = list.items.map(({ metadata }) => metadata.name);
      const change = (node: string | undefined, spec: object) =>
        plane.api.send("PATCH", `/api/v1/nodes/${node}`, { spec }, "application/merge-patch+json");
      const taint = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };
      await change(first, { taints: [taint] });
      await change(second, { unschedulable: true });
      const name = kind.toLowerCase();
      const made = await plane.api.send("POST", `/apis/apps/v1/namespaces/default/${name}s`, {
        apiVersion: "apps/v1",
        kind,
        metadata: { name },
        spec: {
          replicas: 4,
          ...(kind === "StatefulSet" && { serviceName: name, podManagementPolicy: "Parallel" }),
          selector: { matchLabels: podLabels(name) },
          template: {
            metadata: { labels: podLabels(name) },
            spec: {
              topologySpreadConstraints: spread(name, kind),
              containers: [{ name: "main", image: "registry.example/web:1" }],
            },
          },
        },
      });
      expect(made.status).toBe(201);
      await expect
        .poll(() => nodesOf(kind, name), { timeout: 60_000 })
        .toEqual([open[0], open[0], open[1], open[1]]);
    },
    90_000,
  );
});
