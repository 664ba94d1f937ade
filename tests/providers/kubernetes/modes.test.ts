import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { InitializationError } from "../../../src/engine/interface/errors.ts";
import type { PropertyMap } from "../../../src/engine/interface/provider.ts";
import { type ControlPlane, startControlPlane } from "../../../src/lab/control-plane/start-control-plane.ts";
import { isNamespacedBuiltIn } from "../../../src/providers/kubernetes/objects/cluster-scoped.ts";
import { parseTypeToken } from "../../../src/providers/kubernetes/objects/resource-type.ts";
import { createKubernetesProvider } from "../../../src/providers/kubernetes/provider.ts";
import { configMap, deployment, job } from "../../contracts/kubernetes-objects.ts";
import { configured, ProviderUser } from "../../contracts/kubernetes-provider-user.ts";
import { absence, startTimeoutMs } from "../../lab/control-plane/availability.ts";

describe.skipIf(absence)("modes of the kubernetes provider", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 2 });
  }, startTimeoutMs);
  afterAll(() => plane?.stop());
  const closing: (() => Promise<void> | undefined)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  const warnings: string[] = [];
  const open = async (inputs: PropertyMap = {}) => {
    const log = { info: () => {}, warning: (text: string) => void warnings.push(text) };
    const provider = createKubernetesProvider(log);
    closing.push(() => provider.close?.());
    await configured(provider, { kubeconfig: plane.kubeconfigPath, ...inputs });
    return new ProviderUser(provider);
  };
  const live = async (path: string) => (await plane.api.send("GET", path)).body as PropertyMap;
  const kindsServed = async () => {
    const groups = (await live("/apis")).groups as { versions: { groupVersion: string }[] }[];
    const paths = [
      "/api/v1",
      ...groups.flatMap(({ versions }) => versions.map((v) => `/apis/${v.groupVersion}`)),
    ];
    const lists = await Promise.all(paths.map(live));
    return lists.flatMap((list) =>
      (list.resources as { name: string; kind: string; namespaced: boolean }[])
        .filter(({ name }) => !name.includes("/"))
        .map((resource) => ({ ...resource, apiVersion: String(list.groupVersion) })),
    );
  };

  test("what is known of Kubernetes' own kinds without asking is what the server says", async () => {
    const kinds = await kindsServed();
    expect(kinds.length).toBeGreaterThan(50);
    const wrong = kinds.filter(
      ({ apiVersion, kind, namespaced }) => isNamespacedBuiltIn(apiVersion, kind) !== namespaced,
    );
    expect(wrong.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([]);
  });

  test("every resource class of the SDK has a type that is served or refused by name", async () => {
    const root = dirname(createRequire(import.meta.url).resolve("@pulumi/kubernetes/package.json"));
    const tokens = readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".js") && !file.includes("node_modules"))
      .flatMap(
        (file) =>
          readFileSync(join(root, file), "utf8").match(/(?<=static __pulumiType = ')kubernetes:[^']+/g) ?? [],
      );
    expect(tokens.length).toBeGreaterThan(500);
    const unread = tokens.filter((token) => !parseTypeToken(token));
    expect(unread.sort()).toEqual([]);
    const user = await open();
    const release = await user.failures("r", { apiVersion: "helm.sh/v3", kind: "Release" });
    expect(release[0]?.reason).toMatch(/use a Chart/);
  });

  test("manifests are rendered instead of applied, each whole and for its owner's eyes only", async () => {
    const directory = mkdtempSync(join(tmpdir(), "pdc-render-"));
    const user = await open({ renderYamlToDirectory: directory, kubeconfig: join(directory, "none") });
    const made = await user.create("web", deployment("rendered", "web"));
    const path = join(directory, "1-manifest/apps_v1-deployment-rendered-web.yaml");
    expect(parse(readFileSync(path, "utf8"))).toEqual(deployment("rendered", "web"));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    // kubectl reads YAML 1.1, in which some words and numbers are others.
    const odd = { a: "yes", b: "n", c: "0440", d: "0o17", e: "12:30", f: "2020-01-01", g: "~", y: "on" };
    await user.create("odd", configMap("rendered", odd, "odd"));
    const oddPath = join(directory, "1-manifest/v1-configmap-rendered-odd.yaml");
    const asRead = ["create", "--dry-run=client", "--validate=false", "-o", "json", "-f", oddPath];
    const kubectl = [plane.kubectlPath, "--kubeconfig", plane.kubeconfigPath, ...asRead] as const;
    const [command, ...args] = kubectl;
    expect(JSON.parse(execFileSync(command, args, { encoding: "utf8" })).data).toEqual(odd);
    const scaled = { ...made.inputs, spec: { ...(made.inputs.spec as PropertyMap), replicas: 5 } };
    expect(await user.diff(made, scaled)).toMatchObject({ changes: "some", replaces: [] });
    await user.update(made, scaled);
    expect(parse(readFileSync(path, "utf8")).spec.replicas).toBe(5);
    expect(await user.read(made)).toMatchObject({ id: made.id, inputs: made.inputs });
    await user.delete(made);
    expect(existsSync(path)).toBe(false);
    warnings.length = 0;
    await user.check("s", { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { a: "YQ==" } });
    expect(warnings).toEqual([expect.stringMatching(/will stand in the rendered file/)]);
    rmSync(directory, { recursive: true });
  });

  test("client-side mode posts and patches under one name, and names what it made by generateName", async () => {
    const user = await open({ enableServerSideApply: "false" });
    const made = await user.create("c", configMap("default", { a: "1", b: "2" }, "client-side"));
    expect(made.outputs.__fieldManager).toBe("pulumi-kubernetes");
    expect(made.outputs.metadata).toMatchObject({ labels: { "app.kubernetes.io/managed-by": "pulumi" } });
    const updated = await user.update(made, { ...made.inputs, data: { a: "3" } });
    expect(updated.outputs.data).toEqual({ a: "3" });
    const generated = await user.create("g", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "default", generateName: "gen-" },
    });
    expect(generated.id).toMatch(/^default\/gen-\w+$/);
    expect((await user.read(generated)).id).toBe(generated.id);
    expect(await user.diff(generated, generated.inputs)).toMatchObject({ changes: "none" });
    const applying = await open();
    const kept = await applying.check("c", configMap("default", { a: "3" }, "client-side"), updated.inputs);
    expect(kept.metadata).toMatchObject({ labels: { "app.kubernetes.io/managed-by": "pulumi" } });
    expect(await applying.diff(updated, kept)).toMatchObject({ changes: "none" });
    const taken = await applying.update(updated, { ...kept, data: { b: "4" } });
    expect((await live("/api/v1/namespaces/default/configmaps/client-side")).data).toEqual({ b: "4" });
    for (const one of [taken, generated]) await user.delete(one);
    const applied = await applying.check("n", configMap("default", {}, "n"));
    expect(applied.metadata).not.toHaveProperty("labels");
  });

  test("who does not wait for a start waits for the end of what a finalizer holds all the same", async () => {
    const user = await open();
    const held = configMap("default", {}, "held");
    const made = await user.create("held", {
      ...held,
      metadata: {
        ...(held.metadata as PropertyMap),
        finalizers: ["pdc.example/keep"],
        annotations: { "pulumi.com/skipAwait": "true" },
      },
    });
    await expect(user.delete(made, 1)).rejects.toThrow(/still there after 1 s/);
    const path = "/api/v1/namespaces/default/configmaps/held";
    await plane.api.send("PATCH", path, { metadata: { finalizers: null } }, "application/merge-patch+json");
    await user.delete(made);
  });

  test("all manifests are rendered again when that is wished, changed or not", async () => {
    const renderYamlToDirectory = mkdtempSync(join(tmpdir(), "pdc-render-"));
    const once = await open({ renderYamlToDirectory });
    const made = await once.create("c", configMap("rendered", {}, "c"));
    expect(await once.diff(made, made.inputs)).toMatchObject({ changes: "none" });
    const always = await open({ renderYamlToDirectory, alwaysRender: "true" });
    expect(await always.diff(made, made.inputs)).toMatchObject({ changes: "some", replaces: [] });
    rmSync(renderYamlToDirectory, { recursive: true });
  });

  test("a field that the program ignores stays with the one who owns it", async () => {
    const user = await open();
    const made = await user.create("web", deployment("default", "scaled"));
    const path = "/apis/apps/v1/namespaces/default/deployments/scaled";
    const scale = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "scaled" },
      spec: { replicas: 3 },
    };
    await plane.api.send(
      "PATCH",
      `${path}?fieldManager=autoscaler&force=true`,
      scale,
      "application/apply-patch+yaml",
    );
    const spec = made.inputs.spec as PropertyMap;
    const news = { ...made.inputs, spec: { ...spec, minReadySeconds: 1 } };
    const updated = await user.update(made, news, { ignoreChanges: ["spec.replicas"] });
    expect(updated.outputs.spec).toMatchObject({ replicas: 3, minReadySeconds: 1 });
    await user.delete(updated);
  });

  test("a workload that went down is unhealthy when it is read", async () => {
    const user = await open();
    const made = await user.create("web", deployment("default", "sick"));
    const template = { metadata: { annotations: { "lab.pdc/pod": "CrashLoopBackOff" } } };
    await plane.api.send(
      "PATCH",
      "/apis/apps/v1/namespaces/default/deployments/sick",
      { spec: { template, strategy: { type: "Recreate", rollingUpdate: null } } },
      "application/merge-patch+json",
    );
    await expect
      .poll(() => user.read(made).catch((error: unknown) => error), { timeout: 20_000 })
      .toBeInstanceOf(InitializationError);
    await user.delete(made);
  });

  test("a job that failed is made anew when its manifest asks for that", async () => {
    const user = await open();
    const failing = job("default", "unready", { "lab.pdc/pod": "Failed" });
    const manifest = {
      ...failing,
      metadata: {
        ...(failing.metadata as PropertyMap),
        annotations: { "pulumi.com/replaceUnready": "true", "pulumi.com/skipAwait": "true" },
      },
    };
    const made = await user.create("unready", manifest);
    await expect
      .poll(async () => (await user.diff(made, made.inputs)).replaces, { timeout: 20_000 })
      .toEqual(['metadata.annotations["pulumi.com/replaceUnready"]']);
    await user.delete(made);
  });

  test("waitFor waits for a condition or a value of the object's own", async () => {
    const user = await open();
    const waiting = (expression: string, name: string) => {
      const plain = configMap("default", { state: "done" }, name);
      return user.create(
        name,
        {
          ...plain,
          metadata: { ...(plain.metadata as PropertyMap), annotations: { "pulumi.com/waitFor": expression } },
        },
        { timeoutSeconds: 1 },
      );
    };
    const made = await waiting("jsonpath={.data.state}=done", "waited");
    await expect(waiting('["jsonpath={.data.state}=never"]', "never")).rejects.toThrow(
      /not up after 1 s: not yet: jsonpath/,
    );
    await user.delete(made);
  });

  test("who cancels does not wait any longer, and keeps what was made", async () => {
    const provider = createKubernetesProvider();
    closing.push(() => provider.close?.());
    const user = new ProviderUser(await configured(provider, { kubeconfig: plane.kubeconfigPath }));
    const path = "/apis/apps/v1/namespaces/default/deployments/endless";
    const making = user.create(
      "endless",
      deployment("default", "endless", { app: "endless" }, { cpu: "500" }),
    );
    const ended = making.catch((error: unknown) => error as InitializationError);
    await expect.poll(async () => (await plane.api.send("GET", path)).status).toBe(200);
    await provider.cancel?.();
    const error = (await ended) as InitializationError;
    expect(error).toBeInstanceOf(InitializationError);
    expect(error.id).toBe("default/endless");
    expect(error.message).toMatch(/canceled/);
    await plane.api.send("DELETE", path);
  });

  test("a key that the program drops goes from a Secret that may change, also from one said in clear", async () => {
    const user = await open({ enableSecretMutable: "true" });
    const secret = (stringData: PropertyMap): PropertyMap => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: "default", name: "keys" },
      stringData,
    });
    const made = await user.create("keys", secret({ a: "one", b: "two" }));
    const news = await user.check("keys", secret({ a: "three" }), made.inputs);
    expect(await user.diff(made, news)).toMatchObject({
      replaces: [],
      detailedDiff: { "data.a": { kind: "update" }, "data.b": { kind: "delete" } },
    });
    const updated = await user.update(made, news);
    const { data } = await live("/api/v1/namespaces/default/secrets/keys");
    expect(data).toEqual({ a: Buffer.from("three").toString("base64") });
    await user.delete(updated);
  });

  test("an upsert takes an object over that is there", async () => {
    const user = await open({ upsertExistingObjects: "true" });
    await plane.api.send(
      "POST",
      "/api/v1/namespaces/default/configmaps",
      configMap("default", { theirs: "1" }, "upsert"),
    );
    const made = await user.create("u", configMap("default", { ours: "2" }, "upsert"));
    expect(made.outputs.data).toEqual({ theirs: "1", ours: "2" });
    await user.delete(made);
  });
});
