/** How inputs become what is kept, and what a change of them means. */
import { expect, test } from "vitest";
import type { PropertyMap } from "../../src/engine/interface/provider.ts";
import type { ContractContext } from "./kubernetes-contract-context.ts";
import { configMap, deployment } from "./kubernetes-objects.ts";
import { isSecretValue } from "./kubernetes-provider-user.ts";

export function inputsContract(on: ContractContext): void {
  test("an unnamed object is named after the resource, the same in preview and update", async () => {
    const { user, namespace } = on;
    const news = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace }, data: { a: "1" } };
    const [first, second] = [await user.check("settings", news), await user.check("settings", news)];
    expect(first).toEqual(second);
    expect((first.metadata as PropertyMap).name).toMatch(/^settings-[0-9a-f]{8}$/);
    expect((first.metadata as PropertyMap).annotations).toEqual({ "pulumi.com/autonamed": "true" });
    const again = await user.check("settings", news, first, 7);
    expect((again.metadata as PropertyMap).name).toBe((first.metadata as PropertyMap).name);
  });

  test("an object without a namespace goes to the default one, unless its kind has none", async () => {
    const { user } = on;
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
    const { user } = on;
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

  test("immutable fields make a new object: by the table, and by what the server says", async () => {
    const { user, namespace } = on;
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

  test("secrets stay secret in state and out of errors", async () => {
    const { user, namespace } = on;
    const made = await user.create("s", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: "s" },
      stringData: { password: "correct horse" },
    });
    expect(isSecretValue(made.inputs.data)).toBe(true);
    expect(isSecretValue(made.outputs.data)).toBe(true);
    expect(isSecretValue((made.outputs.__inputs as PropertyMap).data)).toBe(true);
    expect(JSON.stringify(made)).not.toContain("correct horse");
    expect((await user.read(made)).inputs).toEqual(made.inputs);
    const refused = user.create("bad", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: "bad", labels: { "correct horse": "x" } },
      stringData: { password: "correct horse" },
    });
    await expect(refused).rejects.not.toThrow(/correct horse/);
  });
}
