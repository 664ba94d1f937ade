import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ProviderError } from "../../../src/engine/interface/errors.ts";
import type { PropertyMap } from "../../../src/engine/interface/provider.ts";
import { type ControlPlane, startControlPlane } from "../../../src/lab/control-plane/start-control-plane.ts";
import { createKubernetesProvider } from "../../../src/providers/kubernetes/provider.ts";
import { configMap, deployment } from "../../contracts/kubernetes-objects.ts";
import { Applied, configured, ProviderUser } from "../../contracts/kubernetes-provider-user.ts";
import { absence, startTimeoutMs } from "../../lab/control-plane/availability.ts";
import { type FaultyProxy, startFaultyProxy } from "./faulty-proxy.ts";

describe.skipIf(absence)("an API server in trouble", () => {
  let plane: ControlPlane;
  let directory: string;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 2 });
    directory = mkdtempSync(join(tmpdir(), "pdc-faults-"));
  }, startTimeoutMs);
  afterAll(async () => {
    await plane?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const closing: (() => Promise<void> | undefined)[] = [];
  beforeEach(async () => {
    proxy = await startFaultyProxy(plane.kubeconfigPath, directory);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await proxy.close();
  });

  const user = async (settings = {}) => {
    const warnings: string[] = [];
    const log = { info: () => {}, warning: (text: string) => void warnings.push(text) };
    const provider = createKubernetesProvider(log, settings);
    closing.push(async () => provider.close?.());
    await configured(provider, { kubeconfig: proxy.kubeconfigPath });
    return { user: new ProviderUser(provider), warnings };
  };
  const exists = async (name: string) =>
    (await plane.api.send("GET", `/api/v1/namespaces/default/configmaps/${name}`)).status === 200;

  test("refusals for now are waited out, for as long as the server says", async () => {
    const answers = [
      { code: 429, reason: "TooManyRequests", retryAfterSeconds: 1 },
      { code: 500, reason: "InternalError" },
      { code: 503, reason: "ServiceUnavailable" },
      { code: 409, reason: "Conflict", message: "the object has been modified" },
    ] as const;
    let next = 0;
    proxy.decide = ({ method }) => (method === "PATCH" ? answers[next++] : undefined);
    const made = await (await user()).user.create("busy", configMap("default", { a: "1" }, "busy"));
    expect(made.outputs.data).toEqual({ a: "1" });
    const patches = proxy.seen.filter(({ method }) => method === "PATCH");
    expect(patches).toHaveLength(answers.length + 1);
    // A second was asked for.
    expect((patches[1]?.atMs ?? 0) - (patches[0]?.atMs ?? 0)).toBeGreaterThan(990);
  });

  test("an answer that is lost on its way is asked for again; nothing is made twice", async () => {
    let lost = 0;
    proxy.decide = ({ method }) => (method === "PATCH" && lost++ === 0 ? "break after" : undefined);
    const made = await (await user()).user.create("lost", configMap("default", { a: "1" }, "lost"));
    expect(made.id).toBe("default/lost");
    await (await user()).user.delete(made);
    expect(await exists("lost")).toBe(false);
  });

  test("a server that stays away: the outcome is known when nothing arrived, and unknown when it may have", async () => {
    const failing = async (fault: "break before" | "break after", name: string) => {
      proxy.decide = ({ method }) => (method === "PATCH" ? fault : undefined);
      const { user: used } = await user({ retryForMs: 200 });
      return used
        .create(name, configMap("default", {}, name))
        .then(() => expect.unreachable())
        .catch((error: unknown) => error as ProviderError);
    };
    const after = await failing("break after", "maybe");
    expect(after).toBeInstanceOf(ProviderError);
    expect(after.outcomeKnown).toBe(false);
    expect(after.message).toMatch(/ConfigMap default\/maybe may or may not have been created/);
    expect(await exists("maybe")).toBe(true);
    // The next run takes it up.
    proxy.decide = () => undefined;
    const resumed = await (await user()).user.create("maybe", configMap("default", {}, "maybe"));
    expect(resumed.id).toBe("default/maybe");
    await proxy.close();
    const { user: used } = await user({ retryForMs: 200 });
    const before = await used
      .create("no", configMap("default", {}, "no"))
      .catch((error: unknown) => error as ProviderError);
    expect(before).toMatchObject({ outcomeKnown: true });
    proxy = await startFaultyProxy(plane.kubeconfigPath, directory);
  });

  test("a watch that breaks goes on; one that is too old starts over", async () => {
    let watches = 0;
    proxy.decide = ({ path }) => {
      if (!path.includes("watch=true")) return undefined;
      watches++;
      if (watches === 1) return { code: 410, reason: "Expired", message: "too old resource version" };
      return watches === 2 ? "break before" : undefined;
    };
    const { user: used } = await user();
    const made = await used.create("web", deployment("default", "web"));
    expect(made.outputs.status).toMatchObject({ availableReplicas: 1 });
    expect(watches).toBeGreaterThan(2);
    await used.delete(made);
  });

  test("who may not watch, and who may not list, still gets there", async () => {
    const forbidden = {
      code: 403,
      reason: "Forbidden",
      message: 'deployments.apps is forbidden: cannot watch resource "deployments"',
    };
    proxy.decide = ({ path }) => (path.includes("watch=true") ? forbidden : undefined);
    const { user: used } = await user();
    const made = await used.create("polled", deployment("default", "polled"));
    expect(made.outputs.status).toMatchObject({ availableReplicas: 1 });
    proxy.decide = ({ path }) => (/configmaps\?limit/.test(path) ? forbidden : undefined);
    const three = await Promise.all(
      ["l1", "l2", "l3"].map((name) => used.create(name, configMap("default", {}, name))),
    );
    proxy.seen.splice(0);
    const read = await Promise.all(three.map((one) => used.read(one)));
    expect(read.map(({ id }) => id)).toEqual(["default/l1", "default/l2", "default/l3"]);
    expect(proxy.seen.filter(({ path }) => /configmaps\/l\d/.test(path))).toHaveLength(3);
    proxy.decide = () => undefined;
    await Promise.all([made, ...three].map((one) => used.delete(one)));
  });

  test("reads that come together are one list", async () => {
    const { user: used } = await user();
    const names = Array.from({ length: 20 }, (_, i) => `many-${i}`);
    const made = await Promise.all(names.map((name) => used.create(name, configMap("default", {}, name))));
    proxy.seen.splice(0);
    const read = await Promise.all(made.map((one) => used.read(one)));
    expect(read.every(({ id }) => id !== "")).toBe(true);
    expect(proxy.seen.filter(({ method }) => method === "GET")).toHaveLength(1);
    await Promise.all(made.map((one) => used.delete(one)));
  });

  test("nothing is sent at a preview when nothing changed", async () => {
    const { user: used } = await user();
    const made = await used.create("calm", configMap("default", { a: "1" }, "calm"));
    proxy.seen.splice(0);
    const news = await used.check("calm", configMap("default", { a: "1" }, "calm"), made.inputs);
    expect(await used.diff(made, news)).toMatchObject({ changes: "none" });
    expect(proxy.seen).toEqual([]);
    await used.delete(made);
  });

  test("credentials that are not accepted are said at once, in a preview too", async () => {
    proxy.decide = () => ({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
    const { user: used } = await user();
    const said = /ConfigMap default\/c was not .*does not accept the kubeconfig's credentials/;
    await expect(used.preview("c", configMap("default", {}, "c"))).rejects.toThrow(said);
    await expect(used.create("c", configMap("default", {}, "c"))).rejects.toThrow(said);
    expect(proxy.seen.filter(({ path }) => path === "/api").length).toBeLessThanOrEqual(2);
  });

  test("credentials that expire while something is waited for end the waiting", async () => {
    const { user: used } = await user();
    proxy.decide = ({ path }) =>
      /deployments\?(watch|limit)/.test(path) ? { code: 401, reason: "Unauthorized" } : undefined;
    const huge = deployment("default", "expired", { app: "expired" }, { cpu: "500" });
    await expect(used.create("expired", huge)).rejects.toThrow(
      /does not accept the kubeconfig's credentials/,
    );
    await plane.api.send("DELETE", "/apis/apps/v1/namespaces/default/deployments/expired");
  });

  test("a preview by somebody who may only read is made from the inputs, and says so", async () => {
    const denied = {
      code: 403,
      reason: "Forbidden",
      message: 'configmaps "c" is forbidden: User "auditor" cannot patch resource "configmaps"',
    };
    proxy.decide = ({ method }) => (method === "PATCH" ? denied : undefined);
    const { user: used, warnings } = await user();
    expect((await used.preview("c", configMap("default", { a: "1" }, "c"))).data).toEqual({ a: "1" });
    expect(warnings).toEqual([expect.stringMatching(/not checked by the API server: .*cannot patch/)]);
    await expect(used.create("c", configMap("default", {}, "c"))).rejects.toThrow(/cannot patch resource/);
  });

  test("a webhook that does not answer is told with the object that it stopped", async () => {
    const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
    const made = await plane.api.send("POST", path, {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "silent" },
      webhooks: [
        {
          name: "silent.pdc.example",
          // Nobody listens there.
          clientConfig: { url: "https://127.0.0.1:9/validate" },
          rules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] },
          ],
          objectSelector: { matchLabels: { watched: "yes" } },
          failurePolicy: "Fail",
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
          timeoutSeconds: 1,
        },
      ],
    });
    expect(made.status).toBe(201);
    const { user: used } = await user({ retryForMs: 300 });
    const watched = configMap("default", {}, "watched");
    const manifest = {
      ...watched,
      metadata: { name: "watched", namespace: "default", labels: { watched: "yes" } },
    };
    const said = /ConfigMap default\/watched was not .*calling webhook "silent\.pdc\.example"/;
    // The API server hears of webhooks a moment after they are made.
    await expect
      .poll(() => used.preview("watched", manifest).catch((error: Error) => error.message), {
        timeout: 20_000,
      })
      .toMatch(said);
    await expect(used.create("watched", manifest)).rejects.toThrow(said);
    await plane.api.send("DELETE", `${path}/silent`);
    expect(await exists("watched")).toBe(false);
  });

  test("an object that changes while its fields are taken over is looked at again", async () => {
    const path = "/api/v1/namespaces/default/configmaps";
    const object = configMap("default", { a: "1" }, "raced");
    const made = await plane.api.send("POST", `${path}?fieldManager=pulumi-kubernetes`, object);
    const { user: used } = await user();
    const old = new Applied(used.resource("kubernetes:core/v1:ConfigMap", "raced"), "default/raced", object, {
      ...(made.body as PropertyMap),
      __inputs: object,
      __initialApiVersion: "v1",
      __fieldManager: "pulumi-kubernetes-0a1b2c3d",
    });
    let overtaken = 0;
    proxy.decide = ({ method, path: asked }) =>
      method === "PATCH" && asked.includes("/raced") && overtaken++ < 2
        ? { code: 409, reason: "Conflict", message: "the object has been modified" }
        : undefined;
    const updated = await used.update(old, { ...object, data: { a: "2" } });
    expect(updated.outputs.data).toEqual({ a: "2" });
    const asked = proxy.seen.filter(({ path: one }) => one.includes("/raced")).map(({ method }) => method);
    expect(asked).toEqual(["GET", "PATCH", "GET", "PATCH", "GET", "PATCH", "PATCH"]);
    await used.delete(updated);
  });
});
