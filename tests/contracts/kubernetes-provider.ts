/**
 * What the provider of package `kubernetes` does to a real API server, whichever way it is reached. Run in-process
 * and over gRPC; each test has a namespace of its own.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { InitializationError, ProviderError } from "../../src/engine/interface/errors.ts";
import type { PropertyMap, ResourceProvider } from "../../src/engine/interface/provider.ts";
import type { ControlPlane } from "../../src/lab/control-plane/start-control-plane.ts";
import { claim, configMap, deployment, job, patchOf, service } from "./kubernetes-objects.ts";
import { Applied, configured, isSecretValue, ProviderUser } from "./kubernetes-provider-user.ts";

let names = 0;

export function kubernetesProviderContract(
  name: string,
  plane: () => ControlPlane,
  open: () => Promise<ResourceProvider>,
): void {
  describe(`kubernetes provider, ${name}`, () => {
    let provider: ResourceProvider;
    let user: ProviderUser;
    let namespace: string;
    beforeAll(async () => {
      provider = await configured(await open(), { kubeconfig: plane().kubeconfigPath });
      user = new ProviderUser(provider);
    });
    afterAll(() => provider?.close?.());
    beforeEach(async () => {
      namespace = `contract-${name.replaceAll(/\W+/g, "-").toLowerCase()}-${names++}`;
      const made = await plane().api.send("POST", "/api/v1/namespaces", {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: namespace },
      });
      expect(made.status).toBe(201);
    });
    afterEach(() => plane().api.send("DELETE", `/api/v1/namespaces/${namespace}`));

    const live = async (path: string) => (await plane().api.send("GET", path)).body as PropertyMap;
    const configMapPath = (object: string) => `/api/v1/namespaces/${namespace}/configmaps/${object}`;
    const mergePatch = (path: string, body: object) =>
      plane().api.send("PATCH", path, body, "application/merge-patch+json");

    test("an unnamed object is named after the resource, the same in preview and update", async () => {
      const news = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace }, data: { a: "1" } };
      const [first, second] = [await user.check("settings", news), await user.check("settings", news)];
      expect(first).toEqual(second);
      expect((first.metadata as PropertyMap).name).toMatch(/^settings-[0-9a-f]{8}$/);
      expect((first.metadata as PropertyMap).annotations).toEqual({ "pulumi.com/autonamed": "true" });
      const again = await user.check("settings", news, first, 7);
      expect((again.metadata as PropertyMap).name).toBe((first.metadata as PropertyMap).name);
    });

    test("an object without a namespace goes to the default one, unless its kind has none", async () => {
      const placed = await user.check("a", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } });
      expect(placed.metadata).toMatchObject({ namespace: "default" });
      const role = await user.check("a", {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "a" },
        rules: [],
      });
      expect(role.metadata).not.toHaveProperty("namespace");
    });

    test("check refuses what cannot be meant, all at once and by property", async () => {
      const failures = await user.failures("x", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          generateName: "x-",
          annotations: {
            "pulumi.com/waitFor": "later",
            "pulumi.com/deletionPropagationPolicy": "slowly",
            "pulumi.com/timeoutSeconds": "soon",
          },
        },
      });
      expect(failures.map(({ property }) => property).sort()).toEqual([
        'metadata.annotations["pulumi.com/deletionPropagationPolicy"]',
        'metadata.annotations["pulumi.com/timeoutSeconds"]',
        'metadata.annotations["pulumi.com/waitFor"]',
        "metadata.generateName",
      ]);
      const list = await user.failures("l", { apiVersion: "v1", kind: "ConfigMapList", items: [] });
      expect(list[0]?.reason).toMatch(/its items are resources of their own/);
    });

    test("an object is made, read, changed and deleted; the state holds the live object and the inputs", async () => {
      const made = await user.create("settings", configMap(namespace, { a: "1" }, "settings"));
      expect(made.id).toBe(`${namespace}/settings`);
      expect(made.outputs).toMatchObject({
        data: { a: "1" },
        metadata: { uid: expect.any(String) },
        __inputs: { data: { a: "1" } },
        __initialApiVersion: "v1",
        __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/),
      });
      const read = await user.read(made);
      expect(read.inputs).toEqual(made.inputs);
      const labelled = {
        ...made.inputs,
        metadata: { ...(made.inputs.metadata as PropertyMap), labels: { x: "y" } },
      };
      expect(await user.diff(made, labelled)).toMatchObject({
        changes: "some",
        replaces: [],
        detailedDiff: { "metadata.labels": { kind: "add", inputDiff: true } },
      });
      const updated = await user.update(made, labelled);
      expect((await live(configMapPath("settings"))).metadata).toMatchObject({ labels: { x: "y" } });
      expect(await user.diff(updated, labelled)).toMatchObject({ changes: "none" });
      await user.delete(updated);
      expect((await user.read(updated)).id).toBe("");
      await user.delete(updated);
    });

    test("a preview makes nothing and shows what the server would make of it", async () => {
      const news = deployment(namespace, "web");
      const previewed = await user.preview("web", news);
      expect(previewed.spec).toMatchObject({ progressDeadlineSeconds: 600 });
      expect(previewed).not.toHaveProperty("status");
      expect(
        (await plane().api.send("GET", `/apis/apps/v1/namespaces/${namespace}/deployments/web`)).status,
      ).toBe(404);
      const invalid = user.preview("bad", { ...news, spec: { ...(news.spec as PropertyMap), replicas: -1 } });
      await expect(invalid).rejects.toThrow(/spec.replicas.*greater than or equal to 0/);
      const nowhere = await user.preview("web", deployment("not-there-yet", "web"));
      expect(nowhere).toMatchObject({
        metadata: { namespace: "not-there-yet" },
        spec: { progressDeadlineSeconds: 600 },
      });
      const wrong = deployment("not-there-yet", "web");
      const elsewhere = user.preview("web", {
        ...wrong,
        spec: { ...(wrong.spec as PropertyMap), replicas: -1 },
      });
      await expect(elsewhere).rejects.toThrow(/Deployment not-there-yet\/web .*greater than or equal to 0/);
    });

    test("an object that somebody else made is not overwritten; a lost creation is taken up", async () => {
      await plane().api.send(
        "POST",
        `/api/v1/namespaces/${namespace}/configmaps`,
        configMap(namespace, { a: "theirs" }, "taken"),
      );
      const mine = configMap(namespace, { a: "mine" }, "taken");
      await expect(user.create("taken", mine)).rejects.toThrow(/exists already.*import it/);
      expect((await live(configMapPath("taken"))).data).toEqual({ a: "theirs" });
      await user.create("own", configMap(namespace, { a: "1" }, "own"));
      // The same resource once more, as after a crash before its creation was written down.
      const again = await user.create("own", configMap(namespace, { a: "2" }, "own"));
      expect(again.outputs.data).toEqual({ a: "2" });
    });

    test("drift shows in the inputs that were asked for, and nowhere else", async () => {
      const made = await user.create("web", deployment(namespace, "web"));
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
      expect((await user.read(made)).inputs).toEqual(made.inputs);
      await mergePatch(path, { metadata: { labels: { by: "hand" } } });
      expect((await user.read(made)).inputs).toEqual(made.inputs);
      await mergePatch(path, { spec: { replicas: 2 } });
      const drifted = await user.read(made).catch((error: unknown) => {
        if (!(error instanceof InitializationError)) throw error;
        return { id: error.id, inputs: error.inputs, outputs: error.outputs };
      });
      const now = new Applied(made.resource, drifted.id, drifted.inputs ?? {}, drifted.outputs ?? {});
      expect(await user.diff(now, made.inputs)).toMatchObject({
        changes: "some",
        detailedDiff: { "spec.replicas": { kind: "update" } },
      });
    });

    test("a subject added by hand to a list that is one value is drift", async () => {
      const made = await user.create("rb", {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { namespace, name: "rb" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
        subjects: [{ kind: "Group", name: "a", apiGroup: "rbac.authorization.k8s.io" }],
      });
      const subjects = [
        { kind: "Group", name: "a", apiGroup: "rbac.authorization.k8s.io" },
        { kind: "User", name: "intruder", apiGroup: "rbac.authorization.k8s.io" },
      ];
      await mergePatch(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/rb`, {
        subjects,
      });
      const read = await user.read(made);
      expect(read.inputs?.subjects).toEqual(subjects);
    });

    test("a field that another manager took is a conflict, named; patchForce takes it back", async () => {
      const made = await user.create("c", configMap(namespace, { a: "1" }, "c"));
      const taken = { ...configMap(namespace, { a: "kubectl" }, "c") };
      const path = `${configMapPath("c")}?fieldManager=hand&force=true`;
      await plane().api.send("PATCH", path, taken, "application/apply-patch+yaml");
      const news = { ...made.inputs, data: { a: "2" } };
      await expect(user.update(made, news)).rejects.toThrow(
        /\.data\.a belongs to "hand".*pulumi\.com\/patchForce/,
      );
      const forced = {
        ...news,
        metadata: {
          ...(made.inputs.metadata as PropertyMap),
          annotations: { "pulumi.com/patchForce": "true" },
        },
      };
      expect((await user.update(made, forced)).outputs.data).toEqual({ a: "2" });
    });

    test("an element whose key was changed by hand is taken back with patchForce", async () => {
      const manifest = service(namespace, "ports");
      const made = await user.create("ports", manifest);
      const path = `/api/v1/namespaces/${namespace}/services/ports`;
      await mergePatch(`${path}?fieldManager=kubectl-edit`, { spec: { ports: [{ port: 81 }] } });
      const read = await user.read(made);
      const drifted = new Applied(made.resource, made.id, read.inputs ?? {}, read.outputs ?? {});
      const forced = {
        ...made.inputs,
        metadata: {
          ...(made.inputs.metadata as PropertyMap),
          annotations: { "pulumi.com/patchForce": "true" },
        },
      };
      expect(await user.diff(drifted, forced)).toMatchObject({ changes: "some", replaces: [] });
      await expect(user.update(drifted, made.inputs)).rejects.toThrow(/pulumi\.com\/patchForce/);
      await user.update(drifted, forced, { preview: true });
      const repaired = await user.update(drifted, forced);
      expect(repaired.outputs.spec).toMatchObject({ ports: [{ port: 80 }] });
      expect((await live(path)).spec).toMatchObject({ ports: [expect.objectContaining({ port: 80 })] });
      const unforced = await user.update(repaired, made.inputs);
      expect(unforced.outputs.spec).toMatchObject({ ports: [{ port: 80 }] });
    });

    test("immutable fields make a new object: by the table, and by what the server says", async () => {
      const made = await user.create("web", deployment(namespace, "web"));
      const other = deployment(namespace, "web", { app: "other" });
      const byTable = await user.diff(made, await user.check("web", other, made.inputs));
      expect(byTable.replaces).toContain("spec.selector.matchLabels.app");
      expect(byTable.deleteBeforeReplace).toBe(true);
      const priority = await user.create("p", {
        apiVersion: "scheduling.k8s.io/v1",
        kind: "PriorityClass",
        metadata: { name: namespace },
        value: 10,
      });
      const byServer = await user.diff(priority, { ...priority.inputs, value: 11 });
      expect(byServer.replaces).toEqual(["value"]);
      await user.delete(priority);
      const auto = await user.create("auto", configMap(namespace, { a: "1" }));
      const replaced = await user.diff(auto, { ...auto.inputs, data: { a: "2" } });
      expect(replaced).toMatchObject({ replaces: ["data.a"], deleteBeforeReplace: false });
    });

    test("workloads are waited for; what keeps them from coming up is told", async () => {
      const up = await user.create("web", deployment(namespace, "web", { app: "web" }, { replicas: 2 }));
      expect(up.outputs.status).toMatchObject({ availableReplicas: 2 });
      const failing = (app: string, more: PropertyMap) =>
        user
          .create(app, deployment(namespace, app, { app }, more), { timeoutSeconds: 3 })
          .then(() => expect.unreachable())
          .catch((error: unknown) => error as InitializationError);
      const [image, huge] = await Promise.all([
        failing("image", { annotations: { "lab.pdc/pod": "ImagePullBackOff" } }),
        failing("huge", { cpu: "500" }),
      ]);
      expect(image).toBeInstanceOf(InitializationError);
      expect(image.id).toBe(`${namespace}/image`);
      expect(image.outputs).toMatchObject({ metadata: { name: "image" }, __inputs: { kind: "Deployment" } });
      expect(image.reasons.join("\n")).toMatch(/not up after 3 s[\s\S]*image .* cannot be pulled/);
      expect(huge.reasons.join("\n")).toMatch(/cannot be scheduled:.*Insufficient cpu/);
      const skipped = await user.create(
        "skipped",
        deployment(namespace, "skipped", { app: "skipped" }, { cpu: "500", skipAwait: true }),
      );
      expect(skipped.id).toBe(`${namespace}/skipped`);
    });

    test("a quota that stops the pods is the reason", async () => {
      await user.create("q", {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { namespace, name: "q" },
        spec: { hard: { pods: "0" } },
      });
      const error = await user
        .create("web", deployment(namespace, "web"), { timeoutSeconds: 3 })
        .catch((caught: unknown) => caught as InitializationError);
      expect((error as InitializationError).reasons.join("\n")).toMatch(/exceeded quota: q/);
    });

    test("jobs, claims and services are waited for by their own rules", async () => {
      const [done, bound, late] = await Promise.all([
        user.create("job", job(namespace, "job")),
        user.create("bound", claim(namespace, "bound", "lab")),
        user.create("late", claim(namespace, "late", "lab-late")),
      ]);
      expect(done.outputs.status).toMatchObject({ succeeded: 1 });
      expect(bound.outputs.status).toMatchObject({ phase: "Bound" });
      expect(late.outputs.status).toMatchObject({ phase: "Pending" });
      const failed = await user
        .create("failing", job(namespace, "failing", { "lab.pdc/pod": "Failed" }))
        .catch((error: unknown) => error as Error);
      expect(failed).toBeInstanceOf(InitializationError);
      const balanced = await user.create("lb", service(namespace, "lb", "LoadBalancer"));
      expect(balanced.outputs.status).toMatchObject({ loadBalancer: { ingress: [expect.anything()] } });
    });

    test("a definition and an object of its kind in one program", async () => {
      const plural = `widgets${names}`;
      const definition = {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: `${plural}.pdc.example` },
        spec: {
          group: "pdc.example",
          scope: "Namespaced",
          names: { plural, singular: `widget${names}`, kind: `Widget${names}` },
          versions: [
            {
              name: "v1",
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: { type: "object", x_kubernetes_preserve_unknown_fields: true },
              },
            },
          ],
        },
      };
      const widget = {
        apiVersion: "pdc.example/v1",
        kind: `Widget${names}`,
        // The garbage collector hears of new kinds only every half minute; in the foreground it would be waited for.
        metadata: { namespace, annotations: { "pulumi.com/deletionPropagationPolicy": "background" } },
        spec: { size: 3 },
      };
      expect((await user.preview("w", widget)).spec).toEqual({ size: 3 });
      const made = await user.create("crd", definition);
      const custom = await user.create("w", widget);
      expect(custom.outputs.spec).toEqual({ size: 3 });
      await user.delete(custom);
      await user.delete(made);
      expect((await user.read(custom)).id).toBe("");
    });

    test("a patch changes what it names of somebody else's object, and gives it back", async () => {
      await plane().api.send(
        "POST",
        `/api/v1/namespaces/${namespace}/configmaps`,
        configMap(namespace, { theirs: "1" }, "shared"),
      );
      const patch = await user.create("patch", patchOf(namespace, "shared", { ours: "2" }), {
        type: "kubernetes:core/v1:ConfigMapPatch",
      });
      expect((await live(configMapPath("shared"))).data).toEqual({ theirs: "1", ours: "2" });
      await user.delete(patch);
      expect((await live(configMapPath("shared"))).data).toEqual({ theirs: "1" });
      const nothing = user.create("none", patchOf(namespace, "absent", {}), {
        type: "kubernetes:core/v1:ConfigMapPatch",
      });
      await expect(nothing).rejects.toThrow(/nothing to patch/);
    });

    test("an object is imported by its id, with inputs that fit it", async () => {
      await plane().api.send(
        "POST",
        `/api/v1/namespaces/${namespace}/configmaps`,
        configMap(namespace, { a: "1" }, "there"),
      );
      const found = await provider.read?.({
        ...user.resource("kubernetes:core/v1:ConfigMap", "there"),
        id: `${namespace}/there`,
        inputs: {},
        outputs: {},
        anew: true,
      });
      expect(found?.inputs).toEqual(configMap(namespace, { a: "1" }, "there"));
      const imported = new Applied(
        user.resource("kubernetes:core/v1:ConfigMap", "there"),
        found?.id ?? "",
        found?.inputs ?? {},
        found?.outputs ?? {},
      );
      const checked = await user.check("there", configMap(namespace, { a: "1" }, "there"), imported.inputs);
      expect(await user.diff(imported, checked)).toMatchObject({ changes: "none" });
    });

    test("secrets stay secret in state and out of errors", async () => {
      const made = await user.create("s", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { namespace, name: "s" },
        stringData: { password: "correct horse" },
      });
      expect(isSecretValue(made.inputs.stringData)).toBe(true);
      expect(isSecretValue(made.outputs.data)).toBe(true);
      expect(isSecretValue((made.outputs.__inputs as PropertyMap).stringData)).toBe(true);
      expect((await user.read(made)).inputs).toEqual(made.inputs);
      const refused = user.create("bad", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { namespace, name: "bad", labels: { "correct horse": "x" } },
        stringData: { password: "correct horse" },
      });
      await expect(refused).rejects.not.toThrow(/correct horse/);
    });

    test("a deletion that a finalizer holds up says which", async () => {
      const held = configMap(namespace, {}, "held");
      const made = await user.create("held", {
        ...held,
        metadata: { ...(held.metadata as PropertyMap), finalizers: ["pdc.example/keep"] },
      });
      await expect(user.delete(made, 1)).rejects.toThrow(/still there after 1 s: held by pdc\.example\/keep/);
      await mergePatch(configMapPath("held"), { metadata: { finalizers: null } });
      await user.delete(made);
    });

    test("an object of the same name that somebody made anew is not deleted unseen", async () => {
      const made = await user.create("c", configMap(namespace, {}, "c"));
      await plane().api.send("DELETE", configMapPath("c"));
      await plane().api.send(
        "POST",
        `/api/v1/namespaces/${namespace}/configmaps`,
        configMap(namespace, { theirs: "1" }, "c"),
      );
      await expect(user.delete(made)).rejects.toThrow(/another object has its name now/);
      expect((await live(configMapPath("c"))).data).toEqual({ theirs: "1" });
    });

    test("YAML is decoded as the SDK asks for it", async () => {
      const text =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n# nothing\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n";
      const decoded = await provider.invoke?.({
        token: "kubernetes:yaml:decode",
        args: { text, defaultNamespace: namespace },
        preview: false,
      });
      expect(decoded?.result?.result).toEqual([
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace } },
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } },
      ]);
      const broken = provider.invoke?.({
        token: "kubernetes:yaml:decode",
        args: { text: "a: [" },
        preview: false,
      });
      await expect(broken).rejects.toThrow(/YAML cannot be read/);
      const kustomize = provider.invoke?.({
        token: "kubernetes:kustomize:directory",
        args: { directory: "." },
        preview: false,
      });
      await expect(kustomize).rejects.toThrow(ProviderError);
    });
  });
}
