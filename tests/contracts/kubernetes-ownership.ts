/** What belongs to a resource and what to somebody else: objects, fields, elements of lists. */
import { expect, test } from "vitest";
import { InitializationError } from "../../src/engine/interface/errors.ts";
import type { PropertyMap } from "../../src/engine/interface/provider.ts";
import type { ContractContext } from "./kubernetes-contract-context.ts";
import { configMap, deployment, patchOf, service } from "./kubernetes-objects.ts";
import { Applied } from "./kubernetes-provider-user.ts";

export function ownershipContract(on: ContractContext): void {
  test("an object that somebody else made is not overwritten; a lost creation is taken up", async () => {
    const { user, namespace, plane, live, configMapPath } = on;
    await plane.api.send(
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
    const { user, namespace, mergePatch } = on;
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
    const { user, namespace, mergePatch } = on;
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
    const { user, namespace, plane, configMapPath } = on;
    const made = await user.create("c", configMap(namespace, { a: "1" }, "c"));
    const taken = { ...configMap(namespace, { a: "kubectl" }, "c") };
    const path = `${configMapPath("c")}?fieldManager=hand&force=true`;
    await plane.api.send("PATCH", path, taken, "application/apply-patch+yaml");
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
    const { user, namespace, live, mergePatch } = on;
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

  test("a patch changes what it names of somebody else's object, and gives it back", async () => {
    const { user, namespace, plane, live, configMapPath } = on;
    await plane.api.send(
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
    const { provider, user, namespace, plane } = on;
    await plane.api.send(
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
}
