/** Objects from their preview to their deletion. */
import { expect, test } from "vitest";
import { ProviderError } from "../../src/engine/interface/errors.ts";
import type { PropertyMap } from "../../src/engine/interface/provider.ts";
import type { ContractContext } from "./kubernetes-contract-context.ts";
import { configMap, deployment } from "./kubernetes-objects.ts";

export function lifeContract(on: ContractContext): void {
  test("an object is made, read, changed and deleted; the state holds the live object and the inputs", async () => {
    const { user, namespace, live, configMapPath } = on;
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
    const { user, namespace, plane } = on;
    const news = deployment(namespace, "web");
    const previewed = await user.preview("shown", news);
    expect(previewed.spec).toMatchObject({ progressDeadlineSeconds: 600 });
    expect(previewed).not.toHaveProperty("status");
    expect(
      (await plane.api.send("GET", `/apis/apps/v1/namespaces/${namespace}/deployments/web`)).status,
    ).toBe(404);
    const invalid = user.preview("bad", { ...news, spec: { ...(news.spec as PropertyMap), replicas: -1 } });
    await expect(invalid).rejects.toThrow(/spec.replicas.*greater than or equal to 0/);
    const nowhere = await user.preview("shown", deployment("not-there-yet", "web"));
    expect(nowhere).toMatchObject({
      metadata: { namespace: "not-there-yet" },
      spec: { progressDeadlineSeconds: 600 },
    });
    const wrong = deployment("not-there-yet", "web");
    const elsewhere = user.preview("shown", {
      ...wrong,
      spec: { ...(wrong.spec as PropertyMap), replicas: -1 },
    });
    await expect(elsewhere).rejects.toThrow(/Deployment not-there-yet\/web .*greater than or equal to 0/);
  });

  test("a definition and an object of its kind in one program", async () => {
    const { user, namespace, unique } = on;
    const plural = `widgets${unique}`;
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.pdc.example` },
      spec: {
        group: "pdc.example",
        scope: "Namespaced",
        names: { plural, singular: `widget${unique}`, kind: `Widget${unique}` },
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
      kind: `Widget${unique}`,
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

  test("a deletion that a finalizer holds up says which", async () => {
    const { user, namespace, configMapPath, mergePatch } = on;
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
    const { user, namespace, plane, live, configMapPath } = on;
    const made = await user.create("c", configMap(namespace, {}, "c"));
    await plane.api.send("DELETE", configMapPath("c"));
    await plane.api.send(
      "POST",
      `/api/v1/namespaces/${namespace}/configmaps`,
      configMap(namespace, { theirs: "1" }, "c"),
    );
    await expect(user.delete(made)).rejects.toThrow(/another object has its name now/);
    expect((await live(configMapPath("c"))).data).toEqual({ theirs: "1" });
  });

  test("YAML is decoded as the SDK asks for it", async () => {
    const { provider, namespace } = on;
    const text =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n# nothing\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ns}\n";
    const decoded = await provider.invoke?.({
      token: "kubernetes:yaml:decode",
      args: { text, defaultNamespace: namespace },
      preview: false,
    });
    expect(decoded?.result?.result).toEqual([
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace } },
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "ns" } },
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
}
