/** The control plane itself: that it is real, closed to strangers, and survives its API server. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { request } from "node:https";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ControlPlane, startControlPlane } from "../../../src/lab/control-plane/start-control-plane.ts";
import { absence, startTimeoutMs } from "./availability.ts";

let plane: ControlPlane;
let namespaces = 0;

async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const child = promisify(execFile)(plane.kubectlPath, ["--kubeconfig", plane.kubeconfigPath, ...args]);
  child.child.stdin?.end(input);
  return (await child).stdout;
}

async function namespace(labels: Record<string, string> = {}): Promise<string> {
  const name = `test-${++namespaces}`;
  await plane.api.send("POST", "/api/v1/namespaces", { metadata: { name, labels } });
  await kubectl(["wait", "--for=create", "serviceaccount/default", "-n", name, "--timeout=30s"]);
  return name;
}

const pod = (name: string, annotations: Record<string, string> = {}, spec: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, annotations },
  spec: { containers: [{ name: "main", image: "registry.invalid/web:1" }], ...spec },
});
const apply = (space: string, ...items: object[]) =>
  kubectl(["apply", "-n", space, "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));

describe.skipIf(absence)("control plane", () => {
  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 3 });
  }, startTimeoutMs);
  afterAll(() => plane?.stop());

  test("is of the pinned version, with the nodes that were asked for, ready for pods", async () => {
    const version = JSON.parse(await kubectl(["version", "-o", "json"]));
    expect(version.serverVersion.gitVersion).toBe(plane.kubernetesVersion);
    expect(version.clientVersion.gitVersion).toBe(plane.kubernetesVersion);
    const nodes = JSON.parse(await kubectl(["get", "nodes", "-o", "json"])).items;
    expect(nodes).toHaveLength(3);
    expect(nodes[0].status.allocatable).toMatchObject({ cpu: "63", memory: "250Gi", pods: "250" });
  });

  test("answers nobody without a certificate of its authority, and an account only what RBAC gives it", async () => {
    const anonymous = await new Promise((resolve, reject) => {
      request(`${plane.server}/api/v1/secrets`, { rejectUnauthorized: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once("error", reject)
        .end();
    });
    expect(anonymous).toBe(403);
    const space = await namespace();
    const can = (verb: string) =>
      kubectl([
        "auth",
        "can-i",
        verb,
        "pods",
        `--as=system:serviceaccount:${space}:default`,
        "-n",
        space,
      ]).catch(({ stdout }) => stdout as string);
    expect(await can("list")).toBe("no\n");
    await kubectl([
      "create",
      "rolebinding",
      "view",
      "--clusterrole=view",
      `--serviceaccount=${space}:default`,
      "-n",
      space,
    ]);
    expect(await can("list")).toBe("yes\n");
    expect(await can("delete")).toBe("no\n");
    const token = await kubectl(["create", "token", "default", "-n", space]);
    expect(token.trim().split(".")).toHaveLength(3);
  });

  test("workloads become ready, jobs complete, services and ingresses get addresses, claims get volumes", async () => {
    const space = await namespace();
    await kubectl([
      "create",
      "deployment",
      "web",
      "--image=registry.invalid/web:1",
      "--replicas=3",
      "-n",
      space,
    ]);
    await kubectl(["create", "job", "once", "--image=registry.invalid/job:1", "-n", space]);
    await kubectl(["create", "service", "loadbalancer", "web", "--tcp=80", "-n", space]);
    await kubectl(["create", "ingress", "web", "--rule=web.invalid/=web:80", "-n", space]);
    const claim = (name: string, storageClassName?: string) => ({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, storageClassName },
    });
    const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "late" } }];
    await apply(space, claim("data"), claim("late", "lab-late"), claim("foreign", "elsewhere"));
    await kubectl(["rollout", "status", "deployment/web", "-n", space, "--timeout=60s"]);
    const wait = (what: string, condition: string) =>
      kubectl(["wait", what, `--for=${condition}`, "-n", space, "--timeout=60s"]);
    await wait("job/once", "condition=complete");
    await wait("service/web", "jsonpath={.status.loadBalancer.ingress[0].ip}");
    await wait("ingress/web", "jsonpath={.status.loadBalancer.ingress[0].ip}");
    await wait("pvc/data", "jsonpath={.status.phase}=Bound");
    expect(
      await kubectl([
        "get",
        "pvc/late",
        "pvc/foreign",
        "-n",
        space,
        "-o",
        "jsonpath={.items[*].status.phase}",
      ]),
    ).toBe("Pending Pending");
    await apply(space, pod("late", {}, { volumes }));
    await wait("pvc/late", "jsonpath={.status.phase}=Bound");
    await kubectl(["delete", "namespace", space, "--timeout=60s"]);
    await expect.poll(() => kubectl(["get", "pv", "-o", "name"]), { timeout: 30_000 }).toBe("");
  }, 240_000);

  test("a pod fails in the way it was asked to", async () => {
    const space = await namespace();
    const image = { containers: [{ name: "main", image: "registry.invalid/never-ready:1" }] };
    await apply(
      space,
      pod("image", {}, image),
      pod("pull", { "lab.pdc/pod": "ImagePullBackOff" }),
      pod("crash", { "lab.pdc/pod": "CrashLoopBackOff" }),
      pod("probe", { "lab.pdc/pod": "Unready" }),
      pod("failed", { "lab.pdc/pod": "Failed" }),
      pod(
        "large",
        {},
        { containers: [{ name: "main", image: "x", resources: { requests: { cpu: "1000" } } }] },
      ),
    );
    const states = async () => {
      const { items } = JSON.parse(await kubectl(["get", "pods", "-n", space, "-o", "json"]));
      return Object.fromEntries(
        items.map(({ metadata, status }: { metadata: { name: string }; status: Status }) => [
          metadata.name,
          [
            status.phase,
            status.containerStatuses?.[0]?.state.waiting?.reason ??
              status.conditions?.find(({ type }) => type === "PodScheduled" || type === "Ready")?.reason,
          ],
        ]),
      );
    };
    await expect.poll(states, { timeout: 60_000 }).toEqual({
      image: ["Pending", "ImagePullBackOff"],
      pull: ["Pending", "ImagePullBackOff"],
      crash: ["Running", "CrashLoopBackOff"],
      probe: ["Running", "ContainersNotReady"],
      failed: ["Failed", "PodFailed"],
      large: ["Pending", "Unschedulable"],
    });
    const events = await kubectl(["get", "events", "-n", space, "-o", "jsonpath={.items[*].reason}"]);
    for (const reason of ["Failed", "BackOff", "Unhealthy", "FailedScheduling"])
      expect(events).toContain(reason);
  }, 120_000);

  test("quotas, limit ranges and Pod Security are enforced", async () => {
    const space = await namespace({ "pod-security.kubernetes.io/enforce": "restricted" });
    await expect(apply(space, pod("loose"))).rejects.toThrow(/PodSecurity "restricted/);
    const open = await namespace();
    await kubectl(["create", "quota", "few", "--hard=pods=1", "-n", open]);
    await kubectl(["wait", "quota/few", "--for=jsonpath={.status.hard.pods}=1", "-n", open, "--timeout=30s"]);
    await apply(open, pod("first"));
    await expect(apply(open, pod("second"))).rejects.toThrow(/exceeded quota: few/);
  }, 120_000);

  test("the API server is killed and comes again, with the data and at the same place", async () => {
    const space = await namespace();
    const before = plane.processIds;
    await plane.killApiServer();
    await expect(plane.api.send("GET", "/readyz")).rejects.toThrow();
    await plane.restartApiServer();
    expect(plane.processIds["kube-apiserver"]).not.toBe(before["kube-apiserver"]);
    expect(plane.processIds.etcd).toBe(before.etcd);
    expect((await plane.api.send("GET", `/api/v1/namespaces/${space}`)).status).toBe(200);
    await kubectl(["create", "deployment", "after", "--image=registry.invalid/web:1", "-n", space]);
    await kubectl(["rollout", "status", "deployment/after", "-n", space, "--timeout=90s"]);
  }, 180_000);

  test("stops with everything it started", async () => {
    const { processIds, directory } = plane;
    expect(Object.keys(processIds)).toHaveLength(5);
    await plane.stop();
    for (const processId of Object.values(processIds)) expect(existsSync(`/proc/${processId}`)).toBe(false);
    expect(existsSync(directory)).toBe(false);
  });
});

interface Status {
  phase: string;
  conditions?: { type: string; reason?: string }[];
  containerStatuses?: { state: { waiting?: { reason: string } } }[];
}
