import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ControlPlane, startControlPlane } from "../../../src/lab/control-plane/start-control-plane.ts";
import { absence, startTimeoutMs } from "../../lab/control-plane/availability.ts";
import { StackRunner } from "./stack-runner.ts";

describe.skipIf(absence)("a stack of @pulumi/kubernetes' classes", () => {
  let plane: ControlPlane;
  let stack: StackRunner;
  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 4 });
  }, startTimeoutMs);
  afterAll(() => plane?.stop());
  beforeEach(async () => {
    stack = new StackRunner(plane.kubeconfigPath);
    await stack.init();
  });
  afterEach(async () => {
    await stack.destroy();
    stack.remove();
  });

  const kubectl = (...args: string[]) =>
    execFileSync(plane.kubectlPath, ["--kubeconfig", plane.kubeconfigPath, ...args], { encoding: "utf8" });

  /** A small system in a namespace of its own. */
  const system =
    (name: string, { replicas = 1, image = "registry.example/web:1" } = {}) =>
    () => {
      const namespace = new k8s.core.v1.Namespace(name, { metadata: { name } });
      const place = { namespace: namespace.metadata.name };
      const settings = new k8s.core.v1.ConfigMap("settings", {
        metadata: place,
        data: { mode: "production" },
      });
      new k8s.core.v1.Secret("secret", { metadata: place, stringData: { password: "correct horse" } });
      const labels = { app: name };
      new k8s.apps.v1.Deployment("web", {
        metadata: { ...place, name: "web" },
        spec: {
          replicas,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  name: "web",
                  image,
                  envFrom: [{ configMapRef: { name: settings.metadata.name } }],
                  resources: { requests: { cpu: "0.25", memory: "1024Mi" } },
                },
              ],
            },
          },
        },
      });
      new k8s.core.v1.Service("web", {
        metadata: { ...place, name: "web" },
        spec: { selector: labels, ports: [{ port: 80 }] },
      });
      return { url: namespace.metadata.name };
    };

  test("comes up, stays as it is, changes in place, and leaves nothing", async () => {
    const up = await stack.up(system("life"));
    expect(up).toMatchObject({ result: "succeeded", changes: { create: 6 } });
    expect((await stack.preview(system("life"))).changes).toEqual({});
    expect((await stack.refresh()).changes).toEqual({});
    const again = await stack.up(system("life"));
    expect(again).toMatchObject({ result: "succeeded", changes: {} });
    const changed = await stack.up(system("life", { image: "registry.example/web:2" }));
    expect(changed.changes).toEqual({ update: 1 });
    expect(kubectl("-n", "life", "get", "pods", "-o", "jsonpath={.items[*].spec.containers[0].image}")).toBe(
      "registry.example/web:2",
    );
    expect((await stack.destroy()).result).toBe("succeeded");
    expect(kubectl("get", "namespaces", "-o", "name")).not.toMatch(/life/);
  });

  test("a change by hand is found by a refresh, and repaired by the next update", async () => {
    await stack.up(system("drift"));
    kubectl("-n", "drift", "scale", "deployment/web", "--replicas=3");
    kubectl("-n", "drift", "label", "deployment/web", "by=hand");
    kubectl("-n", "drift", "delete", "service/web");
    const found = await stack.refresh();
    expect(found.changes).toEqual({ update: 1, delete: 1 });
    const conflict = await stack.up(system("drift"));
    expect(conflict.result).toBe("failed");
    expect(conflict.diagnostics.join("\n")).toMatch(/\.spec\.replicas belongs to "kubectl/);
    process.env.PULUMI_K8S_ENABLE_PATCH_FORCE = "true";
    try {
      const repaired = await stack.up(system("drift"));
      expect(repaired.result).toBe("succeeded");
    } finally {
      delete process.env.PULUMI_K8S_ENABLE_PATCH_FORCE;
    }
    expect(kubectl("-n", "drift", "get", "deployment/web", "-o", "jsonpath={.spec.replicas}")).toBe("1");
    expect(kubectl("-n", "drift", "get", "service/web", "-o", "name").trim()).toBe("service/web");
  });

  test("a workload that does not come up fails with its reason, is tried again, and is mended by the program", async () => {
    const program = (image: string) => () => {
      const namespace = new k8s.core.v1.Namespace("stuck", { metadata: { name: "stuck" } });
      const labels = { app: "stuck" };
      new k8s.apps.v1.Deployment(
        "web",
        {
          metadata: { namespace: namespace.metadata.name, name: "web" },
          spec: {
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: { containers: [{ name: "web", image }] } },
          },
        },
        { customTimeouts: { create: "2s", update: "20s" } },
      );
    };
    const broken = "registry.example/never-ready:1";
    const first = await stack.up(program(broken));
    expect(first.result).toBe("failed");
    expect(first.diagnostics.join("\n")).toMatch(/not up after 2 s[\s\S]*never-ready:1 cannot be pulled/);
    expect((await stack.preview(program(broken))).changes).toEqual({ update: 1 });
    const mended = await stack.up(program("registry.example/web:1"));
    expect(mended).toMatchObject({ result: "succeeded", changes: { update: 1 } });
    expect((await stack.up(program("registry.example/web:1"))).changes).toEqual({});
  });

  test("YAML files and groups of the first generation, patches, and objects that are only looked at", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "pdc-yaml-")), "manifest.yaml");
    writeFileSync(
      file,
      ["a", "b"]
        .map(
          (name) =>
            `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: yaml\ndata:\n  k: "1"\n`,
        )
        .join("---\n"),
    );
    const program = () => {
      const namespace = new k8s.core.v1.Namespace("yaml", { metadata: { name: "yaml" } });
      const config = new k8s.yaml.ConfigFile("manifest", { file }, { dependsOn: namespace });
      new k8s.yaml.ConfigGroup(
        "group",
        {
          yaml: "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c, namespace: yaml}\n",
        },
        { dependsOn: namespace },
      );
      new k8s.core.v1.NamespacePatch("labels", {
        metadata: { name: namespace.metadata.name, labels: { tier: "restricted" } },
      });
      const seen = k8s.core.v1.ConfigMap.get("seen", "kube-system/extension-apiserver-authentication");
      return { keys: seen.data, first: config.getResourceProperty("v1/ConfigMap", "yaml", "a", "data") };
    };
    const up = await stack.up(program);
    expect(up.diagnostics.filter((line) => line.startsWith("error"))).toEqual([]);
    expect(kubectl("-n", "yaml", "get", "configmaps", "-o", "name")).toMatch(/\/a\n.*\/b\n.*\/c\n/s);
    expect(kubectl("get", "namespace/yaml", "-o", "jsonpath={.metadata.labels.tier}")).toBe("restricted");
    expect((await stack.up(program)).changes).toEqual({});
  });

  test("YAML groups of the second generation: namespaces and definitions first, in any order", async () => {
    const yaml = [
      "apiVersion: v2.pdc.example/v1\nkind: Thing\nmetadata: {name: t, namespace: group, annotations: {pulumi.com/deletionPropagationPolicy: background}}\nspec: {size: 1}",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: placed-by-default}",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: group}\nstringData: {password: correct horse}",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: group, annotations: {config.kubernetes.io/depends-on: /namespaces/group/Secret/s}}",
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: group}",
      `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.v2.pdc.example}
spec:
  group: v2.pdc.example
  scope: Namespaced
  names: {plural: things, singular: thing, kind: Thing}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}`,
    ].join("\n---\n");
    const program = () => {
      const group = new k8s.yaml.v2.ConfigGroup("group", { yaml });
      return { count: group.resources.apply((all) => all.length) };
    };
    const preview = await stack.preview(program);
    expect(preview.diagnostics.filter((line) => line.startsWith("error"))).toEqual([]);
    expect(preview.changes).toEqual({ create: 8 });
    const up = await stack.up(program);
    expect(up.diagnostics.filter((line) => line.startsWith("error"))).toEqual([]);
    expect(up.steps).toContain("create group:default/placed-by-default");
    expect(up.steps).toContain("create group:things.v2.pdc.example");
    expect(up.steps.indexOf("create group:group")).toBeLessThan(up.steps.indexOf("create group:group/s"));
    expect(up.steps.indexOf("create group:group/s")).toBeLessThan(up.steps.indexOf("create group:group/c"));
    expect(kubectl("-n", "group", "get", "things.v2.pdc.example", "-o", "name")).toMatch(/\/t\n/);
    expect((await stack.up(program)).changes).toEqual({});
    const missing = await stack.up(
      () => void new k8s.yaml.v2.ConfigFile("f", { file: "https://example.org/x.yaml" }),
    );
    expect(missing.diagnostics.join("\n")).toMatch(/nothing is loaded from the network/);
  });

  test("an import takes an object over as it is; a default namespace and secrets are kept as they are meant", async () => {
    kubectl("create", "namespace", "imported");
    kubectl("-n", "imported", "create", "configmap", "there", "--from-literal=a=1");
    const program = () => {
      const provider = new k8s.Provider("placed", {
        kubeconfig: plane.kubeconfigPath,
        namespace: "imported",
      });
      new k8s.core.v1.ConfigMap(
        "there",
        { metadata: { name: "there" }, data: { a: "1" } },
        { provider, import: "imported/there" },
      );
      const secret = new k8s.core.v1.Secret(
        "own",
        { stringData: { password: "correct horse battery" } },
        { provider },
      );
      const text = pulumi.secret("staple staple");
      new k8s.apps.v1.Deployment(
        "web",
        {
          spec: {
            selector: { matchLabels: { app: "web" } },
            template: {
              metadata: { labels: { app: "web" } },
              spec: {
                containers: [
                  { name: "c", image: "registry.example/c:1", env: [{ name: "TEXT", value: text }] },
                ],
              },
            },
          },
        },
        { provider, dependsOn: secret },
      );
      new k8s.yaml.v2.ConfigGroup(
        "objects",
        {
          objs: [
            {
              apiVersion: "v1",
              kind: "ConfigMap",
              metadata: { name: "objects", namespace: "imported" },
              data: { of: secret.metadata.name, text },
            },
          ],
        },
        { providers: [provider] },
      );
    };
    const preview = await stack.preview(program);
    expect(preview.diagnostics.filter((line) => line.startsWith("error"))).toEqual([]);
    const up = await stack.up(program);
    expect(up.diagnostics.filter((line) => line.startsWith("error"))).toEqual([]);
    expect(up.changes).toMatchObject({ import: 1 });
    expect(kubectl("-n", "imported", "get", "configmap/objects", "-o", "jsonpath={.data.text}")).toBe(
      "staple staple",
    );
    expect((await stack.up(program)).changes).toEqual({});
    const state = stack.state();
    expect(state).toContain("imported/there");
    for (const secret of ["correct horse", "staple"]) {
      expect(state).not.toContain(secret);
      expect(state).not.toContain(Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -1));
    }
    expect((await stack.destroy()).diagnostics.filter((line) => line.startsWith("error"))).toEqual([]);
    kubectl("delete", "namespace", "imported");
  });

  test("an API server that is killed in the middle of an update: an error for each resource, and the next one goes on", async () => {
    const impatient = new StackRunner(plane.kubeconfigPath, { retryForMs: 300 });
    await impatient.init();
    const killed = Promise.withResolvers<void>();
    const program = async () => {
      const namespace = new k8s.core.v1.Namespace("kill", { metadata: { name: "kill" } });
      const configMap = (name: string) =>
        new k8s.core.v1.ConfigMap(name, {
          metadata: { name, namespace: namespace.metadata.name },
          // Without a field of its own nobody could tell, after the kill, whose object it is.
          data: { name },
        });
      for (let i = 0; i < 30; i++) configMap(`c${i}`);
      // The rest surely finds no server, however fast this machine is.
      await killed.promise;
      for (let i = 30; i < 60; i++) configMap(`c${i}`);
    };
    const broken = await impatient.up(program, (step) => {
      if (step === "create c20") plane.killApiServer().then(killed.resolve, killed.reject);
    });
    expect(broken.result).toBe("failed");
    expect(broken.diagnostics.join("\n")).toMatch(/ConfigMap kill\/c\d+ .*the API server .* does not answer/);
    await plane.restartApiServer();
    // A server that has just started refuses some requests for now.
    impatient.settings = {};
    const resumed = await impatient.up(program);
    expect(resumed.diagnostics.filter((line) => line.startsWith("error")).join("\n")).toBe("");
    expect(kubectl("-n", "kill", "get", "configmaps", "-o", "name").match(/\/c\d+/g)).toHaveLength(60);
    expect((await impatient.destroy()).result).toBe("succeeded");
    impatient.remove();
  });

  test("without a server a preview is made from the program, and says so once", async () => {
    await stack.up(system("away"));
    const offline = new StackRunner(join(tmpdir(), "no-such-kubeconfig"));
    await offline.init();
    const preview = await offline.preview(system("offline"));
    expect(preview).toMatchObject({ result: "succeeded", changes: { create: 6 } });
    expect(preview.diagnostics.filter((line) => line.startsWith("warning"))).toEqual([
      expect.stringMatching(/no-such-kubeconfig cannot be read.*computed from the program/),
    ]);
    offline.remove();
  });
});
